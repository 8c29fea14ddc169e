// SPDX-License-Identifier: MIT OR Apache-2.0
//! A ring of a calling thread's own, for reads that end inside the call: many with one system call. A thread that has brought
//! some lists gets one, which has no number, and which nothing is left in when the call returns.

use super::abi::{self, Submission};
use super::ring::{Ring, Size};
use crate::core::CORE;
use crate::errno::unchanged;
use alloc::boxed::Box;
use core::cell::Cell;
use core::ffi::{c_int, c_void};
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::AtomicUsize;
use core::sync::atomic::Ordering::Relaxed;

/// Reads that one call takes.
pub(crate) const MOST: usize = 64;

/// So many calls of a thread go without a ring, which costs as much as these.
const WITHOUT: u32 = 3;

/// One read, at a position of a regular file.
#[derive(Clone, Copy)]
pub(crate) struct Read {
    /// Which one it is, for the answer: 0…63.
    pub(crate) index: u8,
    pub(crate) fd: c_int,
    pub(crate) length: u32,
    pub(crate) buffer: *mut c_void,
    pub(crate) offset: i64,
}

impl Read {
    /// A place for one.
    pub(crate) const NONE: Read = Read { index: 0, fd: -1, length: 0, buffer: null_mut(), offset: 0 };
}

/// What the library keeps of a thread.
struct Own {
    calls: Cell<u32>,
    /// Nothing while it is in use, so that a signal handler finds none.
    ring: Cell<Option<Ring>>,
}

/// The thread's value under this key is its `Own`. The key and one, so that 0 means none.
static KEY: AtomicUsize = AtomicUsize::new(0);

/// Runs when the library is loaded.
pub(crate) fn at_load() {
    let mut key: libc::pthread_key_t = 0;
    // SAFETY: `key` is a place for the result, and `drop_own` takes what is set under the key.
    if unsafe { libc::pthread_key_create(&mut key, Some(drop_own)) } == 0 {
        KEY.store(key as usize + 1, Relaxed);
    }
}

/// A child of fork has no rings: their memory and their place in the kernel are the parent's.
pub(crate) fn in_child() {
    let Some(key) = key() else { return };
    let Some(own) = find(key) else { return };
    core::mem::forget(own.ring.take());
    own.calls.set(0);
}

unsafe extern "C" fn drop_own(own: *mut c_void) {
    // SAFETY: under the key is what `own` has taken out of its box, and the thread that ends is the only one that has it.
    drop(unsafe { Box::from_raw(own.cast::<Own>()) });
}

fn key() -> Option<libc::pthread_key_t> {
    KEY.load(Relaxed).checked_sub(1).map(|key| key as libc::pthread_key_t)
}

fn find(key: libc::pthread_key_t) -> Option<&'static Own> {
    // SAFETY: the key is there. What is set under it lives as long as the thread, which hands it to no other.
    unsafe { libc::pthread_getspecific(key).cast::<Own>().cast_const().as_ref() }
}

/// The thread's own; made if there is none. Nothing without memory.
fn own() -> Option<&'static Own> {
    let key = key()?;
    if let Some(own) = find(key) {
        return Some(own);
    }
    let size = core::alloc::Layout::new::<Own>();
    // SAFETY: the layout is not empty.
    let place = NonNull::new(unsafe { alloc::alloc::alloc(size) })?.cast::<Own>();
    // SAFETY: the memory is fresh, and large enough.
    unsafe { place.write(Own { calls: Cell::new(0), ring: Cell::new(None) }) };
    // SAFETY: the key is there; the memory is as a box's, and `drop_own` gives it back.
    if unsafe { libc::pthread_setspecific(key, place.as_ptr().cast_const().cast()) } != 0 {
        // SAFETY: as above; nothing has it but this function.
        unsafe { drop_own(place.as_ptr().cast()) };
        return None;
    }
    find(key)
}

impl Own {
    /// The ring; made at the right time, and once. To be put back after use.
    fn take(&self) -> Option<Ring> {
        let ring = self.ring.take();
        if ring.is_some() || self.calls.get() > WITHOUT {
            return ring;
        }
        self.calls.set(self.calls.get() + 1);
        if self.calls.get() <= WITHOUT {
            return None;
        }
        // A fork waits until the ring has no number any more, which its child would keep.
        CORE.lock().settling += 1;
        let ring = Ring::new(&Size { submissions: MOST as u32, completions: 2 * MOST as u32, workers: 0 });
        let mut core = CORE.lock();
        core.settling = core.settling.saturating_sub(1);
        ring.ok()
    }
}

/// Counts a call that could use a ring; true if the thread has one. Keeps errno.
pub(crate) fn is_ready() -> bool {
    unchanged(|| {
        let Some(own) = own() else { return false };
        let ring = own.take();
        let is_there = ring.is_some();
        own.ring.set(ring);
        is_there
    })
}

/// Reads what needs no waiting, at most [`MOST`]: bit n of the answer says that the read with index n is done, all of it.
/// No bit is set if the thread has no ring. Keeps errno.
pub(crate) fn read(reads: &[Read]) -> u64 {
    unchanged(|| {
        let Some(own) = key().and_then(find) else { return 0 };
        let Some(mut ring) = own.ring.take() else { return 0 };
        for (at, read) in reads.iter().enumerate() {
            ring.push(&Submission {
                opcode: abi::READ,
                fd: read.fd,
                offset: read.offset as u64,
                address: read.buffer as usize as u64,
                length: read.length,
                operation_flags: abi::NOWAIT,
                user_data: at as u64,
                ..Submission::default()
            });
        }
        let mut done = 0;
        for completion in (0..ring.complete()).map_while(|_| ring.pop()) {
            let read = reads.get(completion.user_data as usize);
            if let Some(read) = read
                && u32::try_from(completion.result) == Ok(read.length)
            {
                done |= 1 << read.index;
            }
        }
        own.ring.set(Some(ring));
        done
    })
}
