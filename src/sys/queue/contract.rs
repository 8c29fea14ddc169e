// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a backend provides, as a checklist: the compiler sees that nothing is missing, the comments are the contract, and
//! `tests.rs` tries it.

use super::{Delivery, Event, Interest, Places, Unsupported, Watch, WatchMode};
use crate::errno::Result;
use core::ffi::c_int;
use core::fmt::Debug;

/// The queue that the event loop waits on. A value is a few numbers, which the loop copies to wait without its lock.
///
/// An event may be spurious or stale; it must not be lost. Hang-up and error count as readable and writable; an error alone
/// is marked as such, because it may last while every read gives EAGAIN.
pub(super) trait EventQueue: Copy + Eq + Debug + Send + Sync {
    /// What io_debugstring calls it.
    const NAME: &'static str;

    /// How many events one call of `wait` reports at most. Where more are ready the loop calls again.
    const CAPACITY: usize;

    /// How many events there may be of one descriptor at a time: two where reading and writing are registered apart.
    const EVENTS_PER_DESCRIPTOR: usize;

    /// A descriptor can be watched for less than everything, or be reported more often, as [`WatchMode`] says. The others are
    /// asked for [`WatchMode::Both`] alone.
    const HAS_WATCH_MODES: bool;

    /// `wait` reports what is ready, not what became ready, and has to be told what to look at: "A backend without edges" in
    /// [`super`].
    const IS_LEVEL_TRIGGERED: bool;

    /// Memory for the events of one wait.
    type Events: EventList;

    /// A fresh instance, whose descriptors are close-on-exec. A forked child opens one of its own. Errors: EMFILE, ENFILE,
    /// ENOMEM, and the loop tries again after the next wait; anything else, and poll(2) serves for good.
    fn open() -> Result<Self>;

    /// Watches `fd` for reading and writing until the number is closed: each change to ready is reported once, with the
    /// token, and what is ready already is reported by the next wait. If the same open file description is watched under this
    /// number already, the new token replaces the old one. The lower half of a token is the descriptor. What is
    /// [`Unsupported`] of one direction alone counts as ready in that direction. Errors: ENOMEM, ENOSPC, EMFILE, ENFILE, and
    /// EAGAIN where the program has closed the instance: the loop tries again later; EPERM and whatever else never changes: the
    /// descriptor counts as always ready.
    fn add(&self, fd: c_int, token: u64, watch_mode: WatchMode) -> Result<Unsupported>;

    /// Whatever is ready now is reported by the next wait, reported before or not. Errors: ENOENT or EBADF if the number was
    /// closed since; after any other error the loop counts the descriptor as not watched.
    fn rearm(&self, fd: c_int, token: u64, watch_mode: WatchMode) -> Result<Unsupported>;

    /// Ends a registration; used where the open file description may live on under another number.
    fn remove(&self, fd: c_int);

    /// Waits for events, for so many milliseconds at most (without limit for `None`), and returns how many there were, its
    /// own wake-up included or not. Runs in one thread at a time, without the loop's lock: `add`, `rearm`, `remove` and `wake`
    /// may be called by other threads during a wait and take effect at once. A backend with edges ignores `watches`. Errors:
    /// EINTR if a signal came first; after any other error the loop opens another instance.
    fn wait(
        &self,
        events: &mut Self::Events,
        milliseconds: Option<u64>,
        watches: impl Iterator<Item = Watch> + Clone,
    ) -> Result<usize>;

    /// How many more calls it may take to hear of all `watched` descriptors, after one that reported `count` events.
    #[inline]
    fn calls_left(_: &Self::Events, count: usize, watched: usize) -> usize {
        if count == Self::CAPACITY {
            watched.saturating_mul(Self::EVENTS_PER_DESCRIPTOR) / Self::CAPACITY
        } else {
            0
        }
    }

    /// Makes a wait that is under way, or else the next one, return early.
    fn wake(&self);

    /// Gives the kernel's objects back, once, unless the program has closed them behind our back: then the numbers may
    /// belong to another file by now.
    fn close_if_ours(self);
}

/// The events of one wait.
pub(super) trait EventList {
    /// None yet.
    fn new() -> Self;

    /// Forgets all events.
    fn clear(&mut self);

    /// What the last wait reported, the backend's own wake-ups left out.
    fn iter(&self) -> impl Iterator<Item = Event>;
}

/// What stands behind `iom_*`: one event for one thread, and then the registration sleeps until it is armed again. All
/// methods may be called by many threads at a time.
pub(super) trait OneShotQueue: Copy + Debug {
    /// Opens the kernel's objects, close-on-exec. The C program's struct holds the two numbers: of the queue, and of what ends
    /// all waits, or -1 if that needs none. Errors: EMFILE, ENFILE, ENOMEM; others where the kernel or a sandbox forbids it,
    /// and poll(2) serves.
    fn open() -> Result<[c_int; 2]>;

    /// The dispatcher of these numbers, in a process that has opened or inherited them.
    ///
    /// # Safety
    /// The places are valid while any thread uses it, zeroed before the first use, and used by nothing else.
    unsafe fn of(numbers: [c_int; 2], places: Places) -> Self;

    /// Has the next event of a descriptor delivered, once; what is ready already counts. The lower half of the token is the
    /// descriptor; the upper half has few bits. Errors: EBADF, EPERM for what cannot be waited for, ENOMEM, ENOSPC.
    fn arm(&self, fd: c_int, interest: Interest, token: u64) -> Result<()>;

    /// [`Self::arm`], for a descriptor that was armed before. Errors: ENOENT if it was not.
    fn rearm(&self, fd: c_int, interest: Interest, token: u64) -> Result<()>;

    /// Waits for one event, for so many milliseconds at most (without limit for `None`). Errors: EINTR, EBADF.
    fn wait(&self, milliseconds: Option<u64>) -> Result<Delivery>;

    /// Ends all waits, those to come included.
    fn abort(&self) -> Result<()>;
}
