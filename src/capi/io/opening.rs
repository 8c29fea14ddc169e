// SPDX-License-Identifier: MIT OR Apache-2.0
//! Opening files, pipes and socket pairs.

use crate::abi::int64;
use crate::descriptor;
use crate::errno::{Result, one_or_zero};
use crate::sys::fd::Access;
use core::ffi::{c_char, c_int};

/// SAFETY: `d` points to writable memory, and `name` is NULL or points to a string.
unsafe fn open(d: *mut int64, name: *const c_char, access: Access) -> c_int {
    // SAFETY: by this function's own promise.
    let opened = unsafe { descriptor::path(name) }.and_then(|name| descriptor::open(name, access));
    // SAFETY: as above.
    one_or_zero(opened.map(|fd| unsafe { *d = fd }))
}

/// SAFETY: `d` points to room for two descriptors.
unsafe fn pair(d: *mut int64, pair: Result<[int64; 2]>) -> c_int {
    // SAFETY: by this function's own promise; the array may have no alignment but that of its elements.
    one_or_zero(pair.map(|pair| unsafe { d.cast::<[int64; 2]>().write(pair) }))
}

/// Opens the file s for reading, as open(s, O_RDONLY) does. Returns 1 and stores the descriptor in *d, or returns 0
/// and sets errno as open(2) does. The descriptor is not given to io_fd.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_readfile(d: *mut int64, s: *const c_char) -> c_int {
    // SAFETY: the caller hands in a valid pointer and a string.
    unsafe { open(d, s, Access::Read) }
}

/// Opens the file s for writing; it is created with mode 0600 if it does not exist, and emptied if it does. Returns as
/// io_readfile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_createfile(d: *mut int64, s: *const c_char) -> c_int {
    // SAFETY: the caller hands in a valid pointer and a string.
    unsafe { open(d, s, Access::Create) }
}

/// Opens the file s, which must exist, for reading and writing. Returns as io_readfile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_readwritefile(d: *mut int64, s: *const c_char) -> c_int {
    // SAFETY: the caller hands in a valid pointer and a string.
    unsafe { open(d, s, Access::ReadWrite) }
}

/// Opens the file s for writing at its end; it is created with mode 0600 if it does not exist. Returns as
/// io_readfile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_appendfile(d: *mut int64, s: *const c_char) -> c_int {
    // SAFETY: the caller hands in a valid pointer and a string.
    unsafe { open(d, s, Access::Append) }
}

/// Makes a pipe: what is written to d[1] can be read from d[0]. Both are given to io_fd and are in blocking mode. Returns 1,
/// or 0 with errno set as pipe(2) and io_fd do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_pipe(d: *mut int64) -> c_int {
    // SAFETY: the caller hands in room for two descriptors.
    unsafe { pair(d, descriptor::pipe()) }
}

/// Makes a pair of connected Unix stream sockets. Both are given to io_fd and are in blocking mode. Returns 1, or 0 with
/// errno set as socketpair(2) and io_fd do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_socketpair(d: *mut int64) -> c_int {
    // SAFETY: the caller hands in room for two descriptors.
    unsafe { pair(d, descriptor::socket_pair()) }
}
