// SPDX-License-Identifier: MIT OR Apache-2.0
//! Integers in groups of 7 bits, the least significant first; the high bit says that more follow.

use super::input::Bytes;
use super::out::Out;

/// Writes 1 to 10 bytes.
pub(crate) fn write(out: &mut Out, value: u64) {
    let mut rest = value;
    while rest > 0x7f {
        out.byte(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.byte(rest as u8);
}

/// Reads a value in its shortest form.
pub(crate) fn scan(bytes: &mut Bytes) -> Option<u64> {
    let mut value = 0;
    // So many groups always fit.
    for shift in (0..63).step_by(7) {
        let byte = bytes.next()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return (byte != 0 || shift == 0).then_some(value);
        }
    }
    // The last one has one bit, and is not there for a zero.
    (bytes.next()? == 1).then_some(value | 1 << 63)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::input::tests::parsed;
    use crate::text::out::tests::written;
    use proptest::prelude::*;

    #[test]
    fn worked_values() {
        for (value, bytes) in [
            (0, &b"\0"[..]),
            (1, b"\x01"),
            (127, b"\x7f"),
            (128, b"\x80\x01"),
            (150, b"\x96\x01"),
            (1 << 63, b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
            (u64::MAX, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        ] {
            assert_eq!(written(|out| write(out, value)), bytes);
            assert_eq!(parsed(bytes, scan), Some((value, bytes.len())));
        }
    }

    #[test]
    fn what_is_refused() {
        for bytes in [
            &b""[..],
            b"\x80",
            b"\x80\x00",
            b"\xff\x00",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00",
            b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        ] {
            assert_eq!(parsed(bytes, scan), None, "{bytes:x?}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(value: u64, shift in 0..64) {
            let value = value >> shift;
            let bytes = written(|out| write(out, value));
            prop_assert_eq!(parsed(&bytes, scan), Some((value, bytes.len())));
        }

        #[test]
        fn what_is_read_is_written_the_same(bytes: Vec<u8>) {
            if let Some((value, used)) = parsed(&bytes, scan) {
                prop_assert_eq!(written(|out| write(out, value)), &bytes[..used]);
            }
        }
    }
}
