// SPDX-License-Identifier: MIT OR Apache-2.0
//! `socket.h`: TCP, UDP and SCTP sockets over IPv4 and IPv6.
//!
//! The parts of the header are files of their own, in the order in which they appear there.

use crate::errno::Result;
use crate::net::address::{as_v4, as_v6};
use core::ffi::c_char;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

pub mod create;

pub mod address;

pub mod transfer;

pub mod accept;

pub mod options;

/// SAFETY: `ip` is NULL, which means 0.0.0.0, or has 4 readable bytes.
unsafe fn ip4_at(ip: *const c_char) -> Ipv4Addr {
    // SAFETY: by this function's own promise; bytes need no alignment.
    unsafe { ip.cast::<[u8; 4]>().as_ref() }.map_or(Ipv4Addr::UNSPECIFIED, |ip| (*ip).into())
}

/// SAFETY: `ip` is NULL, which means ::, or has 16 readable bytes.
unsafe fn ip6_at(ip: *const c_char) -> Ipv6Addr {
    // SAFETY: by this function's own promise; bytes need no alignment.
    unsafe { ip.cast::<[u8; 16]>().as_ref() }.map_or(Ipv6Addr::UNSPECIFIED, |ip| (*ip).into())
}

/// SAFETY: as for `ip4_at`.
unsafe fn address4_at(ip: *const c_char, port: u16) -> SocketAddr {
    // SAFETY: by this function's own promise.
    (unsafe { ip4_at(ip) }, port).into()
}

/// SAFETY: as for `ip6_at`.
unsafe fn address6_at(ip: *const c_char, port: u16, scope: u32) -> SocketAddrV6 {
    // SAFETY: by this function's own promise.
    SocketAddrV6::new(unsafe { ip6_at(ip) }, port, 0, scope)
}

/// SAFETY: `place` is NULL, and then the value is dropped, or valid.
unsafe fn put<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: by this function's own promise.
        unsafe { place.write(value) };
    }
}

/// Stores what the functions for IPv4 show of an address.
///
/// SAFETY: each pointer is NULL or valid; `ip` has room for 4 bytes.
#[inline(never)]
unsafe fn put4(address: Option<SocketAddr>, ip: *mut c_char, port: *mut u16) -> Result<()> {
    if !ip.is_null() {
        let octets = as_v4(address)?.octets();
        // SAFETY: by this function's own promise; bytes need no alignment.
        unsafe { put(ip.cast(), octets) };
    }
    // SAFETY: as above.
    unsafe { put(port, address.map_or(0, |address| address.port())) };
    Ok(())
}

/// Stores what the functions for IPv6 show of an address, which is something for every address.
///
/// SAFETY: each pointer is NULL or valid; `ip` has room for 16 bytes.
#[inline(never)]
unsafe fn put6(
    address: Option<SocketAddr>,
    ip: *mut c_char,
    port: *mut u16,
    scope_id: *mut u32,
) -> Result<()> {
    let address = as_v6(address);
    // SAFETY: by this function's own promise; bytes need no alignment.
    unsafe {
        put(ip.cast(), address.ip().octets());
        put(port, address.port());
        put(scope_id, address.scope_id());
    }
    Ok(())
}
