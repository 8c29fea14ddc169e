// SPDX-License-Identifier: MIT OR Apache-2.0
//! Fields of protocol buffers: a tag, which is the number of the field and the type of the value, and the
//! value.

use super::fmt_str::fits;
use super::input::Bytes;
use super::out::Out;
use super::varint;
use core::ffi::c_char;

/// How a value is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Type {
    /// A varint.
    Varint = 0,
    /// 8 bytes.
    Fixed64 = 1,
    /// A length as a varint, and as many bytes.
    Bytes = 2,
    /// 4 bytes.
    Fixed32 = 5,
}

/// Writes the tag of a field of one of the types that there are, 0 to 5. Refuses others, and field numbers
/// of more than 61 bits.
pub(crate) fn write_tag(out: &mut Out, field: usize, value_type: u8) -> Option<()> {
    let field = field as u64;
    if value_type > 5 || field >> 61 != 0 {
        return None;
    }
    varint::write(out, field << 3 | u64::from(value_type));
    Some(())
}

/// Writes a field whose value `write` writes.
pub(crate) fn write_field(
    out: &mut Out,
    field: usize,
    value_type: Type,
    write: impl FnOnce(&mut Out),
) -> Option<()> {
    write_tag(out, field, value_type as u8)?;
    write(out);
    Some(())
}

/// What stands in front of the bytes of the longest field: a tag and a length, 10 bytes each.
const FRONT: usize = 20;

/// Writes a length and the `length` bytes at `source`. Refuses a source that reaches beyond the end of the
/// address space, and a result that would.
///
/// # Safety
/// `source` has `length` readable bytes, unless the result is `None`.
pub(crate) unsafe fn write_bytes(out: &mut Out, source: *const c_char, length: usize) -> Option<()> {
    fits(source, length, FRONT)?;
    varint::write(out, length as u64);
    // SAFETY: the caller's promise.
    unsafe { out.copy(source.cast(), length) }
    Some(())
}

/// Writes a field of bytes.
///
/// # Safety
/// As in [`write_bytes`].
pub(crate) unsafe fn write_bytes_field(
    out: &mut Out,
    field: usize,
    source: *const c_char,
    length: usize,
) -> Option<()> {
    fits(source, length, FRONT)?;
    write_tag(out, field, Type::Bytes as u8)?;
    // SAFETY: the caller's promise.
    unsafe { write_bytes(out, source, length) }
}

/// Reads a tag, and gives the number of the field and the type, 0 to 7.
pub(crate) fn scan_tag(bytes: &mut Bytes) -> Option<(usize, u8)> {
    let tag = varint::scan(bytes)?;
    Some((usize::try_from(tag >> 3).ok()?, (tag & 7) as u8))
}

/// Reads a length, and gives it and where the bytes start; they need not be there.
pub(crate) fn scan_bytes(bytes: &mut Bytes) -> Option<(*const c_char, usize)> {
    let length = usize::try_from(varint::scan(bytes)?).ok()?;
    Some((bytes.start().cast(), length))
}

/// A signed number with its sign moved to the lowest bit, so that small numbers stay small.
pub(crate) const fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

/// The signed number again.
pub(crate) const fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::input::tests::parsed;
    use crate::text::out::tests::try_written;
    use proptest::prelude::*;

    #[test]
    fn worked_fields() {
        let field = |value_type, bytes: &[u8]| {
            try_written(|out| write_field(out, 1, value_type, |out| out.bytes(bytes))).unwrap()
        };
        assert_eq!(field(Type::Varint, b"\x96\x01"), b"\x08\x96\x01");
        assert_eq!(field(Type::Fixed64, b""), b"\x09");
        assert_eq!(field(Type::Bytes, b"\x03abc"), b"\x0a\x03abc");
        assert_eq!(field(Type::Fixed32, b""), b"\x0d");
    }

    #[test]
    fn tags() {
        let tag = |field, value_type| try_written(|out| write_tag(out, field, value_type));
        assert_eq!(tag(0, 0).unwrap(), b"\0");
        assert_eq!(tag(16, 2).unwrap(), b"\x82\x01");
        assert_eq!(tag((1 << 61) - 1, 5).unwrap(), b"\xfd\xff\xff\xff\xff\xff\xff\xff\xff\x01");
        assert_eq!((tag(1, 6), tag(1, 255), tag(1 << 61, 0), tag(usize::MAX, 0)), (None, None, None, None));
        assert_eq!(parsed(b"\x07", scan_tag), Some(((0, 7), 1)));
        assert_eq!(parsed(b"\x82\x01x", scan_tag), Some(((16, 2), 2)));
        assert_eq!(parsed(b"\x82", scan_tag), None);
    }

    #[test]
    fn bytes() {
        let text = |length| {
            // SAFETY: three bytes are there, and more are refused.
            try_written(|out| unsafe { write_bytes(out, c"abc".as_ptr(), length) })
        };
        assert_eq!(text(3).unwrap(), b"\x03abc");
        assert_eq!(text(0).unwrap(), b"\0");
        assert_eq!((text(usize::MAX), text(usize::MAX - 5)), (None, None));
        let block = b"\x83\x01ab";
        let offset = parsed(block, |bytes| {
            scan_bytes(&mut bytes.clone()).map(|(at, length)| (at as usize - bytes.start() as usize, length))
        });
        assert_eq!(offset, Some(((2, 131), 0)));
    }

    #[test]
    fn signs() {
        for (value, code) in
            [(0, 0), (-1, 1), (1, 2), (-2, 3), (i64::MAX, u64::MAX - 1), (i64::MIN, u64::MAX)]
        {
            assert_eq!(zigzag(value), code);
            assert_eq!(unzigzag(code), value);
        }
    }

    proptest! {
        #[test]
        fn there_and_back(value: i64, field in 0_usize..1 << 61, value_type in 0_u8..6) {
            prop_assert_eq!(unzigzag(zigzag(value)), value);
            let tag = try_written(|out| write_tag(out, field, value_type)).unwrap();
            prop_assert_eq!(parsed(&tag, scan_tag), Some(((field, value_type), tag.len())));
        }
    }
}
