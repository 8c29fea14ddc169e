// SPDX-License-Identifier: MIT OR Apache-2.0
//! Counts instructions with callgrind.

use super::Program;
use std::collections::HashMap;
use std::fs;

/// What callgrind has written.
pub(crate) struct Profile(String);

/// A line of it that counts.
enum Line<'a> {
    /// So many instructions of a function itself, in the library or not.
    Own { cost: u64, in_library: bool },
    /// So many calls of a function, and what they executed altogether.
    Calls { function: &'a str, calls: u64, cost: u64 },
}

/// Runs the program.
pub(crate) fn profile(program: &Program, arguments: &[&str]) -> Profile {
    let log = tempfile::NamedTempFile::new().unwrap();
    let option = format!("--callgrind-out-file={}", log.path().display());
    let plain = ["--compress-strings=no", "--compress-pos=no"];
    program.run(&["valgrind", "--tool=callgrind", "--quiet", &option, plain[0], plain[1]], arguments);
    Profile(fs::read_to_string(log.path()).unwrap())
}

/// Runs a program that tells callgrind when to write, and what to call it: everything that was written, by name.
pub(crate) fn parts(program: &Program) -> HashMap<String, Profile> {
    let folder = tempfile::tempdir().unwrap();
    let option = format!("--callgrind-out-file={}", folder.path().join("part").display());
    let plain = ["--compress-strings=no", "--compress-pos=no"];
    program.run(&["valgrind", "--tool=callgrind", "--quiet", &option, plain[0], plain[1]], &[]);
    let texts =
        fs::read_dir(folder.path()).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let named = texts.filter_map(|text| {
        let name = text.lines().find_map(|line| line.strip_prefix("desc: Trigger: Client Request: "))?;
        Some((name.to_string(), Profile(text)))
    });
    named.collect()
}

impl Profile {
    /// Instructions of the library itself.
    pub(crate) fn own(&self) -> u64 {
        let own = |line| match line {
            Line::Own { cost, in_library: true } => cost,
            _ => 0,
        };
        self.lines().map(own).sum()
    }

    /// Instructions of all calls of a function, with those of what it calls; and how many calls there were.
    pub(crate) fn calls_of(&self, wanted: &str) -> (u64, u64) {
        self.lines().fold((0, 0), |(total, times), line| match line {
            Line::Calls { function, calls, cost } if function == wanted => (total + cost, times + calls),
            _ => (total, times),
        })
    }

    /// `POSITION COST` is what a function itself executes; behind `calls=NUMBER`, what its callee did.
    fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let (mut in_library, mut function, mut calls) = (false, "", None);
        self.0.lines().filter_map(move |line| {
            if let Some(object) = line.strip_prefix("ob=") {
                in_library = object.contains("libowfat");
            } else if let Some(name) = line.strip_prefix("cfn=") {
                function = name;
            } else if let Some(call) = line.strip_prefix("calls=") {
                calls = call.split(' ').next().and_then(|number| number.parse().ok());
            } else {
                let (position, cost) = line.split_once(' ')?;
                position.parse::<u64>().ok()?;
                let cost = cost.parse().ok()?;
                return Some(match calls.take() {
                    Some(calls) => Line::Calls { function, calls, cost },
                    None => Line::Own { cost, in_library },
                });
            }
            None
        })
    }
}
