// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sending regions of files without copying them, with headers in front where the system's sendfile takes them.
//!
//! | system | sendfile | headers |
//! |---|---|---|
//! | Linux | to anything | no: MSG_MORE holds them back instead |
//! | FreeBSD, DragonFly | to stream sockets | yes |
//! | macOS | to stream sockets | yes, if they are short |
//! | others | none: ENOSYS | no |
//!
//! Quirks of those with headers:
//!
//! - Where the file has nothing (more) to give, FreeBSD and DragonFly send no headers either: 0, and the caller sends
//!   them otherwise.
//! - DragonFly and macOS count the headers against the length of the file region: less of that goes out.
//! - macOS writes the headers first, and goes on with the file even if they did not fit. What a socket has room for when
//!   it takes anything at all (its low-water mark, 2048) goes out whole or not at all: `HEADERS_LIMIT`.

#[cfg(owfat_freebsd_sendfile)]
use super::freebsd_sendfile as system;
use super::wide::position;
use crate::errno::{Errno, Result};
use crate::sys::fd::gather::Gather;
use core::ffi::c_int;
#[cfg(not(any(owfat_freebsd_sendfile, owfat_sendfile = "none")))]
use libc as system;

/// More than this no call moves at once, on any system.
const CALL_LIMIT: u64 = 0x7fff_f000;

fn clamp(length: u64) -> usize {
    length.min(CALL_LIMIT) as usize
}

/// How many bytes of headers [`send`] takes at most, if it takes any.
pub(crate) const HEADERS_LIMIT: Option<u64> = if cfg!(owfat_sendfile = "freebsd") {
    Some(u64::MAX)
} else if cfg!(owfat_sendfile = "apple") {
    Some(2048)
} else {
    None
};

/// Sends the headers, if there are any, and then up to `length` bytes (at least one) of `file` from `offset` on to `to`.
/// 0: the file ends there, and nothing was sent. Errors: those of [`is_unsupported`] where the kernel does not take such a
/// pair; then nothing was sent.
#[cfg(owfat_sendfile = "linux")]
pub(crate) fn send(
    to: c_int,
    _: Option<&mut Gather>,
    file: c_int,
    offset: u64,
    length: u64,
) -> Result<usize> {
    let mut offset = position(offset)?;
    syscall!(system::sendfile64(to, file, &mut offset, clamp(length))).map(|sent| sent as usize)
}

/// See the one for Linux.
#[cfg(any(owfat_sendfile = "freebsd", owfat_sendfile = "apple"))]
pub(crate) fn send(
    to: c_int,
    headers: Option<&mut Gather>,
    file: c_int,
    offset: u64,
    length: u64,
) -> Result<usize> {
    use core::ptr::null_mut;
    let offset = position(offset)?;
    let mut frame = headers.map(|pieces| {
        let (headers, hdr_cnt) = pieces.vectors();
        system::sf_hdtr { headers, hdr_cnt, trailers: null_mut(), trl_cnt: 0 }
    });
    let frame = frame.as_mut().map_or(null_mut(), |frame| &raw mut *frame);
    #[cfg(owfat_sendfile = "apple")]
    let (outcome, sent) = {
        let mut sent = clamp(length) as libc::off_t;
        (syscall!(system::sendfile(file, to, offset, &mut sent, frame, 0)), sent)
    };
    #[cfg(owfat_sendfile = "freebsd")]
    let (outcome, sent) = {
        let mut sent = 0;
        (syscall!(system::sendfile(file, to, offset, clamp(length), frame, &mut sent, 0)), sent)
    };
    match outcome {
        // These errors may come after a part was sent.
        Err(Errno(libc::EAGAIN | libc::EINTR | libc::EBUSY)) if sent > 0 => Ok(sent as usize),
        Err(Errno(libc::EBUSY)) => Err(Errno(libc::EAGAIN)),
        Err(error) => Err(error),
        Ok(_) => Ok(sent as usize),
    }
}

/// There is none.
#[cfg(owfat_sendfile = "none")]
pub(crate) fn send(_: c_int, _: Option<&mut Gather>, _: c_int, offset: u64, length: u64) -> Result<usize> {
    let _ = (position(offset)?, clamp(length));
    Err(Errno(libc::ENOSYS))
}

/// The kernel does not send from such a file to such a descriptor.
pub(crate) fn is_unsupported(Errno(error): Errno) -> bool {
    Errno(error).is_unsupported() || matches!(error, libc::EINVAL | libc::ESPIPE | libc::ENOTSOCK)
}

/// Moves up to `length` bytes between two descriptors of which one is a pipe. Errors: EINVAL if neither is, or if the kernel
/// does not take such a pair; then nothing was moved.
#[cfg(target_os = "linux")]
pub(crate) fn splice(to: c_int, from: c_int, length: u64) -> Result<usize> {
    use core::ptr::null_mut;
    syscall!(splice(from, null_mut(), to, null_mut(), clamp(length), 0)).map(|sent| sent as usize)
}

/// There is no such call.
#[cfg(not(target_os = "linux"))]
pub(crate) fn splice(_: c_int, _: c_int, _: u64) -> Result<usize> {
    Err(Errno(libc::ENOSYS))
}
