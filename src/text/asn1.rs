// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lengths and tags of ASN.1's distinguished encoding rules.

use super::input::Bytes;
use super::out::Out;

/// Writes a length: one byte if it is less than 128, else their number and then its bytes, the most
/// significant first.
pub(crate) fn write_length(out: &mut Out, value: u64) {
    if value < 0x80 {
        return out.byte(value as u8);
    }
    let bytes = value.to_be_bytes();
    let needed = &bytes[value.leading_zeros() as usize / 8..];
    out.byte(0x80 | needed.len() as u8);
    out.bytes(needed);
}

/// Reads a length in its shortest form.
pub(crate) fn scan_length(bytes: &mut Bytes) -> Option<u64> {
    let first = bytes.next()?;
    if first < 0x80 {
        return Some(first.into());
    }
    let count = first & 0x7f;
    if !(1..=8).contains(&count) {
        return None;
    }
    let mut value = 0;
    for at in 0..count {
        let byte = bytes.next()?;
        if at == 0 && byte == 0 {
            return None;
        }
        value = value << 8 | u64::from(byte);
    }
    (value >= 0x80).then_some(value)
}

/// Reads a length that does not reach beyond the bytes.
pub(crate) fn scan_length_within(bytes: &mut Bytes) -> Option<u64> {
    let length = scan_length(bytes)?;
    (length <= bytes.left() as u64).then_some(length)
}

/// Writes the number of a tag: groups of 7 bits, the most significant first; the high bit says that more
/// follow.
pub(crate) fn write_tag(out: &mut Out, value: u64) {
    // A seventh of the bits, rounded up, without a division.
    let groups = ((u64::BITS - (value | 1).leading_zeros()) * 9 + 64) >> 6;
    let to = out.tail();
    out.advance(groups as usize);
    if to.is_null() {
        return;
    }
    // From the last one back, so that each step shifts by as much.
    let (mut rest, mut more, mut at) = (value, 0, groups as usize);
    while at > 0 {
        at -= 1;
        // SAFETY: there is room for as many bytes as there are groups.
        unsafe { to.add(at).write(more | rest as u8 & 0x7f) };
        (rest, more) = (rest >> 7, 0x80);
    }
}

/// Reads the number of a tag in its shortest form.
pub(crate) fn scan_tag(bytes: &mut Bytes) -> Option<u64> {
    let shortest = bytes.clone().next() != Some(0x80);
    let mut value = 0;
    // So many groups always fit.
    for _ in 0..9 {
        let byte = bytes.next()?;
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return shortest.then_some(value);
        }
    }
    let last = bytes.next()?;
    let fits = value >> (u64::BITS - 7) == 0 && last & 0x80 == 0;
    (fits && shortest).then_some(value << 7 | u64::from(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::input::tests::parsed;
    use crate::text::out::tests::written;
    use proptest::prelude::*;

    #[test]
    fn lengths() {
        for (value, bytes) in [
            (0, &b"\0"[..]),
            (0x7f, b"\x7f"),
            (0x80, b"\x81\x80"),
            (0xff, b"\x81\xff"),
            (0x100, b"\x82\x01\x00"),
            (1 << 56, b"\x88\x01\x00\x00\x00\x00\x00\x00\x00"),
            (u64::MAX, b"\x88\xff\xff\xff\xff\xff\xff\xff\xff"),
        ] {
            assert_eq!(written(|out| write_length(out, value)), bytes);
            assert_eq!(parsed(bytes, scan_length), Some((value, bytes.len())));
        }
        for bytes in [
            &b""[..],
            b"\x80",
            b"\x81",
            b"\x81\x7f",
            b"\x82\x00\x80",
            b"\x82\x01",
            b"\xff\x01",
            b"\x89\x01\x00\x00\x00\x00\x00\x00\x00\x00",
        ] {
            assert_eq!(parsed(bytes, scan_length), None, "{bytes:x?}");
        }
    }

    #[test]
    fn lengths_of_what_is_there() {
        assert_eq!(parsed(b"\x02ab", scan_length_within), Some((2, 1)));
        assert_eq!(parsed(b"\x02a", scan_length_within), None);
        assert_eq!(parsed(b"\x00", scan_length_within), Some((0, 1)));
        assert_eq!(parsed(b"\x88\xff\xff\xff\xff\xff\xff\xff\xffabc", scan_length_within), None);
    }

    #[test]
    fn tags() {
        for (value, bytes) in [
            (0, &b"\0"[..]),
            (0x7f, b"\x7f"),
            (0x80, b"\x81\x00"),
            (0x4000, b"\x81\x80\x00"),
            (u64::MAX, b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
        ] {
            assert_eq!(written(|out| write_tag(out, value)), bytes);
            assert_eq!(parsed(bytes, scan_tag), Some((value, bytes.len())));
        }
        for bytes in [&b""[..], b"\x80", b"\x80\x01", b"\x81", b"\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00"] {
            assert_eq!(parsed(bytes, scan_tag), None, "{bytes:x?}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(value: u64, shift in 0..64) {
            let value = value >> shift;
            let bytes = written(|out| write_length(out, value));
            prop_assert_eq!(parsed(&bytes, scan_length), Some((value, bytes.len())));
            let bytes = written(|out| write_tag(out, value));
            prop_assert_eq!(parsed(&bytes, scan_tag), Some((value, bytes.len())));
        }

        #[test]
        fn what_is_read_is_written_the_same(bytes: Vec<u8>) {
            if let Some((value, used)) = parsed(&bytes, scan_length) {
                prop_assert_eq!(written(|out| write_length(out, value)), &bytes[..used]);
            }
            if let Some((value, used)) = parsed(&bytes, scan_tag) {
                prop_assert_eq!(written(|out| write_tag(out, value)), &bytes[..used]);
            }
        }
    }
}
