// SPDX-License-Identifier: MIT OR Apache-2.0
//! Inputs: random ones, and many that are near an edge.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Numbers of all magnitudes: small ones, neighbours of powers of two, any. `as` makes them narrower, and
/// keeps them interesting.
pub(crate) fn numbers() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..20_u64,
        (0..64_u32, -2..=2_i64).prop_map(|(power, offset)| (1_u64 << power).wrapping_add_signed(offset)),
        (0..=64_u32, any::<u64>()).prop_map(|(bits, number)| number.checked_shr(bits).unwrap_or(0)),
    ]
}

/// Up to `most` bytes, of all values or only of a few, so that equal ones are common.
pub(crate) fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..=most), vec(select(b"\0aA\xc4".as_slice()), 0..=most)]
}

/// Up to `most` bytes that can be a string: as `bytes`, without a null byte.
pub(crate) fn string(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(1..=255_u8, 0..=most), vec(select(b"aAb@Z[`z{\x7f\x80\xff".as_slice()), 0..=most)]
}

/// Two strings, of which one often begins with the other.
pub(crate) fn two_strings(most: usize) -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let related = (string(most), 0..=most, string(3), any::<bool>()).prop_map(|(first, keep, more, swap)| {
        let mut second = first[..keep.min(first.len())].to_vec();
        second.extend(more);
        if swap { (second, first) } else { (first, second) }
    });
    prop_oneof![1 => (string(most), string(most)), 2 => related]
}

/// Two strings of bytes of the same length, which are often equal for a while.
pub(crate) fn two_of_a_length(most: usize) -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (bytes(most), vec(prop_oneof![9 => Just(0_u8), 1 => any::<u8>()], most)).prop_map(|(first, changes)| {
        let second = first.iter().zip(changes).map(|(byte, change)| byte ^ change).collect();
        (first, second)
    })
}
