//! Sending regions of files without copying them, with headers in front where the system's sendfile takes them.
//!
//! | system | sendfile | headers |
//! |---|---|---|
//! | Linux | to anything | no: MSG_MORE holds them back instead |
//! | FreeBSD, DragonFly | to stream sockets | yes |
//! | macOS | to stream sockets | yes, counted against the length of the file region: less of that goes out |
//! | others | none: ENOSYS | no |

use super::gather::Gather;
use super::wide::position;
#[cfg(not(target_os = "linux"))]
use crate::errno::Errno;
use crate::errno::Result;
use core::ffi::c_int;

/// More than this no call moves at once, on any system.
const CALL_LIMIT: u64 = 0x7fff_f000;

fn clamp(length: u64) -> usize {
    length.min(CALL_LIMIT) as usize
}

/// Whether [`send`] takes headers.
pub const TAKES_HEADERS: bool =
    cfg!(any(target_vendor = "apple", target_os = "freebsd", target_os = "dragonfly"));

/// Sends the headers, if there are any, and then up to `length` bytes (at least one) of `file` from `offset` on to `to`.
/// 0: the file ends there. Errors: EINVAL, ENOSYS, ENOTSOCK, EOPNOTSUPP or ESPIPE where the kernel does not take such a
/// pair; then nothing was sent.
#[cfg(target_os = "linux")]
pub fn send(to: c_int, _: Option<&mut Gather>, file: c_int, offset: u64, length: u64) -> Result<usize> {
    let mut offset = position(offset)?;
    syscall!(sendfile64(to, file, &mut offset, clamp(length))).map(|sent| sent as usize)
}

/// See the one for Linux.
#[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "dragonfly"))]
pub fn send(to: c_int, headers: Option<&mut Gather>, file: c_int, offset: u64, length: u64) -> Result<usize> {
    use core::ptr::null_mut;
    let offset = position(offset)?;
    let mut frame = headers.map(|pieces| {
        let (headers, hdr_cnt) = pieces.vectors();
        libc::sf_hdtr { headers, hdr_cnt, trailers: null_mut(), trl_cnt: 0 }
    });
    let frame = frame.as_mut().map_or(null_mut(), |frame| &raw mut *frame);
    #[cfg(target_vendor = "apple")]
    let (outcome, sent) = {
        let mut sent = clamp(length) as libc::off_t;
        (syscall!(sendfile(file, to, offset, &mut sent, frame, 0)), sent)
    };
    #[cfg(not(target_vendor = "apple"))]
    let (outcome, sent) = {
        let mut sent = 0;
        (syscall!(sendfile(file, to, offset, clamp(length), frame, &mut sent, 0)), sent)
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
#[cfg(not(any(
    target_os = "linux",
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "dragonfly"
)))]
pub fn send(_: c_int, _: Option<&mut Gather>, _: c_int, offset: u64, length: u64) -> Result<usize> {
    let _ = (position(offset)?, clamp(length));
    Err(Errno(libc::ENOSYS))
}

/// Moves up to `length` bytes between two descriptors of which one is a pipe. Errors: EINVAL if neither is, or if the kernel
/// does not take such a pair; then nothing was moved.
#[cfg(target_os = "linux")]
pub fn splice(to: c_int, from: c_int, length: u64) -> Result<usize> {
    use core::ptr::null_mut;
    syscall!(splice(from, null_mut(), to, null_mut(), clamp(length), 0)).map(|sent| sent as usize)
}

/// There is no such call.
#[cfg(not(target_os = "linux"))]
pub fn splice(_: c_int, _: c_int, _: u64) -> Result<usize> {
    Err(Errno(libc::ENOSYS))
}
