// SPDX-License-Identifier: MIT OR Apache-2.0
//! Programs about bytes and memory, compiled as compilers for other processors do by themselves: `char` has no sign, and an
//! enumeration is as small as it can be (`other_types::`). The library is the usual one.

use super::build::{self, Compiler, Libraries, Library};
use super::{run, trials};
use crate::support::libraries;
use libtest_mimic::Trial;
use std::path::Path;
use std::sync::Arc;

const FLAGS: &[&str] = &["-funsigned-char", "-fshort-enums"];

/// The kind of these trials.
pub(crate) const KIND: &str = "other_types";

/// A trial for each test of such a program.
pub(crate) fn trials() -> Vec<Trial> {
    let folder = libraries::target().join("ctests").join(KIND);
    let libraries = Arc::new(Libraries::shared_alone(folder, &libraries::ours()));
    let flags = FLAGS.iter().map(Into::into).collect();
    let compiler = Compiler::special(libraries::compiler(), flags, Vec::new());
    let of_bytes =
        |source: &Path| ["text", "memory"].iter().any(|family| source.parent().unwrap().ends_with(family));
    let sources = build::sources().into_iter().filter(|source| of_bytes(source)).collect();
    let mut all = Vec::new();
    for program in build::programs_of(sources, &compiler, &libraries) {
        for test in run::list(&program, Library::Shared, &libraries) {
            let (program, libraries) = (program.clone(), libraries.clone());
            all.push(Trial::ignorable_test(format!("{KIND}::{}::{}", program.name, test.name), move || {
                let mut command = run::command(&program, Library::Shared, &libraries);
                trials::expect_pass(command.arg(&test.name), test.limit)
            }));
        }
    }
    all
}
