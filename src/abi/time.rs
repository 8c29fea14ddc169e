// SPDX-License-Identifier: MIT OR Apache-2.0
//! Times, as wide as in the C programs that are compiled with our headers.
//!
//! Where Linux began with a time_t of 32 bits, the C library has both widths, and macros of its headers choose. There
//! build.rs has asked the compiler: `cfg(owfat_time = "32")` or `"64"`. Elsewhere it is `"libc"`: there is one width.

#[cfg(owfat_time = "libc")]
pub use libc::timespec;

/// Seconds of Unix time. On musl the libc crate wants to tell 32-bit systems something by its deprecation.
#[cfg(owfat_time = "libc")]
#[allow(deprecated)]
pub type time_t = libc::time_t;

/// Seconds of Unix time.
#[cfg(owfat_time = "32")]
pub type time_t = i32;

/// Seconds of Unix time.
#[cfg(owfat_time = "64")]
pub type time_t = i64;

/// Seconds and nanoseconds, the latter in a register's width at the end that has the low bits.
#[cfg(not(owfat_time = "libc"))]
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct timespec {
    /// Whole seconds.
    pub tv_sec: time_t,
    #[cfg(all(owfat_time = "64", target_endian = "big"))]
    padding: i32,
    /// 0…999,999,999.
    pub tv_nsec: core::ffi::c_long,
    #[cfg(all(owfat_time = "64", target_endian = "little"))]
    padding: i32,
}

#[cfg(owfat_time = "32")]
const _: () = assert!(size_of::<time_t>() == 4 && size_of::<timespec>() == 8);
#[cfg(owfat_time = "64")]
const _: () = assert!(size_of::<time_t>() == 8 && size_of::<timespec>() == 16);
