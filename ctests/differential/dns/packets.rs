// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random domains, and random answers of servers.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Domains, some of which have longer labels than they may.
pub(super) fn domains() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![3 => select(b"aAbZz09-_.\\".as_slice()), 1 => any::<u8>()];
    let label = prop_oneof![8 => vec(byte.clone(), 1..5), 1 => vec(byte, 1..=255)];
    vec(label, 0..5).prop_map(|labels| {
        let with_length = |label: Vec<u8>| [&[label.len() as u8][..], &label].concat();
        labels.into_iter().flat_map(with_length).chain([0]).collect()
    })
}

/// Whether the labels end with the bytes.
fn is_sound(domain: &[u8]) -> bool {
    match domain.split_first() {
        Some((0, rest)) => rest.is_empty(),
        Some((&count, rest)) => rest.get(usize::from(count)..).is_some_and(is_sound),
        None => false,
    }
}

/// Two domains, of which one is often a parent of the other, in capitals.
pub(super) fn related() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (domains(), domains(), 0..4_usize, 0..3_u8).prop_map(|(domain, other, skip, kind)| {
        let mut parent = &domain[..];
        for _ in 0..skip {
            parent =
                parent.get(1 + usize::from(parent[0])..).filter(|rest| !rest.is_empty()).unwrap_or(parent);
        }
        // A length may be a small letter, too.
        let parent = if kind == 1 { parent.to_ascii_uppercase() } else { parent.to_vec() };
        let second = if kind == 2 || !is_sound(&parent) { other } else { parent };
        (domain, second)
    })
}

/// Bytes of which many are labels and pointers.
pub(super) fn noise() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![2 => Just(0_u8), 3 => 1..5_u8, 2 => Just(0xc0_u8), 1 => any::<u8>()], 0..100)
}

/// Answers, sound ones and others.
pub(super) fn answers() -> impl Strategy<Value = Vec<u8>> {
    const NAMES: &[&[u8]] = &[b"\xc0\x0c", b"\0", b"\x01B\x02*c\0", b"\x03www\xc0\x0c", b"\xc0\x20"];
    let data = prop_oneof![
        vec(any::<u8>(), 4),
        vec(any::<u8>(), 16),
        select(NAMES).prop_map(|name| name.to_vec()),
        select(NAMES).prop_map(|name| [b"\0\x0a", name].concat()),
        vec(0..9_u8, 0..12),
    ];
    let record = (select(&[1_u8, 1, 28, 28, 12, 15, 16, 5][..]), select(&[1_u8, 1, 1, 1, 1, 3][..]), data);
    let strike = prop_oneof![3 => Just(None), 1 => (any::<usize>(), any::<u8>()).prop_map(Some)];
    let cut = prop_oneof![3 => Just(0_usize), 1 => 1..40_usize];
    (vec(record, 0..6), 0..2_u8, strike, cut).prop_map(|(records, more, strike, cut)| {
        let mut packet = b"ab\x81\x80\0\x01\0\0\0\0\0\0\x01a\0\0\xff\0\x01".to_vec();
        packet[7] = records.len() as u8 + u8::from(more == 1 && cut > 30);
        for (kind, class, data) in records {
            packet.extend([0xc0, 12, 0, kind, 0, class, 0, 0, 0, 5, 0, data.len() as u8]);
            packet.extend(data);
        }
        if let Some((at, byte)) = strike {
            let at = at % packet.len();
            packet[at] = byte;
        }
        packet.truncate(packet.len().saturating_sub(cut));
        packet
    })
}
