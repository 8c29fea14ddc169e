// SPDX-License-Identifier: MIT OR Apache-2.0
//! New sockets.

use crate::errno::new_descriptor_or_minus_one;
use crate::net::create::{for_v4, for_v6};
use crate::sys::socket::Protocol::{Sctp, Tcp, Udp};
use core::ffi::c_int;

/// Returns a new nonblocking TCP socket for IPv4, or -1 and sets errno as socket(2) does. Like every descriptor
/// that this header's functions return, it is inherited by programs that are executed.
#[unsafe(no_mangle)]
pub extern "C" fn socket_tcp4() -> c_int {
    new_descriptor_or_minus_one(for_v4(Tcp, true))
}

/// Does what socket_tcp4 does, but the socket is blocking.
#[unsafe(no_mangle)]
pub extern "C" fn socket_tcp4b() -> c_int {
    new_descriptor_or_minus_one(for_v4(Tcp, false))
}

/// Returns a new nonblocking UDP socket for IPv4, or -1 and sets errno.
#[unsafe(no_mangle)]
pub extern "C" fn socket_udp4() -> c_int {
    new_descriptor_or_minus_one(for_v4(Udp, true))
}

/// Does what socket_udp4 does, but the socket is blocking.
#[unsafe(no_mangle)]
pub extern "C" fn socket_udp4b() -> c_int {
    new_descriptor_or_minus_one(for_v4(Udp, false))
}

/// Returns a new nonblocking TCP socket for IPv6 that speaks IPv4 too, with IPv4-mapped addresses; or -1 and sets
/// errno. If the kernel has no IPv6, or noipv6 is not 0, the socket is one for IPv4; in the first case noipv6
/// becomes 1.
#[unsafe(no_mangle)]
pub extern "C" fn socket_tcp6() -> c_int {
    new_descriptor_or_minus_one(for_v6(Tcp, true))
}

/// Does what socket_tcp6 does, but the socket is blocking.
#[unsafe(no_mangle)]
pub extern "C" fn socket_tcp6b() -> c_int {
    new_descriptor_or_minus_one(for_v6(Tcp, false))
}

/// Returns a new nonblocking UDP socket, otherwise as socket_tcp6.
#[unsafe(no_mangle)]
pub extern "C" fn socket_udp6() -> c_int {
    new_descriptor_or_minus_one(for_v6(Udp, true))
}

/// Does what socket_udp6 does, but the socket is blocking.
#[unsafe(no_mangle)]
pub extern "C" fn socket_udp6b() -> c_int {
    new_descriptor_or_minus_one(for_v6(Udp, false))
}

/// Returns a new nonblocking SCTP socket for IPv4, or -1 and sets errno: EPROTONOSUPPORT if the kernel has no SCTP.
#[unsafe(no_mangle)]
pub extern "C" fn socket_sctp4() -> c_int {
    new_descriptor_or_minus_one(for_v4(Sctp, true))
}

/// Does what socket_sctp4 does, but the socket is blocking.
#[unsafe(no_mangle)]
pub extern "C" fn socket_sctp4b() -> c_int {
    new_descriptor_or_minus_one(for_v4(Sctp, false))
}

/// Returns a new nonblocking SCTP socket, otherwise as socket_tcp6. That the kernel has no SCTP (EPROTONOSUPPORT)
/// leaves noipv6 alone.
#[unsafe(no_mangle)]
pub extern "C" fn socket_sctp6() -> c_int {
    new_descriptor_or_minus_one(for_v6(Sctp, true))
}

/// Does what socket_sctp6 does, but the socket is blocking.
#[unsafe(no_mangle)]
pub extern "C" fn socket_sctp6b() -> c_int {
    new_descriptor_or_minus_one(for_v6(Sctp, false))
}
