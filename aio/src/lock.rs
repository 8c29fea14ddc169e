// SPDX-License-Identifier: MIT OR Apache-2.0
//! One lock around the library's records: a word that is 0, 1 (locked) or 2 (locked, and threads may sleep).

use crate::futex;
use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// A value, and the lock that guards it.
pub(crate) struct Lock<T> {
    word: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: a guard is the only way to the value, and at most one exists at a time.
unsafe impl<T> Sync for Lock<T> {}

/// The right to use the value; gives the lock back when it is dropped.
pub(crate) struct Guard<'a, T>(&'a Lock<T>);

impl<T> Lock<T> {
    /// A lock that is free.
    pub(crate) const fn new(value: T) -> Lock<T> {
        Lock { word: AtomicU32::new(0), value: UnsafeCell::new(value) }
    }

    /// Waits for the lock.
    pub(crate) fn lock(&self) -> Guard<'_, T> {
        self.acquire();
        Guard(self)
    }

    /// Waits for the lock and holds it without a guard: for fork handlers. [`Lock::release`] gives it back.
    pub(crate) fn acquire(&self) {
        if self.word.compare_exchange(0, 1, Acquire, Relaxed).is_err() {
            self.contend();
        }
    }

    /// Critical sections are shorter than a sleep, so look a few times first. After sleeping we cannot tell whether
    /// others still do, so lock as contended.
    #[cold]
    fn contend(&self) {
        for _ in 0..100 {
            core::hint::spin_loop();
            if self.word.load(Relaxed) == 0 && self.word.compare_exchange(0, 1, Acquire, Relaxed).is_ok() {
                return;
            }
        }
        while self.word.swap(2, Acquire) != 0 {
            futex::rest(&self.word, 2, None);
        }
    }

    /// Gives back what [`Lock::acquire`] has taken.
    pub(crate) fn release(&self) {
        if self.word.swap(0, Release) == 2 {
            futex::wake(&self.word, 1);
        }
    }

    /// The value of a lock that the caller has acquired without a guard: in a forked child, which has one thread.
    pub(crate) fn value(&self) -> *mut T {
        self.value.get()
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: this guard is the only one.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard is the only one, and borrowed mutably.
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        self.0.release();
    }
}
