// SPDX-License-Identifier: MIT OR Apache-2.0
//! The buffers of the standard descriptors. They are not for several threads at once.

use crate::abi::{buffer, ssize_t};
use crate::buffer::ends::flush_and_read;
use crate::buffer::operation::{WRITE, declare};
use core::ffi::{c_char, c_int, c_void};

/// BUFFER_INSIZE and BUFFER_OUTSIZE.
const SIZE: usize = 8192;
const SMALL: usize = 128;

/// `BUFFER: MEMORY of SIZE, OPERATION, DESCRIPTOR`. The memory has a name that the library exports and no header declares.
macro_rules! standard {
    ($($object:ident: $space:ident of $size:ident, $op:expr, $fd:literal;)*) => {
        $(
            #[doc = "Memory of a standard buffer."]
            #[unsafe(no_mangle)]
            pub static mut $space: [c_char; $size] = [0; $size];
            static mut $object: buffer = buffer::new($op, $fd, (&raw mut $space).cast(), $size);
        )*
    };
}

standard! {
    INPUT: buffer_0_space of SIZE, declare(read), 0;
    SMALL_INPUT: buffer_0small_space of SMALL, declare(read_small), 0;
    OUTPUT: buffer_1_space of SIZE, WRITE, 1;
    SMALL_OUTPUT: buffer_1small_space of SMALL, WRITE, 1;
    ERROR: buffer_2_space of SIZE, WRITE, 2;
}

unsafe extern "C" fn read(fd: c_int, x: *mut c_char, len: usize, _: *mut c_void) -> ssize_t {
    // SAFETY: called for buffer_0 with its memory.
    unsafe { flush_and_read(buffer_1, fd, x, len) }
}

unsafe extern "C" fn read_small(fd: c_int, x: *mut c_char, len: usize, _: *mut c_void) -> ssize_t {
    // SAFETY: called for buffer_0small with its memory.
    unsafe { flush_and_read(buffer_1small, fd, x, len) }
}

/// Standard input. Before it reads, buffer_1 is flushed; if that fails, so does the read.
#[unsafe(no_mangle)]
pub static mut buffer_0: *mut buffer = &raw mut INPUT;
/// Standard input with little memory, and buffer_1small.
#[unsafe(no_mangle)]
pub static mut buffer_0small: *mut buffer = &raw mut SMALL_INPUT;
/// Standard output.
#[unsafe(no_mangle)]
pub static mut buffer_1: *mut buffer = &raw mut OUTPUT;
/// Standard output with little memory.
#[unsafe(no_mangle)]
pub static mut buffer_1small: *mut buffer = &raw mut SMALL_OUTPUT;
/// Standard error.
#[unsafe(no_mangle)]
pub static mut buffer_2: *mut buffer = &raw mut ERROR;
