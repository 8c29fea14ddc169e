// SPDX-License-Identifier: MIT OR Apache-2.0
//! UTF-8 as it was first defined: up to 6 bytes, for 31 bits.

use super::input::{Bytes, Text};
use super::out::Out;

/// The highest value of 1 to 6 bytes.
const HIGHEST: [u32; 6] = [0x7f, 0x7ff, 0xffff, 0x1f_ffff, 0x3ff_ffff, 0x7fff_ffff];

/// Writes 1 to 6 bytes. Refuses values of more than 31 bits.
#[inline(never)]
pub(crate) fn write(out: &mut Out, value: u32) -> Option<()> {
    put(out, value)
}

/// The same, for where it is all there is to do.
#[inline(always)]
pub(crate) fn put(out: &mut Out, value: u32) -> Option<()> {
    let continued = |places: u32| 0x80 | (value >> places & 0x3f) as u8;
    match value {
        0..0x80 => out.byte(value as u8),
        0x80..0x800 => out.short([0xc0 | (value >> 6) as u8, continued(0)]),
        0x800..0x1_0000 => out.short([0xe0 | (value >> 12) as u8, continued(6), continued(0)]),
        0x1_0000..0x20_0000 => {
            out.short([0xf0 | (value >> 18) as u8, continued(12), continued(6), continued(0)])
        }
        _ => {
            // From two bytes on, each one more makes room for five bits more.
            let behind = (u32::BITS - value.leading_zeros() - 2) / 5;
            if behind > 5 {
                return None;
            }
            // As many ones as there are bytes, and a zero.
            out.byte(!(0x7f_u8 >> behind) | (value >> (6 * behind)) as u8);
            for place in (0..behind).rev() {
                out.byte(continued(6 * place));
            }
        }
    }
    Some(())
}

/// Reads the bytes of one value in its shortest form.
#[inline(always)]
pub(crate) fn scan(bytes: &mut Bytes) -> Option<u32> {
    let first = bytes.next()?;
    let mut value = u32::from(first);
    // The frequent lengths are spelled out.
    let behind = match first {
        ..0x80 => return Some(value),
        0xc0..0xe0 => {
            value = continued(value & 0x1f, bytes)?;
            1
        }
        0xe0..0xf0 => {
            value = continued(continued(value & 0xf, bytes)?, bytes)?;
            2
        }
        0xf0..0xf8 => {
            value = continued(continued(continued(value & 7, bytes)?, bytes)?, bytes)?;
            3
        }
        0xf8..0xfe => {
            let behind = first.leading_ones() as usize - 1;
            value &= 0x3f >> behind;
            for _ in 0..behind {
                value = continued(value, bytes)?;
            }
            behind
        }
        _ => return None,
    };
    (value > HIGHEST[behind - 1]).then_some(value)
}

/// Appends the six bits of the next byte.
#[inline(always)]
fn continued(value: u32, bytes: &mut Bytes) -> Option<u32> {
    let byte = bytes.next()?;
    (byte & 0xc0 == 0x80).then_some(value << 6 | u32::from(byte & 0x3f))
}

/// The same for values that Unicode allows in text: no surrogates, no noncharacters, nothing beyond 10FFFF.
#[inline(always)]
pub(crate) fn scan_strictly(bytes: &mut Bytes) -> Option<u32> {
    scan(bytes).filter(|value| is_interchangeable(*value))
}

/// Reads one character of a string: what Unicode allows, noncharacters included.
#[inline(never)]
pub(crate) fn scan_text(text: &mut Text) -> Option<u32> {
    // SAFETY: a null byte is a character of its own, and ends every other one: nothing behind it is asked for.
    let mut rest = unsafe { text.rest() };
    let before = rest.left();
    let value = scan(&mut rest).filter(|value| *value != 0 && char::from_u32(*value).is_some())?;
    // SAFETY: they belong to one character, which is not the null byte.
    unsafe { text.consume(before - rest.left()) };
    Some(value)
}

fn is_interchangeable(value: u32) -> bool {
    value < 0xd800
        || char::from_u32(value).is_some() && value & 0xfffe != 0xfffe && !(0xfdd0..=0xfdef).contains(&value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::input::tests::parsed;
    use crate::text::out::tests::try_written;
    use proptest::prelude::*;

    #[test]
    fn bounds_of_the_lengths() {
        for (value, bytes) in [
            (0, &b"\0"[..]),
            (0x7f, b"\x7f"),
            (0x80, b"\xc2\x80"),
            (0x7ff, b"\xdf\xbf"),
            (0x800, b"\xe0\xa0\x80"),
            (0xd800, b"\xed\xa0\x80"),
            (0xffff, b"\xef\xbf\xbf"),
            (0x1_0000, b"\xf0\x90\x80\x80"),
            (0x1f_ffff, b"\xf7\xbf\xbf\xbf"),
            (0x20_0000, b"\xf8\x88\x80\x80\x80"),
            (0x3ff_ffff, b"\xfb\xbf\xbf\xbf\xbf"),
            (0x400_0000, b"\xfc\x84\x80\x80\x80\x80"),
            (0x7fff_ffff, b"\xfd\xbf\xbf\xbf\xbf\xbf"),
        ] {
            assert_eq!(try_written(|out| write(out, value)).as_deref(), Some(bytes));
            assert_eq!(parsed(bytes, scan), Some((value, bytes.len())));
            for end in 0..bytes.len() {
                assert_eq!(parsed(&bytes[..end], scan), None);
            }
        }
        assert_eq!(try_written(|out| write(out, 0x8000_0000)), None);
        assert_eq!(try_written(|out| write(out, u32::MAX)), None);
    }

    #[test]
    fn what_is_refused() {
        for bytes in [
            &b"\x80"[..],
            b"\xbfx",
            b"\xc0\x80",
            b"\xc1\xbf",
            b"\xe0\x9f\xbf",
            b"\xf0\x8f\xbf\xbf",
            b"\xf8\x87\xbf\xbf\xbf",
            b"\xfc\x83\xbf\xbf\xbf\xbf",
            b"\xfe\xbf\xbf\xbf\xbf\xbf\xbf",
            b"\xff\xbf\xbf\xbf\xbf\xbf\xbf",
            b"\xc3x",
            b"\xc3\xc3",
        ] {
            assert_eq!(parsed(bytes, scan), None, "{bytes:x?}");
        }
    }

    #[test]
    fn what_text_may_not_contain() {
        let strict = |value| {
            let bytes = try_written(|out| write(out, value)).unwrap();
            parsed(&bytes, scan_strictly).map(|(value, _)| value)
        };
        for bad in
            [0xd800, 0xdfff, 0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1_fffe, 0x10_ffff, 0x11_0000, 0x7fff_ffff]
        {
            assert_eq!(strict(bad), None, "{bad:x}");
        }
        for good in [0, 0xd7ff, 0xe000, 0xfdcf, 0xfdf0, 0xfffd, 0x1_0000, 0x1_fffd, 0x10_fffd] {
            assert_eq!(strict(good), Some(good), "{good:x}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(value in 0_u32..0x8000_0000) {
            let bytes = try_written(|out| write(out, value)).unwrap();
            prop_assert_eq!(parsed(&bytes, scan), Some((value, bytes.len())));
        }

        #[test]
        fn as_rust_writes_characters(character: char) {
            let bytes = try_written(|out| write(out, character.into())).unwrap();
            prop_assert_eq!(bytes, character.to_string().into_bytes());
        }

        #[test]
        fn what_is_read_is_written_the_same(bytes: Vec<u8>) {
            if let Some((value, used)) = parsed(&bytes, scan) {
                prop_assert_eq!(try_written(|out| write(out, value)).unwrap(), &bytes[..used]);
            }
        }
    }
}
