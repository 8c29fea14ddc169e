// SPDX-License-Identifier: MIT OR Apache-2.0
//! Accepting connections with the modes that a server wants.

use super::{put4, put6};
use crate::abi::{uint16, uint32};
use crate::errno::new_descriptor_or_minus_one;
use crate::net::connect;
use crate::sys::socket::Modes;
use core::ffi::{c_char, c_int};

/// socket_accept4, and the new descriptor is nonblocking if flags has SOCKET_NONBLOCK (1), and close-on-exec if it has
/// SOCKET_CLOEXEC (2); else it is not, whatever s is. Other bits are ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_accept4_flags(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
    flags: c_int,
) -> c_int {
    // SAFETY: the caller hands in NULL or valid pointers, as in all of this file.
    let show = |peer| unsafe { put4(peer, ip, port) };
    new_descriptor_or_minus_one(connect::accept_with(s, Modes::from_bits(flags), show))
}

/// socket_accept6, and the new descriptor is as the flags say, as in socket_accept4_flags.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_accept6_flags(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
    scope_id: *mut uint32,
    flags: c_int,
) -> c_int {
    // SAFETY: as above.
    let show = |peer| unsafe { put6(peer, ip, port, scope_id) };
    new_descriptor_or_minus_one(connect::accept_with(s, Modes::from_bits(flags), show))
}

/// socket_accept4_flags with SOCKET_NONBLOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_accept4_makenonblocking(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
) -> c_int {
    // SAFETY: as above.
    unsafe { socket_accept4_flags(s, ip, port, Modes::NONBLOCK) }
}

/// socket_accept4_flags with SOCKET_CLOEXEC.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_accept4_setcloseonexec(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
) -> c_int {
    // SAFETY: as above.
    unsafe { socket_accept4_flags(s, ip, port, Modes::CLOEXEC) }
}

/// socket_accept4_flags with SOCKET_NONBLOCK and SOCKET_CLOEXEC.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_accept4_makenonblocking_setcloseonexec(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
) -> c_int {
    // SAFETY: as above.
    unsafe { socket_accept4_flags(s, ip, port, Modes::NONBLOCK | Modes::CLOEXEC) }
}

/// socket_accept6_flags with SOCKET_NONBLOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_accept6_makenonblocking(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
    scope_id: *mut uint32,
) -> c_int {
    // SAFETY: as above.
    unsafe { socket_accept6_flags(s, ip, port, scope_id, Modes::NONBLOCK) }
}

/// socket_accept6_flags with SOCKET_CLOEXEC.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_accept6_setcloseonexec(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
    scope_id: *mut uint32,
) -> c_int {
    // SAFETY: as above.
    unsafe { socket_accept6_flags(s, ip, port, scope_id, Modes::CLOEXEC) }
}

/// socket_accept6_flags with SOCKET_NONBLOCK and SOCKET_CLOEXEC.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn socket_accept6_makenonblocking_setcloseonexec(
    s: c_int,
    ip: *mut c_char,
    port: *mut uint16,
    scope_id: *mut uint32,
) -> c_int {
    // SAFETY: as above.
    unsafe { socket_accept6_flags(s, ip, port, scope_id, Modes::NONBLOCK | Modes::CLOEXEC) }
}
