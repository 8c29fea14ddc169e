// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C library's functions that take or give times, under the names that they have for our width of time_t.

#[cfg(all(
    owfat_time = "libc",
    not(any(target_vendor = "apple", target_os = "solaris", target_os = "illumos"))
))]
pub(super) use libc::ppoll;
#[cfg(owfat_time = "libc")]
pub(super) use libc::{clock_gettime, time};

#[cfg(not(owfat_time = "libc"))]
use crate::abi::{time_t, timespec};
#[cfg(not(owfat_time = "libc"))]
use core::ffi::c_int;

#[cfg(not(owfat_time = "libc"))]
unsafe extern "C" {
    #[cfg_attr(owfat_time = "64", link_name = "__clock_gettime64")]
    pub(super) fn clock_gettime(clock: libc::clockid_t, now: *mut timespec) -> c_int;

    #[cfg_attr(owfat_time = "64", link_name = "__time64")]
    pub(super) fn time(now: *mut time_t) -> time_t;

    #[cfg_attr(all(owfat_time = "64", target_env = "gnu"), link_name = "__ppoll64")]
    #[cfg_attr(all(owfat_time = "64", target_env = "musl"), link_name = "__ppoll_time64")]
    pub(super) fn ppoll(
        list: *mut libc::pollfd,
        length: libc::nfds_t,
        timeout: *const timespec,
        signals: *const libc::sigset_t,
    ) -> c_int;
}
