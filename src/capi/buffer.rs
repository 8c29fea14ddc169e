// SPDX-License-Identifier: MIT OR Apache-2.0
//! `buffer.h`: buffers in front of reads and writes.

pub mod initial;
pub mod input;
pub mod memory;
pub mod output;
pub mod standard;
pub mod stubborn;

use crate::abi::{buffer, ssize_t};
use core::ffi::{c_char, c_int, c_void};

/// Makes *b an empty buffer with ylen bytes of memory at y, whose operation op gets the descriptor fd.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_init(
    b: *mut buffer,
    op: Option<unsafe extern "C" fn() -> ssize_t>,
    fd: c_int,
    y: *mut c_char,
    ylen: usize,
) {
    // SAFETY: the caller hands in a place for a buffer; nothing in it is dropped.
    unsafe { b.write(buffer::new(op, fd, y, ylen)) }
}

/// The same with memory from malloc, which buffer_close gives back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_init_free(
    b: *mut buffer,
    op: Option<unsafe extern "C" fn() -> ssize_t>,
    fd: c_int,
    y: *mut c_char,
    ylen: usize,
) {
    // SAFETY: as in buffer_init.
    unsafe {
        b.write(buffer::new(op, fd, y, ylen));
        (*b).deinit.set(Some(buffer_free));
    }
}

/// For the field deinit: frees the memory of the buffer at buf. The buffer itself is the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_free(buf: *mut c_void) {
    // SAFETY: the caller hands in a valid buffer, as in all of this header, with memory from malloc.
    unsafe { (*buf.cast::<buffer>()).free() }
}

/// For the field deinit: unmaps the memory of the buffer at buf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_munmap(buf: *mut c_void) {
    // SAFETY: the caller hands in a valid buffer whose memory is a mapping.
    unsafe { (*buf.cast::<buffer>()).unmap() }
}

/// Closes the descriptor if it is greater than 2, and calls deinit if there is one. What waits to be written is
/// not written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_close(b: *mut buffer) {
    // SAFETY: a valid buffer.
    unsafe { (*b).close() }
}
