// SPDX-License-Identifier: MIT OR Apache-2.0
//! What `make install` and `make deb` put on a machine: the right files, of which C programs can be built and run,
//! and which go away again.

mod cargo_c;
mod cross;
mod deb;
mod html;
mod moved;
mod programs;
mod recipes;
#[path = "../support/mod.rs"]
mod support;
mod tree;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::path::PathBuf;
use std::process::Command;
use support::Skip;

/// A test panics when it fails, and returns the reason when this machine lacks what it needs.
type Test = fn() -> Result<(), Skip>;

fn main() {
    let arguments = Arguments::from_args();
    // Both libraries, before tests side by side install them.
    make(&["all", "aio"]);
    let tests = [
        tree::TESTS,
        programs::TESTS,
        html::TESTS,
        moved::TESTS,
        deb::TESTS,
        &cross::tests(),
        recipes::TESTS,
        &cargo_c::tests(),
    ]
    .concat();
    let trials = tests.into_iter().map(|(name, test)| Trial::ignorable_test(name, move || outcome(test())));
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn outcome(result: Result<(), Skip>) -> Result<Completion, Failed> {
    match result {
        Ok(()) => Ok(Completion::Completed),
        Err(Skip(reason)) if Skip::is_failure() => Err(Failed::from(reason)),
        Err(Skip(reason)) => Ok(Completion::ignored_with(reason)),
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()))
}

/// Runs make as a user would, who has not started it from within another make.
fn make(arguments: &[&str]) {
    let mut make = Command::new("make");
    make.arg("--quiet").args(arguments).current_dir(root());
    run(make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL"));
}

/// Runs a command that has to succeed, and returns what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// The names that the library exports.
fn exported() -> Vec<String> {
    let names = std::fs::read_to_string(root().join("ctests/symbols.txt")).unwrap();
    names.lines().map(|line| line[2..].to_string()).collect()
}
