// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C programs under AddressSanitizer or ThreadSanitizer: compiled with it by clang, and run on a library whose every
//! load and store is checked as well, those of Rust's core included.
//!
//! The library is the one that is shipped, with overflow checks. The sanitizer's run-time library is the compiler's of
//! Rust, which is the newer one.

use super::build::{self, Compiler, Libraries, Library, Program};
use super::run::{self, Outcome, Test};
use super::trials;
use crate::support::sanitizing::{self, Sanitizer};
use crate::support::{Skip, libraries, needing};
use libtest_mimic::{Completion, Failed, Trial};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Whether there is something for a sanitizer to see in a program.
fn is_for(sanitizer: Sanitizer, source: &Path) -> bool {
    sanitizer == Sanitizer::Address || build::is_concurrent(source)
}

/// Tests, or whole programs, that no sanitizer can run, and why.
const BEYOND: &[(&str, &str)] = &[
    ("allocations", OWN_MALLOC),
    ("batch::no_memory_leaves_the_batch_as_it_was", NO_MEMORY),
    ("buffer_stralloc", OWN_MALLOC),
    ("cdb_memory", OWN_MALLOC),
    ("endless::autofree_stream_of_allocated_pieces", KEEPS_FREED),
    ("endless::autofree_stream_of_files", KEEPS_FREED),
    ("endless::half_of_a_large_answer_is_given_back", KEEPS_FREED),
    ("retry::what_was_kept_is_given_back", KEEPS_FREED),
    ("sandbox::every_function_works_or_says_why", "takes calls away that a sanitizer needs"),
    ("descriptors::an_idle_descriptor_is_small", "counts memory, of which a sanitizer takes its share"),
    ("dns::no_memory_for_domains", NO_MEMORY),
    ("limits::no_memory_for_a_known_descriptor", NO_MEMORY),
    ("limits::no_memory_for_a_new_descriptor", NO_MEMORY),
    ("limits::no_memory_from_the_start", NO_MEMORY),
];
const KEEPS_FREED: &str = "counts memory, and a sanitizer keeps what was freed";
const OWN_MALLOC: &str = "has a malloc of its own";
const NO_MEMORY: &str = "leaves no memory to the sanitizer either";

/// A trial that nothing can come of, for the count.
fn beyond(sanitizer: Sanitizer, name: &str) -> Option<Trial> {
    let (_, why) = BEYOND.iter().find(|(beyond, _)| *beyond == name)?;
    let trial = Trial::test(format!("{}::{name}", sanitizer.kind()), || Err("it is ignored".into()));
    Some(trial.with_kind(format!("impossible: {why}")).with_ignored_flag(true))
}

/// Every trial of the C programs under a sanitizer.
pub(crate) fn all(sanitizer: Sanitizer) -> Vec<Trial> {
    let setup = prepare(sanitizer);
    let Ok(setup) = &setup else {
        let all = Trial::test(sanitizer.kind(), || Err("it is skipped".into()));
        return vec![needing(&setup, all)];
    };
    let mut trials = Vec::new();
    for program in &setup.programs {
        if let Some(trial) = beyond(sanitizer, &program.name) {
            trials.push(trial);
            continue;
        }
        for test in run::list(program, Library::Shared, &setup.libraries) {
            let name = format!("{}::{}", program.name, test.name);
            if let Some(trial) = beyond(sanitizer, &name) {
                trials.push(trial);
                continue;
            }
            trials.push(trial(sanitizer, "", &name, setup, program, &test));
            if program.event_loop {
                trials.push(trial(sanitizer, "-poll", &name, setup, program, &test));
            }
        }
    }
    trials.push(control(sanitizer, setup));
    trials
}

fn trial(
    sanitizer: Sanitizer,
    backend: &'static str,
    name: &str,
    setup: &Arc<Setup>,
    program: &Program,
    test: &Test,
) -> Trial {
    let full = format!("{}{backend}::{name}", sanitizer.kind());
    let (setup, program, test) = (setup.clone(), program.clone(), test.clone());
    Trial::ignorable_test(full, move || {
        let mut command = command(sanitizer, &program, &test, &setup);
        if backend == "-poll" {
            command.env("OWFAT_BACKEND", "poll");
        }
        match run::run(&mut command, test.limit * trials::SLOWNESS) {
            (Outcome::Passes, said) if !said.contains(sanitizer.report()) => Ok(Completion::Completed),
            (Outcome::Skipped, said) if !Skip::is_failure() => Ok(Completion::ignored_with(said.trim())),
            (outcome, said) => Err(format!("{outcome}\n{said}").into()),
        }
    })
}

/// A program that breaks the rules inside of the library: the sanitizer has to see it there.
fn control(sanitizer: Sanitizer, setup: &Arc<Setup>) -> Trial {
    let setup = setup.clone();
    Trial::test(format!("{}_sees_into_the_library", sanitizer.kind()), move || {
        let program = build::program("sanitizer/wrong.c", &setup.compiler, &setup.libraries);
        let test = Test { name: sanitizer.name().into(), valgrind: false, limit: run::LIMIT };
        let (outcome, said) = run::run(&mut command(sanitizer, &program, &test, &setup), test.limit);
        let seen = outcome == Outcome::Fails
            && said.contains(sanitizer.report())
            && said.contains("src/text/byte.rs");
        if seen { Ok(()) } else { Err(Failed::from(format!("{outcome}\n{said}"))) }
    })
}

fn command(sanitizer: Sanitizer, program: &Program, test: &Test, setup: &Setup) -> Command {
    let mut command = run::command(program, Library::Shared, &setup.libraries);
    let (variable, options) = sanitizer.options(test.valgrind);
    command.arg(&test.name).env(variable, options);
    command
}

/// What trials share.
struct Setup {
    libraries: Libraries,
    compiler: Compiler,
    programs: Vec<Program>,
}

/// Builds everything; or says what is missing.
fn prepare(sanitizer: Sanitizer) -> Result<Arc<Setup>, Skip> {
    let tools = sanitizing::tools(sanitizer)?;
    let built = sanitizing::build(sanitizer, "owfat").join("libowfat.so");
    let libraries =
        Libraries::shared_alone(libraries::target().join("ctests").join(sanitizer.kind()), &built);
    let compiler = Compiler::special(tools.clang, tools.compiling, tools.linking);
    let sources = build::sources().into_iter().filter(|source| is_for(sanitizer, source)).collect();
    let programs = build::programs_of(sources, &compiler, &libraries);
    Ok(Arc::new(Setup { libraries, compiler, programs }))
}
