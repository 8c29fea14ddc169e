// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C++ overloads that programs for 0.34 have: a program calls each of them, inline and in the library.

use super::root;
use crate::support::{libraries, needing, package};
use libtest_mimic::{Failed, Trial};
use std::process::Command;

const MACROS_OFF: &[&str] = &["-DNO_UINT16_MACROS", "-DNO_UINT32_MACROS", "-DNO_UINT64_MACROS"];

/// One test for each compiler, some standards, and both kinds of functions.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (compiler, name) in [("g++", "g++"), ("clang++", "clang")] {
        let there = package(name, &format!("/usr/bin/{compiler}"));
        for standard in ["c++98", "c++17", "c++2b"] {
            for (kind, options) in [("inline", &[][..]), ("library", MACROS_OFF)] {
                let name = format!("overloads::{compiler}::{standard}::{kind}");
                let trial = Trial::test(name, move || run(compiler, standard, options));
                trials.push(needing(&there, trial));
            }
        }
    }
    trials
}

fn run(compiler: &str, standard: &str, options: &[&str]) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let program = folder.path().join("overloads");
    let library = libraries::ours();
    let output = Command::new(compiler)
        .args([&format!("-std={standard}"), "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(root().join("include"))
        .args(options)
        .arg("-o")
        .arg(&program)
        .arg(root().join("ctests/headers/overloads.cc"))
        .arg(&library)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    // It asks for libowfat.so.0.
    std::os::unix::fs::symlink(&library, folder.path().join("libowfat.so.0"))?;
    let status = Command::new(&program).env("LD_LIBRARY_PATH", folder.path()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{compiler} {standard}: {status}").into()) }
}
