// SPDX-License-Identifier: MIT OR Apache-2.0
//! A list of what another library does otherwise: `ctests/known-differences.txt` for Debian's libowfat,
//! `ctests/aio/glibc-differences.txt` for the asynchronous I/O of the system's C library.
//!
//! A line is `program::test | what it does | why that matters`, where "what it does" is `fails`, `hangs`,
//! `crashes` or `not in C`, or several of them with commas between, of which one must come true.
//! A line about libowfat 0.34 begins with `0.34 `; all others of the first list are about 0.32.
//! A line whose second part ends with `, unsteady` describes a race: `passes` is accepted as well.

use super::root;
use super::run::Outcome;
use std::fs;

/// One line of the list.
#[derive(Clone, Debug)]
pub(crate) struct Difference {
    /// What the C library does in that test, in the words of the list.
    pub(crate) what: String,
    /// What a program sees of it.
    pub(crate) description: String,
    outcomes: Vec<Outcome>,
}

impl Difference {
    /// Whether the list has foreseen this outcome.
    pub(crate) fn foresees(&self, outcome: Outcome) -> bool {
        self.outcomes.contains(&outcome)
    }
}

/// The list: names of tests with what is known of them.
pub(crate) struct Differences {
    lines: Vec<(String, Difference)>,
}

impl Differences {
    /// What is known of a test.
    pub(crate) fn get(&self, test: &str) -> Option<&Difference> {
        self.names().position(|name| name == test).map(|at| &self.lines[at].1)
    }

    /// The descriptions, each once, in the order of the list, with the program of its first test.
    pub(crate) fn descriptions(&self) -> Vec<(&str, &str)> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        for (name, difference) in &self.lines {
            if !found.iter().any(|(_, description)| *description == difference.description) {
                let program = name.split("::").next().unwrap();
                found.push((program.rsplit(' ').next().unwrap(), &difference.description));
            }
        }
        found
    }

    /// The tests of the list.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(name, _)| name.as_str())
    }
}

/// Reads the list in the file `name` of `ctests/`.
pub(crate) fn read(name: &str) -> Differences {
    let path = root().join("ctests").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found = Differences { lines: Vec::new() };
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [test, what, description] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{name}: {line}");
        };
        let outcomes = what.split(", ").map(outcome).collect();
        let entry = Difference { what: what.into(), description: description.into(), outcomes };
        assert!(found.get(test).is_none(), "twice in the list: {test}");
        found.lines.push((test.into(), entry));
    }
    found
}

fn outcome(word: &str) -> Outcome {
    if word == "unsteady" {
        return Outcome::Passes;
    }
    match Outcome::NAMES.iter().find(|(name, _)| *name == word) {
        Some((_, outcome)) if *outcome != Outcome::Passes => *outcome,
        _ => panic!("a list of differences says {word}?"),
    }
}
