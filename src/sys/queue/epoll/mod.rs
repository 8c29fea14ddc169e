// SPDX-License-Identifier: MIT OR Apache-2.0
//! The backend on Linux: epoll, edge-triggered.
//!
//! Quirks of the kernel, and where each is answered:
//!
//! - A registration belongs to the open file description, not to the number. It outlives close() while another process or
//!   number refers to the description, and then it cannot be removed any more: every registration carries a token
//!   with a generation, and the loop replaces the whole instance when such leftovers pile up.
//! - An edge-triggered registration reports only changes. EPOLL_CTL_MOD, even to the same settings, makes it
//!   report once more what is ready now: `rearm`.
//! - epoll_wait() checks readiness again before it reports, so a socket that was registered before connect()
//!   (EPOLLHUP) reports nothing while the connect is in progress.
//! - Regular files, directories and some devices cannot be registered (EPERM): the loop counts them as always ready.
//! - EPOLLRDHUP, EPOLLHUP, EPOLLERR and EPOLLPRI: data behind a FIN, an error or an urgent mark comes without an
//!   edge of its own; they are reported as `HANGUP`.
//! - EPOLLERR lasts for as long as an error queue is not empty, while reads give EAGAIN: `ERROR_ALONE`.
//! - tcp_poll() reports EPOLLOUT without EPOLLWRBAND, datagram and Unix sockets report both. Together with
//!   recvmsg() returning no sender's address this hints at a TCP socket, but vsock_poll() does the same: a short
//!   read leaves such a socket stale until getsockopt() has proved what it is.
//! - A pty may become writable after the wake-up, when the kernel's work queue has caught up, and then there is no
//!   edge: the loop polls terminals at an interval.
//! - Times are in milliseconds, in an int: longer waits are cut, and the loop goes on waiting.

use super::{Event, EventList, EventQueue, Readiness, Unsupported, Watch, WatchMode};
use crate::errno::{Errno, Result};
use crate::sys::fd;
use core::ffi::c_int;
use core::mem::MaybeUninit;

pub(super) mod once;

/// The token of the backend's own wake-up descriptor; no registration has it.
const WAKE: u64 = u64::MAX;

const READING: u32 = (libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLPRI | libc::EPOLLET) as u32;

const WRITING: u32 = (libc::EPOLLOUT | libc::EPOLLWRNORM | libc::EPOLLWRBAND) as u32;

/// The flags of a watch mode. Level-triggered, an urgent mark is reported at every wait, so the loop makes it edge-triggered
/// then; the end of file counts as readable anyway.
const fn interest(watch_mode: WatchMode) -> u32 {
    match watch_mode {
        WatchMode::Both => READING | WRITING,
        WatchMode::Reading => READING,
        WatchMode::ReadingLevel => (libc::EPOLLIN | libc::EPOLLPRI) as u32,
    }
}

const WAKE_INTEREST: u32 = (libc::EPOLLIN | libc::EPOLLET) as u32;

const FAILURE: u32 = (libc::EPOLLHUP | libc::EPOLLERR) as u32;

/// An epoll instance and the eventfd that wakes it; both close-on-exec.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kernel {
    epoll: c_int,
    wake: c_int,
}

impl EventQueue for Kernel {
    const NAME: &str = "epoll";
    // 6 KiB of stack: 512 events where they are packed, on x86, and 384 elsewhere.
    const CAPACITY: usize = 6144 / size_of::<libc::epoll_event>();
    const EVENTS_PER_DESCRIPTOR: usize = 1;
    /// A matter of the registration's flags.
    const HAS_WATCH_MODES: bool = true;
    const IS_LEVEL_TRIGGERED: bool = false;
    type Events = Events;

    fn open() -> Result<Self> {
        let epoll = syscall!(epoll_create1(libc::EPOLL_CLOEXEC))?;
        let backend = syscall!(eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK)).and_then(|wake| {
            let backend = Kernel { epoll, wake };
            let outcome = backend.control(libc::EPOLL_CTL_ADD, wake, WAKE_INTEREST, WAKE);
            outcome.map(|()| backend).inspect_err(|_| fd::close(wake))
        });
        if backend.is_err() {
            fd::close(epoll);
        }
        backend
    }

    fn add(&self, fd: c_int, token: u64, watch_mode: WatchMode) -> Result<Unsupported> {
        match self.control(libc::EPOLL_CTL_ADD, fd, interest(watch_mode), token) {
            Err(Errno(libc::EEXIST)) => self.rearm(fd, token, watch_mode),
            result => result.map(|()| Unsupported::NONE),
        }
    }

    fn rearm(&self, fd: c_int, token: u64, watch_mode: WatchMode) -> Result<Unsupported> {
        self.control(libc::EPOLL_CTL_MOD, fd, interest(watch_mode), token).map(|()| Unsupported::NONE)
    }

    fn remove(&self, fd: c_int) {
        // ENOENT is as good: it is not registered.
        let _ = self.control(libc::EPOLL_CTL_DEL, fd, 0, 0);
    }

    #[inline]
    fn wait(
        &self,
        events: &mut Events,
        milliseconds: Option<u64>,
        _: impl Iterator<Item = Watch> + Clone,
    ) -> Result<usize> {
        let timeout = milliseconds.map_or(-1, |limit| limit.min(c_int::MAX as u64) as c_int);
        events.clear();
        let raw = events.raw.as_mut_ptr().cast();
        #[cfg(test)]
        crate::sys::interleave::wait([super::poll::query(self.epoll, libc::POLLIN)], milliseconds);
        let count = syscall!(epoll_wait(self.epoll, raw, Self::CAPACITY as c_int, timeout))?;
        events.count = count as usize;
        Ok(events.count)
    }

    fn wake(&self) {
        let one = 1u64;
        // EAGAIN says that the counter is full, and then a wake-up is already pending.
        let _ = syscall!(write(self.wake, (&raw const one).cast(), size_of::<u64>()));
    }

    /// Only an epoll instance that knows our eventfd can be ours. (It says so, too, when it has no memory to go on.)
    fn close_if_ours(self) {
        let known = self.control(libc::EPOLL_CTL_MOD, self.wake, WAKE_INTEREST, WAKE);
        if matches!(known, Ok(()) | Err(Errno(libc::ENOMEM))) {
            fd::close(self.wake);
            fd::close(self.epoll);
        }
    }
}

impl Kernel {
    fn control(&self, operation: c_int, fd: c_int, events: u32, token: u64) -> Result<()> {
        let mut event = libc::epoll_event { events, u64: token };
        match syscall!(epoll_ctl(self.epoll, operation, fd, &mut event)) {
            // The program has closed the instance, and its number may stand for another file.
            Err(Errno(libc::EINVAL)) => Err(Errno(libc::EAGAIN)),
            Err(Errno(libc::EBADF)) if fd::status_flags(fd).is_ok() => Err(Errno(libc::EAGAIN)),
            result => result.map(drop),
        }
    }
}

/// Memory for the events of one call.
pub(super) struct Events {
    raw: [MaybeUninit<libc::epoll_event>; Kernel::CAPACITY],
    count: usize,
}

impl EventList for Events {
    #[inline]
    fn new() -> Self {
        Events { raw: [const { MaybeUninit::uninit() }; Kernel::CAPACITY], count: 0 }
    }

    #[inline]
    fn clear(&mut self) {
        self.count = 0;
    }

    #[inline]
    fn iter(&self) -> impl Iterator<Item = Event> {
        self.raw.get(..self.count).unwrap_or_default().iter().filter_map(|raw| {
            // SAFETY: the kernel has filled in the first `count` events.
            let libc::epoll_event { events, u64: token } = unsafe { raw.assume_init() };
            (token != WAKE).then(|| translate(events, token))
        })
    }
}

/// What the lowest bits of the kernel's answer mean: EPOLLIN, EPOLLPRI, EPOLLOUT, EPOLLERR and EPOLLHUP.
const MEANING: [Readiness; 32] = {
    let mut table = [Readiness::NONE; 32];
    let mut events = 0;
    while events < table.len() {
        let failed = events as u32 & FAILURE != 0;
        let error = events as c_int & libc::EPOLLERR != 0;
        let read = events as c_int & libc::EPOLLIN != 0;
        let write = events as c_int & libc::EPOLLOUT != 0;
        let hung_up = events as c_int & libc::EPOLLHUP != 0;
        let urgent = events as c_int & libc::EPOLLPRI != 0;
        table[events] = Readiness::NONE
            .and_if(failed || read, Readiness::READABLE)
            .and_if(failed || write, Readiness::WRITABLE)
            .and_if(failed || urgent, Readiness::HANGUP)
            .and_if(urgent, Readiness::URGENT)
            .and_if(error && !read && !hung_up, Readiness::READ_ERROR_ALONE)
            .and_if(error && !write && !hung_up, Readiness::WRITE_ERROR_ALONE);
        events += 1;
    }
    table
};

#[inline(always)]
fn translate(events: u32, token: u64) -> Event {
    let hung_up = events & libc::EPOLLRDHUP as u32 != 0;
    let stream_like = events & (libc::EPOLLOUT | libc::EPOLLWRBAND) as u32 == libc::EPOLLOUT as u32;
    let readiness = MEANING[events as usize % MEANING.len()]
        .and_if(hung_up, Readiness::READABLE.and(Readiness::HANGUP))
        .and_if(stream_like, Readiness::STREAM_LIKE);
    Event { token, readiness }
}
