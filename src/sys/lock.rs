//! A lock that lives in a static, costs little when nobody contends, and survives fork.

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};

/// A value that one thread at a time may use. Not to be taken twice by one thread.
pub struct Lock<T> {
    mutex: UnsafeCell<libc::pthread_mutex_t>,
    value: UnsafeCell<T>,
}

// SAFETY: the mutex lets one thread at a time reach the value.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    /// An open lock.
    pub const fn new(value: T) -> Self {
        Lock { mutex: UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER), value: UnsafeCell::new(value) }
    }

    /// Waits until the lock is open, and takes it.
    pub fn lock(&self) -> Guard<'_, T> {
        self.acquire();
        Guard { lock: self }
    }

    /// The guard of a lock that is held already: its first guard was forgotten.
    ///
    /// # Safety
    /// The calling thread, or in a forked child the thread that forked, holds the lock and no guard.
    pub unsafe fn regain(&self) -> Guard<'_, T> {
        Guard { lock: self }
    }

    fn acquire(&self) {
        // SAFETY: a statically initialised mutex is valid, and statics do not move.
        unsafe { libc::pthread_mutex_lock(self.mutex.get()) };
    }

    /// The caller holds the lock.
    fn release(&self) {
        // SAFETY: the mutex is valid, and this thread has locked it.
        unsafe { libc::pthread_mutex_unlock(self.mutex.get()) };
    }
}

/// The right to use the value, until dropped.
pub struct Guard<'a, T> {
    lock: &'a Lock<T>,
}

impl<T> Guard<'_, T> {
    /// Opens the lock while `work` runs, and takes it again.
    pub fn unlocked<R>(&mut self, work: impl FnOnce() -> R) -> R {
        // The exclusive borrow of this guard keeps its holder from the value meanwhile.
        self.lock.release();
        let result = work();
        self.lock.acquire();
        result
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the lock, and is borrowed exclusively.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        self.lock.release();
    }
}
