// SPDX-License-Identifier: MIT OR Apache-2.0
//! Multicast, and other options of sockets.

use super::noipv6;
use crate::errno::{Errno, Result};
use crate::sys::socket::option::{
    JOIN4, JOIN6, LEAVE4, LEAVE6, MULTICAST_HOPS6, MULTICAST_LOOP4, MULTICAST_LOOP6, MULTICAST_TTL4,
    Membership4, Membership6, RECEIVE_BUFFER,
};
use core::ffi::c_int;
use core::net::{Ipv4Addr, Ipv6Addr};

/// Joins an IPv4 multicast group on the interface with the given address.
pub(crate) fn join4(fd: c_int, group: Ipv4Addr, interface: Ipv4Addr) -> Result<()> {
    JOIN4.set(fd, Membership4::new(group, interface))
}

/// Joins a multicast group on the interface with the given index, which counts for IPv6 groups only.
pub(crate) fn join6(fd: c_int, group: Ipv6Addr, interface: u32) -> Result<()> {
    match group.to_ipv4_mapped() {
        Some(group) => join4(fd, group, Ipv4Addr::UNSPECIFIED),
        None => JOIN6.set(fd, Membership6::new(group, interface)),
    }
}

/// Leaves an IPv4 multicast group.
pub(crate) fn leave4(fd: c_int, group: Ipv4Addr) -> Result<()> {
    LEAVE4.set(fd, Membership4::new(group, Ipv4Addr::UNSPECIFIED))
}

/// Leaves a multicast group.
pub(crate) fn leave6(fd: c_int, group: Ipv6Addr) -> Result<()> {
    match group.to_ipv4_mapped() {
        Some(group) => leave4(fd, group),
        None => LEAVE6.set(fd, Membership6::new(group, 0)),
    }
}

/// How many routers a multicast packet may pass.
pub(crate) fn hops4(fd: c_int, hops: u8) -> Result<()> {
    MULTICAST_TTL4.set(fd, hops)
}

/// The same for a socket that is meant for IPv6.
pub(crate) fn hops6(fd: c_int, hops: u8) -> Result<()> {
    if noipv6::is_set() { hops4(fd, hops) } else { MULTICAST_HOPS6.set(fd, hops.into()) }
}

/// Whether multicast packets come back to this machine.
pub(crate) fn loop4(fd: c_int, on: bool) -> Result<()> {
    MULTICAST_LOOP4.set(fd, on.into())
}

/// The same for a socket that is meant for IPv6.
pub(crate) fn loop6(fd: c_int, on: bool) -> Result<()> {
    if noipv6::is_set() { loop4(fd, on) } else { MULTICAST_LOOP6.set(fd, on.into()) }
}

/// Asks for a receive buffer of `size` bytes, then for ever smaller ones.
pub(crate) fn reserve_receive_buffer(fd: c_int, size: c_int) {
    first_size_taken(size, |size| RECEIVE_BUFFER.set(fd, size));
}

/// Tries sizes from `size` down until one is taken.
fn first_size_taken(mut size: c_int, mut take: impl FnMut(c_int) -> Result<()>) {
    loop {
        match take(size) {
            // A smaller one would not help.
            Ok(()) | Err(Errno(libc::EBADF | libc::ENOTSOCK)) => return,
            Err(_) => size -= size / 32,
        }
        if size < 1024 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sizes that are tried on a kernel that takes up to `limit`.
    fn tried(size: c_int, limit: c_int, error: c_int) -> Vec<c_int> {
        let mut tried = Vec::new();
        first_size_taken(size, |size| {
            tried.push(size);
            if size <= limit { Ok(()) } else { Err(Errno(error)) }
        });
        tried
    }

    #[test]
    fn receive_buffers_shrink_until_one_is_taken() {
        assert_eq!(tried(65536, 65536, libc::ENOBUFS), [65536]);
        assert_eq!(tried(3200, 3000, libc::ENOBUFS), [3200, 3100, 3004, 2911]);
        assert_eq!(tried(1024, 1, libc::ENOBUFS), [1024]);
        assert_eq!(tried(0, -1, libc::EINVAL), [0]);
        assert_eq!(tried(c_int::MIN, c_int::MIN, libc::EINVAL), [c_int::MIN]);
        let all = tried(c_int::MAX, 0, libc::ENOBUFS);
        assert!(all.len() < 1000 && all.iter().all(|&size| size >= 1024));
    }

    #[test]
    fn what_is_not_a_socket_is_asked_once() {
        assert_eq!(tried(65536, 0, libc::EBADF), [65536]);
        assert_eq!(tried(65536, 0, libc::ENOTSOCK), [65536]);
    }
}
