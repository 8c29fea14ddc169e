// SPDX-License-Identifier: MIT OR Apache-2.0
//! Buffers with memory at the other end, and the ones of the standard descriptors.

use super::operation::declare;
use crate::abi::{buffer, ssize_t, stralloc};
use crate::errno::{Result, size_or_minus_one};
use crate::files::map;
use crate::sys::fd::{self, ReadBuf};
use crate::sys::file::Mapping;
use core::ffi::{c_char, c_int, c_void};

/// How much a buffer that writes to a stralloc collects at a time.
const STEP: usize = 1024;

impl buffer {
    /// A buffer that reads these bytes and ends.
    pub fn over(x: *const c_char, len: usize) -> Self {
        let buffer = buffer::new(Some(nothing_more), 0, x.cast_mut(), len);
        buffer.n.set(len);
        buffer
    }

    /// A buffer that reads the file `name`, which becomes a mapping. `None` for an empty file.
    ///
    /// # Safety
    /// `name` is a string.
    pub unsafe fn over_file(name: *const c_char) -> Result<Option<Self>> {
        // SAFETY: the caller's promise.
        let Some((start, len)) = (unsafe { map::map(name, Mapping::Read) })? else { return Ok(None) };
        let buffer = buffer::over(start, len);
        buffer.fd.set(-1);
        Ok(Some(buffer))
    }

    /// A buffer that appends to `sa`. What waits lies behind the bytes in use already.
    ///
    /// # Safety
    /// A valid stralloc, which stays where it is.
    pub unsafe fn appending(sa: *mut stralloc) -> Result<Self> {
        // SAFETY: the caller's promise.
        let sa = unsafe { &mut *sa };
        sa.ready_plus(STEP)?;
        let buffer = buffer::new(declare(append), 0, sa.s.wrapping_add(sa.len), STEP);
        buffer.cookie.set(core::ptr::from_mut(sa).cast());
        Ok(buffer)
    }
}

/// The operation of buffers whose memory holds the whole input: there is no more.
unsafe extern "C" fn nothing_more() -> ssize_t {
    0
}

/// The operation of buffers that append to a stralloc.
unsafe extern "C" fn append(_: c_int, bytes: *mut c_char, len: usize, b: *mut c_void) -> ssize_t {
    // SAFETY: called for a buffer that `appending` has made, with bytes that wait in the string or lie elsewhere.
    unsafe {
        let b = &*b.cast::<buffer>();
        let sa = &mut *b.cookie.get().cast::<stralloc>();
        let outcome = sa.append(bytes, len);
        if outcome.is_ok() {
            // Without memory for more than that, the next bytes come here one call at a time.
            let _ = sa.ready_plus(STEP);
            b.x.set(sa.s.wrapping_add(sa.len));
            b.p.set(0);
            b.a.set(STEP.min(sa.a - sa.len));
        }
        size_or_minus_one(outcome.map(|()| len))
    }
}

/// The operation of the buffers of standard input: flushes `output`, which may hold a prompt for the input,
/// and reads.
///
/// # Safety
/// A valid buffer, and room for `len` bytes.
pub(crate) unsafe fn flush_and_read(output: *const buffer, d: c_int, to: *mut c_char, len: usize) -> ssize_t {
    // SAFETY: the caller's promise.
    let flushed = unsafe { (*output).flush() };
    // SAFETY: the same.
    size_or_minus_one(flushed.and_then(|()| fd::read(d, unsafe { ReadBuf::of_size(to.cast(), len) })))
}
