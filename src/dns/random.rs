// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random numbers for what an attacker must not guess: the ids and ports of questions.
//!
//! They come from the system, a few at a time, and are forgotten with the operation that needs them: there is no state
//! to share between threads, or to inherit by a fork, so no two processes ever ask with the same numbers.

use crate::abi::taia;
use crate::errno::unchanged;
use crate::sys::random;
use core::ffi::c_char;
use core::mem::swap;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Relaxed;

/// How many numbers are asked for at once.
const STOCK: usize = 16;

/// Bytes of the seed that programs hand in.
const SEED: usize = 128;

/// What programs have handed in, for [`fallback`].
static GIVEN: AtomicU32 = AtomicU32::new(0);

/// Random numbers for one operation.
pub(crate) struct Random {
    stock: [[u8; 4]; STOCK],
    left: usize,
}

impl Random {
    /// None yet.
    pub(crate) const fn new() -> Self {
        Random { stock: [[0; 4]; STOCK], left: 0 }
    }

    #[inline(never)]
    fn next(&mut self) -> u32 {
        if self.left == 0 {
            if unchanged(|| random::fill(self.stock.as_flattened_mut())).is_err() {
                self.stock.fill_with(|| fallback().to_ne_bytes());
            }
            self.left = STOCK;
        }
        self.left -= 1;
        u32::from_ne_bytes(self.stock.get(self.left).copied().unwrap_or_default())
    }

    /// A number below `limit`, each as likely as the others; 0 if `limit` is 0.
    #[inline(never)]
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        if limit == 0 {
            return 0;
        }
        // The upper half of the product is below the limit. How often each value comes differs by one, unless the
        // products with the smallest lower halves are left out.
        let surplus = limit.wrapping_neg() % limit;
        loop {
            let product = u64::from(self.next()) * u64::from(limit);
            if product as u32 >= surplus {
                return (product >> 32) as u32;
            }
        }
    }

    /// An id for a question.
    pub(super) fn id(&mut self) -> [u8; 2] {
        (self.next() as u16).to_ne_bytes()
    }
}

/// Puts the `N`-byte elements into any order, each as likely as the others. Bytes behind the last whole element stay.
pub(crate) fn shuffle<const N: usize>(bytes: &mut [u8]) {
    let mut random = Random::new();
    let (mut rest, _) = bytes.as_chunks_mut::<N>();
    while let Some((last, others)) = rest.split_last_mut() {
        // No packet has more than 2^32 elements.
        let chosen = random.below(others.len() as u32 + 1) as usize;
        if let Some(other) = others.get_mut(chosen) {
            swap(last, other);
        }
        rest = others;
    }
}

/// Takes in what a program has for a seed. The system's numbers need none. Of two threads at once, one may be lost: what is
/// lost is variety in [`fallback`], not order, so Relaxed suffices there, too.
///
/// # Safety
/// 128 bytes are readable at `seed`.
pub(crate) unsafe fn take_seed(seed: *const c_char) {
    for at in 0..SEED {
        // SAFETY: the caller's promise.
        let byte = unsafe { *seed.cast::<u8>().add(at) };
        GIVEN.store(mix(GIVEN.load(Relaxed) ^ u32::from(byte)), Relaxed);
    }
}

/// A number where a sandbox forbids the system's: from what programs have handed in, the clock, and
/// where the kernel has put the stack.
#[cold]
fn fallback() -> u32 {
    let now = taia::now();
    let stack = &raw const now as usize as u32;
    let number = mix(GIVEN.load(Relaxed) ^ stack ^ now.nano ^ (now.sec.x as u32).rotate_left(16));
    GIVEN.store(number, Relaxed);
    mix(!number)
}

/// Spreads every bit over all others; the constants are those of MurmurHash3.
const fn mix(mut bits: u32) -> u32 {
    bits = (bits ^ bits >> 16).wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ bits >> 13).wrapping_mul(0xc2b2_ae35);
    (bits ^ bits >> 16).wrapping_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_the_limit_and_no_value_missed() {
        for limit in 1..40 {
            let mut random = Random::new();
            let mut seen = vec![0; limit as usize];
            for _ in 0..limit * 100 {
                seen[random.below(limit) as usize] += 1;
            }
            assert!(seen.iter().all(|&count| count > 30), "{limit}: {seen:?}");
        }
        assert_eq!(Random::new().below(0), 0);
        assert_eq!(Random::new().below(1), 0);
    }

    /// Of three equal parts of the numbers below 3 * 2^30, a modulo of 32 bits would hit the first twice as often.
    #[test]
    fn no_value_is_more_likely() {
        let mut random = Random::new();
        let mut parts = [0; 3];
        for _ in 0..30_000 {
            parts[(random.below(3 << 30) >> 30) as usize] += 1;
        }
        assert!(parts.iter().all(|part| (9_400..10_600).contains(part)), "{parts:?}");
    }

    #[test]
    fn shuffling_moves_elements_and_loses_none() {
        let mut moved = false;
        for count in 0..40_usize {
            let mut bytes: Vec<u8> = (0..count as u8).flat_map(|n| [n, n, n, n]).chain([200, 201]).collect();
            let before = bytes.clone();
            shuffle::<4>(&mut bytes);
            moved |= bytes != before;
            assert_eq!(bytes[4 * count..], [200, 201]);
            let mut elements: Vec<_> = bytes[..4 * count].chunks(4).collect();
            elements.sort();
            assert!(elements.iter().zip(0..).all(|(element, n)| *element == [n; 4]));
        }
        assert!(moved);
    }

    #[test]
    fn every_order_of_three_comes() {
        let mut seen = std::collections::BTreeMap::new();
        for _ in 0..6_000 {
            let mut bytes = *b"abc";
            shuffle::<1>(&mut bytes);
            *seen.entry(bytes).or_insert(0) += 1;
        }
        assert!(seen.len() == 6 && seen.values().all(|count| (800..1200).contains(count)), "{seen:?}");
    }

    #[test]
    fn without_the_systems_numbers_they_differ_all_the_same() {
        // SAFETY: 128 bytes.
        unsafe { take_seed([7; SEED].as_ptr()) };
        let numbers: std::collections::BTreeSet<u32> = (0..1000).map(|_| fallback()).collect();
        assert!(numbers.len() > 995);
    }
}
