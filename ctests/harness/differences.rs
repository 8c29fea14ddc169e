//! The list of what Debian's C library does otherwise: `ctests/known-differences.txt`.
//!
//! A line is `program::test | what it does | why that matters`, where "what it does" is `fails`, `hangs`,
//! `crashes` or `not in C`, or several of them with commas between, of which one must come true.
//! A line whose second part ends with `, unsteady` describes a race: `passes` is accepted as well.

use super::root;
use super::run::Outcome;
use std::collections::BTreeMap;
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

/// The list, by the name of the test.
pub(crate) type Differences = BTreeMap<String, Difference>;

/// Reads the list.
pub(crate) fn read() -> Differences {
    let path = root().join("ctests/known-differences.txt");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found = Differences::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [name, what, description] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("known-differences.txt: {line}");
        };
        let outcomes = what.split(", ").map(outcome).collect();
        let entry = Difference { what: what.into(), description: description.into(), outcomes };
        assert!(found.insert(name.trim().into(), entry).is_none(), "twice in the list: {name}");
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

/// The list as README shows it.
pub(crate) fn table(differences: &Differences) -> String {
    let mut text = String::from("| test | the C library | what a program sees of it |\n|---|---|---|\n");
    for (name, difference) in differences {
        text.push_str(&format!("| `{name}` | {} | {} |\n", difference.what, difference.description));
    }
    text
}
