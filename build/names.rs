// SPDX-License-Identifier: MIT OR Apache-2.0
//! Makes the table of HTML's character names as small as it gets while a name can still be found in it.
//!
//! Names are written backwards and sorted, so that those that end alike stand together: a name is told by the number
//! of letters that it shares with the one before it, and the letters that follow. What it stands for is often the next
//! character, else a page (the upper bits, of which there are few) and 8 bits. Letters, numbers of letters and pages
//! are each written in a Huffman code of their own. Every `BLOCK` names a block begins, whose first name shares nothing
//! with any, so that a search can start there. `src/text/code/html/names.rs` reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::Path;
use std::{env, fs};

/// How many names a block has: the fewer, the faster and the larger.
const BLOCK: usize = 32;

/// What the reader takes for the end of a name.
const END: u8 = b';';

/// What marks a page of which the character is followed by a second one.
const WITH_SECOND: u16 = 0x8000;

/// Instead of a page: the character that follows that of the name before.
const NEXT: u16 = 0x7fff;

/// Writes the table to OUT_DIR.
pub(crate) fn compress(list: &str) {
    println!("cargo:rerun-if-changed={list}");
    println!("cargo:rerun-if-changed=build/names.rs");
    let text = fs::read_to_string(list).expect("the list of names is there");
    let table = table(&text);
    let place = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&place).join("names.rs"), table).expect("OUT_DIR can be written to");
}

/// A name, and the one or two characters that it stands for.
struct Entry {
    backwards: Vec<u8>,
    first: u32,
    second: Option<u16>,
    shared: u8,
    page: u16,
}

impl Entry {
    fn new(line: &str) -> Entry {
        let mut words = line.split(' ');
        let backwards = words.next().unwrap_or_default().bytes().rev().collect();
        let mut character = || words.next().map(|word| u32::from_str_radix(word, 16).expect("a number"));
        let first = character().expect("a character");
        let second = character().map(|second| u16::try_from(second).expect("of the first plane"));
        let page = (first >> 8) as u16 | if second.is_some() { WITH_SECOND } else { 0 };
        Entry { backwards, first, second, shared: 0, page }
    }

    /// Tells it by what it has in common with the one before it.
    fn follow(&mut self, before: &Entry) {
        let pairs = self.backwards.iter().zip(&before.backwards);
        self.shared = pairs.take_while(|(own, other)| own == other).count() as u8;
        if self.second.is_none() && self.first == before.first + 1 {
            self.page = NEXT;
        }
    }

    fn letters(&self) -> impl Iterator<Item = u8> {
        self.backwards[self.shared.into()..].iter().copied().chain([END])
    }
}

fn entries(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> =
        text.lines().filter(|line| !line.starts_with('#')).map(Entry::new).collect();
    entries.sort_by(|a, b| a.backwards.cmp(&b.backwards));
    for block in entries.chunks_mut(BLOCK) {
        for at in 1..block.len() {
            let (before, behind) = block.split_at_mut(at);
            behind[0].follow(&before[at - 1]);
        }
    }
    entries
}

fn table(text: &str) -> String {
    let entries = entries(text);
    let letters = Code::of(entries.iter().flat_map(Entry::letters));
    let shared = Code::of(entries.iter().map(|entry| entry.shared));
    let pages = Code::of(entries.iter().map(|entry| entry.page));
    let seconds: Vec<u16> =
        entries.iter().filter_map(|e| e.second).collect::<BTreeSet<_>>().into_iter().collect();
    assert_eq!(seconds.len(), 8, "three bits tell the second character");

    let (mut bytes, mut starts) = (Vec::new(), Vec::new());
    for block in entries.chunks(BLOCK) {
        starts.push(bytes.len());
        let mut bits = Vec::new();
        for entry in block {
            bits.extend(shared.write(entry.shared));
            entry.letters().for_each(|letter| bits.extend(letters.write(letter)));
            bits.extend(pages.write(entry.page));
            if entry.page != NEXT {
                bits.extend(binary((entry.first & 0xff) as usize, 8));
            }
            let second = entry.second.and_then(|second| seconds.iter().position(|known| *known == second));
            bits.extend(second.map_or(Vec::new(), |second| binary(second, 3)));
        }
        let byte =
            |bits: &[bool]| (0..8).fold(0, |byte, at| byte << 1 | u8::from(bits.get(at) == Some(&true)));
        bytes.extend(bits.chunks(8).map(byte));
    }

    let mut out = letters.constants("LETTER", "u8")
        + &shared.constants("SHARE", "u8")
        + &pages.constants("PAGE", "u16");
    out += &format!("static SECONDS: [u16; 8] = {seconds:?};\n");
    out += &format!(
        "const BLOCK: usize = {BLOCK};\nconst COUNT: usize = {};\nconst END: u8 = {END};\n",
        entries.len()
    );
    out += &format!("const WITH_SECOND: u16 = {WITH_SECOND};\nconst NEXT: u16 = {NEXT};\n");
    out += &format!("static STARTS: [u16; {}] = {starts:?};\n", starts.len());
    out + &format!("static BITS: [u8; {}] = {bytes:?};\n", bytes.len())
}

/// A canonical Huffman code.
struct Code<T> {
    /// Its values, those with shorter codes first.
    values: Vec<T>,
    /// How many values have codes of 1, 2 … bits.
    counts: Vec<usize>,
}

impl<T: Ord + Copy + Debug> Code<T> {
    fn of(values: impl Iterator<Item = T>) -> Code<T> {
        let mut frequencies = BTreeMap::new();
        values.for_each(|value| *frequencies.entry(value).or_insert(0) += 1);
        // Joining the two rarest groups makes the codes of their members one bit longer.
        let mut groups: Vec<(usize, Vec<T>)> =
            frequencies.iter().map(|(value, count)| (*count, vec![*value])).collect();
        let mut lengths: BTreeMap<T, usize> = BTreeMap::new();
        while groups.len() > 1 {
            groups.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)));
            let (first, second) = (groups.pop().expect("two"), groups.pop().expect("two"));
            let members = [first.1, second.1].concat();
            members.iter().for_each(|member| *lengths.entry(*member).or_insert(0) += 1);
            groups.push((first.0 + second.0, members));
        }
        let mut values: Vec<T> = lengths.keys().copied().collect();
        values.sort_by_key(|value| lengths[value]);
        let longest = lengths.values().max().copied().unwrap_or(0);
        let counts = (1..=longest).map(|length| lengths.values().filter(|l| **l == length).count()).collect();
        Code { values, counts }
    }

    /// Its values and counts as Rust source.
    fn constants(&self, name: &str, kind: &str) -> String {
        let (values, counts) = (&self.values, &self.counts);
        format!("static {name}S: [{kind}; {}] = {values:?};\n", values.len())
            + &format!("static {name}_CODES: [u8; {}] = {counts:?};\n", counts.len())
    }

    /// The bits of a value.
    fn write(&self, value: T) -> Vec<bool> {
        let mut rank = self.values.iter().position(|known| *known == value).expect("a known value");
        let mut first = 0;
        for (shorter, count) in self.counts.iter().enumerate() {
            if rank < *count {
                return binary(first + rank, shorter + 1);
            }
            rank -= count;
            first = (first + count) << 1;
        }
        unreachable!("every value has a code")
    }
}

fn binary(value: usize, bits: usize) -> Vec<bool> {
    (0..bits).rev().map(|bit| value >> bit & 1 == 1).collect()
}
