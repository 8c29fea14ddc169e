// SPDX-License-Identifier: MIT OR Apache-2.0
//! Connections and datagrams.

use super::{address4_at, address6_at, put4, put6};
use crate::abi::{ssize_t, uint16, uint32};
use crate::errno::{Result, new_descriptor_or_minus_one, size_or_minus_one};
use crate::net::address::{to_connect, to_send};
use crate::net::{connect, noipv6};
use crate::sys::fd::{ReadBuf, WriteBuf};
use crate::sys::socket;
use core::ffi::{c_char, c_int};
use core::net::SocketAddr;

/// Accepts a connection on the listener s, and stores the peer's address in the 4 bytes at ip and its port in *port;
/// each may be NULL. Returns a new descriptor, which is blocking; or -1 and sets errno: EAGAIN if s is nonblocking
/// and no connection is waiting; EAFNOSUPPORT, having closed the connection, if the peer has an IPv6 address that
/// is not IPv4-mapped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_accept4(s: c_int, ip: *mut c_char, port: *mut uint16) -> c_int {
    // SAFETY: the caller hands in NULL or valid pointers.
    new_descriptor_or_minus_one(connect::accept(s, |peer| unsafe { put4(peer, ip, port) }))
}

/// Accepts a connection on the listener s, and stores the peer's address in the 16 bytes at ip, its port in *port, and
/// the index of its interface, 0 if it has none, in *scope_id; each may be NULL. An IPv4 address becomes
/// IPv4-mapped. Returns a new descriptor, which is blocking; or -1 and sets errno: EAGAIN if s is nonblocking and
/// no connection is waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_accept6(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
    scope_id: *mut uint32,
) -> c_int {
    // SAFETY: the caller hands in NULL or valid pointers.
    new_descriptor_or_minus_one(connect::accept(s, |peer| unsafe { put6(peer, ip, port, scope_id) }))
}

/// SAFETY: there is room for `len` bytes at `buf`.
unsafe fn receive(
    s: c_int,
    buf: *mut c_char,
    len: usize,
    show: impl FnOnce(Option<SocketAddr>) -> Result<()>,
) -> ssize_t {
    // SAFETY: by this function's own promise.
    let received = socket::receive(s, unsafe { ReadBuf::of_size(buf.cast(), len) });
    size_or_minus_one(received.and_then(|(count, sender)| show(sender).map(|()| count)))
}

/// Receives a datagram of up to len bytes in buf; what is longer is cut. Stores the sender's address in the 4 bytes
/// at ip and its port in *port; each may be NULL. Returns the number of bytes, which may be 0; or -1 and sets
/// errno: EAGAIN if s is nonblocking and nothing is there; EAFNOSUPPORT, the datagram being lost, if the sender
/// has an IPv6 address that is not IPv4-mapped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_recv4(
    s: c_int,
    buf: *mut c_char,
    len: usize,
    ip: *mut c_char,
    port: *mut uint16,
) -> ssize_t {
    // SAFETY: the caller hands in room for len bytes, and NULL or valid pointers.
    unsafe { receive(s, buf, len, |sender| put4(sender, ip, port)) }
}

/// Receives a datagram of up to len bytes in buf; what is longer is cut. Stores the sender's address in the 16 bytes
/// at ip, its port in *port, and the index of its interface, 0 if it has none, in *scope_id; each may be NULL. An
/// IPv4 address becomes IPv4-mapped; if the kernel names no sender, as on a connected stream, all is 0. Returns
/// the number of bytes, which may be 0; or -1 and sets errno: EAGAIN if s is nonblocking and nothing is there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_recv6(
    s: c_int,
    buf: *mut c_char,
    len: usize,
    ip: *mut c_char,
    port: *mut uint16,
    scope_id: *mut uint32,
) -> ssize_t {
    // SAFETY: the caller hands in room for len bytes, and NULL or valid pointers.
    unsafe { receive(s, buf, len, |sender| put6(sender, ip, port, scope_id)) }
}

/// SAFETY: there are `len` bytes at `buf`.
unsafe fn send(
    s: c_int,
    buf: *const c_char,
    len: usize,
    flags: c_int,
    address: Result<SocketAddr>,
) -> ssize_t {
    // SAFETY: by this function's own promise.
    let bytes = unsafe { WriteBuf::of_size(buf.cast(), len) };
    size_or_minus_one(address.and_then(|address| socket::send(s, bytes, flags, address)))
}

/// Sends the len bytes at buf to the 4 bytes at ip and port. Returns the number of bytes, or -1 and sets errno: EAGAIN
/// if s is nonblocking and has no room for them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_send4(
    s: c_int,
    buf: *const c_char,
    len: usize,
    ip: *const c_char,
    port: uint16,
) -> ssize_t {
    // SAFETY: the caller hands in len readable bytes, and 4 at ip.
    unsafe { send(s, buf, len, 0, Ok(address4_at(ip, port))) }
}

/// Does what socket_send4 does, with the flags of sendto(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_send4_flag(
    s: c_int,
    buf: *const c_char,
    len: usize,
    ip: *const c_char,
    port: uint16,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the caller hands in len readable bytes, and 4 at ip.
    unsafe { send(s, buf, len, flags, Ok(address4_at(ip, port))) }
}

/// Sends the len bytes at buf to the 16 bytes at ip and port; scope_id is the index of the interface for addresses that
/// need one, else 0. If noipv6 is not 0, IPv4-mapped addresses and ::1 become IPv4, and others fail with
/// EPROTONOSUPPORT. Returns as socket_send4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_send6(
    s: c_int,
    buf: *const c_char,
    len: usize,
    ip: *const c_char,
    port: uint16,
    scope_id: uint32,
) -> ssize_t {
    // SAFETY: the caller hands in len readable bytes, and 16 at ip.
    unsafe { send(s, buf, len, 0, to_send(address6_at(ip, port, scope_id), noipv6::is_set())) }
}

/// Does what socket_send6 does, with the flags of sendto(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_send6_flag(
    s: c_int,
    buf: *const c_char,
    len: usize,
    ip: *const c_char,
    port: uint16,
    scope_id: uint32,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the caller hands in len readable bytes, and 16 at ip.
    unsafe { send(s, buf, len, flags, to_send(address6_at(ip, port, scope_id), noipv6::is_set())) }
}

/// Connects the TCP socket s to the 4 bytes at ip and port, and sends up to len bytes at buf, in the first packet where
/// the system and the peer know TCP Fast Open. Returns the number of bytes sent; or -1 and sets errno. EINPROGRESS
/// on a nonblocking socket means that the connection is being made, and nothing has been sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_fastopen_connect4(
    s: c_int,
    ip: *const c_char,
    port: uint16,
    buf: *const c_char,
    len: usize,
) -> ssize_t {
    // SAFETY: the caller hands in len readable bytes, and 4 at ip.
    let (bytes, address) = unsafe { (WriteBuf::of_size(buf.cast(), len), address4_at(ip, port)) };
    size_or_minus_one(connect::connect_with(s, bytes, address))
}

/// Does what socket_fastopen_connect4 does, with an address as in socket_connect6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_fastopen_connect6(
    s: c_int,
    ip: *const c_char,
    port: uint16,
    scope_id: uint32,
    buf: *const c_char,
    len: usize,
) -> ssize_t {
    // SAFETY: the caller hands in len readable bytes, and 16 at ip.
    let (bytes, address) = unsafe { (WriteBuf::of_size(buf.cast(), len), address6_at(ip, port, scope_id)) };
    size_or_minus_one(connect::connect_with(s, bytes, to_connect(address, noipv6::is_set())))
}
