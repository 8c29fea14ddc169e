// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packets from servers, and what is in them.

use super::bytes_at;
use crate::abi::stralloc;
use crate::dns::domain::{self, Domain};
use crate::dns::{answer, packet};
use crate::errno::{count_or_zero, zero_or_minus_one};
use core::ffi::{c_char, c_int, c_uint};

/// Copies the outlen bytes at position pos of the packet, which has len bytes at buf, to out. Returns the position
/// behind them; or 0 with errno EINVAL if the packet ends before, then nothing is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_packet_copy(
    buf: *const c_char,
    len: c_uint,
    pos: c_uint,
    out: *mut c_char,
    outlen: c_uint,
) -> c_uint {
    // SAFETY: the caller hands in len bytes, as in all functions for packets, and room for outlen.
    count_or_zero(unsafe { packet::copy(bytes_at(buf, len as usize), pos, out, outlen) })
}

/// Makes *d the domain at position pos of a packet, whose pointers are followed. Returns the position behind it; or
/// 0 with errno: EINVAL for what is no domain, for one of more than 255 bytes, and for pointers in a circle;
/// ENOMEM. Then *d is as before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_packet_getname(
    buf: *const c_char,
    len: c_uint,
    pos: c_uint,
    d: *mut *mut c_char,
) -> c_uint {
    let mut name = Domain::new();
    // SAFETY: as in dns_packet_copy, and in dns_domain_free.
    count_or_zero(unsafe {
        packet::take_name(bytes_at(buf, len as usize), pos as usize, &mut name)
            .and_then(|end| domain::put(d, name.as_slice()).and_then(|()| packet::position(end)))
    })
}

/// Returns the position behind the domain at position pos of a packet, which may be behind the end of the packet; or 0
/// with errno EINVAL for what is no domain.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_packet_skipname(buf: *const c_char, len: c_uint, pos: c_uint) -> c_uint {
    // SAFETY: as in dns_packet_copy.
    let packet = unsafe { bytes_at(buf, len as usize) };
    count_or_zero(packet::skip_name(packet, pos as usize).and_then(packet::position))
}

/// Replaces the contents of *out by the IPv4 addresses in an answer, 4 bytes each, in random order. Returns 0; or -1 with
/// errno: EINVAL for a malformed packet, ENOMEM. Then there may be anything in *out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_ip4_packet(out: *mut stralloc, buf: *const c_char, len: c_uint) -> c_int {
    // SAFETY: as in dns_packet_copy.
    zero_or_minus_one(unsafe { answer::ip4(&mut *out, bytes_at(buf, len as usize)) })
}

/// The same for IPv6 addresses, 16 bytes each; IPv4 addresses come as ::ffff:1.2.3.4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_ip6_packet(out: *mut stralloc, buf: *const c_char, len: c_uint) -> c_int {
    // SAFETY: as in dns_packet_copy.
    zero_or_minus_one(unsafe { answer::ip6(&mut *out, bytes_at(buf, len as usize)) })
}

/// The same for the name in the first PTR record, as text: empty if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_name_packet(out: *mut stralloc, buf: *const c_char, len: c_uint) -> c_int {
    // SAFETY: as in dns_packet_copy.
    zero_or_minus_one(unsafe { answer::name(&mut *out, bytes_at(buf, len as usize)) })
}

/// The same for all strings in TXT records, one behind the other, with ? for bytes that are no printable ASCII.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_txt_packet(out: *mut stralloc, buf: *const c_char, len: c_uint) -> c_int {
    // SAFETY: as in dns_packet_copy.
    zero_or_minus_one(unsafe { answer::txt(&mut *out, bytes_at(buf, len as usize)) })
}

/// The same for MX records: for each two bytes of preference, the more significant one first, the name as text, and a
/// null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_mx_packet(out: *mut stralloc, buf: *const c_char, len: c_uint) -> c_int {
    // SAFETY: as in dns_packet_copy.
    zero_or_minus_one(unsafe { answer::mx(&mut *out, bytes_at(buf, len as usize)) })
}
