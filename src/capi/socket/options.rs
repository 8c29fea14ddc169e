// SPDX-License-Identifier: MIT OR Apache-2.0
//! Options, and names of interfaces.

use super::{ip4_at, ip6_at};
use crate::abi::uint32;
use crate::errno::{unchanged, zero_or_minus_one};
use crate::net::{interface, options};
use crate::sys::socket::accept_filter::{self, Filter};
use crate::sys::socket::interface::index_of;
use crate::sys::socket::option::{BROADCAST, FAST_OPEN, QUICK_ACK};
use core::ffi::{CStr, c_char, c_int, c_uint};

/// The C type, of which any value may come.
type defermode = c_uint;
const HTTPIN: defermode = 1;

/// How many connections may wait that came with data and were not acknowledged yet.
const FAST_OPEN_QUEUE: c_int = 5;

/// Allows s to send to broadcast addresses. Returns 0, or -1 and sets errno.
#[unsafe(no_mangle)]
pub extern "C" fn socket_broadcast(s: c_int) -> c_int {
    zero_or_minus_one(BROADCAST.set(s, 1))
}

/// Makes s a member of the multicast group whose address is the 4 bytes at groupip, on the interface whose address is
/// the 4 bytes at _interface; NULL or 0.0.0.0 leaves the choice to the kernel. Returns 0, or -1 and sets errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_mcjoin4(
    s: c_int,
    groupip: *const c_char,
    _interface: *const c_char,
) -> c_int {
    // SAFETY: the caller hands in 4 readable bytes, and NULL or 4 more.
    zero_or_minus_one(unsafe { options::join4(s, ip4_at(groupip), ip4_at(_interface)) })
}

/// Makes s a member of the multicast group whose address is the 16 bytes at groupip, on the interface with the index
/// _interface; 0 leaves the choice to the kernel, as does an IPv4-mapped address. Returns 0, or -1 and sets errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_mcjoin6(s: c_int, groupip: *const c_char, _interface: c_int) -> c_int {
    // SAFETY: the caller hands in 16 readable bytes.
    zero_or_minus_one(unsafe { options::join6(s, ip6_at(groupip), _interface as uint32) })
}

/// Ends what socket_mcjoin4 began. Returns 0, or -1 and sets errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_mcleave4(s: c_int, groupip: *const c_char) -> c_int {
    // SAFETY: the caller hands in 4 readable bytes.
    zero_or_minus_one(unsafe { options::leave4(s, ip4_at(groupip)) })
}

/// Ends what socket_mcjoin6 began. Returns 0, or -1 and sets errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_mcleave6(s: c_int, groupip: *const c_char) -> c_int {
    // SAFETY: the caller hands in 16 readable bytes.
    zero_or_minus_one(unsafe { options::leave6(s, ip6_at(groupip)) })
}

/// Sets how many networks multicast packets from s may travel: 0 to 255, as an unsigned char. Returns 0, or -1 and sets
/// errno.
#[unsafe(no_mangle)]
pub extern "C" fn socket_mcttl4(s: c_int, hops: c_char) -> c_int {
    zero_or_minus_one(options::hops4(s, hops as u8))
}

/// Does what socket_mcttl4 does for an IPv6 socket.
#[unsafe(no_mangle)]
pub extern "C" fn socket_mchopcount6(s: c_int, hops: c_char) -> c_int {
    zero_or_minus_one(options::hops6(s, hops as u8))
}

/// Makes multicast packets from s come back to this machine's members of the group, or if loop is 0, not. Returns 0, or
/// -1 and sets errno.
#[unsafe(no_mangle)]
pub extern "C" fn socket_mcloop4(s: c_int, r#loop: c_char) -> c_int {
    zero_or_minus_one(options::loop4(s, r#loop != 0))
}

/// Does what socket_mcloop4 does for an IPv6 socket.
#[unsafe(no_mangle)]
pub extern "C" fn socket_mcloop6(s: c_int, r#loop: c_char) -> c_int {
    zero_or_minus_one(options::loop6(s, r#loop != 0))
}

/// Asks for accept on the listener s to be signalled only when there is something to read from the connection. That may
/// not be possible, and is no promise anywhere: a connection may come without data all the same. The listener
/// should be listening already.
#[unsafe(no_mangle)]
pub extern "C" fn socket_deferaccept(s: c_int, mode: defermode) {
    let filter = if mode == HTTPIN { Filter::Http } else { Filter::Data };
    let _ = unchanged(|| accept_filter::set(s, filter));
}

/// Asks for a receive buffer of size bytes, or failing that, for the next smaller one that the kernel grants.
#[unsafe(no_mangle)]
pub extern "C" fn socket_tryreservein(s: c_int, size: c_int) {
    unchanged(|| options::reserve_receive_buffer(s, size));
}

/// Returns the name of the interface with the index _interface, or "[unknown]". The name stays until the same thread
/// calls the function again.
#[unsafe(no_mangle)]
pub extern "C" fn socket_getifname(_interface: uint32) -> *const c_char {
    interface::shown_name(_interface)
}

/// Returns the index of the interface called ifname, or 0 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_getifidx(ifname: *const c_char) -> uint32 {
    if ifname.is_null() {
        return 0;
    }
    // SAFETY: the caller hands in a string.
    index_of(unsafe { CStr::from_ptr(ifname) })
}

/// Makes the listener s take connections that come with data (TCP Fast Open). Returns 0, or -1 and sets errno.
#[unsafe(no_mangle)]
pub extern "C" fn socket_fastopen(s: c_int) -> c_int {
    zero_or_minus_one(FAST_OPEN.set(s, FAST_OPEN_QUEUE))
}

/// Makes the kernel acknowledge what s receives at once, or if value is 0, when it sees fit. It may change that by
/// itself later on. Returns 0, or -1 and sets errno: ENOPROTOOPT where there is no such option.
#[unsafe(no_mangle)]
pub extern "C" fn socket_quickack(s: c_int, value: c_int) -> c_int {
    zero_or_minus_one(QUICK_ACK.set(s, value))
}
