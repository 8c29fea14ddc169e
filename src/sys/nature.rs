// SPDX-License-Identifier: MIT OR Apache-2.0
//! What kind of open file stands behind a descriptor.

use super::fd::{is_file, socket_option};
use crate::errno::Result;
use core::ffi::c_int;
#[cfg(not(target_os = "linux"))]
use core::mem::MaybeUninit;

/// What stands behind a descriptor, as the kernel tells when asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    /// A TCP socket: a short read has emptied it.
    StreamSocket,
    /// A Unix stream socket, where the kernel tells what has cut a read short.
    LocalStream,
    /// Any other socket.
    Socket,
    /// A regular file, directory or disk.
    File,
    /// Anything else.
    Other,
}

/// Asks for the kind of open file: one to three system calls.
pub fn nature(fd: c_int) -> Nature {
    match socket_option(fd, libc::SO_TYPE) {
        // SCTP and others keep message boundaries in SOCK_STREAM.
        Ok(libc::SOCK_STREAM) => match socket_domain(fd) {
            Ok(libc::AF_UNIX) if cfg!(target_os = "linux") => Nature::LocalStream,
            Ok(libc::AF_INET | libc::AF_INET6) => match socket_protocol(fd) {
                Ok(libc::IPPROTO_TCP | IPPROTO_MPTCP) => Nature::StreamSocket,
                _ => Nature::Socket,
            },
            _ => Nature::Socket,
        },
        Ok(_) => Nature::Socket,
        Err(_) if is_file(fd) == Ok(true) => Nature::File,
        Err(_) => Nature::Other,
    }
}

/// Multipath TCP; Linux alone has it.
const IPPROTO_MPTCP: c_int = 262;

#[cfg(target_os = "linux")]
fn socket_domain(fd: c_int) -> Result<c_int> {
    socket_option(fd, libc::SO_DOMAIN)
}

#[cfg(not(target_os = "linux"))]
fn socket_domain(fd: c_int) -> Result<c_int> {
    let mut address = MaybeUninit::<libc::sockaddr_storage>::zeroed();
    let mut size = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
    syscall!(getsockname(fd, address.as_mut_ptr().cast(), &mut size))?;
    // SAFETY: all-zero is a valid address, and the kernel has filled it in.
    Ok(c_int::from(unsafe { address.assume_init() }.ss_family))
}

#[cfg(any(target_os = "linux", target_os = "freebsd"))]
fn socket_protocol(fd: c_int) -> Result<c_int> {
    socket_option(fd, libc::SO_PROTOCOL)
}

/// Where the protocol cannot be asked for, streams of the internet domains are taken for TCP.
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
fn socket_protocol(_: c_int) -> Result<c_int> {
    Ok(libc::IPPROTO_TCP)
}
