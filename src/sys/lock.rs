// SPDX-License-Identifier: MIT OR Apache-2.0
//! A lock that lives in a static, costs little when nobody contends, and survives fork.

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};

/// A value that one thread at a time may use. Not to be taken twice by one thread.
pub struct Lock<T> {
    mutex: Mutex,
    value: UnsafeCell<T>,
}

// SAFETY: the mutex lets one thread at a time reach the value.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    /// An open lock.
    pub const fn new(value: T) -> Self {
        Lock { mutex: Mutex::new(), value: UnsafeCell::new(value) }
    }

    /// Waits until the lock is open, and takes it.
    #[inline]
    pub fn lock(&self) -> Guard<'_, T> {
        self.mutex.acquire();
        Guard { lock: self }
    }

    /// Takes the lock if it is open.
    #[inline(always)]
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        if self.mutex.try_acquire() { Some(Guard { lock: self }) } else { None }
    }

    /// The guard of a lock that is held already: its first guard was forgotten.
    ///
    /// # Safety
    /// The calling thread, or in a forked child the thread that forked, holds the lock and no guard.
    pub unsafe fn regain(&self) -> Guard<'_, T> {
        Guard { lock: self }
    }
}

#[cfg(not(test))]
use Plain as Mutex;
#[cfg(target_os = "linux")]
use futex::Mutex as Plain;
#[cfg(not(target_os = "linux"))]
use posix::Mutex as Plain;
#[cfg(test)]
use watched::Mutex;

/// One word and, if two threads meet, futex(2): the loop takes its lock several times per request, and two calls of the C
/// library for each would cost more than what is done under it.
#[cfg(target_os = "linux")]
mod futex {
    use core::ptr::null;
    use core::sync::atomic::AtomicU32;
    use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

    const OPEN: u32 = 0;
    const TAKEN: u32 = 1;
    /// Somebody may be asleep.
    const AWAITED: u32 = 2;

    pub(super) struct Mutex(AtomicU32);

    impl Mutex {
        pub(super) const fn new() -> Self {
            Mutex(AtomicU32::new(OPEN))
        }

        #[inline(always)]
        pub(super) fn acquire(&self) {
            if !self.try_acquire() {
                self.wait();
            }
        }

        #[inline(always)]
        pub(super) fn try_acquire(&self) -> bool {
            self.0.compare_exchange(OPEN, TAKEN, Acquire, Relaxed).is_ok()
        }

        #[cold]
        fn wait(&self) {
            // Whoever has slept cannot know whether others still do, so it takes the lock as an awaited one.
            while self.0.swap(AWAITED, Acquire) != OPEN {
                // EAGAIN (it was opened meanwhile) and EINTR both mean: look again. errno is the program's.
                crate::errno::unchanged(|| self.futex(libc::FUTEX_WAIT, AWAITED));
            }
        }

        /// The caller holds the lock.
        #[inline]
        pub(super) fn release(&self) {
            if self.0.swap(OPEN, Release) == AWAITED {
                self.wake();
            }
        }

        #[cold]
        fn wake(&self) {
            crate::errno::unchanged(|| self.futex(libc::FUTEX_WAKE, 1));
        }

        fn futex(&self, operation: libc::c_int, value: u32) {
            let operation = operation | libc::FUTEX_PRIVATE_FLAG;
            let forever = null::<libc::timespec>();
            // SAFETY: the word is valid for the call, and these two operations touch nothing else.
            unsafe { libc::syscall(libc::SYS_futex, self.0.as_ptr(), operation, value, forever) };
        }
    }
}

/// The C library's own.
#[cfg(not(target_os = "linux"))]
mod posix {
    use core::cell::UnsafeCell;

    pub(super) struct Mutex(UnsafeCell<libc::pthread_mutex_t>);

    impl Mutex {
        pub(super) const fn new() -> Self {
            Mutex(UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER))
        }

        pub(super) fn acquire(&self) {
            // SAFETY: a statically initialised mutex is valid, and statics do not move.
            unsafe { libc::pthread_mutex_lock(self.0.get()) };
        }

        pub(super) fn try_acquire(&self) -> bool {
            // SAFETY: as in `acquire`.
            unsafe { libc::pthread_mutex_trylock(self.0.get()) == 0 }
        }

        /// The caller holds the lock.
        pub(super) fn release(&self) {
            // SAFETY: the mutex is valid, and this thread has locked it.
            unsafe { libc::pthread_mutex_unlock(self.0.get()) };
        }
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
        self.lock.mutex.release();
        let result = work();
        self.lock.mutex.acquire();
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

/// For tests: others get their turn before it is taken.
#[cfg(test)]
mod watched {
    use super::Plain;
    use crate::sys::interleave;

    pub(super) struct Mutex(Plain);

    impl Mutex {
        pub(super) const fn new() -> Self {
            Mutex(Plain::new())
        }

        fn address(&self) -> usize {
            &raw const *self as usize
        }

        pub(super) fn acquire(&self) {
            interleave::acquire(self.address());
            self.0.acquire();
        }

        pub(super) fn try_acquire(&self) -> bool {
            interleave::step();
            let taken = self.0.try_acquire();
            if taken {
                interleave::taken(self.address());
            }
            taken
        }

        pub(super) fn release(&self) {
            self.0.release();
            interleave::release(self.address());
        }
    }
}
