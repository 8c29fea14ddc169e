// SPDX-License-Identifier: MIT OR Apache-2.0
//! Names and addresses.

use crate::abi::stralloc;
use crate::dns::resolve;
use crate::errno::zero_or_minus_one;
use core::ffi::{c_char, c_int};

/// Replaces the contents of *out by the IPv4 addresses of the name in *fqdn, 4 bytes each, in random order: none if there
/// is no such name, or it has none. If there are only digits, dots and brackets in *fqdn, no server is asked: the
/// addresses in it are the result. Returns 0; or -1 with errno: that of dns_transmit_get, or EINVAL for a malformed
/// answer, a label that is too long, or a number above 255. Then there may be anything in *out.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_ip4(out: *mut stralloc, fqdn: *const stralloc) -> c_int {
    // SAFETY: the caller hands in two valid strallocs.
    zero_or_minus_one(unsafe { resolve::ip4(&mut *out, (*fqdn).as_slice()) })
}

/// The same for IPv6 addresses, 16 bytes each, and IPv4 addresses as ::ffff:1.2.3.4: both are asked for together. An
/// IPv6 address in *fqdn is its own result, and EINVAL is the errno if anything stands behind it. Writes a null byte behind
/// *fqdn.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_ip6(out: *mut stralloc, fqdn: *mut stralloc) -> c_int {
    // SAFETY: as in dns_ip4.
    zero_or_minus_one(unsafe { resolve::ip6(&mut *out, &mut *fqdn) })
}

/// Replaces the contents of *out by the name of the IPv4 address in the 4 bytes at ip: empty if it has none. Returns 0; or
/// -1 with the errno of dns_ip4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_name4(out: *mut stralloc, ip: *const c_char) -> c_int {
    // SAFETY: as in dns_ip4; the caller hands in 4 bytes.
    zero_or_minus_one(unsafe { resolve::name4(&mut *out, (*ip.cast::<[u8; 4]>()).into()) })
}

/// The same for the IPv6 address in the 16 bytes at ip, which may be an IPv4 address mapped to IPv6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_name6(out: *mut stralloc, ip: *const c_char) -> c_int {
    // SAFETY: as in dns_ip4; the caller hands in 16 bytes.
    zero_or_minus_one(unsafe { resolve::name6(&mut *out, (*ip.cast::<[u8; 16]>()).into()) })
}

/// Replaces the contents of *out by all texts of the name in *fqdn, as dns_txt_packet does. Returns as dns_ip4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_txt(out: *mut stralloc, fqdn: *const stralloc) -> c_int {
    // SAFETY: as in dns_ip4; both may be the same.
    zero_or_minus_one(unsafe { resolve::txt(out, fqdn) })
}

/// The same for its mail exchangers, as dns_mx_packet does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_mx(out: *mut stralloc, fqdn: *const stralloc) -> c_int {
    // SAFETY: as in dns_ip4; both may be the same.
    zero_or_minus_one(unsafe { resolve::mx(out, fqdn) })
}
