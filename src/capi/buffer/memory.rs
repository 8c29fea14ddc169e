// SPDX-License-Identifier: MIT OR Apache-2.0
//! Buffers with memory at the other end.

use crate::abi::{array, buffer, stralloc};
use crate::errno::zero_or_minus_one;
use core::ffi::{c_char, c_int};

/// Makes *b a buffer that reads the file filename, which is mapped: all of it is at hand. buffer_close
/// unmaps it. Returns 0; or -1, also for an empty file, which leaves errno alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_mmapread(b: *mut buffer, filename: *const c_char) -> c_int {
    // SAFETY: the caller hands in a string.
    match unsafe { buffer::over_file(filename) } {
        Ok(None) => -1,
        mapped => zero_or_minus_one(mapped.map(|mapped| {
            if let Some(mapped) = mapped {
                mapped.deinit.set(Some(super::buffer_munmap));
                // SAFETY: the caller hands in a place for a buffer.
                unsafe { b.write(mapped) }
            }
        })),
    }
}

/// Makes *b a buffer that reads the l bytes at x, which have to stay there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_frombuf(b: *mut buffer, x: *const c_char, l: usize) {
    // SAFETY: the caller hands in a place for a buffer.
    unsafe { b.write(buffer::over(x, l)) }
}

/// Makes *b a buffer that reads the contents of *sa, which may not change until the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_fromsa(b: *mut buffer, sa: *const stralloc) {
    // SAFETY: a place for a buffer, and a valid stralloc.
    unsafe { b.write(buffer::over((*sa).s, (*sa).as_slice().len())) }
}

/// Makes *b a buffer that reads the bytes in use of *a, which may not change until then. One that has failed is empty.
///
/// cbindgen:ignore
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_fromarray(b: *mut buffer, a: *mut array) {
    // SAFETY: a place for a buffer, and a valid array.
    unsafe { b.write(buffer::over((*a).start().cast(), (*a).as_slice().len())) }
}

/// Makes *b a buffer that appends to *sa, which has to stay where it is. Its length is right after buffer_flush. Returns 0, or -1
/// without memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_tosa(b: *mut buffer, sa: *mut stralloc) -> c_int {
    // SAFETY: a valid stralloc, and a place for a buffer.
    zero_or_minus_one(unsafe { buffer::appending(sa).map(|appending| b.write(appending)) })
}
