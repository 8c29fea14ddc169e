// SPDX-License-Identifier: MIT OR Apache-2.0
//! A socket's own address and its peer's.

use super::{address4_at, address6_at, put4, put6};
use crate::abi::{uint16, uint32};
use crate::errno::{one_or_zero, zero_or_minus_one};
use crate::net::address::{to_bind, to_connect};
use crate::net::{connect, noipv6};
use crate::sys::socket;
use core::ffi::{c_char, c_int, c_uint};

/// Connects s to the 4 bytes at ip and port. Returns 0, or -1 and sets errno; EINPROGRESS if s is nonblocking: it is
/// writable as soon as the outcome is known, and socket_connected tells.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_connect4(s: c_int, ip: *const c_char, port: uint16) -> c_int {
    // SAFETY: the caller hands in 4 readable bytes.
    zero_or_minus_one(socket::connect(s, unsafe { address4_at(ip, port) }))
}

/// Connects s to the 16 bytes at ip and port; scope_id is the index of the interface for addresses that need one, else
/// 0. If noipv6 is not 0, IPv4-mapped addresses and ::1 become IPv4. Returns as socket_connect4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_connect6(
    s: c_int,
    ip: *const c_char,
    port: uint16,
    scope_id: uint32,
) -> c_int {
    // SAFETY: the caller hands in 16 readable bytes.
    let address = unsafe { address6_at(ip, port, scope_id) };
    zero_or_minus_one(socket::connect(s, to_connect(address, noipv6::is_set())))
}

/// Returns 1 if s is connected; otherwise 0, and errno says why: ENOTCONN, or what went wrong with a connection that
/// was made in the background (ECONNREFUSED, say), which is told once.
#[unsafe(no_mangle)]
pub extern "C" fn socket_connected(s: c_int) -> c_int {
    one_or_zero(connect::connected(s))
}

/// Binds s to the 4 bytes at ip, to all addresses if ip is NULL, and to port; 0 lets the kernel choose one. Returns 0,
/// or -1 and sets errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_bind4(s: c_int, ip: *const c_char, port: uint16) -> c_int {
    // SAFETY: the caller hands in NULL or 4 readable bytes.
    zero_or_minus_one(socket::bind(s, unsafe { address4_at(ip, port) }))
}

/// Does what socket_bind4 does, even if the port is in use by sockets that were bound in this way too (SO_REUSEPORT) or
/// by connections of an earlier listener (SO_REUSEADDR).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_bind4_reuse(s: c_int, ip: *const c_char, port: uint16) -> c_int {
    // SAFETY: the caller hands in NULL or 4 readable bytes.
    zero_or_minus_one(connect::bind_reuse(s, unsafe { address4_at(ip, port) }))
}

/// Binds s to the 16 bytes at ip, to all addresses if ip is NULL, and to port; 0 lets the kernel choose one. scope_id
/// is the index of the interface for addresses that need one, else 0. If noipv6 is not 0, ::, ::1 and IPv4-mapped
/// addresses become IPv4. Returns 0, or -1 and sets errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_bind6(s: c_int, ip: *const c_char, port: uint16, scope_id: uint32) -> c_int {
    // SAFETY: the caller hands in NULL or 16 readable bytes.
    let address = unsafe { address6_at(ip, port, scope_id) };
    zero_or_minus_one(socket::bind(s, to_bind(address, noipv6::is_set())))
}

/// Does what socket_bind6 does, even if the port is in use by sockets that were bound in this way too (SO_REUSEPORT) or
/// by connections of an earlier listener (SO_REUSEADDR).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_bind6_reuse(
    s: c_int,
    ip: *const c_char,
    port: uint16,
    scope_id: uint32,
) -> c_int {
    // SAFETY: the caller hands in NULL or 16 readable bytes.
    let address = unsafe { address6_at(ip, port, scope_id) };
    zero_or_minus_one(connect::bind_reuse(s, to_bind(address, noipv6::is_set())))
}

/// Makes s a listener, for which backlog connections may wait to be accepted; the kernel may allow fewer. Returns 0, or
/// -1 and sets errno.
#[unsafe(no_mangle)]
pub extern "C" fn socket_listen(s: c_int, backlog: c_uint) -> c_int {
    zero_or_minus_one(connect::listen(s, backlog))
}

/// Stores the address of s in the 4 bytes at ip, and its port in *port; each may be NULL. Returns 0, or -1 and sets
/// errno: EAFNOSUPPORT if it is an IPv6 address that is not IPv4-mapped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_local4(s: c_int, ip: *mut c_char, port: *mut uint16) -> c_int {
    // SAFETY: the caller hands in NULL or valid pointers.
    zero_or_minus_one(socket::local(s).and_then(|address| unsafe { put4(address, ip, port) }))
}

/// Stores the address of s in the 16 bytes at ip, its port in *port, and the index of its interface, 0 if it has none,
/// in *scope_id; each may be NULL. An IPv4 address becomes IPv4-mapped. Returns 0, or -1 and sets errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_local6(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
    scope_id: *mut uint32,
) -> c_int {
    // SAFETY: the caller hands in NULL or valid pointers.
    zero_or_minus_one(socket::local(s).and_then(|address| unsafe { put6(address, ip, port, scope_id) }))
}

/// Does what socket_local4 does for the address that s is connected to. errno is ENOTCONN if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_remote4(s: c_int, ip: *mut c_char, port: *mut uint16) -> c_int {
    // SAFETY: the caller hands in NULL or valid pointers.
    zero_or_minus_one(socket::peer(s).and_then(|address| unsafe { put4(address, ip, port) }))
}

/// Does what socket_local6 does for the address that s is connected to. errno is ENOTCONN if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_remote6(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
    scope_id: *mut uint32,
) -> c_int {
    // SAFETY: the caller hands in NULL or valid pointers.
    zero_or_minus_one(socket::peer(s).and_then(|address| unsafe { put6(address, ip, port, scope_id) }))
}
