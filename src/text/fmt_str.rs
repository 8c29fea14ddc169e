// SPDX-License-Identifier: MIT OR Apache-2.0
//! Strings, copied and padded.

use super::compare::native;
use super::out::Out;
use super::string;
use core::ffi::c_char;

/// Writes the string at `source`.
///
/// # Safety
/// It ends with a null byte.
pub(crate) unsafe fn whole(out: &mut Out, source: *const c_char) {
    // SAFETY: the caller's promise.
    unsafe { start(out, source, usize::MAX) }
}

/// Writes the string at `source`, but no more than `limit` bytes of it.
///
/// # Safety
/// As in [`Text::new`](super::input::Text::new).
#[inline(always)]
pub(crate) unsafe fn start(out: &mut Out, source: *const c_char, limit: usize) {
    // Short strings are written faster than they are measured.
    const FEW: usize = 16;
    if source.is_null() {
        return;
    }
    let few = match limit {
        ..8 => limit,
        usize::MAX => FEW,
        _ => 0,
    };
    let (to, mut written) = (out.tail(), 0);
    while !to.is_null() && written < few {
        // SAFETY: no byte before is null, and there is room for all that are not.
        unsafe {
            let byte = source.cast::<u8>().add(written).read();
            if byte == 0 {
                return out.advance(written);
            }
            to.add(written).write(byte);
        }
        written += 1;
    }
    out.advance(written);
    let rest = source.wrapping_add(written);
    // SAFETY: the caller's promise; as many bytes are readable as are counted.
    unsafe {
        let length = match limit {
            usize::MAX => string::length(rest),
            _ if limit == written => return,
            _ => native::strnlen(rest, limit - written),
        };
        out.copy(rest.cast(), length)
    }
}

/// Whether there can be `length` bytes at `source`, and a text of them with `more` around them: neither reaches
/// beyond the end of the address space. To be asked before anything is written.
pub(crate) fn fits(source: *const c_char, length: usize, more: usize) -> Option<()> {
    (source as usize).checked_add(length)?;
    length.checked_add(more).map(|_| ())
}

/// No object in memory is longer.
const LONGEST: usize = isize::MAX as usize;

/// Writes the `length` bytes at `source`, behind as many blanks as bring them to `width`, but no more than
/// `most` bytes in all. The source may be the destination.
///
/// # Safety
/// `source` has `length` readable bytes.
pub(crate) unsafe fn pad_left(
    dest: *mut u8,
    source: *const u8,
    length: usize,
    width: usize,
    most: usize,
) -> usize {
    if length.max(width).max(most) > LONGEST {
        return 0;
    }
    let blanks = width.saturating_sub(length).min(most);
    let kept = length.min(most - blanks);
    if !dest.is_null() {
        // SAFETY: the destination has room for the result, which is `blanks + kept` bytes long. The bytes
        // go first, because the blanks may overwrite them.
        unsafe {
            if kept > 0 {
                dest.add(blanks).copy_from(source, kept);
            }
            dest.write_bytes(b' ', blanks);
        }
    }
    blanks + kept
}

/// Appends blanks to the `length` bytes that `dest` holds until there are `width`, but no more than `most`
/// in all.
///
/// # Safety
/// `dest` is NULL or has room for the result.
pub(crate) unsafe fn pad_right(dest: *mut u8, length: usize, width: usize, most: usize) -> usize {
    let total = length.max(width).min(most);
    if !dest.is_null() && total > length {
        // SAFETY: the caller's promise.
        unsafe { dest.add(length).write_bytes(b' ', total - length) };
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::out::tests::written;
    use proptest::prelude::*;
    use std::ptr::null_mut;

    fn cut(source: &[u8], limit: usize) -> Vec<u8> {
        // SAFETY: the source is readable up to its null byte or the limit.
        written(|out| unsafe { start(out, source.as_ptr().cast(), limit) })
    }

    #[test]
    fn a_string_ends_at_the_null_byte_or_the_limit() {
        assert_eq!(cut(b"abc\0def", 7), b"abc");
        assert_eq!(cut(b"abc", 3), b"abc");
        assert_eq!(cut(b"abc", 2), b"ab");
        assert_eq!(cut(b"", 0), b"");
        // SAFETY: a literal has a null byte.
        assert_eq!(written(|out| unsafe { whole(out, c"abc".as_ptr()) }), b"abc");
    }

    fn left(source: &[u8], width: usize, most: usize) -> Vec<u8> {
        // SAFETY: a NULL destination; the source is a slice.
        let total = unsafe { pad_left(null_mut(), source.as_ptr(), source.len(), width, most) };
        let mut dest = vec![b'#'; total];
        // SAFETY: the destination has room for the announced length.
        let again = unsafe { pad_left(dest.as_mut_ptr(), source.as_ptr(), source.len(), width, most) };
        assert_eq!(again, total);
        dest
    }

    fn right(source: &[u8], width: usize, most: usize) -> Vec<u8> {
        // SAFETY: a NULL destination.
        let total = unsafe { pad_right(null_mut(), source.len(), width, most) };
        let mut dest = source.to_vec();
        dest.resize(total.max(source.len()), b'#');
        // SAFETY: the destination has room for the source and for the announced length.
        assert_eq!(unsafe { pad_right(dest.as_mut_ptr(), source.len(), width, most) }, total);
        dest.truncate(total);
        dest
    }

    #[test]
    fn worked_values() {
        assert_eq!(left(b"foo", 5, 10), b"  foo");
        assert_eq!(left(b"foo", 2, 10), b"foo");
        assert_eq!(left(b"foo", 8, 5), b"     ");
        assert_eq!(left(b"foo", 6, 4), b"   f");
        assert_eq!(right(b"foo", 5, 10), b"foo  ");
        assert_eq!(right(b"foo", 2, 10), b"foo");
        assert_eq!(right(b"foo", 8, 5), b"foo  ");
        assert_eq!(right(b"foo", 8, 2), b"fo");
    }

    #[test]
    fn lengths_of_half_the_address_space_are_refused() {
        for (length, width, most) in [(1 << 63, 0, 9), (0, 1 << 63, 9), (0, 9, usize::MAX)] {
            // SAFETY: nothing is read or written.
            assert_eq!(unsafe { pad_left(null_mut(), c"".as_ptr().cast(), length, width, most) }, 0);
        }
    }

    #[test]
    fn the_source_may_be_the_destination() {
        let mut both = *b"foo##";
        let at = both.as_mut_ptr();
        // SAFETY: five bytes are there.
        assert_eq!(unsafe { pad_left(at, at, 3, 5, 5) }, 5);
        assert_eq!(&both, b"  foo");
    }

    proptest! {
        #[test]
        fn padding_is_rusts_cut_short(source in "[a-z]{0,9}", width in 0usize..12, most in 0usize..12) {
            let full = format!("{source:>width$}").into_bytes();
            prop_assert_eq!(left(source.as_bytes(), width, most), &full[..full.len().min(most)]);
            let full = format!("{source:<width$}").into_bytes();
            prop_assert_eq!(right(source.as_bytes(), width, most), &full[..full.len().min(most)]);
        }
    }
}
