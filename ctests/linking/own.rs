// SPDX-License-Identifier: MIT OR Apache-2.0
//! A program that has functions and variables of its own with names of the library: its own win, and the rest of the
//! library works.

use crate::support::Skip;
use crate::{ARCHIVE, Test, includes, root, run};
use std::fs;
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("own::twenty_names", || with_flags(&[])),
    ("own::twenty_names_statically", || with_flags(&["-static"])),
    ("own::twenty_names_with_lto", || with_flags(&["-flto", "-O2"])),
];

fn with_flags(flags: &[&str]) -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    for compiler in ["gcc", "clang"] {
        for linker in ["bfd", "gold", "lld"] {
            // Each compiler's intermediate code is read by some linkers: the matrix has them all.
            if flags.contains(&"-flto") && (compiler, linker) != ("gcc", "bfd") {
                continue;
            }
            let executable = folder.path().join("program");
            let mut cc = Command::new(compiler);
            cc.arg(format!("-fuse-ld={linker}"))
                .args(["-Wall", "-Werror", "-o"])
                .arg(&executable)
                .args(flags);
            cc.args(includes()).arg(root().join("ctests/linking/own.c")).arg(&*ARCHIVE);
            run(&mut cc);
            assert_eq!(run(&mut Command::new(&executable)), "all is well\n");
            fs::remove_file(&executable).unwrap();
        }
    }
    Ok(())
}
