// SPDX-License-Identifier: MIT OR Apache-2.0
//! `zig cc`, and the library as it makes it for each system.

use crate::support::{Skip, libraries};
use crate::{root, script};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The version of the package `ziglang` that is fetched.
const VERSION: &str = "0.17.0";

/// A system, as Rust and zig call it.
pub(crate) struct System {
    pub(crate) name: &'static str,
    pub(crate) rust: &'static str,
    zig: &'static str,
    /// Cargo's name of the shared library.
    shared: &'static str,
    /// Libraries of the system that zig does not bring along. The libc crate names them, and nothing of them is used.
    missing: &'static [&'static str],
}

impl System {
    /// What the names of C functions begin with in object files.
    pub(crate) fn prefix(&self) -> &'static str {
        if self.name == "macos" { "_" } else { "" }
    }
}

pub(crate) const SYSTEMS: &[System] = &[
    System {
        name: "freebsd",
        rust: "x86_64-unknown-freebsd",
        zig: "x86_64-freebsd",
        shared: "libowfat.so",
        missing: &["-lkvm", "-lmemstat", "-lprocstat", "-ldevstat"],
    },
    System {
        name: "netbsd",
        rust: "x86_64-unknown-netbsd",
        zig: "x86_64-netbsd",
        shared: "libowfat.so",
        missing: &[],
    },
    System {
        name: "openbsd",
        rust: "x86_64-unknown-openbsd",
        zig: "x86_64-openbsd",
        shared: "libowfat.so",
        missing: &[],
    },
    System {
        name: "macos",
        rust: "aarch64-apple-darwin",
        zig: "aarch64-macos",
        shared: "libowfat.dylib",
        missing: &["-liconv"],
    },
];

/// The compilers, which are scripts in a folder, and the library for every system.
pub(crate) struct Toolchain {
    folder: PathBuf,
}

impl Toolchain {
    /// Finds or fetches zig, and builds the library.
    pub(crate) fn new() -> Result<Toolchain, Skip> {
        // zig looks for its cache where it runs, and that is another folder each time.
        let target = libraries::target().canonicalize().map_err(|error| Skip(error.to_string()))?;
        let toolchain = Toolchain { folder: target.join("systems") };
        fs::create_dir_all(&toolchain.folder).unwrap();
        let zig = zig(&target)?;
        for system in SYSTEMS {
            toolchain.write_scripts(system, &zig);
        }
        toolchain.build();
        Ok(toolchain)
    }

    fn write_scripts(&self, system: &System, zig: &Path) {
        let (zig, cache) = (zig.display(), self.folder.join("cache"));
        let begin = format!(
            "export ZIG_GLOBAL_CACHE_DIR='{cache}' ZIG_LOCAL_CACHE_DIR='{cache}'\n",
            cache = cache.display()
        );
        // What rustc and cc-rs say and zig does not know: Rust's names of systems, libraries that it does not bring along, and
        // for macOS the list of exported names.
        let unknown = [&["--target=*"], system.missing].concat().join(" | ");
        let filter = format!(
            "skip=\nfor argument; do\n  shift\n  case $skip$argument in\n  \
             -Wl,-exported_symbols_list) skip=list: ;;\n  list:*) skip= ;;\n  {unknown}) ;;\n  \
             *) set -- \"$@\" \"$argument\" ;;\n  esac\ndone\n"
        );
        for (tool, name) in [("cc", "cc"), ("c++", "cxx")] {
            let text = format!("{begin}{filter}exec '{zig}' {tool} -target {} \"$@\"", system.zig);
            script(&self.tool(system, name), &text);
        }
        // Each system's linker reads archives of one kind.
        let kind = if system.name == "macos" { "darwin" } else { "gnu" };
        script(&self.tool(system, "ar"), &format!("{begin}exec '{zig}' ar --format={kind} \"$@\""));
    }

    fn tool(&self, system: &System, tool: &str) -> PathBuf {
        self.folder.join(format!("{}-{tool}", system.name))
    }

    /// The C or C++ compiler for a system.
    pub(crate) fn compiler(&self, system: &System, plus: bool) -> Command {
        Command::new(self.tool(system, if plus { "cxx" } else { "cc" }))
    }

    /// The shared library.
    pub(crate) fn shared(&self, system: &System) -> PathBuf {
        self.folder.join(system.rust).join("release").join(system.shared)
    }

    /// The static one, as cargo makes it.
    pub(crate) fn archive(&self, system: &System) -> PathBuf {
        self.shared(system).with_file_name("libowfat.a")
    }

    /// Builds the library, as it is shipped, for every system at once.
    fn build(&self) {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--lib", "--quiet", "--release", "-Zbuild-std=core,alloc", "--target-dir"]);
        cargo.arg(&self.folder).current_dir(root());
        // A stable compiler takes the flag that begins with -Z, too.
        cargo.env("RUSTC_BOOTSTRAP", "1");
        for system in SYSTEMS {
            let lower = system.rust.replace('-', "_");
            cargo.args(["--target", system.rust]);
            cargo.env(format!("CARGO_TARGET_{}_LINKER", lower.to_uppercase()), self.tool(system, "cc"));
            cargo.env(format!("CC_{lower}"), self.tool(system, "cc"));
            cargo.env(format!("AR_{lower}"), self.tool(system, "ar"));
        }
        // zig leaves an empty file where it is only asked what its compiler is.
        let left = root().join("a.o");
        let was_there = left.exists();
        let output = cargo.output().expect("cargo runs");
        if !was_there {
            let _ = fs::remove_file(left);
        }
        // What it says about an SDK of macOS that is not there is no news.
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        println!(
            "the library is linked for {}",
            SYSTEMS.iter().map(|one| one.rust).collect::<Vec<_>>().join(", ")
        );
    }
}

/// The compiler: the one that `OWFAT_ZIG` names, or one that is installed, or the one that pip puts below `target`.
fn zig(target: &Path) -> Result<PathBuf, Skip> {
    if let Some(named) = env::var_os("OWFAT_ZIG") {
        return Ok(PathBuf::from(named));
    }
    let folder = target.join("zig").join(VERSION);
    let fetched = folder.join("ziglang/zig");
    if !fetched.exists() {
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--root-user-action=ignore",
        ]);
        pip.args([OsStr::new("--target"), folder.as_os_str()]).arg(format!("ziglang=={VERSION}"));
        let output = pip.output().map_err(|_| Skip("package python3-pip is not installed".into()))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let last = said.lines().last().unwrap_or_default();
            return Err(Skip(format!("ziglang cannot be had with pip: {last}")));
        }
    }
    Ok(fetched)
}
