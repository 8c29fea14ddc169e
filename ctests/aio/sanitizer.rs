// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C programs under AddressSanitizer or ThreadSanitizer, linked with a library whose every load and store is checked
//! as well, on each engine: `asan-pool::`, `asan-uring::`, `tsan-pool::`, `tsan-uring::`.

use crate::build::{self, Program};
use crate::support::sanitizing::{self, Sanitizer, Tools};
use crate::support::{Skip, fresh, libraries, needing, parallel};
use crate::timed::{self, Outcome};
use crate::{LIMIT, SLOWNESS};
use libtest_mimic::{Completion, Trial};
use std::path::Path;
use std::process::Command;

/// Tests that a sanitizer cannot run, and why.
const BEYOND: &[(&str, &str)] = &[
    ("file_meant::every_number_is_closed", CLOSES),
    ("file_meant::every_number_is_closed_under_a_waiting_read", CLOSES),
    ("children::handler_that_forks_in_aio_suspend", FORKS),
    ("children::handler_that_forks_in_lio_listio", FORKS),
    ("completion_fd::number_that_was_closed_and_reused", CLOSES),
    ("loading::nothing_before_the_first_request", "looks for handlers, of which a sanitizer has its own"),
    (
        "loading::threads_have_a_name_and_take_no_signal",
        "looks at threads, of which a sanitizer has one of its own",
    ),
    (
        "transfers::block_overwritten_while_it_is_pending",
        "overwrites a block that is pending, which is a race by design",
    ),
    ("notify::real_time_signals_are_queued", "counts signals, which a sanitizer delivers together"),
    ("processes::idle_costs_nothing", "counts wake-ups, of which a sanitizer has its own"),
    ("processes::threads_are_few", "counts threads, of which a sanitizer has one of its own"),
    ("transfers::largest_transfer", "has 4 GiB of address space, which a sanitizer would shadow"),
    ("submit::length_above_32_bits", "has 4 GiB of address space, which a sanitizer would shadow"),
];
const FORKS: &str =
    "forks in a handler in the middle of a wait, and ThreadSanitizer runs handlers after waits only";
const CLOSES: &str = "closes descriptors of the library, which a sanitizer rightly calls a race";

/// Every trial.
pub(crate) fn all(sanitizer: Sanitizer) -> Vec<Trial> {
    let tools = sanitizing::tools(sanitizer);
    let Ok(tools) = &tools else {
        return vec![needing(&tools, Trial::test(sanitizer.kind(), || Err("it is skipped".into())))];
    };
    let library = sanitizing::build(sanitizer, "owfat-aio").join("libowfat_aio.a");
    let folder = libraries::target().join("aio").join(sanitizer.kind());
    std::fs::create_dir_all(&folder).unwrap();
    let ring = build::ring_is_allowed();
    let mut trials = Vec::new();
    for program in parallel::map(&build::sources(), |source| compile(source, tools, &library, &folder)) {
        for test in program.tests() {
            let name = format!("{}::{}", program.name, test.name);
            for engine in ["pool", "uring"] {
                let full = format!("{}-{engine}::{name}", sanitizer.kind());
                if let Some((_, why)) = BEYOND.iter().find(|(beyond, _)| *beyond == name) {
                    let trial = Trial::test(full, || Err("it is ignored".into()));
                    trials.push(trial.with_kind(format!("impossible: {why}")).with_ignored_flag(true));
                    continue;
                }
                let (program, test) = (program.clone(), test.clone());
                let trial = Trial::ignorable_test(full, move || {
                    let (variable, options) = sanitizer.options(test.valgrind);
                    let mut command = Command::new(program.executable(build::Form::Static));
                    command.arg(&test.name).env(variable, options).env("OWFAT_AIO", engine);
                    match timed::run(&mut command, test.limit.unwrap_or(LIMIT) * SLOWNESS) {
                        (Outcome::Passes, said) if !said.contains(sanitizer.report()) => {
                            Ok(Completion::Completed)
                        }
                        (Outcome::Skipped, said) if !Skip::is_failure() => Ok(Completion::ignored_with(said)),
                        (outcome, said) => Err(format!("{outcome}\n{said}").into()),
                    }
                });
                trials.push(if engine == "uring" { needing(&ring, trial) } else { trial });
            }
        }
    }
    trials
}

fn compile(source: &Path, tools: &Tools, library: &Path, folder: &Path) -> Program {
    let program = Program::new(source, folder);
    let object = folder.join(format!("{}.o", program.name));
    let mut clang = tools.clang.to_command();
    build::flags(&mut clang);
    clang.args(&tools.compiling).arg("-c").arg("-o").arg(&object).arg(source);
    build::make(&mut clang, &object, &[source]);
    let executable = program.executable(build::Form::Static);
    let mut link = tools.clang.to_command();
    link.arg("-pthread")
        .arg("-o")
        .arg(&executable)
        .arg(&object)
        .arg(library)
        .args(&tools.linking)
        .arg("-ldl");
    fresh::make(&mut link, &executable, &[&object, library]);
    program
}
