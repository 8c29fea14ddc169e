// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C programs under AddressSanitizer or ThreadSanitizer: compiled with it by clang, and run on a library whose every
//! load and store is checked as well, those of Rust's core included.
//!
//! The library is the one that is shipped, with overflow checks. The sanitizer's run-time library is the compiler's of
//! Rust, which is the newer one.

use super::build::{self, Compiler, Libraries, Library, Program};
use super::run::{self, Outcome, Test};
use super::{root, trials};
use crate::support::{self, Skip, libraries, needing};
use libtest_mimic::{Failed, Trial};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::{env, fs};

/// One of the two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sanitizer {
    /// Accesses outside of what is allocated, or after it was freed; leaks.
    Address,
    /// Accesses by two threads with nothing that orders them; locks taken in different orders.
    Thread,
}

impl Sanitizer {
    /// The one that `OWFAT_SANITIZER` asks for.
    pub(crate) fn asked() -> Option<Sanitizer> {
        match env::var("OWFAT_SANITIZER").ok()?.as_str() {
            "address" => Some(Sanitizer::Address),
            "thread" => Some(Sanitizer::Thread),
            other => panic!("OWFAT_SANITIZER={other}? It can be `address` or `thread`."),
        }
    }

    /// The compilers' name for it.
    fn name(self) -> &'static str {
        match self {
            Sanitizer::Address => "address",
            Sanitizer::Thread => "thread",
        }
    }

    /// The usual short name, which is the kind of its trials.
    fn kind(self) -> &'static str {
        match self {
            Sanitizer::Address => "asan",
            Sanitizer::Thread => "tsan",
        }
    }

    /// Whether there is something for it to see in a program.
    fn is_for(self, program: &Program) -> bool {
        self == Sanitizer::Address || program.concurrent
    }

    /// The variable with its options, and what they are for a test.
    fn options(self, test: &Test) -> (&'static str, String) {
        match self {
            // Only tests that valgrind sees give back all memory. Absurd sizes are asked for on purpose.
            Sanitizer::Address => (
                "ASAN_OPTIONS",
                format!(
                    "allocator_may_return_null=1:detect_stack_use_after_return=1:strict_string_checks=1:\
                     detect_leaks={}",
                    u8::from(test.valgrind)
                ),
            ),
            // Tests end without waiting for threads whose work is done, and fork beside running ones.
            Sanitizer::Thread => {
                ("TSAN_OPTIONS", "halt_on_error=1:report_thread_leaks=0:die_after_fork=0".into())
            }
        }
    }

    /// The first words of a report.
    fn report(self) -> &'static str {
        match self {
            Sanitizer::Address => "AddressSanitizer: ",
            Sanitizer::Thread => "ThreadSanitizer: ",
        }
    }
}

/// Tests, or whole programs, that no sanitizer can run, and why.
const BEYOND: &[(&str, &str)] = &[
    ("allocations", OWN_MALLOC),
    ("batch::no_memory_leaves_the_batch_as_it_was", NO_MEMORY),
    ("buffer_stralloc", OWN_MALLOC),
    ("cdb_memory", OWN_MALLOC),
    ("descriptors::an_idle_descriptor_is_small", "counts memory, of which a sanitizer takes its share"),
    ("dns::no_memory_for_domains", NO_MEMORY),
    ("limits::no_memory_for_a_known_descriptor", NO_MEMORY),
    ("limits::no_memory_for_a_new_descriptor", NO_MEMORY),
    ("limits::no_memory_from_the_start", NO_MEMORY),
];
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
    for program in setup.programs.iter().filter(|program| sanitizer.is_for(program)) {
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
    Trial::test(full, move || {
        let mut command = command(sanitizer, &program, &test, &setup);
        if backend == "-poll" {
            command.env("OWFAT_BACKEND", "poll");
        }
        match run::run(&mut command, test.limit * trials::SLOWNESS) {
            (Outcome::Passes, said) if !said.contains(sanitizer.report()) => Ok(()),
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
    let (variable, options) = sanitizer.options(test);
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
    support::package("clang", "/usr/bin/clang")?;
    let runtime = runtime(sanitizer)?;
    source_of_core()?;
    let built = library(sanitizer);
    let libraries =
        Libraries::shared_alone(libraries::target().join("ctests").join(sanitizer.kind()), &built);
    let compiler = compiler(sanitizer, &runtime);
    let programs = build::programs(&compiler, &libraries);
    Ok(Arc::new(Setup { libraries, compiler, programs }))
}

/// clang, with the sanitizer's run-time library of Rust's compiler, all of it: our library needs parts that the program
/// does not.
fn compiler(sanitizer: Sanitizer, runtime: &Path) -> Compiler {
    let tool = libraries::compiler_called("clang");
    let compiling = vec![instrumentation(sanitizer).into(), "-fno-omit-frame-pointer".into()];
    let mut linking: Vec<OsString> = vec!["-Wl,--whole-archive".into(), runtime.into()];
    linking.extend(
        ["-Wl,--no-whole-archive", "-Wl,--export-dynamic", "-lm", "-lrt", "-lresolv"].map(Into::into),
    );
    Compiler::special(tool, compiling, linking)
}

fn instrumentation(sanitizer: Sanitizer) -> String {
    format!("-fsanitize={}", sanitizer.name())
}

/// The sanitizer's run-time library of Rust's compiler, which has one for the more usual systems.
fn runtime(sanitizer: Sanitizer) -> Result<PathBuf, Skip> {
    let folder = libraries::rustc(&["--print", "target-libdir"]);
    let ending = format!("_rt.{}.a", sanitizer.kind());
    let mut files = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    files
        .find(|path| path.to_string_lossy().ends_with(&ending))
        .ok_or(Skip(format!("Rust's compiler brings no run-time library …{ending}")))
}

/// Rust's own parts are compiled with the sanitizer, too; rustup fetches their source.
fn source_of_core() -> Result<(), Skip> {
    let is_there = || {
        Path::new(&libraries::rustc(&["--print", "sysroot"]))
            .join("lib/rustlib/src/rust/library/core")
            .exists()
    };
    if !is_there() {
        let _ = Command::new("rustup").args(["--quiet", "component", "add", "rust-src"]).status();
    }
    if is_there() {
        Ok(())
    } else {
        Err(Skip("no source of Rust's core (rustup component add rust-src)".into()))
    }
}

/// Builds the library.
fn library(sanitizer: Sanitizer) -> PathBuf {
    let host = libraries::host();
    let target = libraries::target().join(sanitizer.kind());
    let usual = env::var("RUSTFLAGS").unwrap_or_default();
    let status = Command::new(env!("CARGO"))
        .args(["build", "--lib", "--quiet", "--profile", "checked", "-Zbuild-std=core,alloc"])
        .args(["--target", &host, "--target-dir"])
        .arg(&target)
        // A stable compiler takes the two flags that begin with -Z, too.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", format!("{usual} -Zsanitizer={}", sanitizer.name()))
        .env("CC", "clang")
        .env("CFLAGS", instrumentation(sanitizer))
        .current_dir(root())
        .status()
        .expect("cargo runs");
    assert!(status.success());
    target.join(host).join("checked/libowfat.so")
}
