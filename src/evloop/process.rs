// SPDX-License-Identifier: MIT OR Apache-2.0
//! fork() handlers and shutdown.

use super::list::List;
use super::word::{Direction, Word};
use super::{FORK_GENERATION, LOOP, Loop, TABLE, lock};
use crate::sys::signal;
use core::sync::atomic::Ordering::Relaxed;

crate::sys::fork::survives_fork!(static LOOP in ".init_array.00101", count: count_fork, child: become_child);

/// Counts a fork: the descriptors that are registered before it are open in two processes. The lock is held.
fn count_fork() {
    FORK_GENERATION.fetch_add(1, Relaxed);
}

/// In the child, with the lock held.
fn become_child() {
    // SAFETY: the fork handlers hold the lock in this thread, and no guard of it exists.
    let mut state = unsafe { LOOP.reserved() };
    count_fork();
    state.inherited = true;
    // What is in the lists is the parent's. The next call that looks at them takes the long way.
    (state.ready, state.stale) = ([List::new(), List::new()], [List::new(), List::new()]);
    state.force();
    state.waiting = false;
    // The handlers open the lock.
    core::mem::forget(state);
}

impl Loop {
    /// In a child that has not used the loop yet: leaves the parent's instance to the parent, and registers what
    /// has interest with one of its own, which then reports what is ready.
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
/// descriptors. Nothing of the process points into the library afterwards, so a plugin that contains it can be unloaded. Not
/// to be called beside any other function of the loop.
pub(crate) fn shut_down() {
    let mut state = lock();
    for fd in 0..state.reach {
        if let Some(entry) = TABLE.get(fd) {
            entry.update(Word::forgotten);
        }
    }
    if let Some(backend) = state.backend.take() {
        backend.close_if_ours();
    }
    let generation = state.generation;
    *state = Loop::new();
    state.generation = generation;
    // SAFETY: the documentation of io_finishandshutdown asks that no other thread be inside the library.
    unsafe { TABLE.clear() };
    signal::release_sigpipe();
}
