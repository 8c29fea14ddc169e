// SPDX-License-Identifier: MIT OR Apache-2.0
//! The event loop: what is known of each descriptor, who is ready, who is late, and how to wait.
//!
//! - [`word`], [`transition`]: the state of one descriptor, and what it can become;
//! - [`table`]: where the states are kept;
//! - [`list`], [`heap`], [`deadline`]: who is next, who is late;
//! - [`register`]: descriptors come and go, wishes, deadlines;
//! - [`wait`]: the wait itself; [`recheck`]: what has to be looked at before it;
//! - [`ready`]: who is returned by io_canread and io_canwrite;
//! - [`process`]: fork, and the end;
//! - [`debug`]: a description for humans.
//!
//! How it stays cheap: a descriptor is registered once, for both directions, edge-triggered. From then on a
//! wish is a bit in memory. What was handed out and not seen to be drained is in doubt, and the next wait asks
//! the kernel again about those alone.
//!
//! Two exceptions, where that would not be cheap: who registers many descriptors at a time has mostly idle ones, so the
//! kernel is not asked to report each of them as writable (`READ_ONLY`, until somebody wishes to write); and who was in doubt
//! once will be again, with each event, so it is level-triggered from then on (`LEVEL`, until it is reported to deaf ears).
//!
//! Who may do what when: states change by compare-and-swap, without a lock; lists, heaps and registrations are
//! under one lock, which is never held while waiting nor while code of the program runs.

pub mod deadline;
pub mod debug;
pub mod heap;
pub mod list;
pub mod process;
pub mod ready;
pub mod recheck;
pub mod register;
pub mod table;
pub mod transition;
pub mod wait;
pub mod word;

use crate::errno::{Errno, Result};
use crate::sys::atomic::{AtomicBool, AtomicUsize};
use crate::sys::lock::{Guard, Lock};
use crate::sys::{Backend, Unsupported, WatchMode};
use core::sync::atomic::{AtomicU32, Ordering::Relaxed, Ordering::Release};
use deadline::Deadlines;
use list::List;
use table::{Entry, Table};
use word::{
    ALWAYS_READY, Direction, KNOWN, LEVEL, Outcome, READ_ONLY, WATCHED, Word, interest_bit, queued_bit,
    ready_bit, stale_bit,
};

/// All descriptors.
static TABLE: Table = Table::new();

/// How many wishes there are.
static INTERESTED: AtomicUsize = AtomicUsize::new(0);

/// A descriptor in the list of ready ones was read from or written to before its turn, so its readiness is in doubt.
static RECHECK_READY_LISTS: AtomicBool = AtomicBool::new(false);

/// Who registers more descriptors than this without a wait in between has mostly idle ones. To be told at once that each of
/// them is writable would cost more than to ask about the few.
const BURST: usize = 128;

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
    /// Ready and wished for, as far as we know: next to be fetched.
    ready: [List; 2],
    /// Handed out since the last wait, or refused by the kernel: to be looked at by the next wait.
    stale: [List; 2],
    deadlines: Deadlines,
    /// When to remind a program that ignores a deadline, in monotonic milliseconds.
    remind_at: u64,
    /// How many descriptors are known.
    known: usize,
    /// One more than the highest descriptor ever known.
    reach: u32,
    /// How many descriptors the kernel watches.
    watched: usize,
    /// How many registrations there were since the last wait.
    registrations: usize,
    /// Events of registrations that outlived their number, since the instance was made.
    leftovers: usize,
    generation: u32,
    /// A thread waits in the kernel.
    waiting: bool,
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
            deadlines: Deadlines::new(),
            remind_at: u64::MAX,
            known: 0,
            reach: 0,
            watched: 0,
            registrations: 0,
            leftovers: 0,
            generation: 0,
            waiting: false,
            asked: false,
            inherited: false,
        }
    }

    /// The backend of this process, made now if there is none yet.
    fn backend(&mut self) -> Backend {
        self.adopt();
        *self.backend.get_or_insert_with(Backend::new)
    }

    /// Has the kernel watch a descriptor. Whatever it says, the descriptor counts as registered afterwards.
    fn watch(&mut self, fd: u32, entry: &'static Entry) {
        let word = entry.load();
        let backend = self.backend();
        self.registrations += 1;
        let idle = self.registrations > BURST
            && !word.has(interest_bit(Direction::Write))
            && backend.has_watch_modes();
        let (watch_mode, mark) = if idle { (WatchMode::Reading, READ_ONLY) } else { (WatchMode::Both, 0) };
        match backend.add(fd as i32, token(fd, word), watch_mode) {
            Ok(refused) => {
                let (before, _) = entry.update(|word| {
                    word.without(word::RETRY_REGISTRATION | ALWAYS_READY | READ_ONLY | LEVEL)
                        .with(WATCHED | mark | assume_ready(refused))
                });
                self.watched += usize::from(!before.has(WATCHED));
            }
            Err(Errno(
                libc::ENOMEM | libc::ENOSPC | libc::EMFILE | libc::ENFILE | libc::EAGAIN | libc::EINTR,
            )) => {
                self.unwatch(entry, word::RETRY_REGISTRATION);
            }
            Err(_) => self.unwatch(entry, ALWAYS_READY),
        }
    }

    /// Ends a registration that may outlive its number.
    fn unregister(&self, fd: u32) {
        if let (false, Some(backend)) = (self.inherited, self.backend) {
            backend.remove(fd as i32);
        }
    }

    /// The kernel does not watch the descriptor, for a reason that `mark` tells: then it counts as ready.
    fn unwatch(&mut self, entry: &Entry, mark: u64) {
        let ready = assume_ready(Unsupported::BOTH);
        let (before, _) = entry.update(|word| word.without(WATCHED | READ_ONLY | LEVEL).with(mark | ready));
        self.watched -= usize::from(before.has(WATCHED));
    }

    /// Applies a transition, and puts the descriptor into the lists where its new state belongs. True if it became
    /// fetchable in a direction in which it was in no list.
    #[inline]
    fn change_and_enqueue(
        &mut self,
        fd: u32,
        entry: &'static Entry,
        transition: impl Fn(Word) -> Word,
    ) -> bool {
        let (before, after) = entry.update(|word| transition(word).enqueued());
        self.link(fd, entry, before, after)
    }

    /// Puts a descriptor into the lists where its state belongs, if it is in none.
    fn enqueue(&mut self, fd: u32, entry: &'static Entry) -> bool {
        self.change_and_enqueue(fd, entry, |word| word)
    }

    /// Puts a descriptor into the lists as which it was marked by the change from `before` to `after`.
    #[inline]
    fn link(&mut self, fd: u32, entry: &'static Entry, before: Word, after: Word) -> bool {
        let mut news = false;
        for direction in Direction::BOTH {
            if after.has(queued_bit(direction)) && !before.has(queued_bit(direction)) {
                news |= self.append(fd, entry, direction, after);
            }
        }
        news
    }

    /// Appends a descriptor that is marked as linked to the list where its state belongs. True if it is fetchable.
    #[inline(always)]
    fn append(&mut self, fd: u32, entry: &'static Entry, direction: Direction, word: Word) -> bool {
        let ready = word.has(ready_bit(direction));
        if ready {
            self.ready[direction as usize].push(direction, fd, entry);
        } else {
            self.stale[direction as usize].push(direction, fd, entry);
        }
        ready
    }

    /// Has a thread that waits in the kernel look around.
    fn wake(&self) {
        if let (true, Some(backend)) = (self.waiting, self.backend) {
            backend.wake();
        }
    }
}

/// What to note of a descriptor that the kernel watches in one direction only: the other one counts as ready.
fn assume_ready(refused: Unsupported) -> u64 {
    let bit = |on: bool, direction| if on { ready_bit(direction) } else { 0 };
    bit(refused.read, Direction::Read) | bit(refused.write, Direction::Write)
}

/// What the kernel hands back with an event: the number, and which registration of it.
fn token(fd: u32, word: Word) -> u64 {
    u64::from(word.generation()) << 32 | u64::from(fd)
}

/// The number and the generation in a token.
fn parse_token(token: u64) -> (u32, u32) {
    (token as u32, (token >> 32) as u32)
}

/// A descriptor that io_fd knows.
#[derive(Clone, Copy)]
pub struct Found {
    /// Its number.
    pub fd: u32,
    /// Its place in the table.
    pub entry: &'static Entry,
    /// Its state a moment ago.
    pub word: Word,
}

/// Finds a descriptor that io_fd knows. The 64-bit number is not cut to size: what is too large for a descriptor is
/// unknown.
#[inline(always)]
pub fn find(d: i64) -> Option<Found> {
    look_up(d).filter(|found| found.word.has(KNOWN))
}

/// The same, but whoever is found may be unknown by now, or not yet known. Such a one has a state without wishes, no cookie
/// and no deadline.
#[inline(always)]
pub fn look_up(d: i64) -> Option<Found> {
    let entry = TABLE.find(d)?;
    Some(Found { fd: d as u32, entry, word: entry.load() })
}

/// Like [`find`], with EBADF for a descriptor that io_fd does not know.
pub fn known(d: i64) -> Result<Found> {
    find(d).ok_or(Errno(libc::EBADF))
}

/// Applies a transition that may end wishes, and keeps count of them.
fn change(entry: &Entry, transition: impl Fn(Word) -> Word) -> (Word, Word) {
    let (before, after) = entry.update(transition);
    let ended = before.interest_count() - after.interest_count();
    if ended != 0 {
        INTERESTED.fetch_sub(ended, Relaxed);
    }
    (before, after)
}

/// A read or write call on a descriptor has ended: notes what that says about its readiness.
#[inline(always)]
pub fn moved(entry: &Entry, before: Word, direction: Direction, outcome: Outcome) {
    let (from, to) = entry.update(|word| word.moved(direction, before, outcome));
    note_stale(from, to, direction);
}

/// Remembers that a descriptor in a list has come into doubt.
#[inline(always)]
fn note_stale(from: Word, to: Word, direction: Direction) {
    let stale = stale_bit(direction) | queued_bit(direction);
    if from.has(ready_bit(direction)) && to.0 & stale == stale {
        RECHECK_READY_LISTS.store(true, Release);
    }
}

#[cfg(all(test, not(miri)))]
mod interleavings;
