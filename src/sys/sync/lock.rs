// SPDX-License-Identifier: MIT OR Apache-2.0
//! A lock that lives in a static, costs little without contention, and survives fork ([`fork`](super::fork)).

use super::fork::{Forks, Handlers};
use super::mutex::Mutex;
use crate::errno::Result;
use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};

/// A value that one thread at a time may use. Not to be taken twice by one thread.
pub(crate) struct Lock<T> {
    mutex: Mutex,
    forks: Forks,
    value: UnsafeCell<T>,
}

// SAFETY: the mutex lets one thread at a time reach the value.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    /// An open lock. `survives_fork!` has to name it.
    pub(crate) const fn new(value: T) -> Self {
        Lock { mutex: Mutex::new(), forks: Forks::new(), value: UnsafeCell::new(value) }
    }

    /// Waits until the lock is open, and takes it.
    #[inline]
    pub(crate) fn lock(&self) -> Guard<'_, T> {
        self.acquire();
        Guard { lock: self }
    }

    #[inline]
    fn acquire(&self) {
        self.mutex.acquire(&self.forks);
    }

    /// Takes the lock if it is open.
    #[inline(always)]
    pub(crate) fn try_lock(&self) -> Option<Guard<'_, T>> {
        if self.mutex.try_acquire() { Some(Guard { lock: self }) } else { None }
    }

    /// The guard of a lock that the fork handlers hold.
    ///
    /// # Safety
    /// The calling thread runs the fork handlers, and no guard exists.
    pub(crate) unsafe fn reserved(&self) -> Guard<'_, T> {
        Guard { lock: self }
    }
}

/// What the fork handlers of `survives_fork!` do.
impl<T> Lock<T> {
    /// Registers the handlers unless they are. Errors: ENOMEM.
    pub(crate) fn ensure_handlers(&self, handlers: Handlers) -> Result<()> {
        self.forks.register(handlers)
    }

    /// Before a fork: takes the lock, runs `count`, and lets this thread through, and it alone.
    pub(crate) fn before_fork(&self, count: fn()) {
        if self.forks.nests() {
            return;
        }
        self.mutex.acquire(&self.forks);
        count();
        self.forks.begin();
        self.mutex.reserve();
    }

    /// In the parent: runs `count`, and opens the lock.
    pub(crate) fn after_fork_in_parent(&self, count: fn()) {
        if self.forks.ends() {
            count();
            self.forks.clear();
            self.mutex.open();
        }
    }

    /// In the child: runs `work`, and opens the lock. Later calls in the same child do nothing.
    pub(crate) fn after_fork_in_child(&self, work: fn()) {
        if self.forks.is_new_child() {
            work();
            self.forks.clear();
            self.mutex.open();
        }
    }
}

/// The right to use the value, until dropped.
pub(crate) struct Guard<'a, T> {
    lock: &'a Lock<T>,
}

impl<T> Guard<'_, T> {
    /// Opens the lock while `work` runs, and takes it again.
    pub(crate) fn unlocked<R>(&mut self, work: impl FnOnce() -> R) -> R {
        // The exclusive borrow of this guard keeps its holder from the value.
        self.lock.mutex.release();
        let result = work();
        self.lock.acquire();
        result
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the lock, and is borrowed exclusively.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.lock.mutex.release();
    }
}
