// SPDX-License-Identifier: MIT OR Apache-2.0
//! Another machine than this, or another libc: its compiler, what runs its programs, and how Rust is compiled for it.

use super::{Skip, libraries};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where programs are to run.
pub(crate) struct Machine {
    /// Rust's name of the machine.
    pub(crate) triple: String,
    pub(crate) compiler: String,
    /// The emulator and its arguments; empty if there is none.
    runner: Vec<String>,
    /// The bits of time_t, 32 or 64, if not those that the compiler has by itself.
    pub(crate) time: Option<String>,
}

/// A stable compiler takes the flag that begins with -Z, too.
pub(crate) const BUILD_CORE: (&str, &str) = ("-Zbuild-std=core,alloc", "RUSTC_BOOTSTRAP");

impl Machine {
    /// The one that `OWFAT_TARGET` asks for.
    pub(crate) fn asked() -> Option<Machine> {
        let triple = env::var("OWFAT_TARGET").ok()?;
        let runner = env::var("OWFAT_RUNNER").unwrap_or_default();
        Some(Machine {
            triple,
            compiler: env::var("OWFAT_CC").expect("OWFAT_CC names the C compiler for OWFAT_TARGET"),
            runner: runner.split_whitespace().map(String::from).collect(),
            time: env::var("OWFAT_TIME").ok().filter(|bits| !bits.is_empty()),
        })
    }

    /// Whether programs run in an emulator.
    pub(crate) fn is_emulated(&self) -> bool {
        !self.runner.is_empty()
    }

    pub(crate) fn is_musl(&self) -> bool {
        self.triple.contains("musl")
    }

    /// Whether C programs may have a time_t of 32 bits, or of 64.
    pub(crate) fn has_two_widths(&self) -> bool {
        !self.is_musl() && (self.triple.starts_with("i686") || self.triple.starts_with("arm"))
    }

    /// The bits of time_t where programs may have either, as they are compiled here.
    pub(crate) fn time_bits(&self) -> Option<&str> {
        let has_64 = || {
            let folder = tempfile::tempdir().unwrap();
            let source = folder.path().join("time.c");
            let text = "#include <time.h>\nchar answer[sizeof(time_t) == 8 ? 1 : -1];\n";
            std::fs::write(&source, text).unwrap();
            let mut compiler = Command::new(&self.compiler);
            compiler.arg("-fsyntax-only").arg(source).output().unwrap().status.success()
        };
        let bits = || self.time.as_deref().unwrap_or_else(|| if has_64() { "64" } else { "32" });
        self.has_two_widths().then(bits)
    }

    /// What is missing: Rust's core, the compiler or the emulator.
    pub(crate) fn is_there(&self) -> Result<(), Skip> {
        super::sanitizing::source_of_core()?;
        for tool in [Some(&self.compiler), self.runner.first()].into_iter().flatten() {
            let found = env::split_paths(&env::var_os("PATH").unwrap_or_default())
                .any(|folder| folder.join(tool).exists());
            if !found {
                return Err(Skip(format!("{tool} is not installed")));
            }
        }
        Ok(())
    }

    /// The name of a folder for programs, whose time_t may have another width than the compiler's own.
    pub(crate) fn name(&self) -> String {
        let suffix = self.time.as_ref().map(|bits| format!("-time{bits}")).unwrap_or_default();
        self.triple.clone() + &suffix
    }

    /// Where cargo builds for it, and below that the machine's own folder. Rust's core is compiled once for every width of
    /// time_t; only the library itself is made again for the other one.
    pub(crate) fn folders(&self) -> (PathBuf, PathBuf) {
        let target = libraries::target().join("targets");
        let own = target.join(&self.triple);
        (target, own)
    }

    /// What the names of the other tools begin with. musl's compiler is this machine's with other files.
    pub(crate) fn cross(&self) -> &str {
        self.compiler.strip_suffix("gcc").filter(|_| !self.is_musl()).unwrap_or_default()
    }

    /// The flags of Rust's compiler.
    pub(crate) fn rust_flags(&self) -> String {
        let mut flags = env::var("RUSTFLAGS").unwrap_or_default() + " -Dwarnings";
        if self.is_musl() {
            // rustc would link statically, with files of its own instead of the system's.
            flags += " -Ctarget-feature=-crt-static -Clink-self-contained=no";
        }
        flags
    }

    /// The variables of a build of Rust, but for the flags.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let lower = self.triple.replace('-', "_");
        vec![
            (BUILD_CORE.1.into(), "1".into()),
            (format!("CARGO_TARGET_{}_LINKER", lower.to_uppercase()), self.compiler.clone()),
            (format!("CC_{lower}"), self.compiler.clone()),
            (format!("CFLAGS_{lower}"), self.time_flags().join(" ")),
        ]
    }

    /// The compiler for programs.
    pub(crate) fn tool(&self) -> cc::Tool {
        let mut build = cc::Build::new();
        build.target(&self.triple).host(&libraries::host()).opt_level(1).cargo_metadata(false);
        build.compiler(&self.compiler).get_compiler()
    }

    /// What the compiler is told besides.
    pub(crate) fn flags(&self) -> Vec<&'static str> {
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
        [flags, &self.time_flags()].concat()
    }

    /// What the compiler is told about the width of time_t, for the library and for programs.
    fn time_flags(&self) -> Vec<&'static str> {
        match self.time.as_deref() {
            None => vec![],
            Some("32") => vec!["-D_TIME_BITS=32"],
            Some("64") => vec!["-D_TIME_BITS=64", "-D_FILE_OFFSET_BITS=64"],
            Some(other) => panic!("OWFAT_TIME={other}? It can be 32 or 64."),
        }
    }

    /// The command that starts a program.
    pub(crate) fn command(&self, executable: &Path) -> Command {
        let mut command = match self.runner.split_first() {
            None => Command::new(executable),
            Some((emulator, arguments)) => {
                let mut command = Command::new(emulator);
                command.args(arguments).arg(executable);
                command
            }
        };
        command.stdin(Stdio::null());
        command
    }
}
