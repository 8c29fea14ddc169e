// SPDX-License-Identifier: MIT OR Apache-2.0
//! The event loop: what is known of each descriptor, which are ready, which are past their deadline, and how to wait.
//!
//! | file | holds |
//! |---|---|
//! | [`handle`] | the way in for everything outside the loop: find a descriptor, run a call on it |
//! | [`word`] | the state of one descriptor, drawn |
//! | [`transition`], [`outcome`] | what the state can become: by the loop, by the outcome of a call |
//! | [`table`], [`list`], [`heap`], [`deadline`] | where states are kept, and in which order they are served |
//! | [`register`] | io_fd and io_close |
//! | [`interest`] | io_wantread and its kin |
//! | [`expiry`] | io_timeout and its kin |
//! | [`watch`] | `impl Loop`: registrations with the kernel |
//! | [`recheck`] | `impl Loop`: what is looked at before the kernel is polled |
//! | [`wait`], [`events`] | the wait; `impl Loop`: what the kernel reports |
//! | [`ready`] | `impl Loop`: what io_canread and io_canwrite return |
//! | [`process`] | `impl Loop`: fork handlers and shutdown |
//! | [`debug`] | a description for people |
//!
//! How it stays cheap: a descriptor is registered once, for both directions, edge-triggered. From then on an
//! interest is a bit in memory. What was delivered and not seen to be drained is stale, and the next wait asks
//! the kernel again about those alone.
//!
//! Two exceptions, where that would not be cheap: a program that registers many descriptors at a time has mostly idle ones, so
//! the kernel is not asked to report each of them as writable (`READ_ONLY`, until there is write interest); and a descriptor
//! that needed one recheck will need more, so it becomes level-triggered (`LEVEL_TRIGGERED`) until an event arrives that the
//! program did not ask for.
//!
//! Concurrency: states change by compare-and-swap, and deadlines are put off by a store, without a lock; lists, heaps and
//! registrations are under one lock, which is never held while waiting nor while code of the program runs.

pub(crate) mod deadline;
pub(crate) mod debug;
pub(crate) mod events;
pub(crate) mod expiry;
pub(crate) mod handle;
pub(crate) mod heap;
pub(crate) mod interest;
pub(crate) mod list;
pub(crate) mod outcome;
pub(crate) mod process;
pub(crate) mod ready;
pub(crate) mod recheck;
pub(crate) mod register;
pub(crate) mod table;
pub(crate) mod transition;
pub(crate) mod wait;
pub(crate) mod watch;
pub(crate) mod word;

use crate::errno::unchanged;
use crate::sys::Backend;
use crate::sys::atomic::AtomicBool;
use crate::sys::lock::{Guard, Lock};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed, Ordering::Release};
use deadline::Deadlines;
pub(crate) use handle::Handle;
use list::List;
use table::{Entry, Table};
use word::{Direction, Word, queued_bit, ready_bit, stale_bit};

/// All descriptors.
static TABLE: Table = Table::new();

/// A descriptor in the list of ready ones was read from or written to before its turn, so its readiness is stale.
static RECHECK_READY_LISTS: AtomicBool = AtomicBool::new(false);

/// For each direction: there may be something in the list of ready ones, or a descriptor is to count as ready. Where neither is
/// so, io_canread and io_canwrite need no lock to say it. Changed under the lock. A program that has put a change and the
/// question in order has made the change visible; otherwise, either answer is right.
static MAY_BE_READY: [AtomicBool; 2] = [const { AtomicBool::new(false) }; 2];

/// How many times this process, or an ancestor since the library was loaded, has forked.
static FORK_GENERATION: AtomicU32 = AtomicU32::new(0);

/// What is under the lock.
static LOOP: Lock<Loop> = Lock::new(Loop::new());

/// Takes the lock.
#[inline(always)]
fn lock() -> Guard<'static, Loop> {
    LOOP.lock()
}

/// The part of the library's memory that changes under the lock only.
pub(crate) struct Loop {
    backend: Option<Backend>,
    /// Ready and with interest, as far as we know: to be returned next.
    ready: [List; 2],
    /// Delivered since the last wait, or not registered for want of memory: to be rechecked by the next wait.
    stale: [List; 2],
    /// The ready lists do not tell all: io_queueforread or io_queueforwrite has made something ready that is in a list of stale
    /// ones, or the process has forked.
    forced: bool,
    deadlines: Deadlines,
    /// What is to be done about them, once there was one.
    timers: Option<&'static wait::Timers>,
    /// When to remind a program that ignores a deadline, in monotonic nanoseconds.
    remind_at: u64,
    /// The deadline that comes next, as a time of the clock that is never set.
    next_look: wait::Look,
    /// How many descriptors are registered.
    known: usize,
    /// How many of them have had interest since they were registered.
    had_interest: usize,
    /// One more than the highest descriptor ever registered.
    reach: u32,
    /// How many descriptors the kernel watches.
    watched: usize,
    /// How many registrations with the kernel there were since the last wait.
    registrations: usize,
    /// Events of registrations that outlived their number, since the instance was made.
    leftovers: usize,
    generation: u32,
    /// A thread waits in the kernel.
    waiting: bool,
    /// The wait under way has been told to end: once is enough, however much changes before it has the lock again.
    woken: bool,
    /// The last wait asked the kernel; only then may the next one do without.
    asked: bool,
    /// The process has forked, and this is the child: the backend is the parent's.
    inherited: bool,
}

impl Loop {
    const fn new() -> Self {
        Loop {
            backend: None,
            ready: [List::new(), List::new()],
            stale: [List::new(), List::new()],
            forced: false,
            deadlines: Deadlines::new(),
            timers: None,
            remind_at: u64::MAX,
            next_look: wait::Look::NONE,
            known: 0,
            had_interest: 0,
            reach: 0,
            watched: 0,
            registrations: 0,
            leftovers: 0,
            generation: 0,
            waiting: false,
            woken: false,
            asked: false,
            inherited: false,
        }
    }

    /// Applies a transition, and puts the descriptor into the lists where its new state belongs. True if it became
    /// deliverable in a direction in which it was in no list.
    #[inline]
    fn change_and_enqueue(
        &mut self,
        fd: u32,
        entry: &'static Entry,
        transition: impl Fn(Word) -> Word,
    ) -> bool {
        let (before, after) = entry.update(|word| transition(word).enqueued());
        self.enqueue_changed(fd, entry, before, after)
    }

    /// Puts a descriptor into the lists where its state belongs, if it is in none.
    #[inline(never)]
    fn enqueue(&mut self, fd: u32, entry: &'static Entry) -> bool {
        self.change_and_enqueue(fd, entry, |word| word)
    }

    /// Puts a descriptor into the lists as which it was marked by the change from `before` to `after`.
    #[inline(never)]
    fn enqueue_changed(&mut self, fd: u32, entry: &'static Entry, before: Word, after: Word) -> bool {
        let mut news = false;
        for direction in Direction::BOTH {
            if after.has(queued_bit(direction)) && !before.has(queued_bit(direction)) {
                news |= self.append(fd, entry, direction, after);
            }
        }
        news
    }

    /// Appends a descriptor that is marked as queued to the list where its state belongs. True if it is deliverable.
    #[inline(always)]
    fn append(&mut self, fd: u32, entry: &'static Entry, direction: Direction, word: Word) -> bool {
        let ready = word.has(ready_bit(direction));
        if ready {
            self.push_ready(direction, fd, entry);
        } else {
            self.stale[direction as usize].push(direction, fd, entry);
        }
        ready
    }

    /// Appends a descriptor to the ready ones.
    #[inline(always)]
    fn push_ready(&mut self, direction: Direction, fd: u32, entry: &'static Entry) {
        self.ready[direction as usize].push(direction, fd, entry);
        MAY_BE_READY[direction as usize].store(true, Relaxed);
    }

    /// From now on the ready lists do not tell all.
    fn force(&mut self) {
        self.forced = true;
        MAY_BE_READY.iter().for_each(|flag| flag.store(true, Relaxed));
    }

    /// Has a thread that waits in the kernel look around.
    fn wake(&mut self) {
        if self.waiting
            && let Some(backend) = self.backend
            && !core::mem::replace(&mut self.woken, true)
        {
            unchanged(|| backend.wake());
        }
    }
}

/// What the kernel hands back with an event: the number, and which registration of it.
fn token(fd: u32, word: Word) -> u64 {
    u64::from(word.generation()) << 32 | u64::from(fd)
}

/// The number and the generation in a token.
fn parse_token(token: u64) -> (u32, u32) {
    (token as u32, (token >> 32) as u32)
}

/// Remembers that a descriptor in a list has become stale.
#[inline(always)]
fn note_stale(from: Word, to: Word, direction: Direction) {
    let both = stale_bit(direction) | queued_bit(direction);
    if from.has(ready_bit(direction)) && to.0 & both == both {
        RECHECK_READY_LISTS.store(true, Release);
    }
}

#[cfg(all(test, not(miri)))]
mod interleavings;
