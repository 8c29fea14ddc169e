// SPDX-License-Identifier: MIT OR Apache-2.0
//! Receiving from a socket, and what that tells about it.

use crate::errno::Result;
use crate::sys::fd::{self, ReadBuf};
use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr::null_mut;

/// What was received from a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Received {
    /// How many bytes.
    pub count: usize,
    /// The protocol names a sender, as TCP does not.
    pub has_sender: bool,
    /// Ancillary data, such as descriptors, was attached and discarded. On a Unix stream it ends a read, and nothing else does
    /// before the stream is empty (unix(7): ancillary data is a barrier; recvmsg(2): MSG_CTRUNC).
    pub cut: bool,
}

/// Receives from a socket in nonblocking mode. Errors: ENOTSOCK for anything but a socket.
pub(crate) fn receive(fd: c_int, buffer: ReadBuf) -> Result<Received> {
    let mut sender = MaybeUninit::<libc::sockaddr_storage>::uninit();
    let size = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
    match receive_message(fd, buffer, sender.as_mut_ptr().cast(), size, 0) {
        // A sandbox forbids recvmsg. Nothing is known about the socket then.
        Err(error) if error.is_unsupported() => fd::read(fd, buffer).map(Received::unknown),
        outcome => outcome,
    }
}

/// Receives from a Unix stream without waiting, in whatever mode it is.
pub(crate) fn receive_local(fd: c_int, buffer: ReadBuf) -> Result<Received> {
    match receive_message(fd, buffer, null_mut(), 0, libc::MSG_DONTWAIT) {
        Err(error) if error.is_unsupported() => fd::receive_now(fd, buffer).map(Received::unknown),
        outcome => outcome,
    }
}

impl Received {
    /// So many bytes, and nothing known about the socket.
    const fn unknown(count: usize) -> Self {
        Received { count, has_sender: true, cut: true }
    }
}

fn receive_message(
    fd: c_int,
    buffer: ReadBuf,
    sender: *mut c_void,
    size: libc::socklen_t,
    flags: c_int,
) -> Result<Received> {
    let mut piece = libc::iovec { iov_base: buffer.start(), iov_len: buffer.len() };
    // SAFETY: all-zero is a valid msghdr, which says that there is no room for anything.
    let mut message: libc::msghdr = unsafe { core::mem::zeroed() };
    message.msg_name = sender;
    message.msg_namelen = size;
    message.msg_iov = &mut piece;
    message.msg_iovlen = 1;
    let count = syscall!(recvmsg(fd, &mut message, flags))? as usize;
    let cut = message.msg_flags & libc::MSG_CTRUNC != 0;
    Ok(Received { count, has_sender: message.msg_namelen != 0, cut })
}
