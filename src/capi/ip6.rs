// SPDX-License-Identifier: MIT OR Apache-2.0
//! `ip6.h`: IPv6 addresses as text.

use crate::abi::uint32;
use crate::net::{format, scan};
use crate::text::input::Text;
use crate::text::out::Out;
use core::ffi::c_char;
use core::net::Ipv6Addr;

/// What the 16 bytes of an IPv4-mapped address, ::ffff:0.0.0.0 and up, begin with.
#[unsafe(no_mangle)]
pub static V4mappedprefix: [c_char; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xffu8 as c_char, 0xffu8 as c_char];

/// ::1, the machine itself.
#[unsafe(no_mangle)]
pub static V6loopback: [c_char; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// ::, to which a socket is bound that answers on all addresses.
#[unsafe(no_mangle)]
pub static V6any: [c_char; 16] = [0; 16];

/// SAFETY: `ip` has 16 readable bytes, `dest` is NULL or has room for the text.
unsafe fn write(dest: *mut c_char, ip: *const c_char, format: impl FnOnce(&mut Out, Ipv6Addr)) -> usize {
    // SAFETY: by this function's own promise; bytes need no alignment.
    let ip = unsafe { *ip.cast::<[u8; 16]>() };
    // SAFETY: as above.
    unsafe { Out::write(dest, |out| format(out, ip.into())) }
}

/// SAFETY: `src` is a string, `ip` has room for 16 bytes.
unsafe fn scan(
    src: *const c_char,
    ip: *mut c_char,
    parse: impl FnOnce(&mut Text) -> Option<Ipv6Addr>,
) -> usize {
    // SAFETY: by this function's own promise; bytes need no alignment.
    unsafe { Text::scan(src, usize::MAX, ip.cast(), |text| parse(text).map(|ip| ip.octets())) }
}

/// Reads an IPv6 address at the beginning of src into the 16 bytes at ip: eight groups of up to four hexadecimal
/// digits, with :: for some of them or dotted decimal for the last two; or an IPv4 address, which becomes
/// IPv4-mapped. Returns how many bytes of src that took, whatever follows them; or 0, leaving ip alone, if
/// src does not begin with an address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ip6(src: *const c_char, ip: *mut c_char) -> usize {
    // SAFETY: the caller hands in a C string and room for 16 bytes.
    unsafe { scan(src, ip, scan::ip6) }
}

/// Writes the IPv6 address in the 16 bytes at ip to dest, without a null byte: the longest run of two or more zero
/// groups as ::, IPv4-mapped addresses as ::ffff:1.2.3.4. If dest is NULL, nothing is written. Returns the
/// length, at most 39.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip6(dest: *mut c_char, ip: *const c_char) -> usize {
    // SAFETY: the caller hands in 16 readable bytes, and NULL or room for the text.
    unsafe { write(dest, ip, format::ip6) }
}

/// Does what fmt_ip6 does, but writes IPv4-mapped addresses as 1.2.3.4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip6c(dest: *mut c_char, ip: *const c_char) -> usize {
    // SAFETY: as in fmt_ip6.
    unsafe { write(dest, ip, format::ip6_compact) }
}

/// Does what scan_ip6 does, and takes the name of a network interface behind a % too, such as fe80::1%eth0: a
/// run of letters, digits, dots, dashes and underscores. The interface's index is stored in *scope_id, 0 if
/// no name follows or no interface is called that. scope_id may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ip6if(src: *const c_char, ip: *mut c_char, scope_id: *mut uint32) -> usize {
    let mut scope = 0;
    let parse = |text: &mut Text| scan::ip6_and_scope(text).map(|(ip, found)| (scope = found, ip).1);
    // SAFETY: as in scan_ip6.
    let used = unsafe { scan(src, ip, parse) };
    if used > 0 && !scope_id.is_null() {
        // SAFETY: the caller hands in NULL or a valid pointer.
        unsafe { *scope_id = scope };
    }
    used
}

/// Does what fmt_ip6 does, and unless scope_id is 0, goes on with % and the name of the interface with that
/// index, [unknown] if there is none. Returns the length, less than FMT_IP6 + 1 + IF_NAMESIZE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip6if(dest: *mut c_char, ip: *const c_char, scope_id: uint32) -> usize {
    // SAFETY: as in fmt_ip6.
    unsafe { write(dest, ip, |out, ip| format::ip6_and_scope(out, ip, scope_id)) }
}

/// Does what fmt_ip6if does, but writes IPv4-mapped addresses as 1.2.3.4, without an interface.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip6ifc(dest: *mut c_char, ip: *const c_char, scope_id: uint32) -> usize {
    // SAFETY: as in fmt_ip6.
    unsafe { write(dest, ip, |out, ip| format::ip6_and_scope_compact(out, ip, scope_id)) }
}

/// Reads an IPv6 address of exactly 32 hexadecimal digits, of either case, into the 16 bytes at ip. Returns 32;
/// or 0, leaving ip alone, if src does not begin with that many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ip6_flat(src: *const c_char, ip: *mut c_char) -> usize {
    // SAFETY: as in scan_ip6.
    unsafe { scan(src, ip, scan::ip6_flat) }
}

/// Writes the IPv6 address in the 16 bytes at ip to dest as 32 hexadecimal digits of lower case, without a null byte.
/// If dest is NULL, nothing is written. Returns 32.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip6_flat(dest: *mut c_char, ip: *const c_char) -> usize {
    // SAFETY: as in fmt_ip6.
    unsafe { write(dest, ip, format::ip6_flat) }
}
