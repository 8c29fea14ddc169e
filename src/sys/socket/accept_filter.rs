// SPDX-License-Identifier: MIT OR Apache-2.0
//! Listeners that report a connection only when there is something to read from it.

use crate::errno::Result;
use core::ffi::c_int;

/// What a listener can wait for, where the system knows the difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Filter {
    /// Any data.
    Data,
    /// A whole HTTP request.
    Http,
}

/// Makes the listener wait: for a second, after which it reports the connection anyway.
#[cfg(target_os = "linux")]
pub(crate) fn set(fd: c_int, _: Filter) -> Result<()> {
    super::option::DEFER_ACCEPT.set(fd, 1)
}

/// Makes the listener wait. It has to listen already.
#[cfg(owfat_accept_filter)]
pub(crate) fn set(fd: c_int, filter: Filter) -> Result<()> {
    // SAFETY: all zeros is a valid value: two empty strings.
    let mut argument: libc::accept_filter_arg = unsafe { core::mem::zeroed() };
    let name: &[u8] = match filter {
        Filter::Data => b"dataready",
        Filter::Http => b"httpready",
    };
    for (place, &byte) in argument.af_name.iter_mut().zip(name) {
        *place = byte as _;
    }
    super::option::ACCEPT_FILTER.set(fd, argument)
}

/// These systems report connections at once.
#[cfg(not(any(target_os = "linux", owfat_accept_filter)))]
pub(crate) fn set(_: c_int, _: Filter) -> Result<()> {
    Err(crate::errno::Errno(libc::ENOPROTOOPT))
}
