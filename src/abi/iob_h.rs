// SPDX-License-Identifier: MIT OR Apache-2.0
//! Batches of buffers and file regions.

use super::array_h::array;
use super::uint64_h::{int64, uint64};
use core::ffi::{c_char, c_int, c_long};
#[cfg(any(target_pointer_width = "64", target_arch = "x86"))]
use core::mem::offset_of;

/// A queue of buffers and file regions that goes out over one descriptor in as few system calls and packets as possible.
/// All zeros is an empty batch. The fields are the library's.
#[repr(C)]
pub struct io_batch {
    /// The entries.
    pub(crate) b: array,
    /// Bytes that were not sent yet.
    pub(crate) bytesleft: uint64,
    /// Index of the first entry that is not sent completely.
    pub(crate) next: c_long,
    /// How many entries are buffers.
    pub(crate) bufs: c_long,
    /// How many entries are file regions.
    pub(crate) files: c_long,
}

/// One entry of a batch. A program sees it in a cleanup function of its own.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct iob_entry {
    /// FROMBUF (0) or FROMFILE (1).
    pub(crate) kind: c_int,
    /// The file; -1 for a buffer.
    pub(crate) fd: int64,
    /// The buffer; NULL for a file.
    pub(crate) buf: *const c_char,
    /// Where the next byte to send is, counted from the start of the file or buffer.
    pub(crate) offset: uint64,
    /// How many bytes follow from there. What has been sent completely keeps its last values.
    pub(crate) n: uint64,
    /// What to do when the batch is done with the entry.
    pub(crate) cleanup: Option<unsafe extern "C" fn(x: *mut iob_entry)>,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(
    size_of::<io_batch>() == 64
        && offset_of!(io_batch, bytesleft) == 32
        && offset_of!(io_batch, next) == 40
        && offset_of!(io_batch, bufs) == 48
        && offset_of!(io_batch, files) == 56
);
#[cfg(target_pointer_width = "64")]
const _: () = assert!(
    size_of::<iob_entry>() == 48
        && offset_of!(iob_entry, kind) == 0
        && offset_of!(iob_entry, fd) == 8
        && offset_of!(iob_entry, buf) == 16
        && offset_of!(iob_entry, offset) == 24
        && offset_of!(iob_entry, n) == 32
        && offset_of!(iob_entry, cleanup) == 40
);
#[cfg(target_arch = "x86")]
const _: () = assert!(
    size_of::<io_batch>() == 44
        && offset_of!(io_batch, bytesleft) == 24
        && offset_of!(io_batch, next) == 32
        && offset_of!(io_batch, bufs) == 36
        && offset_of!(io_batch, files) == 40
);
#[cfg(target_arch = "x86")]
const _: () = assert!(
    size_of::<iob_entry>() == 36
        && offset_of!(iob_entry, fd) == 4
        && offset_of!(iob_entry, buf) == 12
        && offset_of!(iob_entry, offset) == 16
        && offset_of!(iob_entry, n) == 24
        && offset_of!(iob_entry, cleanup) == 32
);
