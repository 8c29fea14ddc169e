// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs the C programs of this folder: each test in a process of its own, against the shared library with each engine
//! (`pool::`, `uring::`), the static one (`a::`), the object that is preloaded under a program built for the system's
//! library (`preload::`), under valgrind (`valgrind::`), and with the system's own asynchronous I/O (`glibc::`), whose known
//! differences are listed in `glibc-differences.txt`. Programs that include <libowfat/aio.h> need ours.
//! `OWFAT_SANITIZER=address` or `=thread` runs them under a sanitizer instead, `OWFAT_TARGET` on another machine
//! (`make check-arch`).

mod build;
mod clients;
mod costs;
#[path = "../harness/differences.rs"]
mod differences;
#[path = "../harness/generated.rs"]
mod generated;
mod sanitizer;
#[path = "../support/mod.rs"]
mod support;
mod symbols;
mod target;
#[path = "../support/timed.rs"]
mod timed;

/// What [`differences`] takes from its surroundings.
mod run {
    pub(crate) use crate::timed::Outcome;
}

use build::{Built, Form};
use differences::Differences;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use support::machine::Machine;
use support::sanitizing::Sanitizer;
use support::{Skip, needing};
use timed::Outcome;

/// The folder of this crate.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The usual time limit: far more than any test needs that does not hang.
const LIMIT: Duration = Duration::from_secs(30);

/// How long a test is given that is known to hang with the system's library.
const HANGING_LIMIT: Duration = Duration::from_secs(3);

/// Valgrind makes a program some 30 times slower.
const SLOWNESS: u32 = 6;

fn main() {
    let arguments = Arguments::from_args();
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        println!("libowfat-aio is for Linux with glibc; nothing to test here");
        return;
    }
    if let Some(sanitizer) = Sanitizer::asked() {
        libtest_mimic::run(&arguments, sanitizer::all(sanitizer)).exit();
    }
    if let Some(machine) = Machine::asked() {
        libtest_mimic::run(&arguments, target::all(machine)).exit();
    }
    let built = Arc::new(Built::new());
    let differences = Arc::new(differences::read("aio/glibc-differences.txt"));
    let ring = build::ring_is_allowed();
    let valgrind = support::package("valgrind", "/usr/bin/valgrind");
    let mut trials = Vec::new();
    let mut names = Vec::new();
    for program in built.programs() {
        for test in program.tests() {
            let name = format!("{}::{}", program.name, test.name);
            let ours = |kind: &'static str, form: Form, engine: Option<&'static str>, valgrind: bool| {
                let (built, program, test) = (built.clone(), program.clone(), test.clone());
                Trial::ignorable_test(format!("{kind}::{name}"), move || {
                    let mut command = match valgrind {
                        true => under_valgrind(&program.executable(form)),
                        false => Command::new(program.executable(form)),
                    };
                    built.prepare(&mut command, form);
                    if let Some(engine) = engine {
                        command.env("OWFAT_AIO", engine);
                    }
                    let factor = if valgrind { SLOWNESS } else { 1 };
                    expect_pass(command.arg(&test.name), test.limit.unwrap_or(LIMIT) * factor)
                })
            };
            trials.push(ours("pool", Form::Shared, Some("pool"), false));
            trials.push(needing(&ring, ours("uring", Form::Shared, Some("uring"), false)));
            trials.push(ours("a", Form::Static, None, false));
            if test.valgrind {
                let trial = ours("valgrind", Form::Shared, Some("pool"), true);
                trials.push(needing(&valgrind, trial));
            }
            if !program.ours_alone {
                trials.push(ours("preload", Form::Preloaded, None, false));
                trials.push(glibc(&name, &built, &differences, program.clone(), test.clone()));
            }
            names.push(name);
        }
    }
    let known: Vec<String> = differences.names().map(String::from).collect();
    trials.push(Trial::test("differences_name_tests", move || {
        match known.iter().find(|name| !names.contains(name)) {
            Some(stale) => Err(format!("glibc-differences.txt: there is no test {stale}").into()),
            None => Ok(()),
        }
    }));
    trials.push(Trial::test("differences_in_the_manual", move || Ok(differences_are_shown(&differences)?)));
    trials.extend(clients::all(&built));
    trials.extend(costs::all(&built));
    trials.extend(symbols::all(&built));
    libtest_mimic::run(&arguments, trials).exit();
}

/// libowfat-aio(3) shows the descriptions; `OWFAT_WRITE_DIFFERENCES=1` writes them there.
fn differences_are_shown(differences: &Differences) -> Result<(), String> {
    let mut items = String::from(".Bl -bullet -compact\n");
    for (_, description) in differences.descriptions() {
        items.push_str(&format!(".It\n{description}\n"));
    }
    items.push_str(".El\n");
    generated::compare("man/libowfat-aio.3", "glibc-differences", &items)
}

fn under_valgrind(program: &std::path::Path) -> Command {
    let mut command = Command::new("valgrind");
    command
        .args([
            "--quiet",
            "--error-exitcode=99",
            "--leak-check=full",
            "--errors-for-leak-kinds=definite,indirect",
        ])
        .arg(program);
    command
}

fn expect_pass(command: &mut Command, limit: Duration) -> Result<Completion, Failed> {
    match timed::run(command, limit) {
        (Outcome::Passes, _) => Ok(Completion::Completed),
        (Outcome::Skipped, said) if !Skip::is_failure() => Ok(Completion::ignored_with(said)),
        (outcome, said) => Err(format!("{outcome}\n{said}").into()),
    }
}

/// The system's library does what the list says of it.
fn glibc(
    name: &str,
    built: &Arc<Built>,
    differences: &Arc<Differences>,
    program: build::Program,
    test: build::Test,
) -> Trial {
    let known = differences.get(name).cloned();
    let kind = known.as_ref().map_or(String::new(), |known| format!("known difference: {}", known.what));
    let built = built.clone();
    let trial = Trial::ignorable_test(format!("glibc::{name}"), move || {
        let foreseen = |outcome| match &known {
            Some(known) => known.foresees(outcome),
            None => outcome == Outcome::Passes,
        };
        let attempt = |limit| {
            let mut command = Command::new(program.executable(Form::Plain));
            built.prepare(&mut command, Form::Plain);
            timed::run(command.arg(&test.name), limit)
        };
        let limit = if foreseen(Outcome::Hangs) { HANGING_LIMIT } else { test.limit.unwrap_or(LIMIT) };
        match attempt(limit) {
            (outcome, _) if foreseen(outcome) => Ok(Completion::Completed),
            (Outcome::Skipped, said) if !Skip::is_failure() => Ok(Completion::ignored_with(said)),
            // A busy machine can look like a library that fails.
            _ => match attempt(test.limit.unwrap_or(LIMIT)) {
                (outcome, _) if foreseen(outcome) => Ok(Completion::Completed),
                (outcome, said) => {
                    Err(format!("with the system's library it {outcome}; the list says otherwise\n{said}")
                        .into())
                }
            },
        }
    });
    trial.with_kind(kind)
}
