// SPDX-License-Identifier: MIT OR Apache-2.0
//! Domains, and their text.

use super::bytes_at;
use crate::abi::stralloc;
use crate::dns::domain::{self, Domain};
use crate::errno::one_or_zero;
use core::ffi::{c_char, c_int, c_uint};

/// Frees the domain *out, and makes that NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_domain_free(out: *mut *mut c_char) {
    // SAFETY: the caller hands in a place with NULL or memory from malloc, as in all of this header.
    unsafe { domain::free(out) }
}

/// Makes *out a copy of the domain in. Returns 1, or 0 with errno ENOMEM; then *out is as before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_domain_copy(out: *mut *mut c_char, r#in: *const c_char) -> c_int {
    // SAFETY: as in dns_domain_free; the caller hands in a domain.
    one_or_zero(unsafe { domain::put(out, domain::bytes(r#in)) })
}

/// The length of a domain in bytes, its final zero included: 1 for the root.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_domain_length(dn: *const c_char) -> c_uint {
    // SAFETY: the caller hands in a domain.
    unsafe { domain::bytes(dn) }.len() as c_uint
}

/// Returns 1 if both domains are the same, else 0. Here, as everywhere in domains, case is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_domain_equal(a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: the caller hands in domains.
    unsafe { domain::are_equal(domain::bytes(a), domain::bytes(b)).into() }
}

/// Returns 1 if little is the domain big, or a parent of it, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_domain_suffix(big: *const c_char, little: *const c_char) -> c_int {
    // SAFETY: the caller hands in domains.
    unsafe { domain::position(domain::bytes(big), domain::bytes(little)) }.is_some().into()
}

/// Where the domain little begins in big, in bytes: 0 if it is no parent of it, or the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_domain_suffixpos(big: *const c_char, little: *const c_char) -> c_uint {
    // SAFETY: the caller hands in domains.
    unsafe { domain::position(domain::bytes(big), domain::bytes(little)) }.unwrap_or(0)
}

/// Makes *out the domain that the n bytes of text at buf stand for. Labels that are missing between dots mean nothing: a
/// dot at the end is fine, and "" is the root. A backslash stands before a byte without a special meaning, or
/// before up to three octal digits. Returns 1, or 0 with errno: EINVAL if a label has more than 63 bytes, or
/// the domain more than 255; ENOMEM. Then *out is as before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_domain_fromdot(out: *mut *mut c_char, buf: *const c_char, n: usize) -> c_int {
    // SAFETY: as in dns_domain_free; the caller hands in n bytes.
    one_or_zero(unsafe { domain::put_text(out, bytes_at(buf, n)) })
}

/// Appends a domain as text, in small letters, without a dot at the end; the root is a dot. Bytes other than
/// letters, digits, - and _ become a backslash and three octal digits. Returns 1, or 0 with errno ENOMEM; then nothing
/// has changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_domain_todot_cat(out: *mut stralloc, d: *const c_char) -> c_int {
    // SAFETY: the caller hands in a domain, and a valid stralloc, as in all of this header.
    one_or_zero(unsafe { domain::append_text(&mut *out, domain::bytes(d)) })
}

/// Writes the domain 4.3.2.1.in-addr.arpa for the address 1.2.3.4 in the 4 bytes at ip to name, which has room for
/// DNS_NAME4_DOMAIN bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_name4_domain(name: *mut c_char, ip: *const c_char) {
    // SAFETY: the caller hands in 4 bytes and room for the longest result.
    unsafe { Domain::of_ip4((*ip.cast::<[u8; 4]>()).into()).write(name) }
}

/// Writes the domain for the IPv6 address in the 16 bytes at ip to name: a label for each hexadecimal digit, the last one
/// first, and ip6.arpa. name has room for DNS_NAME6_DOMAIN bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_name6_domain(name: *mut c_char, ip: *const c_char) {
    // SAFETY: the caller hands in 16 bytes and room for the result.
    unsafe { Domain::of_ip6((*ip.cast::<[u8; 16]>()).into()).write(name) }
}
