// SPDX-License-Identifier: MIT OR Apache-2.0
//! Builds our libraries with AddressSanitizer or ThreadSanitizer, in every load and store, and says how programs are
//! compiled for them. The run-time library is that of Rust's compiler, which is newer than the usual clang's.

use super::{Skip, libraries, package};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
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
    pub(crate) fn name(self) -> &'static str {
        match self {
            Sanitizer::Address => "address",
            Sanitizer::Thread => "thread",
        }
    }

    /// The usual short name, which is the kind of its trials.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Sanitizer::Address => "asan",
            Sanitizer::Thread => "tsan",
        }
    }

    /// The variable with its options, and what they are for a test that gives back all memory, or does not.
    pub(crate) fn options(self, gives_back_all: bool) -> (&'static str, String) {
        match self {
            // Only tests that valgrind sees give back all memory. Absurd sizes are asked for on purpose.
            Sanitizer::Address => (
                "ASAN_OPTIONS",
                format!(
                    "allocator_may_return_null=1:detect_stack_use_after_return=1:strict_string_checks=1:\
                     detect_leaks={}",
                    u8::from(gives_back_all)
                ),
            ),
            // Tests end without waiting for threads whose work is done, and fork beside running ones. A process that ends with
            // such threads would sleep for a second, in case they meet its end; some tests have a hundred of those.
            Sanitizer::Thread => (
                "TSAN_OPTIONS",
                "halt_on_error=1:report_thread_leaks=0:die_after_fork=0:atexit_sleep_ms=20".into(),
            ),
        }
    }

    /// The first words of a report.
    pub(crate) fn report(self) -> &'static str {
        match self {
            Sanitizer::Address => "AddressSanitizer: ",
            Sanitizer::Thread => "ThreadSanitizer: ",
        }
    }
}

/// How programs are compiled with a sanitizer.
pub(crate) struct Tools {
    pub(crate) clang: cc::Tool,
    pub(crate) compiling: Vec<OsString>,
    /// With the run-time library, all of it: our library needs parts that the program does not.
    pub(crate) linking: Vec<OsString>,
}

/// The tools; or what is missing.
pub(crate) fn tools(sanitizer: Sanitizer) -> Result<Tools, Skip> {
    package("clang", "/usr/bin/clang")?;
    let runtime = runtime(sanitizer)?;
    source_of_core()?;
    let compiling = vec![instrumentation(sanitizer).into(), "-fno-omit-frame-pointer".into()];
    let mut linking: Vec<OsString> = vec!["-Wl,--whole-archive".into(), runtime.into()];
    linking.extend(
        ["-Wl,--no-whole-archive", "-Wl,--export-dynamic", "-lm", "-lrt", "-lresolv"].map(Into::into),
    );
    Ok(Tools { clang: libraries::compiler_called("clang"), compiling, linking })
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
pub(crate) fn source_of_core() -> Result<(), Skip> {
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

/// Builds a package of this repository, as it is shipped but with overflow checks, and says in which folder its libraries
/// are.
pub(crate) fn build(sanitizer: Sanitizer, package: &str) -> PathBuf {
    let host = libraries::host();
    let target = libraries::target().join(sanitizer.kind());
    let usual = env::var("RUSTFLAGS").unwrap_or_default();
    let status = Command::new(env!("CARGO"))
        .args(["build", "--lib", "--quiet", "--profile", "checked", "-Zbuild-std=core,alloc"])
        .args(["--package", package, "--target", &host, "--target-dir"])
        .arg(&target)
        // A stable compiler takes the two flags that begin with -Z, too.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", format!("{usual} -Zsanitizer={}", sanitizer.name()))
        .env("CC", "clang")
        .env("CFLAGS", instrumentation(sanitizer))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs");
    assert!(status.success());
    target.join(host).join("checked")
}
