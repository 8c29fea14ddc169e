// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every name of the interface, defined by a program: it links, its own are what it calls, and the rest of the library comes
//! along. `own.rs` shows for twenty of them that the rest works, too.

use crate::support::Skip;
use crate::{ARCHIVE, SHARED, Test, root, run};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("own::every_name", || of_each_group(&[])),
    ("own::every_name_statically", || of_each_group(&["-static"])),
    ("own::every_name_beside_the_shared_library", beside_the_shared_library),
    ("own::all_names_at_once", all_at_once),
];

/// So many programs share the names: a program defines those of its group, and asks the library for all others. Neighbours in
/// the list are of one family, so they are in different groups.
const GROUPS: usize = 8;

/// The interface, with T for functions as `nm` has it.
fn interface() -> Vec<(char, String)> {
    let list = fs::read_to_string(root().join("ctests/symbols.txt")).unwrap();
    list.lines().map(|line| (line.chars().next().unwrap(), line[2..].to_string())).collect()
}

/// A program that defines what `is_own` says, asks for all else, and tells whether its own is what it calls and sees.
fn program(is_own: impl Fn(usize) -> bool) -> String {
    let (mut definitions, mut others, mut calls) = (String::new(), String::new(), String::new());
    for (i, (class, name)) in interface().into_iter().enumerate() {
        match (is_own(i), class) {
            (true, 'T') => {
                writeln!(definitions, "int {name}(void) {{ return {i} - calls++; }}").unwrap();
                writeln!(calls, "  wrong += {name}() != {i} - expected++;").unwrap();
            }
            // Large enough for whatever the library writes to it.
            (true, _) => {
                writeln!(definitions, "char {name}[16384] = {{'a'}};").unwrap();
                writeln!(calls, "  wrong += {name}[0] != 'a' || {name}[16383];").unwrap();
            }
            (false, _) => {
                writeln!(definitions, "extern char {name}[];").unwrap();
                writeln!(others, "  {name},").unwrap();
            }
        }
    }
    format!(
        "#include <stdio.h>\nstatic int calls, expected, wrong;\n{definitions}\
         char *volatile others[] = {{\n{others}  0}};\n\
         int main(void) {{\n{calls}  for (char *volatile *one = others; *one; ++one) wrong += *one == (char *)main;\n  \
         printf(\"%d of its own called, %d wrong\\n\", calls, wrong);\n  return wrong;\n}}\n"
    )
}

/// Links it and runs it; it says how many functions of its own it has called.
fn called(source: &str, flags: &[&str], library: &[&str], beside: &Path) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let (file, executable) = (folder.path().join("program.c"), folder.path().join("program"));
    fs::write(&file, source).unwrap();
    let mut gcc = Command::new("gcc");
    // Some of these names are functions that gcc knows itself.
    gcc.args(["-fno-builtin", "-Wl,--fatal-warnings", "-o"]).arg(&executable).arg(&file).args(flags);
    run(gcc.args(library));
    let said = run(Command::new(&executable).env("LD_LIBRARY_PATH", beside).env("LD_BIND_NOW", "1"));
    assert!(said.ends_with(", 0 wrong\n"), "{said}");
    said.split(' ').next().unwrap().parse().unwrap()
}

fn functions() -> usize {
    interface().iter().filter(|(class, _)| *class == 'T').count()
}

fn of_each_group(flags: &[&str]) -> Result<(), Skip> {
    let archive = ARCHIVE.to_str().unwrap();
    let called: usize =
        (0..GROUPS).map(|group| called(&program(|i| i % GROUPS == group), flags, &[archive], root())).sum();
    assert_eq!(called, functions());
    Ok(())
}

fn beside_the_shared_library() -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("libowfat.so.0");
    fs::copy(&*SHARED, &library).unwrap();
    let called: usize = (0..GROUPS)
        .map(|group| {
            called(&program(|i| i % GROUPS == group), &[], &[library.to_str().unwrap()], folder.path())
        })
        .sum();
    assert_eq!(called, functions());
    Ok(())
}

/// With every member linked in besides, of which each definition is then the second one.
fn all_at_once() -> Result<(), Skip> {
    let archive = ARCHIVE.to_str().unwrap();
    for flags in [&[][..], &["-static"]] {
        for library in [&[archive][..], &["-Wl,--whole-archive", archive, "-Wl,--no-whole-archive"]] {
            assert_eq!(called(&program(|_| true), flags, library, root()), functions());
        }
    }
    Ok(())
}
