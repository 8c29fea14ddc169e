// SPDX-License-Identifier: MIT OR Apache-2.0
//! The hash by which a name is found in the table: the build script places the names by it, and the library looks there.

/// How many displacements there are: the more, the sooner the build script finds them all.
pub(crate) const BUCKETS: usize = 512;

/// The hash of a name.
pub(crate) fn hash(name: &[u8]) -> u64 {
    let mut hash = name.len() as u64;
    for word in name.chunks(8) {
        let mut eight = [0; 8];
        for (place, letter) in eight.iter_mut().zip(word) {
            *place = *letter;
        }
        hash = (hash ^ u64::from_le_bytes(eight)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 29;
    }
    hash
}

/// Which displacement belongs to a name.
pub(crate) fn bucket(hash: u64) -> usize {
    hash as usize % BUCKETS
}

/// Where of `count` places a name is.
pub(crate) fn slot(hash: u64, displacement: u16, count: usize) -> usize {
    let mut mixed =
        ((hash >> 32) as u32 ^ u32::from(displacement).wrapping_mul(0x9e37_79b1)).wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0xc2b2_ae35);
    ((u64::from(mixed) * count as u64) >> 32) as usize
}
