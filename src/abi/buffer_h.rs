// SPDX-License-Identifier: MIT OR Apache-2.0
//! The buffer between a program and an operation like read(2) or write(2).

use super::ssize_t;
use core::cell::Cell;
use core::ffi::{c_char, c_int, c_void};
use core::mem::offset_of;

/// A buffer for reading or for writing. The macros below use its fields, so that they are the same for ever.
#[repr(C)]
pub struct buffer {
    /// The memory.
    pub(crate) x: Cell<*mut c_char>,
    /// Reading: where the next byte is. Writing: how many bytes wait.
    pub(crate) p: Cell<usize>,
    /// Reading: where the bytes end. Writing: 0.
    pub(crate) n: Cell<usize>,
    /// Bytes of memory.
    pub(crate) a: Cell<usize>,
    /// What fills or empties the buffer, called as op(fd, memory, length, b) with the address of the buffer itself
    /// as b, which read and write do not look at. It returns a number of bytes, or -1 with errno.
    pub(crate) op: Cell<Option<unsafe extern "C" fn() -> ssize_t>>,
    /// The business of op.
    pub(crate) cookie: Cell<*mut c_void>,
    /// What buffer_close calls with the address of the buffer, or NULL.
    pub(crate) deinit: Cell<Option<unsafe extern "C" fn(*mut c_void)>>,
    /// The first argument of op.
    pub(crate) fd: Cell<c_int>,
}

const WORD: usize = size_of::<usize>();
const _: () = assert!(size_of::<buffer>() == 8 * WORD && align_of::<buffer>() == WORD);
const _: () = assert!(
    offset_of!(buffer, x) == 0
        && offset_of!(buffer, p) == WORD
        && offset_of!(buffer, n) == 2 * WORD
        && offset_of!(buffer, a) == 3 * WORD
        && offset_of!(buffer, op) == 4 * WORD
        && offset_of!(buffer, cookie) == 5 * WORD
        && offset_of!(buffer, deinit) == 6 * WORD
        && offset_of!(buffer, fd) == 7 * WORD
);
