// SPDX-License-Identifier: MIT OR Apache-2.0
//! `mmap.h`: files as memory.

use crate::errno::{Result, zero_or_minus_one};
use crate::files::map::{self, Mapped};
use crate::sys::file::Mapping;
use core::ffi::{c_char, c_int};
use core::ptr::null_mut;

/// SAFETY: `filesize` is valid.
unsafe fn answer(mapped: Result<Option<Mapped>>, filesize: *mut usize) -> *mut c_char {
    match mapped {
        Ok(Some((start, size))) => {
            // SAFETY: by this function's own promise.
            unsafe { *filesize = size };
            start
        }
        Ok(None) => null_mut(),
        Err(error) => {
            error.set();
            null_mut()
        }
    }
}

/// Maps the file filename for reading. What others write to it shows.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mmap_read(filename: *const c_char, filesize: *mut usize) -> *const c_char {
    // SAFETY: the caller hands in a place for the size, as in all of this header; the kernel checks the name.
    unsafe { answer(map::map(filename, Mapping::Read), filesize) }
}

/// The same for a name that, if it is relative, starts in the folder that the descriptor dirfd stands for.
/// Waits for the other end of a FIFO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mmap_readat(
    filename: *const c_char,
    filesize: *mut usize,
    dirfd: c_int,
) -> *const c_char {
    // SAFETY: as in mmap_read.
    unsafe { answer(map::map_at(dirfd, filename), filesize) }
}

/// Maps the file filename for reading and writing. What is written stays in memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mmap_private(filename: *const c_char, filesize: *mut usize) -> *mut c_char {
    // SAFETY: as in mmap_read.
    unsafe { answer(map::map(filename, Mapping::Private), filesize) }
}

/// Maps the file filename, which must exist, for reading and writing. What is written goes to the file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mmap_shared(filename: *const c_char, filesize: *mut usize) -> *mut c_char {
    // SAFETY: as in mmap_read.
    unsafe { answer(map::map(filename, Mapping::Shared), filesize) }
}

/// Unmaps a mapping of maplen bytes; nothing happens if that is 0. Returns 0, or -1 with errno EINVAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mmap_unmap(mapped: *const c_char, maplen: usize) -> c_int {
    // SAFETY: the caller does not use it any more.
    zero_or_minus_one(unsafe { map::unmap(mapped.cast_mut(), maplen) })
}
