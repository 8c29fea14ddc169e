//! `ip6.h`: IPv6 addresses as text.

use crate::abi::uint32;
use crate::net::cursor::Cursor;
use crate::net::{format, scan};
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

/// The address in the 16 bytes at `ip`.
///
/// # Safety
///
/// They are readable.
unsafe fn address_at(ip: *const c_char) -> Ipv6Addr {
    // SAFETY: the caller says so, and the alignment does not matter.
    unsafe { ip.cast::<[u8; 16]>().read_unaligned() }.into()
}

/// Stores what a scanner found, and gives how many bytes that took.
///
/// # Safety
///
/// There is room for 16 bytes at `ip`.
unsafe fn store(ip: *mut c_char, found: Option<(Ipv6Addr, Cursor<'_>)>) -> usize {
    let Some((address, end)) = found else { return 0 };
    // SAFETY: the caller promises the room, and the alignment does not matter.
    unsafe { ip.cast::<[u8; 16]>().write_unaligned(address.octets()) };
    end.passed()
}

/// Reads an IPv6 address at the beginning of src into the 16 bytes at ip: eight groups of up to four hexadecimal
/// digits, with :: for some of them or dotted decimal for the last two; or an IPv4 address, which becomes
/// IPv4-mapped. Returns how many bytes of src that took, whatever follows them; or 0, leaving ip alone, if
/// src does not begin with an address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ip6(src: *const c_char, ip: *mut c_char) -> usize {
    // SAFETY: the caller hands in a C string that nobody changes meanwhile, and room for 16 bytes.
    unsafe { store(ip, scan::ip6(Cursor::new(src))) }
}

/// Writes the IPv6 address in the 16 bytes at ip to dest, without a NUL: the longest run of two or more zero
/// groups as ::, IPv4-mapped addresses as ::ffff:1.2.3.4. If dest is NULL, nothing is written. Returns the
/// length, at most 39.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip6(dest: *mut c_char, ip: *const c_char) -> usize {
    // SAFETY: the caller hands in 16 readable bytes, and NULL or room for the text.
    unsafe { format::ip6(address_at(ip)).copy_to(dest) }
}

/// Does what fmt_ip6 does, but writes IPv4-mapped addresses as 1.2.3.4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip6c(dest: *mut c_char, ip: *const c_char) -> usize {
    // SAFETY: as in fmt_ip6.
    unsafe { format::ip6_compact(address_at(ip)).copy_to(dest) }
}

/// Does what scan_ip6 does, and takes the name of a network interface behind a % too, such as fe80::1%eth0: a
/// run of letters, digits, dots, dashes and underscores. The interface's index is stored in *scope_id, 0 if
/// no name follows or no interface is called that. scope_id may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ip6if(src: *const c_char, ip: *mut c_char, scope_id: *mut uint32) -> usize {
    // SAFETY: the caller hands in a C string that nobody changes meanwhile.
    let Some((address, scope, end)) = scan::ip6_and_scope(unsafe { Cursor::new(src) }) else { return 0 };
    if !scope_id.is_null() {
        // SAFETY: then it is the caller's valid pointer.
        unsafe { *scope_id = scope };
    }
    // SAFETY: the caller hands in room for 16 bytes.
    unsafe { store(ip, Some((address, end))) }
}

/// Does what fmt_ip6 does, and unless scope_id is 0, goes on with % and the name of the interface with that
/// index, [unknown] if there is none. Returns the length, less than FMT_IP6 + 1 + IF_NAMESIZE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip6if(dest: *mut c_char, ip: *const c_char, scope_id: uint32) -> usize {
    // SAFETY: as in fmt_ip6.
    unsafe { format::ip6_and_scope(address_at(ip), scope_id).copy_to(dest) }
}

/// Does what fmt_ip6if does, but writes IPv4-mapped addresses as 1.2.3.4, without an interface.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip6ifc(dest: *mut c_char, ip: *const c_char, scope_id: uint32) -> usize {
    // SAFETY: as in fmt_ip6.
    unsafe { format::ip6_and_scope_compact(address_at(ip), scope_id).copy_to(dest) }
}

/// Reads an IPv6 address of exactly 32 hexadecimal digits, of either case, into the 16 bytes at ip. Returns 32;
/// or 0, leaving ip alone, if src does not begin with that many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ip6_flat(src: *const c_char, ip: *mut c_char) -> usize {
    // SAFETY: as in scan_ip6.
    unsafe { store(ip, scan::ip6_flat(Cursor::new(src))) }
}

/// Writes the IPv6 address in the 16 bytes at ip to dest as 32 hexadecimal digits of lower case, without a NUL.
/// If dest is NULL, nothing is written. Returns 32.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip6_flat(dest: *mut c_char, ip: *const c_char) -> usize {
    // SAFETY: as in fmt_ip6.
    unsafe { format::ip6_flat(address_at(ip)).copy_to(dest) }
}
