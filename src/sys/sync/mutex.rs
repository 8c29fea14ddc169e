// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a lock is made of. A mutex can be reserved: then it is the forking thread's, and all others wait.

#[cfg(not(test))]
pub(super) use Plain as Mutex;
#[cfg(target_os = "linux")]
pub(super) use futex::Mutex as Plain;
#[cfg(not(target_os = "linux"))]
pub(super) use posix::Mutex as Plain;
#[cfg(test)]
pub(super) use watched::Mutex;

/// One word and, if two threads meet, futex(2): the loop takes its lock several times per request, and two calls of the C
/// library for each would cost more than what is done under it.
#[cfg(target_os = "linux")]
mod futex {
    use crate::sys::fork::Forks;
    use core::ptr::null;
    use core::sync::atomic::AtomicU32;
    use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

    const OPEN: u32 = 0;
    const TAKEN: u32 = 1;
    /// Taken, and a thread may be asleep.
    const AWAITED: u32 = 2;
    /// Taken for the thread that forks, by the fork handlers. A thread may be asleep.
    const RESERVED: u32 = 3;

    pub(crate) struct Mutex(AtomicU32);

    impl Mutex {
        pub(crate) const fn new() -> Self {
            Mutex(AtomicU32::new(OPEN))
        }

        #[inline(always)]
        pub(crate) fn acquire(&self, forks: &Forks) {
            if !self.try_acquire() {
                self.wait(forks);
            }
        }

        #[inline(always)]
        pub(crate) fn try_acquire(&self) -> bool {
            self.0.compare_exchange(OPEN, TAKEN, Acquire, Relaxed).is_ok()
        }

        #[cold]
        fn wait(&self, forks: &Forks) {
            loop {
                match self.0.load(Relaxed) {
                    RESERVED if forks.pass() => return,
                    state @ (AWAITED | RESERVED) => self.sleep(state),
                    // After sleeping we cannot tell whether waiters remain, so lock as contended.
                    state => {
                        if self.0.compare_exchange(state, AWAITED, Acquire, Relaxed) == Ok(OPEN) {
                            return;
                        }
                    }
                }
            }
        }

        #[cold]
        fn sleep(&self, state: u32) {
            // EAGAIN (the word has changed) and EINTR both mean: look again. errno is the program's.
            crate::errno::unchanged(|| self.futex(libc::FUTEX_WAIT, state));
        }

        /// The caller holds the lock.
        #[inline]
        pub(crate) fn release(&self) {
            if self.0.compare_exchange(TAKEN, OPEN, Release, Relaxed).is_err() {
                self.release_slowly();
            }
        }

        #[cold]
        fn release_slowly(&self) {
            // A reserved lock stays so until the fork handlers open it.
            if self.0.compare_exchange(AWAITED, OPEN, Release, Relaxed).is_ok() {
                self.wake(1);
            }
        }

        fn wake(&self, most: u32) {
            crate::errno::unchanged(|| self.futex(libc::FUTEX_WAKE, most));
        }

        pub(crate) fn reserve(&self) {
            self.0.store(RESERVED, Relaxed);
        }

        pub(crate) fn open(&self) {
            self.0.store(OPEN, Release);
            self.wake(i32::MAX as u32);
        }

        fn futex(&self, operation: libc::c_int, value: u32) {
            let operation = operation | libc::FUTEX_PRIVATE_FLAG;
            let forever = null::<libc::timespec>();
            // SAFETY: the word is valid for the call, and these two operations touch nothing else.
            unsafe { libc::syscall(libc::SYS_futex, self.0.as_ptr(), operation, value, forever) };
        }
    }
}

/// The C library's own, and whether it is reserved for the thread that forks.
#[cfg(not(target_os = "linux"))]
mod posix {
    use crate::sys::fork::Forks;
    use core::cell::UnsafeCell;
    use core::sync::atomic::AtomicBool;
    use core::sync::atomic::Ordering::Relaxed;

    pub(crate) struct Mutex {
        mutex: UnsafeCell<libc::pthread_mutex_t>,
        reserved: AtomicBool,
    }

    impl Mutex {
        pub(crate) const fn new() -> Self {
            Mutex {
                mutex: UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER),
                reserved: AtomicBool::new(false),
            }
        }

        pub(crate) fn acquire(&self, forks: &Forks) {
            // The thread that forks has locked the mutex already.
            if !(self.reserved.load(Relaxed) && forks.pass()) {
                // SAFETY: a statically initialised mutex is valid, and statics do not move.
                unsafe { libc::pthread_mutex_lock(self.mutex.get()) };
            }
        }

        pub(crate) fn try_acquire(&self) -> bool {
            // SAFETY: as in `acquire`.
            unsafe { libc::pthread_mutex_trylock(self.mutex.get()) == 0 }
        }

        /// The caller holds the lock.
        pub(crate) fn release(&self) {
            if !self.reserved.load(Relaxed) {
                // SAFETY: the mutex is valid, and this thread has locked it.
                unsafe { libc::pthread_mutex_unlock(self.mutex.get()) };
            }
        }

        pub(crate) fn reserve(&self) {
            self.reserved.store(true, Relaxed);
        }

        pub(crate) fn open(&self) {
            self.reserved.store(false, Relaxed);
            self.release();
        }
    }
}

/// For tests: others get their turn before it is taken.
#[cfg(test)]
mod watched {
    use super::Plain;
    use crate::sys::fork::Forks;
    use crate::sys::interleave;

    pub(crate) struct Mutex(Plain);

    impl Mutex {
        pub(crate) const fn new() -> Self {
            Mutex(Plain::new())
        }

        fn address(&self) -> usize {
            &raw const *self as usize
        }

        pub(crate) fn acquire(&self, forks: &Forks) {
            interleave::acquire(self.address());
            self.0.acquire(forks);
        }

        pub(crate) fn try_acquire(&self) -> bool {
            interleave::step();
            let taken = self.0.try_acquire();
            if taken {
                interleave::taken(self.address());
            }
            taken
        }

        pub(crate) fn release(&self) {
            self.0.release();
            interleave::release(self.address());
        }

        pub(crate) fn reserve(&self) {
            self.0.reserve();
        }

        pub(crate) fn open(&self) {
            self.0.open();
            interleave::release(self.address());
        }
    }
}
