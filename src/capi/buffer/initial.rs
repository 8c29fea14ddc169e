// SPDX-License-Identifier: MIT OR Apache-2.0
//! Initialisation for a descriptor that may be missing, with memory from malloc, and over memory.

use crate::abi::{buffer, ssize_t};
use crate::buffer::operation::{READ, WRITE};
use crate::errno::zero_or_minus_one;
use core::ffi::{c_char, c_int};

/// buffer_init with read(2), for a file that may not have been opened: if fd is -1, returns -1 and changes neither *b nor
/// errno. Else returns 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_init_read(b: *mut buffer, fd: c_int, y: *mut c_char, ylen: usize) -> c_int {
    if fd == -1 {
        return -1;
    }
    // SAFETY: the caller hands in a place for a buffer, as in all of this file.
    unsafe { b.write(buffer::new(READ, fd, y, ylen)) }
    0
}

/// The same with write(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_init_write(b: *mut buffer, fd: c_int, y: *mut c_char, ylen: usize) -> c_int {
    if fd == -1 {
        return -1;
    }
    // SAFETY: as above.
    unsafe { b.write(buffer::new(WRITE, fd, y, ylen)) }
    0
}

/// Makes *b an empty buffer with ylen bytes of memory from malloc, which buffer_close gives back. Returns 0; or -1, and
/// *b is unchanged: if fd is -1, with errno as it was, or ENOMEM.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_init_allocbuf(
    b: *mut buffer,
    op: Option<unsafe extern "C" fn() -> ssize_t>,
    fd: c_int,
    ylen: usize,
) -> c_int {
    if fd == -1 {
        return -1;
    }
    zero_or_minus_one(buffer::allocate(op, fd, ylen).map(|allocated| {
        allocated.deinit.set(Some(super::buffer_free));
        // SAFETY: as above.
        unsafe { b.write(allocated) }
    }))
}

/// buffer_init_allocbuf with read(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_init_read_allocbuf(b: *mut buffer, fd: c_int, ylen: usize) -> c_int {
    // SAFETY: as above.
    unsafe { buffer_init_allocbuf(b, READ, fd, ylen) }
}

/// buffer_init_allocbuf with write(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_init_write_allocbuf(b: *mut buffer, fd: c_int, ylen: usize) -> c_int {
    // SAFETY: as above.
    unsafe { buffer_init_allocbuf(b, WRITE, fd, ylen) }
}

/// Makes *b a buffer that reads the ylen bytes at y, which have to stay there, and then is at the end of the input for ever.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_init_staticcontents(b: *mut buffer, y: *mut c_char, ylen: usize) {
    let contents = buffer::over(y, ylen);
    contents.fd.set(-1);
    // SAFETY: as above.
    unsafe { b.write(contents) }
}

/// The same with bytes from malloc, which buffer_close gives back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_init_staticcontents_free(b: *mut buffer, y: *mut c_char, ylen: usize) {
    // SAFETY: as above.
    unsafe {
        buffer_init_staticcontents(b, y, ylen);
        (*b).deinit.set(Some(super::buffer_free));
    }
}
