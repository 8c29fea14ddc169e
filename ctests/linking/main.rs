// SPDX-License-Identifier: MIT OR Apache-2.0
//! What users link: the members of the static library, what a program grows by, every linker, and how the files are built.

mod cross;
mod every_name;
mod hardening;
mod matrix;
mod members;
mod own;
mod profiles;
mod relinked;
mod reproducible;
mod several_names;
mod shared;
mod sizes;
#[path = "../support/mod.rs"]
mod support;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use support::{Skip, libraries};

/// A test panics when it fails, and returns the reason when this machine lacks what it needs.
type Test = fn() -> Result<(), Skip>;

fn main() {
    let arguments = Arguments::from_args();
    // Before tests side by side ask for parts of it.
    let mut make = Command::new("make");
    make.args(["--quiet", "all", "aio"]).current_dir(root()).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    run(&mut make);
    let named = [
        cross::TESTS,
        members::TESTS,
        several_names::TESTS,
        relinked::TESTS,
        shared::TESTS,
        own::TESTS,
        every_name::TESTS,
        sizes::TESTS,
        hardening::TESTS,
        profiles::TESTS,
        reproducible::TESTS,
    ]
    .concat();
    let mut trials: Vec<Trial> =
        named.into_iter().map(|(name, test)| Trial::ignorable_test(name, move || outcome(test()))).collect();
    trials.extend(matrix::all());
    libtest_mimic::run(&arguments, trials).exit();
}

fn outcome(result: Result<(), Skip>) -> Result<Completion, Failed> {
    match result {
        Ok(()) => Ok(Completion::Completed),
        Err(Skip(reason)) if Skip::is_failure() => Err(Failed::from(reason)),
        Err(Skip(reason)) => Ok(Completion::ignored_with(reason)),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Our shared library.
static SHARED: LazyLock<PathBuf> = LazyLock::new(libraries::ours);

/// Our static library, as it is installed.
static ARCHIVE: LazyLock<PathBuf> = LazyLock::new(|| libraries::ours_static(&SHARED));

/// Runs a command that has to succeed, and returns what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// What a compiler is told in order to find the headers.
fn includes() -> [String; 2] {
    ["", "/libowfat"].map(|folder| format!("-I{}/include{folder}", root().display()))
}
