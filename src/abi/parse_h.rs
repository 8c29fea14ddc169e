// SPDX-License-Identifier: MIT OR Apache-2.0
//! Streams of bytes that are taken apart.

use super::buffer_h::buffer;
use core::cell::Cell;
use core::ffi::{c_int, c_uchar};
use core::mem::offset_of;

/// Bytes from memory, from a buffer or from another stream, up to a limit. Programs initialise the fields with macros, so that
/// they are the same for ever.
#[repr(C)]
pub struct bytestream {
    /// Where the bytes come from: [`MEMBUF`], [`IOBUF`] or [`BSTREAM`].
    pub(crate) kind: Cell<c_int>,
    /// How many bytes have been taken. In error, more than `max`.
    pub(crate) cur: Cell<usize>,
    /// How many bytes there are at most; `usize::MAX` for any number.
    pub(crate) max: Cell<usize>,
    /// The place that `kind` speaks of.
    pub(crate) u: bytestream_source,
}

/// Where the bytes of a [`bytestream`] come from.
#[repr(C)]
#[derive(Clone, Copy)]
pub union bytestream_source {
    /// Memory.
    pub(crate) base: *const c_uchar,
    /// A buffer for reading.
    pub(crate) b: *const buffer,
    /// Another stream.
    pub(crate) bs: *const bytestream,
}

/// `max` bytes of memory.
pub const MEMBUF: c_int = 0;
/// A buffer for reading.
pub const IOBUF: c_int = 1;
/// Another stream.
pub const BSTREAM: c_int = 2;

const WORD: usize = size_of::<usize>();
const _: () = assert!(
    size_of::<bytestream>() == 4 * WORD
        && align_of::<bytestream>() == WORD
        && offset_of!(bytestream, kind) == 0
        && offset_of!(bytestream, cur) == WORD
        && offset_of!(bytestream, max) == 2 * WORD
        && offset_of!(bytestream, u) == 3 * WORD
);
