// SPDX-License-Identifier: MIT OR Apache-2.0
//! Fork, and the end.

use super::word::Direction;
use super::{FORK_GENERATION, INTERESTED, LOOP, Loop, TABLE, change, lock};
use crate::errno::Result;
use crate::sys::fork;
use core::sync::atomic::Ordering::Relaxed;

/// Has the fork handlers stand before the first descriptor is known. Errors: ENOMEM.
pub(super) fn survive_forks(state: &mut Loop) -> Result<()> {
    if !state.fork_safe {
        fork::at_fork(before, parent, child)?;
        state.fork_safe = true;
    }
    Ok(())
}

/// Nobody is in the middle of a change while the process is copied.
extern "C" fn before() {
    core::mem::forget(lock());
}

extern "C" fn parent() {
    // SAFETY: before() took the lock in this thread and forgot the guard.
    let state = unsafe { LOOP.regain() };
    FORK_GENERATION.fetch_add(1, Relaxed);
    drop(state);
}

extern "C" fn child() {
    // SAFETY: before() took the lock in the thread that this child is a copy of.
    let mut state = unsafe { LOOP.regain() };
    FORK_GENERATION.fetch_add(1, Relaxed);
    state.inherited = true;
    state.waiting = false;
}

impl Loop {
    /// In a child that has not used the loop yet: leaves the parent's instance to the parent, and registers what
    /// is wished for with one of its own, which then reports what is ready.
    #[inline(always)]
    pub(super) fn adopt(&mut self) {
        if self.inherited {
            self.start_over();
        }
    }

    #[cold]
    fn start_over(&mut self) {
        self.inherited = false;
        if let Some(parents) = self.backend.take() {
            parents.close_if_ours();
        }
        for direction in Direction::BOTH {
            self.ready[direction as usize].take();
            self.stale[direction as usize].take();
        }
        (self.watched, self.leftovers, self.asked) = (0, 0, false);
        for fd in 0..self.reach {
            let Some(entry) = TABLE.get(fd) else { continue };
            let (_, word) = entry.update(|word| word.inherited());
            if word.has_interest() {
                self.watch(fd, entry);
                self.enqueue(fd, entry);
            }
        }
    }
}

/// Forgets all descriptors and gives back all memory and kernel objects. Closes none of the program's
/// descriptors. Not to be called beside any other function of the loop.
pub fn shut_down() {
    let mut state = lock();
    for fd in 0..state.reach {
        if let Some(entry) = TABLE.get(fd) {
            change(entry, |word| word.forgotten());
        }
    }
    if let Some(backend) = state.backend.take() {
        backend.close_if_ours();
    }
    let (fork_safe, generation) = (state.fork_safe, state.generation);
    *state = Loop::new();
    (state.fork_safe, state.generation) = (fork_safe, generation);
    INTERESTED.store(0, Relaxed);
    // SAFETY: the documentation of io_finishandshutdown asks that no other thread be inside the library.
    unsafe { TABLE.clear() };
}
