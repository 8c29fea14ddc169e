// SPDX-License-Identifier: MIT OR Apache-2.0
//! `iob_internal.h`: what a batch consists of.

use crate::abi::{io_batch, iob_entry, uint64};
use crate::batch::{self, Batch, Source};
use crate::errno::one_or_zero;
use core::ffi::{c_int, c_void};

/// Like iob_addbuf, with a cleanup of the program's own, which is called exactly once: when the batch is sent completely, reset
/// or freed; at once if n = 0 or on failure. cleanup may be NULL. In the entry that it is given, buf is the start of the buffer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iob_addbuf_internal(
    batch: *mut io_batch,
    buf: *const c_void,
    n: uint64,
    cleanup: Option<unsafe extern "C" fn(x: *mut iob_entry)>,
) -> c_int {
    // SAFETY: the caller hands in a batch.
    one_or_zero(batch::add(unsafe { Batch::new(batch) }, Source::Buffer(buf), n, cleanup))
}
