// SPDX-License-Identifier: MIT OR Apache-2.0
//! A little memory for each thread, for functions that return a pointer to text that the library owns.

use crate::errno::{Errno, Result};
use core::marker::PhantomData;
use core::sync::atomic::{AtomicUsize, Ordering};
use libc::pthread_key_t;

/// Room for one `T` in every thread that asks for it, until the thread ends.
pub(crate) struct ThreadMemory<T> {
    /// The C library's key plus one, or 0 while there is none.
    key: AtomicUsize,
    room: PhantomData<fn(T)>,
}

impl<T: Copy> ThreadMemory<T> {
    /// Nothing is allocated before it is needed.
    pub(crate) const fn new() -> Self {
        Self { key: AtomicUsize::new(0), room: PhantomData }
    }

    /// Stores `value` as the calling thread's, in place of the one before, and returns its address.
    pub(crate) fn store(&self, value: T) -> Result<*const T> {
        let key = self.key()?;
        // SAFETY: the key exists: it is never deleted once others can see it.
        let mut place = unsafe { libc::pthread_getspecific(key) }.cast::<T>();
        if place.is_null() {
            // SAFETY: malloc takes any size, and aligns for every type.
            place = unsafe { libc::malloc(size_of::<T>()) }.cast();
            if place.is_null() {
                return Err(Errno(libc::ENOMEM));
            }
            // SAFETY: as above. `free` is what the key does with the memory when the thread ends.
            let failed = unsafe { libc::pthread_setspecific(key, place.cast()) };
            if failed != 0 {
                // SAFETY: the block came from malloc, and nothing else has seen it.
                unsafe { libc::free(place.cast()) };
                return Err(Errno(failed));
            }
        }
        // SAFETY: the block has the size of a T and is this thread's alone.
        unsafe { place.write(value) };
        Ok(place)
    }

    fn key(&self) -> Result<pthread_key_t> {
        let known = self.key.load(Ordering::Acquire);
        if known != 0 {
            return Ok((known - 1) as pthread_key_t);
        }
        let mut key: pthread_key_t = 0;
        // SAFETY: `key` is a valid place for the result, and free takes what malloc gave.
        let failed = unsafe { libc::pthread_key_create(&mut key, Some(libc::free)) };
        if failed != 0 {
            return Err(Errno(failed));
        }
        let fresh = key as usize + 1;
        match self.key.compare_exchange(0, fresh, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Ok(key),
            Err(other) => {
                // SAFETY: the key is new, and another thread's has taken its place before any other thread saw it.
                unsafe { libc::pthread_key_delete(key) };
                Ok((other - 1) as pthread_key_t)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_has_its_own() {
        static MEMORY: ThreadMemory<u64> = ThreadMemory::new();
        let mine = MEMORY.store(1).unwrap();
        let others: Vec<_> = (0..4)
            .map(|n| {
                std::thread::spawn(move || {
                    let place = MEMORY.store(n).unwrap();
                    assert_eq!(MEMORY.store(n + 1).unwrap(), place);
                    // SAFETY: the place is this thread's.
                    assert_eq!(unsafe { *place }, n + 1);
                })
            })
            .collect();
        for thread in others {
            thread.join().unwrap();
        }
        // SAFETY: this thread's place, which no other touches.
        assert_eq!(unsafe { *mine }, 1);
    }
}
