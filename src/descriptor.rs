// SPDX-License-Identifier: MIT OR Apache-2.0
//! Opening files, pipes and socket pairs for the loop, and the modes of a descriptor.

use crate::errno::{Errno, Result};
use crate::evloop::Handle;
use crate::evloop::register::{Mode, close, register};
use crate::sys::fd::{self, Access};
use core::ffi::CStr;

/// Opens a file. Files are not given to `io_fd`: a program that wants to wait on one does that itself.
pub(crate) fn open(name: &CStr, access: Access) -> Result<i64> {
    fd::open(name, access).map(i64::from)
}

/// A pipe whose two ends are registered, the reading one first.
pub(crate) fn pipe() -> Result<[i64; 2]> {
    registered_pair(fd::pipe()?)
}

/// A pair of connected Unix stream sockets, both registered.
pub(crate) fn socket_pair() -> Result<[i64; 2]> {
    registered_pair(fd::socket_pair()?)
}

/// Both or neither: a program that is told of a failure has nothing to close.
fn registered_pair(pair: [i32; 2]) -> Result<[i64; 2]> {
    let pair = pair.map(i64::from);
    let outcome =
        register(pair[0], Mode::Blocking, false).and_then(|()| register(pair[1], Mode::Blocking, false));
    match outcome {
        Ok(()) => Ok(pair),
        Err(error) => {
            for d in pair {
                close(d);
            }
            Err(error)
        }
    }
}

/// Switches the mode of any descriptor, and notes it if io_fd registered the descriptor.
pub(crate) fn set_nonblocking(d: i64, on: bool) {
    let Ok(fd) = i32::try_from(d) else { return };
    if fd::set_nonblocking(fd, on).is_err() {
        return;
    }
    if let Ok(handle) = Handle::find(d) {
        handle.note_nonblocking(on);
    }
}

/// Sets close-on-exec on any descriptor.
pub(crate) fn set_close_on_exec(d: i64) {
    if let Ok(fd) = i32::try_from(d) {
        // The interface has no way to tell of an error.
        let _ = fd::set_close_on_exec(fd);
    }
}

/// A path that a C program handed in.
///
/// # Safety
/// `name` is NULL or points to a string that stays as it is for `'a`.
pub(crate) unsafe fn path<'a>(name: *const core::ffi::c_char) -> Result<&'a CStr> {
    if name.is_null() {
        return Err(Errno(libc::EFAULT));
    }
    // SAFETY: by the caller's promise.
    Ok(unsafe { CStr::from_ptr(name) })
}
