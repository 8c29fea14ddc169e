// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sockets: one function per system call, in Rust's terms.
//!
//! Nothing here retries: programs count on seeing EINTR and EAGAIN themselves. What a program gets is not close-on-exec:
//! programs hand sockets on to others that way.

use crate::errno::{Errno, Result};
use crate::sys::fd::{self, ReadBuf, WriteBuf};
use address::RawAddress;
use core::ffi::c_int;
use core::net::SocketAddr;

pub(crate) mod accept_filter;
mod address;
pub(crate) mod interface;
pub(crate) mod option;
pub(crate) mod passing;
pub(crate) mod receive;

/// The address family of a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Family {
    /// IPv4.
    V4,
    /// IPv6, and IPv4 too if `V6_ONLY` is off.
    V6,
}

/// The protocol of a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Protocol {
    /// Streams.
    Tcp,
    /// Datagrams.
    Udp,
    /// Streams of messages.
    Sctp,
}

/// SCTP's number, which is the same everywhere; not every system has a name for it.
const IPPROTO_SCTP: c_int = 132;

impl Protocol {
    fn kind_and_number(self) -> (c_int, c_int) {
        match self {
            Self::Tcp => (libc::SOCK_STREAM, libc::IPPROTO_TCP),
            Self::Udp => (libc::SOCK_DGRAM, libc::IPPROTO_UDP),
            Self::Sctp => (libc::SOCK_STREAM, IPPROTO_SCTP),
        }
    }
}

/// The modes of a new socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Flags {
    /// In nonblocking mode.
    pub nonblocking: bool,
    /// For the library itself: close-on-exec. Other sockets are inherited by programs that are executed.
    pub private: bool,
}

/// What socket(2) takes for the flags, where it takes any.
#[cfg(not(target_vendor = "apple"))]
fn at_once(flags: Flags) -> c_int {
    let bit = |on: bool, bit: c_int| if on { bit } else { 0 };
    bit(flags.nonblocking, libc::SOCK_NONBLOCK) | bit(flags.private, libc::SOCK_CLOEXEC)
}
#[cfg(target_vendor = "apple")]
fn at_once(_: Flags) -> c_int {
    0
}

/// A new socket.
pub(crate) fn open(family: Family, protocol: Protocol, flags: Flags) -> Result<c_int> {
    let domain = match family {
        Family::V4 => libc::AF_INET,
        Family::V6 => libc::AF_INET6,
    };
    let (kind, number) = protocol.kind_and_number();
    if at_once(flags) != 0 {
        match syscall!(socket(domain, kind | at_once(flags), number)) {
            // An old kernel, which does not know the flag.
            Err(Errno(libc::EINVAL)) => {}
            outcome => return outcome,
        }
    }
    let fd = syscall!(socket(domain, kind, number))?;
    let private = if flags.private { fd::set_close_on_exec(fd) } else { Ok(()) };
    let prepared =
        private.and_then(|()| if flags.nonblocking { fd::set_nonblocking(fd, true) } else { Ok(()) });
    prepared.map(|()| fd).inspect_err(|_| fd::close(fd))
}

/// Gives the socket an address of its own.
pub(crate) fn bind(fd: c_int, address: SocketAddr) -> Result<()> {
    let raw = RawAddress::from(address);
    syscall!(bind(fd, raw.pointer(), raw.length())).map(drop)
}

/// Connects the socket, or begins to.
pub(crate) fn connect(fd: c_int, address: SocketAddr) -> Result<()> {
    let raw = RawAddress::from(address);
    syscall!(connect(fd, raw.pointer(), raw.length())).map(drop)
}

/// Makes the socket a listener.
pub(crate) fn listen(fd: c_int, backlog: c_int) -> Result<()> {
    syscall!(listen(fd, backlog)).map(drop)
}

/// The next connection of a listener, as a blocking socket, and the peer's address if that is an Internet
/// address.
#[inline(never)]
pub(crate) fn accept(fd: c_int) -> Result<(c_int, Option<SocketAddr>)> {
    let mut raw = RawAddress::room();
    let (place, length) = raw.parts();
    let connection = syscall!(accept(fd, place, length))?;
    if cfg!(not(target_os = "linux")) {
        // Elsewhere it inherits the listener's mode.
        let _ = fd::set_nonblocking(connection, false);
    }
    Ok((connection, raw.get()))
}

/// What a new connection is to be like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Modes {
    nonblocking: bool,
    close_on_exec: bool,
}

impl Modes {
    /// The bits of C programs.
    pub(crate) const NONBLOCK: c_int = 1;
    /// Likewise.
    pub(crate) const CLOEXEC: c_int = 2;

    /// What the bits say; others are ignored.
    pub(crate) const fn from_bits(bits: c_int) -> Self {
        Modes { nonblocking: bits & Self::NONBLOCK != 0, close_on_exec: bits & Self::CLOEXEC != 0 }
    }

    #[cfg(owfat_accept4)]
    fn for_the_kernel(self) -> c_int {
        (if self.nonblocking { libc::SOCK_NONBLOCK } else { 0 })
            | (if self.close_on_exec { libc::SOCK_CLOEXEC } else { 0 })
    }
}

/// As [`accept`], with the modes that `modes` says, in one system call where there is one for that.
pub(crate) fn accept_with(fd: c_int, modes: Modes) -> Result<(c_int, Option<SocketAddr>)> {
    let mut raw = RawAddress::room();
    let (place, length) = raw.parts();
    #[cfg(owfat_accept4)]
    match syscall!(accept4(fd, place, length, modes.for_the_kernel())) {
        // An old kernel, or a sandbox.
        Err(error) if error.is_unsupported() => {}
        outcome => return outcome.map(|connection| (connection, raw.get())),
    }
    let connection = syscall!(accept(fd, place, length))?;
    // On some systems the connection inherits the listener's mode.
    let outcome = fd::set_nonblocking(connection, modes.nonblocking)
        .and_then(|()| if modes.close_on_exec { fd::set_close_on_exec(connection) } else { Ok(()) });
    outcome.inspect_err(|_| fd::close(connection))?;
    Ok((connection, raw.get()))
}

/// The socket's own address, if that is an Internet address.
#[inline(never)]
pub(crate) fn local(fd: c_int) -> Result<Option<SocketAddr>> {
    let mut raw = RawAddress::room();
    let (place, length) = raw.parts();
    syscall!(getsockname(fd, place, length))?;
    Ok(raw.get())
}

/// The address of the socket's peer, if that is an Internet address. `ENOTCONN` if there is no peer.
#[inline(never)]
pub(crate) fn peer(fd: c_int) -> Result<Option<SocketAddr>> {
    let mut raw = RawAddress::room();
    let (place, length) = raw.parts();
    syscall!(getpeername(fd, place, length))?;
    Ok(raw.get())
}

/// The pending error of the socket, such as a connection refused; SO_ERROR clears it.
pub(crate) fn pending_error(fd: c_int) -> Option<Errno> {
    let error = fd::socket_option(fd, libc::SO_ERROR).ok()?;
    (error != 0).then_some(Errno(error))
}

/// Receives a datagram or a part of a stream, and the sender's address if the kernel gives one.
pub(crate) fn receive(fd: c_int, buffer: ReadBuf) -> Result<(usize, Option<SocketAddr>)> {
    let mut raw = RawAddress::room();
    let (place, size) = raw.parts();
    let moved = syscall!(recvfrom(fd, buffer.start(), buffer.len(), 0, place, size))?;
    Ok((moved as usize, raw.get()))
}

/// Sends to `address`.
pub(crate) fn send(fd: c_int, bytes: WriteBuf, flags: c_int, address: SocketAddr) -> Result<usize> {
    let raw = RawAddress::from(address);
    syscall!(sendto(fd, bytes.start(), bytes.len(), flags, raw.pointer(), raw.length()))
        .map(|moved| moved as usize)
}

/// Connects and sends in one call. Where that is impossible, the error is `EOPNOTSUPP`, or on old kernels `ENOTCONN` or
/// `EPIPE`, and the socket is as unconnected as before.
#[cfg(target_os = "linux")]
pub(crate) fn connect_with(fd: c_int, bytes: WriteBuf, address: SocketAddr) -> Result<usize> {
    // With EPIPE comes SIGPIPE, without MSG_NOSIGNAL.
    send(fd, bytes, libc::MSG_FASTOPEN | libc::MSG_NOSIGNAL, address)
}

/// These systems cannot, or not this way.
#[cfg(not(target_os = "linux"))]
pub(crate) fn connect_with(_: c_int, _: WriteBuf, _: SocketAddr) -> Result<usize> {
    Err(Errno(libc::EOPNOTSUPP))
}
