// SPDX-License-Identifier: MIT OR Apache-2.0
//! The names of HTML's characters, in the table that `build/names.rs` makes and explains.

include!(concat!(env!("OUT_DIR"), "/names.rs"));

#[path = "hash.rs"]
mod hash;

/// The length of the longest name.
pub(super) const LONGEST: usize = 31;

/// What a name without its `&` and `;` stands for: a character, and a second one or 0.
pub(super) fn find(name: &[u8]) -> Option<[u32; 2]> {
    // Those that encoders write need no hash.
    match name {
        b"amp" => return Some([b'&'.into(), 0]),
        b"lt" => return Some([b'<'.into(), 0]),
        b"gt" => return Some([b'>'.into(), 0]),
        b"quot" => return Some([b'"'.into(), 0]),
        _ => {}
    }
    let hash = hash::hash(name);
    let displacement = DISPLACEMENTS.get(hash::bucket(hash))?;
    let slot = hash::slot(hash, *displacement, COUNT);
    let mut entry = ENTRIES.get(usize::from(*STARTS.get(slot / GROUP)?)..)?;
    for _ in 0..slot % GROUP {
        let head = *entry.first()?;
        entry = entry.get(usize::from(head & LENGTH) + if head & WITH_SECOND == 0 { 3 } else { 4 }..)?;
    }
    let (head, rest) = entry.split_first()?;
    let (known, rest) = rest.split_at_checked(usize::from(head & LENGTH))?;
    if known != name {
        return None;
    }
    let [low, high, number, ..] = *rest else { return None };
    let beyond = if head & BEYOND == 0 { 0 } else { 0x1_0000 };
    let second = if head & WITH_SECOND == 0 { 0 } else { *SECONDS.get(usize::from(number))? };
    Some([beyond + u32::from(u16::from_le_bytes([low, high])), second.into()])
}

#[cfg(test)]
mod tests {
    use super::find;
    use proptest::prelude::*;
    use std::collections::HashMap;
    use std::sync::LazyLock;

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
