// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading to the end.

use crate::abi::stralloc;
use crate::errno::{Errno, Result, unchanged};
use crate::sys::fd::{self, ReadBuf};
use crate::sys::file::{self, Purpose};
use core::ffi::{c_char, c_int};

/// How much to read at once if the caller does not say.
const CHUNK: usize = 4096;

/// Appends everything up to the end of the file to `contents`, `chunk` bytes at a time, and closes the
/// descriptor, whatever comes of it. What was read before an error stays.
pub(crate) fn append_and_close(d: c_int, contents: &mut stralloc, chunk: usize) -> Result<()> {
    unchanged(|| {
        let outcome = append(d, contents, if chunk == 0 { CHUNK } else { chunk });
        fd::close(d);
        outcome
    })
}

/// The same, replacing `contents`.
pub(crate) fn read_and_close(d: c_int, contents: &mut stralloc, chunk: usize) -> Result<()> {
    contents.len = 0;
    append_and_close(d, contents, chunk)
}

/// Reads the file `name` into `contents`. False if it does not exist; then `contents` stays as it is.
///
/// # Safety
/// `name` is a string, or an address for which the kernel answers EFAULT.
pub(crate) unsafe fn read_file(name: *const c_char, contents: &mut stralloc, chunk: usize) -> Result<bool> {
    // SAFETY: the caller's promise.
    match unsafe { file::open(name, Purpose::READ.private()) } {
        Ok(d) => read_and_close(d, contents, chunk).map(|()| true),
        Err(Errno(libc::ENOENT)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn append(d: c_int, contents: &mut stralloc, chunk: usize) -> Result<()> {
    // A file whose size is known is read in one piece; a byte more shows that it ends there. The size need not be true.
    let size = file::size_of_regular(d).and_then(|size| usize::try_from(size).ok()?.checked_add(1));
    let mut whole = size.filter(|size| *size > chunk && contents.ready_plus(*size).is_ok());
    loop {
        let most = whole.unwrap_or(chunk);
        contents.ready_plus(most)?;
        let end = contents.s.wrapping_add(contents.len);
        // SAFETY: there is room for `most` bytes, which memory has shown to be no more than half of it.
        let room = unsafe { ReadBuf::new(end.cast(), most as i64) };
        match fd::read(d, room.map_err(|_| Errno(libc::EINVAL))?) {
            Ok(0) => return Ok(()),
            Ok(read) => {
                contents.len += read;
                whole = whole.filter(|whole| read < *whole).map(|whole| whole - read);
            }
            Err(Errno(libc::EINTR)) => {}
            Err(error) => return Err(error),
        }
    }
}
