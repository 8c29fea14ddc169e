// SPDX-License-Identifier: MIT OR Apache-2.0
//! The contract, tried on every backend that this system has.

use super::kernel::Kernel;
use super::poll::Poll;
use super::*;
use crate::errno::Errno;
use crate::sys::fd;
use core::ffi::c_int;
use std::io::Write;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;

/// Tests with the type of a queue, for the kernel's own, where there is one, and for poll.
macro_rules! on_every_queue {
    ($($name:ident)*) => {
        mod queue_of_the_kernel { $(#[test] fn $name() { super::$name::<super::Kernel>(); })* }
        mod queue_on_poll { $(#[test] fn $name() { super::$name::<super::Poll>(); })* }
    };
}

on_every_queue! {
    what_is_ready_already_is_reported
    a_change_to_ready_is_reported_once_until_rearmed
    hang_up_is_readable_and_writable
    a_wake_up_ends_a_wait_and_is_no_event
    a_closed_number_is_not_rearmed
}

/// An instance at work, and what it watches.
struct Queue<Q: EventQueue> {
    queue: Q,
    events: Q::Events,
    watches: Vec<Watch>,
}

impl<Q: EventQueue> Queue<Q> {
    /// `None` where the kernel has none.
    fn open() -> Option<Self> {
        match Q::open() {
            Ok(queue) => Some(Queue { queue, events: Q::Events::new(), watches: Vec::new() }),
            Err(error) => {
                assert_eq!(error, Errno(libc::ENOSYS), "{}", Q::NAME);
                None
            }
        }
    }

    fn add(&mut self, fd: c_int) {
        let token = token(fd);
        assert_eq!(self.queue.add(fd, token, WatchMode::Both), Ok(Unsupported::NONE));
        self.watches.push(Watch { token, read: true, write: true, error_lasts: false });
    }

    /// What one call reports.
    fn wait(&mut self, milliseconds: Option<u64>) -> (usize, Vec<Event>) {
        let count = self.queue.wait(&mut self.events, milliseconds, self.watches.iter().copied()).unwrap();
        (count, self.events.iter().collect())
    }

    /// What the next wait reports of `fd`: from several events, where each direction has its own.
    fn reported(&mut self, fd: c_int) -> Readiness {
        let (_, events) = self.wait(Some(0));
        let of_fd = events.iter().filter(|event| event.token == token(fd));
        of_fd.fold(Readiness::NONE, |all, event| all.and(event.readiness))
    }

    /// As the loop does with what it knows to be ready.
    fn forget(&mut self, read: bool, write: bool) {
        for watch in &mut self.watches {
            (watch.read, watch.write) = (watch.read && !read, watch.write && !write);
        }
        self.watches.retain(|watch| watch.read || watch.write);
    }
}

impl<Q: EventQueue> Drop for Queue<Q> {
    fn drop(&mut self) {
        self.queue.close_if_ours();
    }
}

fn token(fd: c_int) -> u64 {
    7 << 32 | fd as u64
}

fn what_is_ready_already_is_reported<Q: EventQueue>() {
    let Some(mut queue) = Queue::<Q>::open() else { return };
    let (mut left, right) = UnixStream::pair().unwrap();
    left.write_all(b"x").unwrap();
    queue.add(right.as_raw_fd());
    let reported = queue.reported(right.as_raw_fd());
    assert!(reported.has(Readiness::READABLE) && reported.has(Readiness::WRITABLE), "{reported:?}");
    assert!(!reported.has(Readiness::ERROR_ALONE) && !reported.has(Readiness::CLOSED), "{reported:?}");
}

fn a_change_to_ready_is_reported_once_until_rearmed<Q: EventQueue>() {
    let Some(mut queue) = Queue::<Q>::open() else { return };
    let (mut left, right) = UnixStream::pair().unwrap();
    let fd = right.as_raw_fd();
    queue.add(fd);
    assert!(!queue.reported(fd).has(Readiness::READABLE));
    queue.forget(false, true);
    assert_eq!(queue.reported(fd), Readiness::NONE);
    left.write_all(b"x").unwrap();
    assert!(queue.reported(fd).has(Readiness::READABLE));
    queue.forget(true, false);
    assert_eq!(queue.reported(fd), Readiness::NONE);
    queue.watches.push(Watch { token: token(fd), read: true, write: true, error_lasts: false });
    assert_eq!(queue.queue.rearm(fd, token(fd), WatchMode::Both), Ok(Unsupported::NONE));
    assert!(queue.reported(fd).has(Readiness::READABLE));
}

fn hang_up_is_readable_and_writable<Q: EventQueue>() {
    let Some(mut queue) = Queue::<Q>::open() else { return };
    let (left, right) = UnixStream::pair().unwrap();
    queue.add(right.as_raw_fd());
    drop(left);
    let reported = queue.reported(right.as_raw_fd());
    assert!(reported.has(Readiness::READABLE) && reported.has(Readiness::WRITABLE), "{reported:?}");
}

/// One after the other, because a process may have no more than 1024 descriptors.
#[test]
fn all_are_reported_in_a_bounded_number_of_calls() {
    all_are_reported::<Kernel>();
    all_are_reported::<Poll>();
}

fn all_are_reported<Q: EventQueue>() {
    let Some(mut queue) = Queue::<Q>::open() else { return };
    let (mut left, right) = UnixStream::pair().unwrap();
    left.write_all(b"x").unwrap();
    let watched: Vec<OwnedFd> = (0..520).map(|_| right.try_clone().unwrap().into()).collect();
    watched.iter().for_each(|fd| queue.add(fd.as_raw_fd()));
    let (mut count, mut events) = queue.wait(Some(0));
    let mut calls = Q::calls_left(&queue.events, count, watched.len());
    while calls > 0 {
        let more;
        (count, more) = queue.wait(Some(0));
        events.extend(more);
        calls = Q::calls_left(&queue.events, count, watched.len()).min(calls - 1);
    }
    let mut missing = watched.iter().filter(|fd| {
        let of_fd = events.iter().filter(|event| event.token == token(fd.as_raw_fd()));
        !of_fd.fold(Readiness::NONE, |all, event| all.and(event.readiness)).has(Readiness::READABLE)
    });
    assert!(missing.next().is_none(), "{} of {}", missing.count() + 1, watched.len());
}

fn a_wake_up_ends_a_wait_and_is_no_event<Q: EventQueue>() {
    let Some(mut queue) = Queue::<Q>::open() else { return };
    queue.queue.wake();
    assert_eq!(queue.wait(None).1, []);
    // It is used up.
    assert_eq!(queue.wait(Some(0)).1, []);
    // During it, or before it if the other thread is fast.
    let waker = queue.queue;
    thread::scope(|scope| {
        scope.spawn(move || Q::wake(&waker));
        assert_eq!(queue.wait(None).1, []);
    });
}

fn a_closed_number_is_not_rearmed<Q: EventQueue>() {
    let Some(mut queue) = Queue::<Q>::open() else { return };
    let (_left, right) = UnixStream::pair().unwrap();
    // A number that no other thread gets after that.
    let fd = syscall!(fcntl(right.as_raw_fd(), libc::F_DUPFD, 900)).unwrap();
    queue.add(fd);
    drop(right);
    fd::close(fd);
    if Q::IS_LEVEL_TRIGGERED {
        assert!(queue.reported(fd).has(Readiness::CLOSED));
    } else {
        let answer = queue.queue.rearm(fd, token(fd), WatchMode::Both);
        assert!(matches!(answer, Err(Errno(libc::ENOENT | libc::EBADF))), "{answer:?}");
    }
}

/// Tests with the type of a dispatcher.
macro_rules! on_every_dispatcher {
    ($($name:ident)*) => {
        mod dispatcher_of_the_kernel { $(#[test] fn $name() { super::$name::<super::kernel::once::Dispatcher>(); })* }
        mod dispatcher_on_poll { $(#[test] fn $name() { super::$name::<super::poll::once::Dispatcher>(); })* }
    };
}

on_every_dispatcher! {
    one_event_until_armed_again
    an_abort_ends_this_wait_and_the_next
}

/// Calls `work` with a dispatcher, where the kernel has one.
fn with_dispatcher<D: OneShotQueue>(work: impl FnOnce(&D)) {
    let Ok(numbers) = D::open() else { return };
    let mut places = [crate::abi::iomux_slot { fd: 0, events: 0 }; crate::abi::SLOTS];
    // SAFETY: the places outlive the dispatcher, and are used by nothing else.
    work(&unsafe { D::of(numbers, Places::from(&mut places)) });
    numbers.into_iter().filter(|fd| *fd != -1).for_each(fd::close);
}

fn one_event_until_armed_again<D: OneShotQueue>() {
    with_dispatcher(|dispatcher: &D| {
        let (mut left, right) = UnixStream::pair().unwrap();
        let (fd, reading) = (right.as_raw_fd(), Interest { read: true, write: false });
        let token = 1 << 32 | fd as u64;
        assert_eq!(dispatcher.rearm(fd, reading, token), Err(Errno(libc::ENOENT)));
        assert_eq!(dispatcher.arm(fd, reading, token), Ok(()));
        assert_eq!(dispatcher.wait(Some(0)), Ok(Delivery::Nothing));
        left.write_all(b"x").unwrap();
        let is_event =
            |outcome| matches!(outcome, Ok(Delivery::Event { token: t, readable: true, .. }) if t == token);
        assert!(is_event(dispatcher.wait(Some(1000))));
        assert_eq!(dispatcher.wait(Some(0)), Ok(Delivery::Nothing));
        assert_eq!(dispatcher.rearm(fd, reading, token), Ok(()));
        assert!(is_event(dispatcher.wait(Some(1000))));
    });
}

fn an_abort_ends_this_wait_and_the_next<D: OneShotQueue>() {
    with_dispatcher(|dispatcher: &D| {
        assert_eq!(dispatcher.abort(), Ok(()));
        assert_eq!(dispatcher.wait(None), Ok(Delivery::Aborted));
        assert_eq!(dispatcher.abort(), Ok(()));
        assert_eq!(dispatcher.wait(None), Ok(Delivery::Aborted));
    });
}
