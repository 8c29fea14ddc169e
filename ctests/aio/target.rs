// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C programs on another machine: linked statically with a library that was built for it, with each engine, and in both
//! widths of off_t where it has two. (`OWFAT_TIME=64` has both offsets and times of 64 bits.)

use crate::build::{self, Form, Program};
use crate::support::machine::{BUILD_CORE, Machine};
use crate::support::{needed, needing, parallel};
use crate::{LIMIT, SLOWNESS, expect_pass, root};
use libtest_mimic::Trial;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// Tests, or whole programs, that no user-mode emulator runs as a kernel would, and why.
const BEYOND_EMULATORS: &[(&str, &str)] = &[
    ("children::no_number_of_the_engine_stays_open", INHERITED),
    ("processes::fork_beside_the_first_request", INHERITED),
    ("processes::fork_while_others_submit", INHERITED),
    ("storm::submit_cancel_and_fork", INHERITED),
    ("cached", "the emulator has no preadv2"),
    ("cached_lists::nothing_is_waited_for", "the emulator has no preadv2"),
    ("loading", "the emulator has a thread of its own, and names none"),
    ("transfers::eventfd_ignores_the_offset", "the emulator turns the bytes of an eventfd for read alone"),
    ("vectors::array_without_memory", "the emulator has no process_vm_readv"),
];

const INHERITED: &str = "a child that was forked beside threads may inherit a lock of the emulator's";

/// Every trial.
pub(crate) fn all(machine: Machine) -> Vec<Trial> {
    let there = machine.is_there();
    if there.is_err() {
        return vec![needing(&there, Trial::test(&machine.triple, || Err("it is skipped".into())))];
    }
    let place = library(&machine);
    let ring = build::ring_is_allowed();
    // Emulators have no io_uring.
    let engines: &[&str] = if machine.is_emulated() { &["pool"] } else { &["pool", "uring"] };
    let both = machine.has_two_widths() && machine.time.is_none();
    let widths: &[(&str, &[&str])] =
        if both { &[("", &[]), ("_64", &["-D_FILE_OFFSET_BITS=64"])] } else { &[("", &[])] };
    let machine = Arc::new(machine);
    let mut trials = Vec::new();
    if machine.is_musl() {
        let library = place.join("libowfat-aio.so");
        trials.push(Trial::test("names_are_in_old_musl", move || needed::is_in_old_musl(&library)));
    }
    for (width, flags) in widths {
        let folder = place.join(format!("programs{width}-{}", machine.name()));
        fs::create_dir_all(&folder).unwrap();
        let compiled = |source: &PathBuf| compile(&machine, source, &place, &folder, flags);
        for program in parallel::map(&build::sources(), compiled) {
            let executable = program.executable(Form::Static);
            for test in program.tests_by(machine.command(&executable)) {
                let full = format!("{}::{}", program.name, test.name);
                let beyond = BEYOND_EMULATORS.iter().find(|(name, _)| *name == full || *name == program.name);
                if let Some((_, why)) = beyond.filter(|_| machine.is_emulated()) {
                    let trial = Trial::test(full, || Err("it is ignored".into()));
                    trials.push(trial.with_kind(format!("impossible: {why}")).with_ignored_flag(true));
                    continue;
                }
                for engine in engines.iter().copied() {
                    let name = format!("{engine}{width}::{}::{}", program.name, test.name);
                    let (machine, executable, test) = (machine.clone(), executable.clone(), test.clone());
                    let trial = Trial::ignorable_test(name, move || {
                        let mut command = machine.command(&executable);
                        let factor = if machine.is_emulated() { SLOWNESS } else { 1 };
                        command.env("OWFAT_AIO", engine).arg(&test.name);
                        expect_pass(&mut command, test.limit.unwrap_or(LIMIT) * factor)
                    });
                    trials.push(if engine == "uring" { needing(&ring, trial) } else { trial });
                }
            }
        }
    }
    trials
}

/// Builds the library, and says in which folder it is.
fn library(machine: &Machine) -> PathBuf {
    let (target, own) = machine.folders();
    let mut make = Command::new("make");
    make.args(["--quiet", "aio"]).current_dir(root()).envs(machine.variables());
    make.env("RUSTFLAGS", machine.rust_flags()).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    make.arg(format!("CARGO={}", env!("CARGO")));
    make.arg(format!("CARGO_BUILD_TARGET={}", machine.triple)).arg(format!("CROSS={}", machine.cross()));
    make.arg(format!("CC={}", machine.compiler));
    make.arg(format!("CARGOFLAGS=--quiet {}", BUILD_CORE.0));
    make.arg(format!("CARGO_TARGET_DIR={}", target.display()));
    assert!(make.status().expect("make runs").success(), "make aio");
    own.join("aio")
}

fn compile(machine: &Machine, source: &Path, place: &Path, folder: &Path, flags: &[&str]) -> Program {
    let program = Program::new(source, folder);
    let (executable, archive) = (program.executable(Form::Static), place.join("libowfat-aio.a"));
    let mut cc = machine.tool().to_command();
    build::flags(&mut cc);
    cc.args(machine.flags()).args(flags).arg("-static").arg("-o").arg(&executable);
    cc.arg(source).arg(&archive).arg("-ldl");
    build::make(&mut cc, &executable, &[source, &archive]);
    program
}
