// SPDX-License-Identifier: MIT OR Apache-2.0
//! `textcode.h`: encodings of arbitrary bytes as text.
//!
//! The parts of the header are files of their own, in the order in which they appear there. Those for growing
//! strings and arrays are declared if `stralloc.h` and `array.h` were included before.

pub mod arrays;
pub mod decoders;
pub mod encoders;
pub mod growing_strings;

use crate::text::code::base64::{Alphabet, FOR_URLS, STANDARD};

/// The 64 characters of base64, and, which the header does not say, = and a null byte.
#[unsafe(no_mangle)]
pub static base64: Alphabet = *STANDARD;

/// The same for base64url.
#[unsafe(no_mangle)]
pub static base64url: Alphabet = *FOR_URLS;
