// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every call that the library makes of the C library, and that can fail, fails: the first of its name, the second, and so on,
//! in every way that it can, once and several times in a row, under scripts that use all public functions of the event loop
//! and of whatever else allocates. The scripts see that nothing crashes, hangs, leaks or gets lost, and that
//! functions fail as the contract says (`faults.h`).
//!
//! It is the static library that is tested, with its imports renamed by objcopy, so that the shim (`shim.c`) sees the
//! library's calls and no others. `epoll::` is the loop as it usually is, `poll::` on its other backend.

mod build;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/timed.rs"]
mod timed;

use build::{PROGRAMS, Programs};
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use timed::Outcome;

/// More than any script takes with all its faults, one after the other.
const LIMIT: Duration = Duration::from_secs(300);

fn main() {
    let arguments = Arguments::from_args();
    let programs = Arc::new(Programs::build());
    let mut trials = vec![
        Trial::test("every_import_can_fail_or_cannot", {
            let programs = programs.clone();
            move || Ok(programs.check_imports()?)
        }),
        Trial::test("every_function_is_used", || Ok(build::check_functions()?)),
    ];
    let mut reached = BTreeSet::new();
    let mut all_run = Ok(());
    for (backend, program) in
        ["epoll", "poll"].iter().flat_map(|backend| PROGRAMS.iter().map(move |p| (backend, p)))
    {
        let scripts = programs.scripts(program, backend);
        if scripts.is_err() {
            all_run = scripts.clone().map(|_| ());
            trials.push(support::needing(&scripts, Trial::test(format!("{backend}::{program}"), || Ok(()))));
        }
        for (script, call) in scripts.unwrap_or_default() {
            reached.insert(call.clone());
            let name = format!("{backend}::{program}::{script}::{call}");
            let programs = programs.clone();
            trials.push(Trial::test(name, move || {
                let mut command = programs.command(program, backend);
                run(command.arg(&script).arg(&call))
            }));
        }
    }
    let every_call_is_reached = Trial::test("every_call_is_reached", move || {
        let missing: Vec<String> =
            programs.calls().into_iter().filter(|call| !reached.contains(call)).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("no script reaches {missing:?}").into()) }
    });
    trials.push(support::needing(&all_run, every_call_is_reached));
    libtest_mimic::run(&arguments, trials).exit();
}

fn run(command: &mut Command) -> Result<(), Failed> {
    match timed::run(command, LIMIT) {
        (Outcome::Passes, _) => Ok(()),
        (outcome, said) => Err(format!("{outcome}\n{said}").into()),
    }
}
