// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;
use crate::errno::Errno;
use proptest::prelude::*;

const HEADER: &[u8] = b"ab\x81\x80\0\x01";
const QUESTION: &[u8] = b"\0\0\0\0\x01a\0\0\xff\0\x01";

/// An answer with these records: type and data.
fn packet(records: &[(u8, &[u8])]) -> Vec<u8> {
    let mut packet = [HEADER, &(records.len() as u16).to_be_bytes(), QUESTION].concat();
    for (kind, data) in records {
        packet.extend([0xc0, 12, 0, *kind, 0, 1, 0, 0, 0, 5]);
        packet.extend((data.len() as u16).to_be_bytes());
        packet.extend(*data);
    }
    packet
}

fn extracted(extract: Extract, packet: &[u8]) -> Result<Vec<u8>> {
    let packet: Box<[u8]> = packet.into();
    let mut out = stralloc::new();
    append(&mut out, b"what was there").unwrap();
    let outcome = extract(&mut out, &packet).map(|()| out.as_slice().to_vec());
    out.free();
    outcome
}

const EINVAL: Result<Vec<u8>> = Err(Errno(libc::EINVAL));

#[test]
fn addresses() {
    let both = packet(&[(1, b"\x01\x02\x03\x04"), (5, b"\x01b\0"), (28, b"0123456789abcdef")]);
    assert_eq!(extracted(ip4, &both), Ok(vec![1, 2, 3, 4]));
    let mut found = extracted(ip6, &both).unwrap();
    if found.starts_with(b"0") {
        found.rotate_left(16);
    }
    assert_eq!(found, [&MAPPED[..], &[1, 2, 3, 4], b"0123456789abcdef"].concat());
    // Of the wrong size, of another class, cut off, none.
    assert_eq!(extracted(ip4, &packet(&[(1, b"\x01\x02\x03")])), Ok(vec![]));
    assert_eq!(extracted(ip6, &packet(&[(28, b"1234"), (1, b"0123456789abcdef")])), Ok(vec![]));
    let mut chaos = packet(&[(1, b"\x01\x02\x03\x04")]);
    chaos[24] = 3; // the class
    assert_eq!(extracted(ip4, &chaos).map(|found| found.len()), Ok(0));
    let whole = packet(&[(1, b"\x01\x02\x03\x04")]);
    assert_eq!(extracted(ip4, &whole[..whole.len() - 1]), EINVAL);
    assert_eq!(extracted(ip4, &packet(&[])), Ok(vec![]));
    assert_eq!(extracted(ip4, b""), EINVAL);
}

#[test]
fn names_and_texts() {
    assert_eq!(extracted(name, &packet(&[(12, b"\x01B\x01c\0"), (12, b"\0")])), Ok(b"b.c".to_vec()));
    assert_eq!(extracted(name, &packet(&[(12, b"\xc0\x0c")])), Ok(b"a".to_vec()));
    assert_eq!(extracted(name, &packet(&[(12, b"\xc0\x30")])), EINVAL);
    assert_eq!(extracted(name, &packet(&[(5, b"\0")])), Ok(vec![]));
    let texts = packet(&[(16, b"\x02ab\0\x03c\x1f~"), (16, b"\x01\x7f"), (16, b""), (16, b"\x05xy")]);
    assert_eq!(extracted(txt, &texts), Ok(b"abc?~?xy".to_vec()));
    assert_eq!(extracted(txt, &texts[..texts.len() - 1]), EINVAL);
}

#[test]
fn mail_exchangers() {
    let both = packet(&[(15, b"\x01\x02\x01M\xc0\x0c"), (15, b"\0\x0a\0")]);
    assert_eq!(extracted(mx, &both), Ok(b"\x01\x02m.a\0\0\x0a.\0".to_vec()));
    assert_eq!(extracted(mx, &packet(&[(15, b"\0\x0a")])), EINVAL);
    assert_eq!(extracted(mx, &packet(&[(15, b"\0\x0a\xc0\x2b")])), EINVAL);
}

proptest! {
    #[test]
    fn no_answer_leads_astray(
        kinds in proptest::collection::vec((proptest::sample::select(&[1, 12, 15, 16, 28, 5][..]), 0..20_u8), 0..4),
        noise in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..6),
        cut in any::<usize>(),
    ) {
        let data: Vec<u8> = (0..32).map(|n| n % 5).collect();
        let records: Vec<_> = kinds.iter().map(|(kind, length)| (*kind, &data[..usize::from(*length)])).collect();
        let mut packet = packet(&records);
        for (at, byte) in noise {
            let at = at % packet.len();
            packet[at] = byte;
        }
        packet.truncate(cut % (packet.len() + 1));
        for (extract, size) in [(ip4 as Extract, 4), (ip6, 16), (name, 1), (txt, 1), (mx, 1)] {
            match extracted(extract, &packet) {
                Ok(found) => prop_assert_eq!(found.len() % size, 0),
                Err(error) => prop_assert_eq!(error, Errno(libc::EINVAL)),
            }
        }
    }
}
