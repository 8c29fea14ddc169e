// SPDX-License-Identifier: MIT OR Apache-2.0
//! The list of what Debian's C library does otherwise: `ctests/known-differences.txt`.
//!
//! A line is `program::test | what it does | why that matters`, where "what it does" is `fails`, `hangs`,
//! `crashes` or `not in C`, or several of them with commas between, of which one must come true.
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

    /// The tests of the list.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(name, _)| name.as_str())
    }
}

/// Reads the list.
pub(crate) fn read() -> Differences {
    let path = root().join("ctests/known-differences.txt");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found = Differences { lines: Vec::new() };
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [name, what, description] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("known-differences.txt: {line}");
        };
        let outcomes = what.split(", ").map(outcome).collect();
        let entry = Difference { what: what.into(), description: description.into(), outcomes };
        assert!(found.get(name).is_none(), "twice in the list: {name}");
        found.lines.push((name.into(), entry));
    }
    found
}

fn outcome(word: &str) -> Outcome {
    if word == "unsteady" {
        return Outcome::Passes;
    }
    match Outcome::NAMES.iter().find(|(name, _)| *name == word) {
        Some((_, outcome)) if *outcome != Outcome::Passes => *outcome,
        _ => panic!("known-differences.txt: {word}?"),
    }
}

/// How many tests a row of the table names.
const SHOWN: usize = 3;

/// The list as README shows it: a row for each description, in the order of the list, with its tests.
pub(crate) fn table(differences: &Differences) -> String {
    let mut rows: Vec<(&str, Vec<&str>, Vec<String>)> = Vec::new();
    for (name, difference) in &differences.lines {
        let at = rows.iter().position(|(description, ..)| *description == difference.description);
        let at = at.unwrap_or_else(|| {
            rows.push((&difference.description, Vec::new(), Vec::new()));
            rows.len() - 1
        });
        let (_, outcomes, tests) = &mut rows[at];
        let words = difference.what.split(", ");
        outcomes.extend(words.filter(|word| !outcomes.contains(word)).collect::<Vec<_>>());
        tests.push(format!("`{name}`"));
    }
    let mut text = String::from("| test | the C library | what a program sees of it |\n|---|---|---|\n");
    for (description, outcomes, mut tests) in rows {
        if tests.len() > SHOWN {
            let more = tests.split_off(SHOWN - 1).len();
            tests.last_mut().unwrap().push_str(&format!(" and {more} more"));
        }
        text.push_str(&format!("| {} | {} | {description} |\n", tests.join(", "), outcomes.join(", ")));
    }
    text
}
