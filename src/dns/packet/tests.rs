// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;
use proptest::prelude::*;

const EINVAL: Errno = MALFORMED;

fn name_at(packet: &[u8], at: usize) -> Result<(Vec<u8>, usize)> {
    // A block of exactly that size, for tools that watch its end.
    let packet: Box<[u8]> = packet.into();
    name(&packet, at).map(|(name, end)| (name.as_slice().to_vec(), end))
}

#[test]
fn names_and_where_they_end() {
    for (packet, at, expected, skipped) in [
        (b"\x01a\0".as_slice(), 0, Ok((b"\x01a\0".to_vec(), 3)), Ok(3)),
        (b"\x01a\0\xc0\0zz", 3, Ok((b"\x01a\0".to_vec(), 5)), Ok(5)),
        (b"\xc0\x04zz\x01a\0", 0, Ok((b"\x01a\0".to_vec(), 2)), Ok(2)),
        (b"\x01a\0\x01b\xc0\0", 3, Ok((b"\x01b\x01a\0".to_vec(), 7)), Ok(7)),
        (b"\x01a", 0, Err(EINVAL), Err(EINVAL)),
        (b"", 0, Err(EINVAL), Err(EINVAL)),
        (b"\x01a\0", 3, Err(EINVAL), Err(EINVAL)),
        (b"\x01a\0", usize::MAX, Err(EINVAL), Err(EINVAL)),
        (b"\xc0", 0, Err(EINVAL), Ok(2)),
        (b"\xc0\0", 0, Err(EINVAL), Ok(2)),
        (b"\xc0\x02\xc0\0", 0, Err(EINVAL), Ok(2)),
        (b"\x01a\xc0\0", 0, Err(EINVAL), Ok(4)),
        (b"\xff\xff", 0, Err(EINVAL), Ok(2)),
        (b"\x40a\0", 0, Err(EINVAL), Err(EINVAL)),
        (b"\x80a\0", 0, Err(EINVAL), Err(EINVAL)),
        (b"\x3fa\0", 0, Err(EINVAL), Err(EINVAL)),
    ] {
        assert_eq!(name_at(packet, at), expected, "{}", packet.escape_ascii());
        assert_eq!(skip_name(packet, at), skipped, "{}", packet.escape_ascii());
    }
}

#[test]
fn names_that_are_too_long() {
    let labels = |count: usize| [&[1, b'a'].repeat(count)[..], &[0]].concat();
    assert_eq!(name_at(&labels(127), 0).unwrap().1, 255);
    assert_eq!(name_at(&labels(128), 0), Err(EINVAL));
    assert_eq!(skip_name(&labels(128), 0), Ok(257));
}

#[test]
fn pointers_that_lead_around() {
    let chain = |count: u16| -> Vec<u8> {
        (1..=count).flat_map(|at| (0xc000 | (2 * at)).to_be_bytes()).chain([0]).collect()
    };
    assert_eq!(name_at(&chain(998), 0), Ok((vec![0], 2)));
    assert_eq!(name_at(&chain(999), 0), Err(EINVAL));
}

#[test]
fn copies_or_leaves_alone() {
    let copied = |at, count| {
        let mut out = *b"........";
        // SAFETY: none of these copies more than 8 bytes.
        let end = unsafe { copy(b"0123456789", at, out.as_mut_ptr().cast(), count) };
        (end, String::from_utf8(out.to_vec()).unwrap())
    };
    assert_eq!(copied(2, 8), (Ok(10), "23456789".into()));
    assert_eq!(copied(7, 3), (Ok(10), "789.....".into()));
    for (at, count) in [(8, 3), (11, 1), (u32::MAX, 1), (5, u32::MAX)] {
        assert_eq!(copied(at, count), (Err(EINVAL), "........".into()), "{at} {count}");
    }
    assert_eq!(copied(11, 0).0, Ok(11));
}

#[test]
fn records_and_their_end() {
    let header = b"ab\x81\x80\0\x01\0\x02\0\0\0\0";
    let question = b"\x01a\0\0\x01\0\x01";
    let record = b"\xc0\x0c\0\x01\0\x01\0\0\0\x05\0\x04\x01\x02\x03\x04";
    let packet = [&header[..], question, record, record].concat();
    let mut records = Records::of(&packet).unwrap();
    for data in [31, 47] {
        let record = records.next().unwrap().unwrap();
        assert_eq!((record.data, record.length), (data, 4));
        assert!(record.is([0, 1]) && !record.is([0, 2]));
    }
    assert!(records.next().unwrap().is_none());
    assert!(records.next().unwrap().is_none());
    let mut records = Records::of(&packet[..40]).unwrap();
    assert!(records.next().is_ok());
    assert_eq!(records.next().err(), Some(EINVAL));
    for length in 0..HEADER + 3 {
        assert_eq!(Records::of(&packet[..length]).err(), Some(EINVAL), "{length}");
    }
}

/// Bytes of which many are labels and pointers.
fn packets() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(0_u8), 1..5_u8, 0xc0..0xc2_u8, any::<u8>()];
    proptest::collection::vec(byte, 0..300)
}

proptest! {
    #[test]
    fn no_packet_leads_astray(packet in packets(), at in 0..320_usize) {
        let skipped = skip_name(&packet, at);
        match name_at(&packet, at) {
            Ok((name, end)) => {
                prop_assert!(name.len() <= 255 && name.last() == Some(&0));
                prop_assert_eq!(skipped, Ok(end));
                prop_assert!(end <= packet.len());
            }
            Err(error) => prop_assert_eq!(error, EINVAL),
        }
        if let Ok(mut records) = Records::of(&packet) {
            for _ in 0..=u16::MAX {
                match records.next() {
                    Ok(Some(record)) => prop_assert!(record.data <= packet.len()),
                    Ok(None) | Err(_) => break,
                }
            }
        }
    }
}
