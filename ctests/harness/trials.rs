// SPDX-License-Identifier: MIT OR Apache-2.0
//! Turns tests of C programs into trials.

use super::build::{self, Compiler, Libraries, Library, Program};
use super::differences::{self, Differences};
use super::run::{self, Outcome, Test};
use super::{calls, differences_page, generated, originals, plugin, root};
use crate::support::{self, Skip, documents, needing};
use libtest_mimic::{Completion, Failed, Trial};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// What all trials share.
pub(crate) struct Setup {
    pub(crate) libraries: Libraries,
    compiler: Compiler,
    pub(crate) programs: Vec<Program>,
    pub(crate) differences: Differences,
    pub(crate) debian: Result<(), Skip>,
    pub(crate) sid: Result<(), Skip>,
    valgrind: Result<(), Skip>,
    pub(crate) strace: Result<(), Skip>,
}

impl Setup {
    /// Builds everything, and finds out which tools are there.
    pub(crate) fn new() -> Setup {
        let libraries = Libraries::build();
        let compiler = Compiler::usual();
        let programs = build::programs(&compiler, &libraries);
        let debian = support::libraries::debian().map(|file| libraries.add(Library::Debian, &file));
        let sid = support::sid::unpacked().map(|sid| libraries.add(Library::Sid, &sid.library));
        let valgrind = support::package("valgrind", "/usr/bin/valgrind");
        let strace = support::package("strace", "/usr/bin/strace");
        let differences = differences::read("known-differences.txt");
        Setup { libraries, compiler, programs, differences, debian, sid, valgrind, strace }
    }
}

/// Tests of what our kevent cannot do: the epoll under it cannot watch an open file description that often from within another instance;
/// it opens file descriptors in its own way, and needs each of them; and it is loaded after the program's first fork handlers.
const BEYOND_KEVENT: &[&str] = &[
    "limits::no_memory_for_a_known_descriptor",
    "sandbox::every_function_works_or_says_why",
    "cloexec::own_descriptors_are_private_from_the_beginning",
    "rearm::an_instance_that_was_closed",
    "rearm::registered_with_an_instance_that_was_closed",
    "cloexec::programs_inherit_nothing",
    "atfork::fork_handlers_registered_before_the_library_was_loaded",
    "atfork::fork_handler_of_the_child_closes_before_the_librarys_own_runs",
    // Error queues are Linux's. Where there is a kqueue, the call that meets a socket's error takes it away, so no such
    // condition lasts; our kevent asks the epoll under it at each look, and plain reads do not take the queue's error.
    "conditions::error_queue_and_plain_reads",
    // Linux has message queues look like regular files, which our kevent takes for always ready.
    "undrained::message_queue_one_plain_read_per_event",
    "undrained::message_queue_left_alone",
];

/// Programs that are about waking a wait, among other things: kqueue does that in another way on older systems.
const WAKING: &[&str] = &[
    "backends",
    "deadlines",
    "fresh",
    "limits",
    "mux",
    "mux_extra",
    "processes",
    "queue",
    "threads",
    "waiting",
];

/// Every trial of the C programs.
pub(crate) fn all(setup: &Arc<Setup>) -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut names = Vec::new();
    for program in &setup.programs {
        let tests = run::list(program, Library::Shared, &setup.libraries);
        run::list(program, Library::Static, &setup.libraries);
        for test in tests {
            let name = format!("{}::{}", program.name, test.name);
            trials.push(ours("so", &name, setup, program, &test));
            trials.push(ours("a", &name, setup, program, &test));
            if program.event_loop {
                trials.push(ours("poll", &name, setup, program, &test));
                if !BEYOND_KEVENT.contains(&name.as_str()) {
                    trials.push(ours("kqueue", &name, setup, program, &test));
                    trials.push(ours("libkqueue", &name, setup, program, &test));
                    if WAKING.contains(&program.name.as_str()) {
                        trials.push(ours("old_kqueue", &name, setup, program, &test));
                    }
                }
            }
            if test.valgrind {
                trials.push(valgrind(&name, setup, program, &test));
            }
            trials.extend(originals::trials(&name, setup, program, &test));
            names.push(name);
        }
    }
    trials.push(list(setup, names));
    trials.extend(privileged(setup));
    trials.push(plugin::trial(setup));
    let server = build::program("calls/server.c", &setup.compiler, &setup.libraries);
    trials.extend(calls::all(setup, &server));
    trials
}

fn ours(kind: &'static str, name: &str, setup: &Arc<Setup>, program: &Program, test: &Test) -> Trial {
    let (setup, program, test) = (setup.clone(), program.clone(), test.clone());
    Trial::ignorable_test(format!("{kind}::{name}"), move || {
        let library = match kind {
            "a" => Library::Static,
            "kqueue" | "old_kqueue" => Library::Kqueue,
            "libkqueue" => Library::Libkqueue,
            _ => Library::Shared,
        };
        let mut command = run::command(&program, library, &setup.libraries);
        if kind == "poll" {
            command.env("OWFAT_BACKEND", "poll");
        }
        if kind == "old_kqueue" {
            command.env("KEVENT_OF", "netbsd-9");
        }
        expect_pass(command.arg(&test.name), test.limit)
    })
}

/// What only programs may choose that have no more rights than their caller: a program, a test of it, a variable.
const PRIVATE: &[(&str, &str, (&str, &str))] = &[
    ("backends", "environment_counts_without_privileges", ("OWFAT_BACKEND", "poll")),
    ("signals", "interrupt_counts_without_privileges", ("OWFAT_SIGNALS", "interrupt")),
];

/// A set-user-ID program does not let the user who starts it choose the backend, nor what signals do. It is linked statically,
/// because it does not let that user choose the library either.
fn privileged(setup: &Arc<Setup>) -> impl Iterator<Item = Trial> {
    let superuser = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let package =
        if superuser { Ok(()) } else { Err(Skip("only the superuser makes such a program".into())) };
    PRIVATE.iter().map(move |&(name, test, (variable, value))| {
        let setup = setup.clone();
        let trial = Trial::ignorable_test(format!("privileged::{variable}_is_not_heard"), move || {
            let ordinary = setup.programs.iter().find(|program| program.name == name).unwrap();
            let program = setup.libraries.folder_of(Library::Static).join(format!("privileged-{name}"));
            let _ = fs::remove_file(&program);
            fs::copy(ordinary.executable(Library::Static), &program)?;
            chown(&program, Some(UNPRIVILEGED), None)?;
            fs::set_permissions(&program, Permissions::from_mode(0o4755))?;
            let mut command = Command::new(&program);
            command.env(variable, value).env("EXPECT_PRIVILEGES", "1").arg(test);
            let outcome = expect_pass(&mut command, Duration::from_secs(20));
            fs::remove_file(&program)?;
            outcome
        });
        needing(&package, trial)
    })
}

/// The user that owns nothing, on Linux.
const UNPRIVILEGED: u32 = 65534;

/// Valgrind makes a program some 30 times slower, ThreadSanitizer 10 times.
pub(crate) const SLOWNESS: u32 = 6;

fn valgrind(name: &str, setup: &Arc<Setup>, program: &Program, test: &Test) -> Trial {
    let full = format!("valgrind::{name}");
    let package = setup.valgrind.clone();
    let (setup, program, test) = (setup.clone(), program.clone(), test.clone());
    let trial = Trial::ignorable_test(&full, move || {
        let mut command = Command::new("valgrind");
        command
            .args(["--quiet", "--error-exitcode=99", "--leak-check=full", "--track-fds=no"])
            .args(["--errors-for-leak-kinds=definite,indirect,possible"])
            .arg(format!("--suppressions={}", root().join("ctests/valgrind.supp").display()))
            .arg(program.executable(Library::Shared))
            .arg(&test.name)
            .env("LD_LIBRARY_PATH", setup.libraries.folder_of(Library::Shared));
        expect_pass(&mut command, test.limit * SLOWNESS)
    });
    needing(&package, trial)
}

pub(crate) fn expect_pass(command: &mut Command, limit: Duration) -> Result<Completion, Failed> {
    match run::run(command, limit) {
        (Outcome::Passes, _) => Ok(Completion::Completed),
        (Outcome::Skipped, said) if !Skip::is_failure() => Ok(Completion::ignored_with(said.trim())),
        (outcome, said) => Err(format!("{outcome}\n{said}").into()),
    }
}

/// The list names tests that there are, and owfat-differences(7) has their descriptions.
fn list(setup: &Arc<Setup>, names: Vec<String>) -> Trial {
    let setup = setup.clone();
    Trial::test("known_differences_in_the_manual", move || {
        let is_there = |name: &str| names.iter().any(|there| there == originals::without_version(name));
        if let Some(stale) = setup.differences.names().find(|name| !is_there(name)) {
            return Err(format!("known-differences.txt: there is no test {stale}").into());
        }
        let fresh = differences_page::entries(&setup.differences);
        Ok(generated::compare(documents::DIFFERENCES, "known-differences", &fresh)?)
    })
}
