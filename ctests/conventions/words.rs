// SPDX-License-Identifier: MIT OR Apache-2.0
//! Words that this code has given up.

use super::{root, support};
use std::collections::BTreeSet;
use std::fs;

/// The list of these words, the sentence that explains it, licences, and what proptest writes.
const EXEMPT: &[&str] = &[
    "ctests/retired-words.txt",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "packaging/debian/copyright",
    "proptest-regressions/evloop/transition/tests.txt",
];

/// Words that the field has other terms for, or that make persons of descriptors: `ctests/retired-words.txt`.
#[test]
fn retired_words_stay_away() {
    let list = fs::read_to_string(root().join("ctests/retired-words.txt")).unwrap();
    let words: BTreeSet<&str> =
        list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let (mut found, mut looked_at) = (Vec::new(), 0);
    for file in support::tree::files().iter().filter(|file| !EXEMPT.contains(&file.as_str())) {
        let Ok(text) = fs::read_to_string(root().join(file)) else { continue };
        looked_at += 1;
        for (number, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            // Parts of identifiers count as words.
            let mut parts = line.split(|c: char| !c.is_alphabetic() && c != '-');
            if let Some(word) = parts.find(|part| words.contains(part)) {
                found.push(format!("{file}:{}: {word}", number + 1));
            }
        }
    }
    assert!(words.len() > 20 && looked_at > 800, "{looked_at} files");
    assert!(found.is_empty(), "retired words (CONTRIBUTING.md says what to write):\n{}", found.join("\n"));
}
