// SPDX-License-Identifier: MIT OR Apache-2.0
//! `fmt.h`: numbers, strings, dates and binary encodings, written to memory.
//!
//! The parts of the header are files of their own, in the order in which they appear there.

use core::ffi::c_uint;

pub mod dates;
pub mod escapes;
pub mod integers;
pub mod numbers;
pub mod protobuf;
pub mod scratch;
pub mod strings;

/// Room for any signed integer of up to 128 bits in decimal, with a null byte.
pub const FMT_LONG: c_uint = 41;
/// Room for any unsigned integer of up to 128 bits in decimal, with a null byte.
pub const FMT_ULONG: c_uint = 40;
/// Room for any unsigned integer of up to 128 bits in octal, with a null byte.
pub const FMT_8LONG: c_uint = 44;
/// Room for any unsigned integer of up to 128 bits in hexadecimal, with a null byte.
pub const FMT_XLONG: c_uint = 33;
/// Room for any result of fmt_utf8.
pub const FMT_UTF8: c_uint = 6;
/// Room for the length of 128 bits in ASN.1.
pub const FMT_ASN1LENGTH: c_uint = 17;
/// Room for a tag of 128 bits in ASN.1.
pub const FMT_ASN1TAG: c_uint = 19;
