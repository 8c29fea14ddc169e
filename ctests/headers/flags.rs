// SPDX-License-Identifier: MIT OR Apache-2.0
//! Flags that change what a compiler makes of types: a program may have them, though the library had not. Either they change no
//! struct of our headers, or the program does not compile.

use super::{layouts, root};
use crate::support::{libraries, needing, package};
use libtest_mimic::{Failed, Trial};
use std::process::Command;

const COMPILERS: &[&str] = &["gcc", "clang"];

/// Those that change no struct. Compilers for ARM without an operating system have the first two by themselves.
const HARMLESS: &[&str] = &["-fshort-enums", "-funsigned-char", "-fsigned-char", "-D_FILE_OFFSET_BITS=64"];

/// Headers with members of 64 bits, which -fpack-struct moves.
const PACKED: &[&str] =
    &["array.h", "iarray.h", "iob.h", "iob_internal.h", "tai.h", "taia.h", "cdb_make.h", "parse.h"];

/// A test for each compiler and flag.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for compiler in COMPILERS {
        let there = package(compiler, &format!("/usr/bin/{compiler}"));
        for flag in HARMLESS {
            let trial =
                Trial::test(format!("flags::{compiler}::{flag}"), move || change_no_struct(compiler, flag));
            trials.push(needing(&there, trial));
        }
        let packed = Trial::test(format!("flags::{compiler}::-fpack-struct"), move || is_refused(compiler));
        trials.push(needing(&there, packed));
    }
    trials
}

fn change_no_struct(compiler: &str, flag: &str) -> Result<(), Failed> {
    let (folder, structs) = (tempfile::tempdir()?, layouts::structs());
    let tool = libraries::compiler_called(compiler);
    let with = |flags: &[&str]| layouts::measure(&structs, folder.path(), &tool, flags);
    let (plain, other) = (with(&[])?, with(&[flag])?);
    if plain == other { Ok(()) } else { Err(format!("{plain:#?}\n{other:#?}").into()) }
}

fn is_refused(compiler: &str) -> Result<(), Failed> {
    for header in PACKED {
        let folder = tempfile::tempdir()?;
        let source = folder.path().join("program.c");
        std::fs::write(&source, format!("#include <libowfat/{header}>\n"))?;
        let mut command = Command::new(compiler);
        command.args(["-fsyntax-only", "-fpack-struct", "-I"]).arg(root().join("include")).arg(&source);
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() || !said.contains("libowfat_has_another_layout") {
            return Err(format!("{header}: {said}").into());
        }
    }
    Ok(())
}
