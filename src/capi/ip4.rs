// SPDX-License-Identifier: MIT OR Apache-2.0
//! `ip4.h`: IPv4 addresses as text.

use crate::net::{format, scan};
use crate::text::input::Text;
use crate::text::out::Out;
use core::ffi::c_char;

/// 127.0.0.1, the machine itself.
#[unsafe(no_mangle)]
pub static ip4loopback: [c_char; 4] = [127, 0, 0, 1];

/// Reads an IPv4 address in dotted decimal at the beginning of src into the 4 bytes at ip. Leading zeros in
/// its numbers mean nothing; there is no octal and no hexadecimal. Returns how many bytes of src that took,
/// whatever follows them; or 0, leaving ip alone, if src does not begin with an address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ip4(src: *const c_char, ip: *mut c_char) -> usize {
    // SAFETY: the caller hands in a C string and room for 4 bytes.
    unsafe { Text::scan(src, usize::MAX, ip.cast(), |text| scan::ip4(text).map(|ip| ip.octets())) }
}

/// Writes the IPv4 address in the 4 bytes at ip to dest in dotted decimal, without a null byte. If dest is NULL,
/// nothing is written. Returns the length, 7 to 15.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ip4(dest: *mut c_char, ip: *const c_char) -> usize {
    // SAFETY: the caller hands in 4 readable bytes; bytes need no alignment.
    let ip = unsafe { *ip.cast::<[u8; 4]>() };
    // SAFETY: the caller hands in NULL or room for the text.
    unsafe { Out::write(dest, |out| format::ip4(out, ip.into())) }
}
