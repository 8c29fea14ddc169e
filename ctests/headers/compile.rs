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
const FURTHER_STANDARDS: &[&str] = &["c89", "c2x", "c++98", "c++11", "c++20", "c++2b"];

const OLDEST: &[&str] = &["c89", "c++98"];

/// One test for each compiler, standard and way to find the headers.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (c, cxx, c_package, cxx_package) in COMPILERS {
        for standard in STANDARDS.iter().chain(FURTHER_STANDARDS) {
            let plus = standard.starts_with("c++");
            let (compiler, package_name) = if plus { (*cxx, *cxx_package) } else { (*c, *c_package) };
            let there = package(package_name, &format!("/usr/bin/{compiler}"));
            for (folder, api) in
                [("include", 0), ("include/libowfat", 0), ("include", 32), ("include", 33), ("include", 34)]
            {
                if api == 32 && *standard != "c11" {
                    continue; // The same as 0, which stands for a program that does not say.
                }
                let name = format!("{compiler}::{standard}::{folder}::{api}");
                let trial = Trial::test(name, move || compile_all(compiler, standard, folder, api));
                trials.push(needing(&there, trial));
            }
            if ["c++98", "c++17", "c++2b"].contains(standard) {
                let name = format!("{compiler}::{standard}::standard_library");
                trials.push(needing(&there, Trial::test(name, move || compile_library(compiler, standard))));
            }
        }
    }
    trials
}

/// Headers of C++'s own library, and those that are errors before C++11.
const LIBRARY: &[&str] = &[
    "algorithm",
    "bitset",
    "complex",
    "deque",
    "exception",
    "fstream",
    "functional",
    "iomanip",
    "ios",
    "iostream",
    "istream",
    "iterator",
    "limits",
    "list",
    "locale",
    "map",
    "memory",
    "new",
    "numeric",
    "ostream",
    "queue",
    "set",
    "sstream",
    "stack",
    "stdexcept",
    "streambuf",
    "string",
    "typeinfo",
    "utility",
    "valarray",
    "vector",
];
const NEWER_LIBRARY: &[&str] = &[
    "any",
    "array",
    "atomic",
    "barrier",
    "bit",
    "charconv",
    "chrono",
    "compare",
    "concepts",
    "condition_variable",
    "filesystem",
    "forward_list",
    "future",
    "latch",
    "mutex",
    "numbers",
    "optional",
    "random",
    "ranges",
    "ratio",
    "regex",
    "scoped_allocator",
    "semaphore",
    "shared_mutex",
    "source_location",
    "span",
    "stop_token",
    "string_view",
    "system_error",
    "thread",
    "tuple",
    "type_traits",
    "typeindex",
    "unordered_map",
    "unordered_set",
    "variant",
    "version",
];

/// No macro of ours breaks the headers of C++'s own library behind them.
fn compile_library(compiler: &str, standard: &str) -> Result<(), Failed> {
    let ours: String = headers()?.iter().map(|header| include(header, "include")).collect();
    let newer = if standard == "c++98" { &[] } else { NEWER_LIBRARY };
    let library: String = LIBRARY
        .iter()
        .chain(newer)
        .map(|header| format!("#if __has_include(<{header}>)\n#include <{header}>\n#endif\n"))
        .collect();
    let uses = "int main() {\n  std::vector<int> v;\n  v.assign(3, 7);\n  unsigned char c = 0;\n\
                \x20 return assign(c, v[0]) + assign(c, 256) - 1;\n}\n";
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("library.cc");
    fs::write(&file, ours + &library + uses)?;
    let output = Command::new(compiler)
        .args([&format!("-std={standard}"), "-w", "-fsyntax-only", &api_option(34), "-I"])
        .args([&root().join("include"), &file])
        .output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
    }
}

/// What tells the compiler which version the program is for; 0 for a program that does not say.
fn api_option(api: u32) -> String {
    if api == 0 { "-UOWFAT_API".into() } else { format!("-DOWFAT_API={api}") }
}

/// Lines that do not compile unless compiler.h came along, or stayed away.
fn check_of_compiler_h(header: &str, api: u32) -> &'static str {
    match (header, api >= 33) {
        ("compiler.h", _) | (_, true) => {
            "#if !defined(likely) || !defined(att_const)\n#error compiler.h is missing\n#endif\n"
        }
        _ => {
            "#if defined(likely) || defined(att_const) || defined(noexcept)\n#error compiler.h is there\n#endif\n"
        }
    }
}

fn compile_all(compiler: &str, standard: &str, folder: &str, api: u32) -> Result<(), Failed> {
    let programs = tempfile::tempdir()?;
    let extension = if standard.starts_with("c++") { "cc" } else { "c" };
    let write = |name: &str, headers: &[&String]| {
        let mut lines: String = headers.iter().map(|header| include(header, folder)).collect();
        if let [header] = headers {
            lines += check_of_compiler_h(header, api);
        }
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
        .args([format!("-std={standard}"), api_option(api)])
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
