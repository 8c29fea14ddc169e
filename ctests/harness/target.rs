// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C programs on a library for another machine than this, or for another libc: compiled with its compiler, and run
//! under an emulator where this machine cannot run them itself.
//!
//! The library is compiled with Rust's core, whose source rustup fetches. Programs are linked statically, so that an
//! emulator needs no file of that machine; for musl there are shared ones, too.

use super::build::{self, Compiler, Libraries, Library, Program};
use super::run::{self, Test};
use super::{root, trials};
use crate::support::{Skip, libraries, needing};
use libtest_mimic::Trial;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Where the programs are to run.
pub(crate) struct Target {
    /// Rust's name of the machine.
    triple: String,
    compiler: String,
    /// The emulator and its arguments; empty if there is none.
    runner: Vec<String>,
}

/// Tests, or whole programs, that no user-mode emulator runs as a kernel would, and why.
const BEYOND_EMULATORS: &[(&str, &str)] = &[];

/// A trial that nothing can come of, for the count.
fn impossible(name: String, why: &str) -> Trial {
    let trial = Trial::test(name, || Err("it is ignored".into()));
    trial.with_kind(format!("impossible: {why}")).with_ignored_flag(true)
}

impl Target {
    /// The one that `OWFAT_TARGET` asks for.
    pub(crate) fn asked() -> Option<Target> {
        let triple = env::var("OWFAT_TARGET").ok()?;
        let runner = env::var("OWFAT_RUNNER").unwrap_or_default();
        Some(Target {
            triple,
            compiler: env::var("OWFAT_CC").expect("OWFAT_CC names the C compiler for OWFAT_TARGET"),
            runner: runner.split_whitespace().map(String::from).collect(),
        })
    }

    fn is_musl(&self) -> bool {
        self.triple.contains("musl")
    }

    /// The libraries that programs are linked with.
    fn libraries(&self) -> &'static [Library] {
        if self.is_musl() { &[Library::Static, Library::Shared] } else { &[Library::Static] }
    }

    /// Every trial.
    pub(crate) fn all(self) -> Vec<Trial> {
        let there = crate::support::sanitizing::source_of_core().and_then(|()| self.tools());
        if there.is_err() {
            let all = Trial::test(&self.triple, || Err("it is skipped".into()));
            return vec![needing(&there, all)];
        }
        let shared = self.build();
        // The other tools are called as the compiler is; musl's compiler is this machine's with other files.
        let cross = self.compiler.strip_suffix("gcc").filter(|_| !self.is_musl()).unwrap_or_default();
        let archive = libraries::ours_static_with(&shared, cross);
        let folder = libraries::target().join("ctests").join(&self.triple);
        let libraries = Libraries::both(folder, &shared, &archive);
        let mut build = cc::Build::new();
        build.target(&self.triple).host(&libraries::host()).opt_level(1).cargo_metadata(false);
        let tool = build.compiler(&self.compiler).get_compiler();
        let compiler = Compiler::for_target(tool, self.libraries(), self.flags());
        let (beyond, sources): (Vec<PathBuf>, Vec<PathBuf>) =
            build::sources().into_iter().partition(|source| build::needs_shared_glibc(source));
        let programs = build::programs_of(sources, &compiler, &libraries);
        let (target, libraries) = (Arc::new(self), Arc::new(libraries));
        let mut trials: Vec<Trial> = beyond
            .iter()
            .map(|source| {
                let name = source.file_stem().unwrap().to_string_lossy();
                impossible(name.into(), "has a malloc in front of that of a shared glibc")
            })
            .collect();
        for program in &programs {
            for library in target.libraries() {
                let command = target.command(program, *library, &libraries);
                for test in run::list_by(command, program, *library, &libraries) {
                    trials.extend(target.trials(program, *library, &libraries, &test));
                }
            }
        }
        trials
    }

    /// The trials of one test with one library: on each backend, if it is about these.
    fn trials(
        self: &Arc<Self>,
        program: &Program,
        library: Library,
        libraries: &Arc<Libraries>,
        test: &Test,
    ) -> Vec<Trial> {
        let kind = if library == Library::Static { "a" } else { "so" };
        let name = format!("{}::{}", program.name, test.name);
        let beyond = BEYOND_EMULATORS.iter().find(|(beyond, _)| *beyond == program.name || *beyond == name);
        if let Some((_, why)) = beyond.filter(|_| !self.runner.is_empty()) {
            return vec![impossible(format!("{kind}::{name}"), why)];
        }
        let backends: &[&str] =
            if program.event_loop && library == Library::Static { &["", "poll"] } else { &[""] };
        let trial = |backend: &&'static str| {
            let (target, program, libraries, test) =
                (self.clone(), program.clone(), libraries.clone(), test.clone());
            let backend = *backend;
            let full =
                if backend.is_empty() { format!("{kind}::{name}") } else { format!("{backend}::{name}") };
            Trial::ignorable_test(full, move || {
                let mut command = target.command(&program, library, &libraries);
                if !backend.is_empty() {
                    command.env("OWFAT_BACKEND", backend);
                }
                let slowness = if target.runner.is_empty() { 1 } else { trials::SLOWNESS };
                trials::expect_pass(command.arg(&test.name), test.limit * slowness)
            })
        };
        backends.iter().map(trial).collect()
    }

    fn command(&self, program: &Program, library: Library, libraries: &Libraries) -> Command {
        let executable = program.executable(library);
        let mut command = match self.runner.split_first() {
            None => Command::new(executable),
            Some((emulator, arguments)) => {
                let mut command = Command::new(emulator);
                command.args(arguments).arg(executable);
                command
            }
        };
        command.env("LD_LIBRARY_PATH", libraries.folder_of(library)).env_remove("OWFAT_BACKEND");
        command.stdin(Stdio::null());
        command
    }

    /// What the compiler is told besides.
    fn flags(&self) -> Vec<OsString> {
        let flags: &[&str] = if self.is_musl() {
            // The kernel's headers, which musl does not bring along.
            &["-idirafter/usr/include", "-idirafter/usr/include/x86_64-linux-gnu"]
        } else if self.triple.starts_with("i686") {
            // Floating point as on other machines.
            &["-Wno-overflow", "-Wno-shift-count-overflow", "-msse2", "-mfpmath=sse"]
        } else if self.triple.starts_with("arm") {
            // Numbers of 64 bits in tests that are skipped where `long` and `time_t` have 32.
            &["-Wno-overflow", "-Wno-shift-count-overflow"]
        } else {
            &[]
        };
        flags.iter().map(Into::into).collect()
    }

    /// Whether compiler and emulator are there.
    fn tools(&self) -> Result<(), Skip> {
        for tool in [Some(&self.compiler), self.runner.first()].into_iter().flatten() {
            let found = env::split_paths(&env::var_os("PATH").unwrap_or_default())
                .any(|folder| folder.join(tool).exists());
            if !found {
                return Err(Skip(format!("{tool} is not installed")));
            }
        }
        Ok(())
    }

    /// Builds the library, and says where the shared one is.
    fn build(&self) -> PathBuf {
        let target = libraries::target().join("targets");
        let lower = self.triple.replace('-', "_");
        let mut flags = env::var("RUSTFLAGS").unwrap_or_default();
        if self.is_musl() {
            // rustc would link statically, with files of its own instead of the system's.
            flags += " -Ctarget-feature=-crt-static -Clink-self-contained=no";
        }
        let status = Command::new(env!("CARGO"))
            .args(["build", "--lib", "--quiet", "--release", "-Zbuild-std=core,alloc"])
            .args(["--target", &self.triple, "--target-dir"])
            .arg(&target)
            // A stable compiler takes the flag that begins with -Z, too.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", flags)
            .env(format!("CARGO_TARGET_{}_LINKER", lower.to_uppercase()), &self.compiler)
            .env(format!("CC_{lower}"), &self.compiler)
            .current_dir(root())
            .status()
            .expect("cargo runs");
        assert!(status.success());
        target.join(&self.triple).join("release/libowfat.so")
    }
}
