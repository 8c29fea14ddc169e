// SPDX-License-Identifier: MIT OR Apache-2.0
//! Makes the table of HTML's character names: a name is found with one look, whatever it is.
//!
//! The hash of a name chooses a bucket, whose displacement and the hash choose the place; displacements are tried until no
//! two names have the same place. The entry there is a byte of length and marks, the name, the character, and for some
//! names a second character. `src/text/code/html/names.rs` reads it.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

#[path = "../src/text/code/html/hash.rs"]
mod hash;

/// The bits of an entry's first byte that hold the length of the name.
const LENGTH: u8 = 0x1f;

/// What marks a character beyond the first plane: 0x10000 has to be added.
const BEYOND: u8 = 0x20;

/// What marks a second character, of which the last byte is the number.
const WITH_SECOND: u8 = 0x40;

/// Of so many entries only the first is found at once, and the others behind it.
const GROUP: usize = 4;

/// Writes the table to OUT_DIR.
pub(crate) fn compress(list: &str) {
    println!("cargo:rerun-if-changed={list}");
    println!("cargo:rerun-if-changed=build/names.rs");
    println!("cargo:rerun-if-changed=src/text/code/html/hash.rs");
    let text = fs::read_to_string(list).expect("the list of names is there");
    let table = table(&text);
    let place = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&place).join("names.rs"), table).expect("OUT_DIR can be written to");
}

/// A name, and the one or two characters that it stands for.
struct Entry<'a> {
    name: &'a [u8],
    first: u32,
    second: Option<u16>,
}

impl Entry<'_> {
    fn new(line: &str) -> Entry<'_> {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default().as_bytes();
        let mut character = || words.next().map(|word| u32::from_str_radix(word, 16).expect("a number"));
        let first = character().expect("a character");
        let second = character().map(|second| u16::try_from(second).expect("of the first plane"));
        assert!(name.len() <= LENGTH.into(), "{line}");
        Entry { name, first, second }
    }

    fn bytes(&self, seconds: &[u16]) -> Vec<u8> {
        let beyond = self.first.checked_sub(0x1_0000);
        let character = u16::try_from(beyond.unwrap_or(self.first)).expect("of the first two planes");
        let second = self.second.and_then(|second| seconds.iter().position(|known| *known == second));
        let mut head = self.name.len() as u8;
        head |= if beyond.is_some() { BEYOND } else { 0 } | if second.is_some() { WITH_SECOND } else { 0 };
        let mut bytes = vec![head];
        bytes.extend(self.name);
        bytes.extend(character.to_le_bytes());
        bytes.extend(second.map(|number| number as u8));
        bytes
    }
}

/// A displacement for each bucket, and which name has each place.
fn places(entries: &[Entry]) -> (Vec<u16>, Vec<usize>) {
    let count = entries.len();
    let hashes: Vec<u64> = entries.iter().map(|entry| hash::hash(entry.name)).collect();
    let mut buckets = vec![Vec::new(); hash::BUCKETS];
    (0..count).for_each(|name| buckets[hash::bucket(hashes[name])].push(name));
    let mut order: Vec<usize> = (0..hash::BUCKETS).collect();
    order.sort_by_key(|bucket| std::cmp::Reverse(buckets[*bucket].len()));
    let (mut displacements, mut places) = (vec![0; hash::BUCKETS], vec![None; count]);
    for bucket in order {
        let found = (0..=u16::MAX).find(|displacement| {
            let slot = |name: &usize| hash::slot(hashes[*name], *displacement, count);
            let slots: BTreeSet<usize> = buckets[bucket].iter().map(slot).collect();
            let free = slots.iter().all(|slot| places[*slot].is_none());
            free && slots.len() == buckets[bucket].len()
        });
        displacements[bucket] = found.expect("some displacement fits");
        for name in &buckets[bucket] {
            places[hash::slot(hashes[*name], displacements[bucket], count)] = Some(*name);
        }
    }
    (displacements, places.into_iter().map(|name| name.expect("as many names as places")).collect())
}

fn table(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let entries: Vec<Entry> = lines.map(Entry::new).collect();
    let seconds: Vec<u16> =
        entries.iter().filter_map(|e| e.second).collect::<BTreeSet<_>>().into_iter().collect();
    let (displacements, places) = places(&entries);
    let (mut starts, mut bytes) = (Vec::new(), Vec::new());
    for (place, name) in places.into_iter().enumerate() {
        if place % GROUP == 0 {
            starts.push(bytes.len());
        }
        bytes.extend(entries[name].bytes(&seconds));
    }
    // So that three bytes may be read behind every name.
    bytes.push(0);
    format!("const COUNT: usize = {};\nconst GROUP: usize = {GROUP};\n", entries.len())
        + &format!(
            "const LENGTH: u8 = {LENGTH};\nconst BEYOND: u8 = {BEYOND};\nconst WITH_SECOND: u8 = {WITH_SECOND};\n"
        )
        + &format!("static SECONDS: [u16; {}] = {seconds:?};\n", seconds.len())
        + &format!("static DISPLACEMENTS: [u16; {}] = {displacements:?};\n", displacements.len())
        + &format!("static STARTS: [u16; {}] = {starts:?};\n", starts.len())
        + &format!("static ENTRIES: [u8; {}] = {bytes:?};\n", bytes.len())
}
