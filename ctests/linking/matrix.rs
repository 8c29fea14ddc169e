// SPDX-License-Identifier: MIT OR Apache-2.0
//! One program, linked in every way that users link.

use crate::support::{self, Skip, needing};
use crate::{ARCHIVE, SHARED, includes, root, run};
use libtest_mimic::Trial;
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) const LINKERS: &[(&str, &str)] =
    &[("bfd", "binutils"), ("gold", "binutils"), ("lld", "lld"), ("mold", "mold")];

/// A name, flags, and compilers and linkers that cannot do it.
const WAYS: &[(&str, &[&str], &[&str])] = &[
    ("plain", &[], &[]),
    ("fixed", &["-no-pie", "-fno-pie"], &[]),
    ("static", &["-static"], &[]),
    // gold has no such programs.
    ("static_pie", &["-static-pie", "-fPIE"], &["gcc gold", "clang gold"]),
    ("sections_collected", &["-ffunction-sections", "-Wl,--gc-sections"], &[]),
    ("whole_archive", &["-DWHOLE"], &[]),
    ("static_whole_archive", &["-DWHOLE", "-static"], &[]),
    // gcc's plugin speaks to bfd, gold and mold; LLVM's intermediate code is lld's and mold's.
    ("lto", &["-flto", "-O2"], &["gcc lld", "clang bfd", "clang gold", "clang mold"]),
    ("thin_lto", &["-flto=thin", "-O2"], &["gcc", "clang bfd", "clang gold", "clang mold"]),
    ("asan", &["-fsanitize=address", "-g"], &[]),
    ("cxx", &["-xc++"], &[]),
];

/// Standards of C and C++ in which the program is compiled, too.
const STANDARDS: &[(&str, &str, &[&str])] = &[
    ("gcc", "c", &["gnu89", "c99", "c11", "c17", "c2x"]),
    ("clang", "c", &["gnu89", "c99", "c11", "c17", "c2x"]),
    ("g++", "c++", &["c++98", "c++11", "c++14", "c++17", "c++20", "c++23"]),
    ("clang++", "c++", &["c++98", "c++11", "c++14", "c++17", "c++20", "c++2b"]),
];

pub(crate) fn all() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (way, flags, impossible) in WAYS {
        for compiler in ["gcc", "clang"] {
            for (linker, package) in LINKERS {
                if impossible.iter().any(|one| *one == compiler || *one == format!("{compiler} {linker}")) {
                    continue;
                }
                let needs = there(compiler, compiler).and_then(|()| there(package, &format!("ld.{linker}")));
                let name = format!("matrix::{way}::{compiler}_{linker}");
                let trial = Trial::test(name, move || {
                    let mut all = vec![format!("-fuse-ld={linker}")];
                    all.extend(flags.iter().map(|flag| flag.to_string()));
                    links_and_runs(compiler, &all);
                    Ok(())
                });
                trials.push(needing(&needs, trial));
            }
        }
    }
    for (compiler, language, standards) in STANDARDS {
        let package = if compiler.starts_with("clang") { "clang" } else { compiler };
        let trial = Trial::test(format!("matrix::standards::{compiler}"), move || {
            for standard in *standards {
                links_and_runs(compiler, &[format!("-x{language}"), format!("-std={standard}")]);
            }
            Ok(())
        });
        trials.push(needing(&there(package, compiler), trial));
    }
    let musl = Trial::test("matrix::musl_gcc", || {
        links_and_runs("musl-gcc", &["-static".into()]);
        Ok(())
    });
    trials.push(needing(&there("musl-tools", "musl-gcc"), musl));
    let two = Trial::test("matrix::shared_and_by_name", || {
        by_name();
        Ok(())
    });
    trials.push(two);
    trials
}

fn there(package: &str, tool: &str) -> Result<(), Skip> {
    support::package(package, &format!("/usr/bin/{tool}"))
}

fn links_and_runs(compiler: &str, flags: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let executable = folder.path().join("program");
    let mut cc = Command::new(compiler);
    cc.args(["-Wall", "-Wextra", "-Werror", "-Wno-long-long"]);
    if compiler.starts_with("clang") {
        // `int64 io_canread();` is how the C library's header has it.
        cc.arg("-Wno-strict-prototypes");
    }
    cc.args(flags).args(includes()).arg("-o").arg(&executable);
    cc.arg(root().join("ctests/linking/program.c")).arg("-xnone");
    if flags.iter().any(|flag| flag == "-DWHOLE") {
        cc.arg("-Wl,--whole-archive").arg(&*ARCHIVE).arg("-Wl,--no-whole-archive");
    } else {
        cc.arg(&*ARCHIVE);
    }
    run(&mut cc);
    assert_eq!(run(&mut Command::new(&executable)), "it works\n");
}

/// `-lowfat` finds the shared library where there are both.
fn by_name() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    fs::copy(&*SHARED, place("libowfat.so.0")).unwrap();
    std::os::unix::fs::symlink("libowfat.so.0", place("libowfat.so")).unwrap();
    fs::copy(&*ARCHIVE, place("libowfat.a")).unwrap();
    let executable = place("program");
    let build = |flags: &[&str]| {
        let mut cc = Command::new("cc");
        cc.args(includes()).arg("-o").arg(&executable).arg(root().join("ctests/linking/program.c"));
        run(cc.arg("-L").arg(folder.path()).arg("-lowfat").args(flags));
        let with =
            |program: &Path| Command::new(program).env("LD_LIBRARY_PATH", folder.path()).output().unwrap();
        assert_eq!(with(&executable).stdout, b"it works\n");
        run(Command::new("readelf").arg("-d").arg(&executable)).contains("[libowfat.so.0]")
    };
    assert!(build(&[]) && !build(&["-static"]));
}
