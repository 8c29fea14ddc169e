// SPDX-License-Identifier: MIT OR Apache-2.0
//! `taia.h`: TAI64NA labels, times with a precision of 10^-18 seconds.

use crate::abi::{tai64, tai6464, taia};
use core::ffi::{c_char, c_int, c_long, c_uint};

/// Size in bytes of a label in its external format.
pub const TAIA_PACK: c_uint = 16;

/// Room that taia_fmtfrac's digits need, with a null byte behind them.
pub const TAIA_FMTFRAC: c_uint = 19;

/// Stores the whole seconds of *source in *dest.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_tai(source: *const tai6464, dest: *mut tai64) {
    // SAFETY: the caller hands in valid pointers; the source is copied before the result is stored.
    unsafe { *dest = (*source).sec }
}

/// Stores the current time in *t: the wall clock in microseconds, plus 500 ns. Does not fail.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_now(t: *mut taia) {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { *t = taia::now() }
}

/// Returns *t in seconds as a double. Meant for differences: near a label of today, doubles are about
/// 1000 s apart.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_approx(t: *const tai6464) -> f64 {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { (*t).approximation() }
}

/// Returns the fraction of *t in seconds; a fraction just below 1 rounds to 1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_frac(t: *const tai6464) -> f64 {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { (*t).fraction() }
}

/// Stores a + b in *dest, modulo 2^64 seconds. The three may overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_add(dest: *mut tai6464, a: *const tai6464, b: *const tai6464) {
    // SAFETY: the caller hands in valid pointers; both sources are copied before the result is stored.
    unsafe { *dest = (*a).wrapping_add(*b) }
}

/// Stores *source, moved by secs seconds (which may be negative), in *dest, modulo 2^64 seconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_addsec(dest: *mut tai6464, source: *const tai6464, secs: c_long) {
    // SAFETY: as in taia_add.
    unsafe { *dest = (*source).wrapping_add_seconds(secs as i64) }
}

/// Stores a - b in *dest, modulo 2^64 seconds. The three may overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_sub(dest: *mut tai6464, a: *const tai6464, b: *const tai6464) {
    // SAFETY: as in taia_add.
    unsafe { *dest = (*a).wrapping_sub(*b) }
}

/// Stores half of *source in *dest, rounded down to a multiple of 10^-18 s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_half(dest: *mut tai6464, source: *const tai6464) {
    // SAFETY: as in taia_add.
    unsafe { *dest = (*source).half() }
}

/// Returns 1 if *a is before *b, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_less(a: *const tai6464, b: *const tai6464) -> c_int {
    // SAFETY: the caller hands in valid pointers.
    unsafe { (*a < *b).into() }
}

/// Writes *src to buf in the external TAI64NA format: TAIA_PACK (16) bytes, the seconds first, then the two
/// halves of the fraction, each most significant byte first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_pack(buf: *mut c_char, src: *const tai6464) {
    // SAFETY: the caller hands in a valid source and room for 16 bytes, of any alignment.
    unsafe { buf.cast::<[u8; 16]>().write_unaligned((*src).to_bytes()) }
}

/// Reads the 16 bytes of the external TAI64NA format at buf into *dest. The fraction is taken as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_unpack(buf: *const c_char, dest: *mut tai6464) {
    // SAFETY: the caller hands in 16 readable bytes, of any alignment, and a valid destination.
    unsafe { *dest = taia::from_bytes(buf.cast::<[u8; 16]>().read_unaligned()) }
}

/// Writes the 18 decimal digits of the fraction of *t to s, without a null byte. s may be NULL: then nothing is
/// written. Returns 18.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_fmtfrac(s: *mut c_char, t: *const tai6464) -> c_uint {
    // SAFETY: the caller hands in a valid source.
    let digits = unsafe { (*t).fraction_digits() };
    if !s.is_null() {
        // SAFETY: the caller hands in room for 18 bytes.
        unsafe { s.cast::<[u8; 18]>().write_unaligned(digits) }
    }
    digits.len() as c_uint
}

/// Stores the plain number of seconds secs in *t (not a moment in Unix time).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn taia_uint(t: *mut tai6464, secs: c_uint) {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { *t = taia::from_seconds(secs.into()) }
}
