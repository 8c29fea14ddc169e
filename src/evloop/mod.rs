//! The event loop: what is known of each descriptor, who is ready, who is late, and how to wait.
//!
//! - [`word`], [`transition`]: the state of one descriptor, and what it can become;
//! - [`table`]: where the states are kept;
//! - [`list`], [`heap`], [`deadline`]: who is next, who is late;
//! - [`register`]: descriptors come and go, wishes, deadlines;
//! - [`wait`]: the wait itself, and the rounds of io_canread and io_canwrite;
//! - [`process`]: fork, and the end;
//! - [`debug`]: a description for humans.
//!
//! How it stays cheap: a descriptor is registered once, for both directions, edge-triggered. From then on a
//! wish is a bit in memory. What was handed out and not seen to be drained is in doubt, and the next wait asks
//! the kernel again about those alone.
//!
//! Who may do what when: states change by compare-and-swap, without a lock; lists, heaps and registrations are
//! under one lock, which is never held while waiting nor while code of the program runs.

pub mod deadline;
pub mod debug;
pub mod heap;
pub mod list;
pub mod process;
pub mod register;
pub mod table;
pub mod transition;
pub mod wait;
pub mod word;

use crate::errno::{Errno, Result};
use crate::sys::lock::{Guard, Lock};
use crate::sys::{Backend, Refused};
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed, Ordering::Release};
use deadline::Deadlines;
use list::List;
use table::{Entry, Table};
use word::{
    Direction, KNOWN, Outcome, UNWATCHABLE, WATCHED, Word, linked_bit, ready_bit, unsure_bit, wish_bit,
};

/// All descriptors.
static TABLE: Table = Table::new();

/// How many descriptors have a wish.
static WISHING: AtomicUsize = AtomicUsize::new(0);

/// A descriptor in the list of ready ones was read from or written to before its turn, so its readiness is in doubt.
static DISTURBED: AtomicBool = AtomicBool::new(false);

/// How many times this process, or an ancestor since the library was loaded, has forked.
static EPOCH: AtomicU32 = AtomicU32::new(0);

/// What is under the lock.
static LOOP: Lock<Loop> = Lock::new(Loop::new());

/// Takes the lock.
fn lock() -> Guard<'static, Loop> {
    LOOP.lock()
}

/// The part of the library's memory that changes under the lock only.
pub(crate) struct Loop {
    backend: Option<Backend>,
    /// Ready and wished for, as far as we know: next to be fetched.
    ready: [List; 2],
    /// Handed out since the last wait, or refused by the kernel: to be looked at by the next wait.
    doubt: [List; 2],
    deadlines: Deadlines,
    /// When to remind a program that ignores a deadline, in monotonic milliseconds.
    remind_at: u64,
    /// How many descriptors are known.
    known: usize,
    /// One more than the highest descriptor ever known.
    reach: u32,
    /// How many descriptors the kernel watches.
    watched: usize,
    /// Events of registrations that outlived their number, since the instance was made.
    stale: usize,
    generation: u32,
    /// A thread waits in the kernel.
    waiting: bool,
    /// The last wait asked the kernel; only then may the next one do without.
    asked: bool,
    /// The process has forked, and this is the child: the backend is the parent's.
    inherited: bool,
    /// Fork handlers stand.
    fork_safe: bool,
}

impl Loop {
    const fn new() -> Self {
        Loop {
            backend: None,
            ready: [List::new(Direction::Read), List::new(Direction::Write)],
            doubt: [List::new(Direction::Read), List::new(Direction::Write)],
            deadlines: Deadlines::new(),
            remind_at: u64::MAX,
            known: 0,
            reach: 0,
            watched: 0,
            stale: 0,
            generation: 0,
            waiting: false,
            asked: false,
            inherited: false,
            fork_safe: false,
        }
    }

    /// The backend of this process, made now if there is none yet.
    fn backend(&mut self) -> Backend {
        self.adopt();
        *self.backend.get_or_insert_with(Backend::new)
    }

    /// Has the kernel watch a descriptor. Whatever it says, the descriptor counts as registered afterwards.
    fn watch(&mut self, fd: u32, entry: &Entry) {
        let token = token(fd, entry.load());
        match self.backend().add(fd as i32, token) {
            Ok(refused) => {
                let (before, _) = entry
                    .update(|word| word.without(word::REFUSED | UNWATCHABLE).with(WATCHED | deaf(refused)));
                self.watched += usize::from(!before.has(WATCHED));
            }
            Err(Errno(
                libc::ENOMEM | libc::ENOSPC | libc::EMFILE | libc::ENFILE | libc::EAGAIN | libc::EINTR,
            )) => {
                self.unwatch(entry, word::REFUSED);
            }
            Err(_) => self.unwatch(entry, UNWATCHABLE),
        }
    }

    /// The kernel does not watch the descriptor, for a reason that `mark` tells: then it counts as ready.
    fn unwatch(&mut self, entry: &Entry, mark: u64) {
        let ready = deaf(Refused::BOTH);
        let (before, _) = entry.update(|word| word.without(WATCHED).with(mark | ready));
        self.watched -= usize::from(before.has(WATCHED));
    }

    /// Puts a descriptor into the list where its state belongs, if it is in none. True if it became fetchable.
    #[inline]
    fn enlist(&mut self, fd: u32, entry: &Entry, direction: Direction) -> bool {
        let word = entry.load();
        if word.has(linked_bit(direction)) || !word.has(wish_bit(direction)) || !word.noteworthy(direction) {
            return false;
        }
        let ready = word.has(ready_bit(direction));
        let lists = if ready { &mut self.ready } else { &mut self.doubt };
        lists[direction as usize].push(&TABLE, fd);
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
fn deaf(refused: Refused) -> u64 {
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

/// The entry of a descriptor that io_fd knows. The 64-bit number is not cut to size: what is too large for a
/// descriptor is unknown.
#[inline]
pub fn find(d: i64) -> Option<(u32, &'static Entry)> {
    let fd = i32::try_from(d).ok().and_then(|fd| u32::try_from(fd).ok())?;
    let entry = TABLE.get(fd)?;
    entry.load().has(KNOWN).then_some((fd, entry))
}

/// Like [`find`], with EBADF for a descriptor that io_fd does not know.
pub fn known(d: i64) -> Result<(u32, &'static Entry)> {
    find(d).ok_or(Errno(libc::EBADF))
}

/// Applies a transition, and keeps count of the descriptors that have a wish.
fn change(entry: &Entry, transition: impl Fn(Word) -> Word) -> (Word, Word) {
    let (before, after) = entry.update(transition);
    match (before.wishes(), after.wishes()) {
        (false, true) => WISHING.fetch_add(1, Relaxed),
        (true, false) => WISHING.fetch_sub(1, Relaxed),
        _ => 0,
    };
    (before, after)
}

/// A read or write call on a descriptor has ended: notes what that says about its readiness.
pub fn moved(entry: &Entry, before: Word, direction: Direction, outcome: Outcome) {
    let (from, to) = entry.update(|word| word.moved(direction, before, outcome));
    note_doubts(from, to, direction);
}

/// Remembers that a descriptor in a list has come into doubt.
fn note_doubts(from: Word, to: Word, direction: Direction) {
    if from.has(ready_bit(direction)) && to.has(unsure_bit(direction)) && to.has(linked_bit(direction)) {
        DISTURBED.store(true, Release);
    }
}
