// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C programs on a library for another machine than this, or for another libc: compiled with its compiler, and run
//! under an emulator where this machine cannot run them itself.
//!
//! The library is compiled with Rust's core, whose source rustup fetches. Programs are linked statically, so that an
//! emulator needs no file of that machine; for musl there are shared ones, too.

use super::build::{self, Compiler, Libraries, Library, Program};
use super::run::{self, Test};
use super::{root, trials, width};
use crate::support::machine::{BUILD_CORE, Machine};
use crate::support::{libraries, needed, needing};
use libtest_mimic::Trial;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

/// Where the programs are to run.
pub(crate) struct Target(Machine);

/// Tests, or whole programs, that no user-mode emulator runs as a kernel would, and why. A star stands for any beginning.
const BEYOND_EMULATORS: &[(&str, &str)] = &[
    ("accept4", FILTERS),
    ("refused", FILTERS),
    ("sandbox", FILTERS),
    ("*_without_nowait", FILTERS),
    ("dns_servers::servers_of_one_link", ADDRESSES),
    ("dns_transmit::servers_of_one_link", ADDRESSES),
    ("atfork::fork_handlers_registered_before_the_library_was_loaded", ITSELF),
    ("atfork::fork_handler_of_the_child_closes_before_the_librarys_own_runs", ITSELF),
    ("cloexec::programs_inherit_nothing", ITSELF),
    ("batch::no_memory_leaves_the_batch_as_it_was", MEMORY),
    ("dns::no_memory_for_domains", MEMORY),
    ("iarray::a_number_beyond_all_memory_changes_nothing", MEMORY),
    ("limits::no_memory_for_a_new_descriptor", MEMORY),
    ("limits::no_memory_for_a_known_descriptor", MEMORY),
    ("limits::no_memory_from_the_start", MEMORY),
    ("stralloc::a_list_without_memory_changes_nothing", MEMORY),
    ("undrained::packet_pipe_one_io_tryread_per_event", "the emulator makes a pipe of bytes of it"),
    ("prefork::processes_do_not_wake_each_other", "the emulator's own threads sleep, too"),
    ("sending::header_and_file_share_a_packet", "the emulator cuts TCP_INFO down to an int"),
    (
        "socket::bad_descriptors",
        "the emulator looks at a bad pointer before the kernel finds nothing to receive",
    ),
];
const FILTERS: &str = "the emulator has no filters of system calls";
const ADDRESSES: &str = "the emulator gives no addresses to interfaces";
const ITSELF: &str = "/proc/self/exe is the emulator";
const MEMORY: &str = "the emulator does not limit the program's memory";

/// A trial that nothing can come of, for the count.
fn impossible(name: String, why: &str) -> Trial {
    let trial = Trial::test(name, || Err("it is ignored".into()));
    trial.with_kind(format!("impossible: {why}")).with_ignored_flag(true)
}

impl Target {
    /// The one that `OWFAT_TARGET` asks for.
    pub(crate) fn asked() -> Option<Target> {
        Machine::asked().map(Target)
    }

    /// The libraries that programs are linked with.
    fn libraries(&self) -> &'static [Library] {
        if self.0.is_musl() { &[Library::Static, Library::Shared] } else { &[Library::Static] }
    }

    /// Every trial.
    pub(crate) fn all(self) -> Vec<Trial> {
        let there = self.0.is_there();
        if there.is_err() {
            let all = Trial::test(&self.0.triple, || Err("it is skipped".into()));
            return vec![needing(&there, all)];
        }
        let shared = self.build();
        let cross = self.0.cross();
        libraries::complete(&shared, &[("CC", &self.0.compiler), ("NM", &format!("{cross}nm"))]);
        let archive = libraries::ours_static_with(&shared, cross);
        let folder = libraries::target().join("ctests").join(self.0.name());
        let libraries = Libraries::both(folder, &shared, &archive);
        let library = shared.clone();
        let flags = self.0.flags().into_iter().map(Into::into).collect();
        let compiler = Compiler::for_target(self.0.tool(), self.libraries(), flags);
        let wide = self.0.time_bits() == Some("64");
        let (beyond, sources): (Vec<PathBuf>, Vec<PathBuf>) = build::sources()
            .into_iter()
            .partition(|source| build::needs_shared_glibc(source) || wide && build::has_a_clock(source));
        let programs = build::programs_of(sources, &compiler, &libraries);
        let (target, libraries) = (Arc::new(self), Arc::new(libraries));
        let mut trials: Vec<Trial> = beyond
            .iter()
            .map(|source| {
                let name = source.file_stem().unwrap().to_string_lossy();
                impossible(name.into(), "has a malloc or a clock in front of that of a shared glibc")
            })
            .collect();
        if let Some(bits) = target.0.time_bits() {
            trials.extend(width::trials(width::Library {
                shared,
                archive,
                compiler: target.0.compiler.clone(),
                bits: bits.to_string(),
            }));
        }
        if target.0.is_musl() {
            trials.push(Trial::test("names_are_in_old_musl", move || needed::is_in_old_musl(&library)));
        }
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
        let beyond = BEYOND_EMULATORS.iter().find(|(beyond, _)| match beyond.strip_prefix('*') {
            Some(end) => name.ends_with(end),
            None => *beyond == program.name || *beyond == name,
        });
        if let Some((_, why)) = beyond.filter(|_| self.0.is_emulated()) {
            return vec![impossible(format!("{kind}::{name}"), why)];
        }
        // What an emulator is asked for is the processor. The other backend is as fast as the emulator's system calls.
        let both = program.event_loop && library == Library::Static && !self.0.is_emulated();
        let backends: &[&str] = if both { &["", "poll"] } else { &[""] };
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
                let slowness = if target.0.is_emulated() { trials::SLOWNESS } else { 1 };
                trials::expect_pass(command.arg(&test.name), test.limit * slowness)
            })
        };
        backends.iter().map(trial).collect()
    }

    fn command(&self, program: &Program, library: Library, libraries: &Libraries) -> Command {
        let mut command = self.0.command(program.executable(library));
        command.env("LD_LIBRARY_PATH", libraries.folder_of(library)).env_remove("OWFAT_BACKEND");
        command
    }

    /// Builds the library, and says where the shared one is.
    fn build(&self) -> PathBuf {
        let (target, own) = self.0.folders();
        let status = Command::new(env!("CARGO"))
            .args(["build", "--lib", "--quiet", "--release", BUILD_CORE.0])
            .args(["--target", &self.0.triple, "--target-dir"])
            .arg(&target)
            .envs(self.0.variables())
            .env("RUSTFLAGS", libraries::flags_of_make(&self.0.rust_flags()))
            .current_dir(root())
            .status()
            .expect("cargo runs");
        assert!(status.success());
        own.join("release/libowfat.so")
    }
}
