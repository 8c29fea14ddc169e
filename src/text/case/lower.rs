// SPDX-License-Identifier: MIT OR Apache-2.0
//! Small letters in place of capitals.

use crate::text::string;
use core::ffi::c_char;

/// How many bytes are changed one by one before it pays to take more.
const FEW: usize = 24;

/// Turns capitals into small letters.
///
/// # Safety
/// `len` bytes, to which there is no other reference.
pub(crate) unsafe fn lower(bytes: *mut u8, len: usize) {
    if len > 0 {
        // SAFETY: the caller's promise.
        unsafe { core::slice::from_raw_parts_mut(bytes, len) }.make_ascii_lowercase();
    }
}

/// Turns capitals into small letters, up to the null byte.
///
/// # Safety
/// A string that ends in a null byte, to which there is no other reference.
pub(crate) unsafe fn lower_string(string: *mut c_char) {
    // SAFETY: the caller's promise.
    let length = unsafe { string::length(string) };
    if length > FEW {
        // SAFETY: the caller's promise.
        return unsafe { lower(string.cast(), length) };
    }
    for at in 0..length {
        // SAFETY: within the string.
        let byte = unsafe { &mut *string.cast::<u8>().add(at) };
        // What has been stored byte by byte takes long to be read as a vector, so nothing is stored in vain.
        if byte.is_ascii_uppercase() {
            *byte = byte.to_ascii_lowercase();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_to_z_have_a_case() {
        let mut all: Vec<u8> = (0..=255).collect();
        // SAFETY: the vector's own bytes.
        unsafe { lower(all.as_mut_ptr(), all.len()) };
        for (before, after) in (0..=255).zip(all) {
            let expected = if (65..=90).contains(&before) { before + 32 } else { before };
            assert_eq!(after, expected);
        }
    }

    #[test]
    fn strings_end_at_the_null_byte() {
        for length in 0..3 * FEW {
            let mut text: Vec<u8> = (0..length).map(|at| b"AbZ[@z\xc4"[at % 7]).collect();
            let mut expected = text.to_ascii_lowercase();
            for string in [&mut text, &mut expected] {
                string.extend(b"\0D");
            }
            // SAFETY: a string that ends in a null byte.
            unsafe { lower_string(text.as_mut_ptr().cast()) };
            assert_eq!(text, expected);
        }
    }
}
