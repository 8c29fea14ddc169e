// SPDX-License-Identifier: MIT OR Apache-2.0
//! The names of HTML's characters, in the table that `build/names.rs` packs and explains.

include!(concat!(env!("OUT_DIR"), "/names.rs"));

use core::cmp::Ordering;

/// The length of the longest name.
pub(super) const LONGEST: usize = 31;

/// What a name without its `&` and `;`, and backwards, stands for: a character, and a second one or 0.
#[inline(never)]
pub(super) fn find(name: &[u8]) -> Option<[u32; 2]> {
    // The last block whose first name does not come behind this one.
    let (mut block, mut end) = (0, STARTS.len());
    while end - block > 1 {
        let middle = (block + end) / 2;
        match Reader::new(middle).compare_next(name) {
            Ordering::Greater => end = middle,
            _ => block = middle,
        }
    }
    let mut reader = Reader::new(block);
    for _ in 0..BLOCK.min(COUNT - block * BLOCK) {
        if reader.compare_next(name) == Ordering::Equal {
            return Some(reader.characters);
        }
    }
    None
}

/// Reads a block.
struct Reader {
    /// The next bit.
    at: usize,
    /// The name that was read last, backwards.
    letters: [u8; LONGEST],
    length: usize,
    /// What it stands for.
    characters: [u32; 2],
}

impl Reader {
    fn new(block: usize) -> Reader {
        let start = STARTS.get(block).map_or(0, |start| usize::from(*start));
        Reader { at: start * 8, letters: [0; LONGEST], length: 0, characters: [0; 2] }
    }

    /// Reads the next name, and compares it with another one.
    #[inline(never)]
    fn compare_next(&mut self, name: &[u8]) -> Ordering {
        self.next();
        self.letters.get(..self.length).unwrap_or(&[]).cmp(name)
    }

    /// The next 16 bits, and zeros below.
    fn window(&self) -> u32 {
        let bytes = BITS.get(self.at / 8..).unwrap_or(&[]).iter().chain([&0; 3]);
        let three = bytes.take(3).fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        three << (8 + self.at % 8)
    }

    /// Reads up to 8 bits.
    fn bits(&mut self, count: usize) -> u32 {
        let bits = self.window() >> (32 - count);
        self.at += count;
        bits
    }

    /// Reads a code, of which there are so many of 1, 2 … bits, 16 at most, and says the how manieth it is.
    #[inline(never)]
    fn code(&mut self, codes: &[u8]) -> usize {
        let (mut rank, mut above, mut window) = (0, 0, self.window());
        for count in codes {
            let count = usize::from(*count);
            // How far the code, as far as it has been read, is above the first one of its length.
            above = above << 1 | (window >> 31) as usize;
            window <<= 1;
            self.at += 1;
            if above < count {
                return rank + above;
            }
            above -= count;
            rank += count;
        }
        rank
    }

    /// Reads the next name.
    #[inline(never)]
    fn next(&mut self) {
        let shared = self.code(&SHARE_CODES);
        self.length = SHARES.get(shared).map_or(0, |shared| usize::from(*shared));
        loop {
            let letter = self.code(&LETTER_CODES);
            let letter = LETTERS.get(letter).copied().unwrap_or(END);
            let Some(place) = self.letters.get_mut(self.length).filter(|_| letter != END) else { break };
            *place = letter;
            self.length += 1;
        }
        let page = self.code(&PAGE_CODES);
        let page = PAGES.get(page).copied().unwrap_or(NEXT);
        self.characters = match page {
            NEXT => [self.characters[0] + 1, 0],
            _ => {
                let first = u32::from(page & !WITH_SECOND) << 8 | self.bits(8);
                let second = if page & WITH_SECOND == 0 { None } else { SECONDS.get(self.bits(3) as usize) };
                [first, second.map_or(0, |second| u32::from(*second))]
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::collections::HashMap;
    use std::sync::LazyLock;

    /// What a name that is not written backwards stands for.
    fn find(name: &[u8]) -> Option<[u32; 2]> {
        super::find(&name.iter().rev().copied().collect::<Vec<_>>())
    }

    /// The list that the table was made of.
    static LIST: LazyLock<HashMap<Vec<u8>, [u32; 2]>> = LazyLock::new(|| {
        let lines = include_str!("names.txt").lines().filter(|line| !line.starts_with('#'));
        let entry = |line: &str| {
            let mut words = line.split(' ');
            let name = words.next().unwrap().as_bytes().to_vec();
            let mut number = || words.next().map_or(0, |word| u32::from_str_radix(word, 16).unwrap());
            (name, [number(), number()])
        };
        lines.map(entry).collect()
    });

    #[test]
    fn all_names() {
        // So many names of the standard end in a semicolon, and so many of them stand for two characters.
        assert_eq!((LIST.len(), LIST.values().filter(|pair| pair[1] != 0).count()), (2125, 93));
        for (name, characters) in &*LIST {
            assert_eq!(find(name), Some(*characters), "{}", name.escape_ascii());
        }
    }

    #[test]
    fn no_other_names() {
        for name in LIST.keys() {
            for end in 0..name.len() {
                assert_eq!(find(&name[..end]), LIST.get(&name[..end]).copied());
                assert_eq!(find(&name[end + 1..]), LIST.get(&name[end + 1..]).copied());
                for letter in [b'A', 0xff] {
                    let mut changed = name.clone();
                    changed[end] = letter;
                    assert_eq!(find(&changed), LIST.get(&changed).copied());
                    changed.insert(end, name[end]);
                    assert_eq!(find(&changed), LIST.get(&changed).copied());
                }
            }
        }
        assert_eq!(find(b""), None);
        assert_eq!(find(&[b'a'; 32]), None);
        assert_eq!(find(&[b'z'; 100]), None);
    }

    proptest! {
        #[test]
        fn random_names(name in "[a-zA-Z0-9]{0,40}|[a-z]{1,3}") {
            prop_assert_eq!(find(name.as_bytes()), LIST.get(name.as_bytes()).copied());
        }
    }
}
