// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every header compiles without a warning: alone, twice, and with all others, in each language that C and C++
//! programs may be written in, whether it is found as `<libowfat/NAME.h>` or as `"NAME.h"`.

use super::root;
use crate::support::{needing, package};
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The C compiler, the C++ compiler, and the packages that bring them.
const COMPILERS: &[(&str, &str, &str, &str)] =
    &[("gcc", "g++", "gcc", "g++"), ("clang", "clang++", "clang", "clang")];

/// In these every header is compiled by itself, too, ...
const STANDARDS: &[&str] = &["c99", "c11", "c17", "c++17"];

/// ... and in these all together. The oldest have neither long long nor macros with a variable number of arguments, but their
/// compilers offer both: there `-pedantic` would complain of what it was not asked about.
const FURTHER_STANDARDS: &[&str] = &["c89", "c2x", "c++98", "c++11", "c++20"];

const OLDEST: &[&str] = &["c89", "c++98"];

/// One test for each compiler, standard and way to find the headers.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (c, cxx, c_package, cxx_package) in COMPILERS {
        for standard in STANDARDS.iter().chain(FURTHER_STANDARDS) {
            let plus = standard.starts_with("c++");
            let (compiler, package_name) = if plus { (*cxx, *cxx_package) } else { (*c, *c_package) };
            let there = package(package_name, &format!("/usr/bin/{compiler}"));
            for folder in ["include", "include/libowfat"] {
                let name = format!("{compiler}::{standard}::{folder}");
                let trial = Trial::test(name, move || compile_all(compiler, standard, folder));
                trials.push(needing(&there, trial));
            }
        }
    }
    trials
}

fn compile_all(compiler: &str, standard: &str, folder: &str) -> Result<(), Failed> {
    let programs = tempfile::tempdir()?;
    let extension = if standard.starts_with("c++") { "cc" } else { "c" };
    let write = |name: &str, headers: &[&String]| {
        let lines: String = headers.iter().map(|header| include(header, folder)).collect();
        // A program without any declaration is not one in C.
        let program = format!("{lines}{lines}int main(void);\n");
        fs::write(programs.path().join(format!("{name}.{extension}")), program)
    };
    let headers = headers()?;
    for header in headers.iter().filter(|_| STANDARDS.contains(&standard)) {
        write(header.trim_end_matches(".h"), &[header])?;
    }
    write("all_in_order", &headers.iter().collect::<Vec<_>>())?;
    write("all_in_reverse", &headers.iter().rev().collect::<Vec<_>>())?;

    let output = Command::new(compiler)
        .arg(format!("-std={standard}"))
        .args(["-Wall", "-Wextra", "-Werror", "-fsyntax-only"])
        .args((!OLDEST.contains(&standard)).then_some("-pedantic"))
        .arg("-I")
        .arg(root().join(folder))
        .args(files(programs.path())?)
        .current_dir(programs.path())
        .output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
    }
}

/// The line that finds a header in a folder that the compiler was told of.
fn include(header: &str, folder: &str) -> String {
    match folder {
        "include" => format!("#include <libowfat/{header}>\n"),
        _ => format!("#include \"{header}\"\n"),
    }
}

fn headers() -> std::io::Result<Vec<String>> {
    let mut names = files(&root().join("include/libowfat"))?;
    names.sort();
    Ok(names)
}

fn files(folder: &Path) -> std::io::Result<Vec<String>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().into_string().unwrap())).collect()
}
