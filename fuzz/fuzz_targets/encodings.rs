// SPDX-License-Identifier: MIT OR Apache-2.0
//! `scan.h` and `fmt.h`: UTF-8, ASN.1, variable-length integers, protocol buffers, netstrings.
#![no_main]

use libfuzzer_sys::fuzz_target;
use owfat::capi::fmt::{integers as fmt, protobuf as fmt_pb, strings};
use owfat::capi::scan::{integers as scan, protobuf as scan_pb};
use owfat_fuzz::{scan_bytes, start, written};
use std::ptr::{null, null_mut};

/// Scans a value, and reads back what is written of it: the same bytes, because no value has two forms.
macro_rules! values {
    ($bytes:ident: $($scan:path as $type:ty $(, written by $write:path)?;)*) => {$({
        let same = |a: $type, b: $type| a.to_le_bytes() == b.to_le_bytes();
        // SAFETY: as many bytes, and a place for the value.
        let found = scan_bytes($bytes, same, |bytes, length, value| unsafe { $scan(bytes, length, value) });
        let _ = &found;
        $(if let Some((value, used)) = found {
            // SAFETY: NULL, or as much room as was asked for.
            assert_eq!(*written(|dest| unsafe { $write(dest, value) }), $bytes[..used], "{value}");
        })?
    })*};
}

fuzz_target!(|bytes: &[u8]| {
    values! { bytes:
        scan::scan_utf8 as u32, written by fmt::fmt_utf8;
        scan::scan_utf8_sem as u32, written by fmt::fmt_utf8;
        scan::scan_asn1derlengthvalue as u64, written by fmt::fmt_asn1derlength;
        scan::scan_asn1dertag as u64, written by fmt::fmt_asn1dertag;
        scan::scan_varint as u64, written by fmt::fmt_varint;
        scan_pb::scan_pb_type0_int as u64, written by fmt_pb::fmt_pb_type0_int;
        scan_pb::scan_pb_type0_sint as i64, written by fmt_pb::fmt_pb_type0_sint;
        scan_pb::scan_pb_type1_double as f64, written by fmt_pb::fmt_pb_type1_double;
        scan_pb::scan_pb_type1_fixed64 as u64, written by fmt_pb::fmt_pb_type1_fixed64;
        scan_pb::scan_pb_type5_float as f32, written by fmt_pb::fmt_pb_type5_float;
        scan_pb::scan_pb_type5_fixed32 as u32, written by fmt_pb::fmt_pb_type5_fixed32;
    }
    let bytes: Box<[u8]> = bytes.into();
    // SAFETY, here and below: as many bytes, and places for the values; NULL, or as much room as was asked for.
    unsafe {
        let mut length = 0;
        let used = scan::scan_asn1derlength(start(&bytes), bytes.len(), &mut length);
        assert!(used == 0 || length <= (bytes.len() - used) as u64);

        let (mut field, mut kind) = (0, 0);
        let used = scan_pb::scan_pb_tag(start(&bytes), bytes.len(), &mut field, &mut kind);
        if used > 0 {
            assert!(kind < 8);
            // There are no types 6 and 7.
            let tag = written(|dest| fmt_pb::fmt_pb_tag(dest, field, kind));
            assert_eq!(*tag, bytes[..if kind > 5 { 0 } else { used }]);
        }

        let (mut string, mut length) = (null(), 0);
        let used = scan_pb::scan_pb_type2_stringlen(start(&bytes), bytes.len(), &mut string, &mut length);
        if used > 0 {
            assert_eq!(string, start(&bytes[used..]));
            if length <= bytes.len() - used {
                let whole = written(|dest| fmt_pb::fmt_pb_type2_string(dest, string, length));
                assert_eq!(*whole, bytes[..used + length]);
            }
        }

        let (mut string, mut length) = (null_mut(), 0);
        let used = scan_pb::scan_netstring(start(&bytes), bytes.len(), &mut string, &mut length);
        if used > 0 {
            assert!(
                string.cast_const() >= start(&bytes)
                    && string.add(length) == start(&bytes).cast_mut().add(used - 1)
            );
            let whole = written(|dest| strings::fmt_netstring(dest, string, length));
            assert!(whole.len() <= used, "leading zeros are all that can be spared");
            assert!(bytes[..used].ends_with(&whole[whole.len() - length - 2..]));
        }
    }
});
