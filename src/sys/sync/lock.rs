// SPDX-License-Identifier: MIT OR Apache-2.0
//! A lock that lives in a static, costs little without contention, and survives fork ([`fork`](super::fork)).

use super::fork::{Forks, Handlers};
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

    pub(super) struct Mutex(AtomicU32);

    impl Mutex {
        pub(super) const fn new() -> Self {
            Mutex(AtomicU32::new(OPEN))
        }

        #[inline(always)]
        pub(super) fn acquire(&self, forks: &Forks) {
            if !self.try_acquire() {
                self.wait(forks);
            }
        }

        #[inline(always)]
        pub(super) fn try_acquire(&self) -> bool {
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
        pub(super) fn release(&self) {
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

        pub(super) fn reserve(&self) {
            self.0.store(RESERVED, Relaxed);
        }

        pub(super) fn open(&self) {
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

    pub(super) struct Mutex {
        mutex: UnsafeCell<libc::pthread_mutex_t>,
        reserved: AtomicBool,
    }

    impl Mutex {
        pub(super) const fn new() -> Self {
            Mutex {
                mutex: UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER),
                reserved: AtomicBool::new(false),
            }
        }

        pub(super) fn acquire(&self, forks: &Forks) {
            // The thread that forks has locked the mutex already.
            if !(self.reserved.load(Relaxed) && forks.pass()) {
                // SAFETY: a statically initialised mutex is valid, and statics do not move.
                unsafe { libc::pthread_mutex_lock(self.mutex.get()) };
            }
        }

        pub(super) fn try_acquire(&self) -> bool {
            // SAFETY: as in `acquire`.
            unsafe { libc::pthread_mutex_trylock(self.mutex.get()) == 0 }
        }

        /// The caller holds the lock.
        pub(super) fn release(&self) {
            if !self.reserved.load(Relaxed) {
                // SAFETY: the mutex is valid, and this thread has locked it.
                unsafe { libc::pthread_mutex_unlock(self.mutex.get()) };
            }
        }

        pub(super) fn reserve(&self) {
            self.reserved.store(true, Relaxed);
        }

        pub(super) fn open(&self) {
            self.reserved.store(false, Relaxed);
            self.release();
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

/// For tests: others get their turn before it is taken.
#[cfg(test)]
mod watched {
    use super::Plain;
    use crate::sys::fork::Forks;
    use crate::sys::interleave;

    pub(super) struct Mutex(Plain);

    impl Mutex {
        pub(super) const fn new() -> Self {
            Mutex(Plain::new())
        }

        fn address(&self) -> usize {
            &raw const *self as usize
        }

        pub(super) fn acquire(&self, forks: &Forks) {
            interleave::acquire(self.address());
            self.0.acquire(forks);
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

        pub(super) fn reserve(&self) {
            self.0.reserve();
        }

        pub(super) fn open(&self) {
            self.0.open();
            interleave::release(self.address());
        }
    }
}
