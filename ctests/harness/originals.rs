// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C libraries under the same programs: 0.32 as Debian installs it (`debian::`), and for programs that are about what came
//! later 0.34 from Debian's sid (`sid::`). What they do otherwise is in `known-differences.txt`; lines about 0.34 begin with that.

use super::build::{Library, Program};
use super::run::{self, Outcome, Test};
use super::trials::Setup;
use crate::support::{Skip, needing, sid};
use libtest_mimic::{Completion, Failed, Trial};
use std::sync::Arc;
use std::time::Duration;

/// The programs for which 0.34 is asked, too.
const NEWER: &[&str] = &[
    "accept4",
    "accepting",
    "api34",
    "autofree",
    "buffer_initial",
    "changed",
    "coming_back",
    "moved",
    "streams",
    "tracker",
    "tracker34",
    "write2",
];

const VERSION: &str = "0.34 ";

/// The name of a test in the list of differences, without the version that it is about.
pub(crate) fn without_version(name: &str) -> &str {
    name.strip_prefix(VERSION).unwrap_or(name)
}

/// The trials of a test on the C libraries.
pub(crate) fn trials(name: &str, setup: &Arc<Setup>, program: &Program, test: &Test) -> Vec<Trial> {
    let debian = original(&format!("debian::{name}"), name, Library::Debian, setup, program, test);
    let mut trials = vec![needing(&setup.debian, debian)];
    if NEWER.contains(&program.name.as_str()) {
        let known = format!("{VERSION}{name}");
        let newer = original(&format!("sid::{name}"), &known, Library::Sid, setup, program, test);
        trials.push(sid::needing(&setup.sid, newer));
    }
    trials
}

/// How long a test is given that is known to hang: long enough for one that no longer does.
const HANGING_LIMIT: Duration = Duration::from_secs(2);

fn original(
    full: &str,
    name: &str,
    library: Library,
    setup: &Arc<Setup>,
    program: &Program,
    test: &Test,
) -> Trial {
    let known = setup.differences.get(name).cloned();
    let kind = known.as_ref().map_or(String::new(), |known| format!("known difference: {}", known.what));
    let (setup, program, test) = (setup.clone(), program.clone(), test.clone());
    let trial = Trial::ignorable_test(full, move || -> Result<Completion, Failed> {
        let foreseen = |outcome| match &known {
            Some(known) => known.foresees(outcome),
            None => outcome == Outcome::Passes,
        };
        let attempt = |limit| {
            let mut command = run::command(&program, library, &setup.libraries);
            run::run(command.arg(&test.name), limit)
        };
        let hangs = foreseen(Outcome::Hangs);
        if foreseen(attempt(if hangs { HANGING_LIMIT } else { test.limit }).0) {
            return Ok(Completion::Completed);
        }
        // A busy machine can look like a library that fails.
        match attempt(test.limit) {
            (outcome, _) if foreseen(outcome) => Ok(Completion::Completed),
            (Outcome::Skipped, said) if !Skip::is_failure() => Ok(Completion::ignored_with(said.trim())),
            (outcome, said) => {
                Err(format!("with the C library it {outcome}; the list says otherwise\n{said}").into())
            }
        }
    });
    trial.with_kind(kind)
}
