// SPDX-License-Identifier: MIT OR Apache-2.0
//! `open.h`: opening files.

use crate::errno::new_descriptor_or_minus_one;
use crate::sys::file::{Purpose, open};
use core::ffi::{c_char, c_int};

/// Opens filename for reading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open_read(filename: *const c_char) -> c_int {
    // SAFETY: the caller hands in a string; the kernel checks the address.
    new_descriptor_or_minus_one(unsafe { open(filename, Purpose::READ) })
}

/// Creates filename, which may not exist yet, with mode 0600, for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open_excl(filename: *const c_char) -> c_int {
    // SAFETY: as in open_read.
    new_descriptor_or_minus_one(unsafe { open(filename, Purpose::EXCLUSIVE) })
}

/// Opens filename for writing at its end, wherever that is by then. Created with mode 0600 if need be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open_append(filename: *const c_char) -> c_int {
    // SAFETY: as in open_read.
    new_descriptor_or_minus_one(unsafe { open(filename, Purpose::APPEND) })
}

/// Opens filename for writing and cuts it to nothing. Created with mode 0644 if need be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open_trunc(filename: *const c_char) -> c_int {
    // SAFETY: as in open_read.
    new_descriptor_or_minus_one(unsafe { open(filename, Purpose::TRUNCATE) })
}

/// Opens filename for writing over what is there. Created with mode 0644 if need be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open_write(filename: *const c_char) -> c_int {
    // SAFETY: as in open_read.
    new_descriptor_or_minus_one(unsafe { open(filename, Purpose::WRITE) })
}

/// Opens filename for reading and writing. Created with mode 0644 if need be.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open_rw(filename: *const c_char) -> c_int {
    // SAFETY: as in open_read.
    new_descriptor_or_minus_one(unsafe { open(filename, Purpose::READ_WRITE) })
}
