// SPDX-License-Identifier: MIT OR Apache-2.0
//! The library for another machine than this, by Debian's cross compilers: built, installed, packaged, and run.

use crate::support::{self, Skip, libraries, sanitizing};
use crate::tree::everything_below;
use crate::{Test, programs, root, run, target};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One machine of 64 bits, in an emulator, and one of 32. A third is packaged where its compiler is installed, which not even the
/// whole examination insists on.
pub(crate) fn tests() -> Vec<(&'static str, Test)> {
    let mut tests: Vec<(&str, Test)> = vec![
        ("cross::arm64_is_installed", || is_installed(&ARM64)),
        ("cross::i386_is_packaged", || is_packaged(&I386)),
    ];
    if ARMHF.is_there().is_ok() {
        tests.push(("cross::armhf_is_packaged", || is_packaged(&ARMHF)));
    }
    tests
}

struct Machine {
    /// Debian's name of it, Rust's, and what the names of its tools begin with.
    debian: &'static str,
    rust: &'static str,
    cross: &'static str,
    /// `readelf`'s name of it.
    elf: &'static str,
    /// The package with its compiler, and the one with its libc.
    packages: [&'static str; 2],
    emulator: Option<&'static str>,
}

const ARM64: Machine = Machine {
    debian: "arm64",
    rust: "aarch64-unknown-linux-gnu",
    cross: "aarch64-linux-gnu-",
    elf: "AArch64",
    packages: ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
    emulator: Some("qemu-aarch64-static"),
};

const I386: Machine = Machine {
    debian: "i386",
    rust: "i686-unknown-linux-gnu",
    cross: "i686-linux-gnu-",
    elf: "Intel 80386",
    packages: ["gcc-i686-linux-gnu", "libc6-dev-i386-cross"],
    emulator: None,
};

const ARMHF: Machine = Machine {
    debian: "armhf",
    rust: "armv7-unknown-linux-gnueabihf",
    cross: "arm-linux-gnueabihf-",
    elf: "ARM",
    packages: ["gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"],
    emulator: Some("qemu-arm-static"),
};

impl Machine {
    fn triple(&self) -> &str {
        self.cross.trim_end_matches('-')
    }

    fn tool(&self, name: &str) -> Command {
        Command::new(format!("{}{name}", self.cross))
    }

    fn is_there(&self) -> Result<(), Skip> {
        support::package(self.packages[0], &format!("/usr/bin/{}gcc", self.cross))?;
        support::package(self.packages[1], &format!("/usr/{}/include/stdio.h", self.triple()))?;
        match self.emulator {
            Some(emulator) => support::package("qemu-user-static", &format!("/usr/bin/{emulator}")),
            None => Ok(()),
        }
    }

    /// `make GOAL` for it. Where Rust's core is not installed for the machine, it is built along.
    fn make(&self, goals: &[&str]) -> Result<(), Skip> {
        self.is_there()?;
        let mut make = Command::new("make");
        make.arg("--quiet").args(goals).current_dir(root()).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
        make.args([format!("CROSS={}", self.cross), format!("CARGO_BUILD_TARGET={}", self.rust)]);
        // Cargo sets these for a build script that runs make: they are none of the Makefile's.
        make.env("TARGET", libraries::host()).env("PROFILE", "release").env("HOST", libraries::host());
        let libraries = PathBuf::from(libraries::rustc(&["--print", "target-libdir", "--target", self.rust]));
        if !libraries.exists() {
            sanitizing::source_of_core()?;
            let (flag, variable) = support::machine::BUILD_CORE;
            make.arg(format!("CARGOFLAGS={flag}")).env(variable, "1");
        }
        run(&mut make);
        Ok(())
    }

    /// Whether every file of machine code below a folder, and every member of a static library, is for it. Says how many.
    fn owns_all_below(&self, folder: &Path) -> usize {
        let mut count = 0;
        for path in everything_below(folder).into_iter().filter(|path| path.is_file() && !path.is_symlink()) {
            let start = fs::read(&path).unwrap();
            if !start.starts_with(b"\x7fELF") && !start.starts_with(b"!<arch>\n") {
                continue;
            }
            let headers = run(Command::new("readelf").arg("-h").arg(&path));
            let machines: Vec<&str> = headers.lines().filter(|line| line.contains("Machine:")).collect();
            assert!(
                !machines.is_empty() && machines.iter().all(|line| line.trim().ends_with(self.elf)),
                "{}: {machines:?}",
                path.display()
            );
            count += 1;
        }
        count
    }

    /// Builds a program with what lies in these folders, links it in every way, and runs what needs no library.
    fn builds_programs(&self, include: &Path, library: &Path) {
        let folder = tempfile::tempdir().unwrap();
        let (source, executable) = (folder.path().join("program.c"), folder.path().join("program"));
        fs::write(&source, programs::PROGRAM).unwrap();
        let ways: [&[&str]; 4] = [
            &["-lowfat"],
            &["-fPIE", "-pie", "-l:libowfat.a"],
            &["-fPIC", "-shared", "-l:libowfat.a"],
            &["-static", "-lowfat"],
        ];
        for way in ways {
            let mut gcc = self.tool("gcc");
            gcc.args(["-Wall", "-Wextra", "-Werror", "-Wl,--fatal-warnings,-z,text", "-o"]).arg(&executable);
            gcc.arg(&source).arg("-I").arg(include).arg("-I").arg(include.join("libowfat"));
            run(gcc.arg("-L").arg(library).args(way));
            let needed = run(Command::new("readelf").arg("-d").arg(&executable));
            assert_eq!(needed.contains("[libowfat.so.0]"), way == ["-lowfat"], "{needed}");
        }
        let mut program = Command::new(self.emulator.unwrap_or("/usr/bin/env"));
        assert_eq!(run(program.arg(&executable)), "it works\n");
    }
}

/// Stripped by the other machine's tools.
fn is_installed(machine: &Machine) -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    let destination = format!("DESTDIR={}", folder.path().display());
    machine.make(&["all", "aio"])?;
    machine.make(&["install-strip", &destination, "PREFIX=/opt/owfat"])?;
    let there = folder.path().join("opt/owfat");
    // Both libraries, shared and static, the debug information of each, and the object to preload.
    assert_eq!(machine.owns_all_below(&there), 7);
    let sections = run(Command::new("readelf").arg("-SW").arg(there.join("lib/libowfat.so.0.32.0")));
    assert!(!sections.contains(".symtab") && sections.contains(".gnu_debuglink"), "{sections}");
    machine.builds_programs(&there.join("include"), &there.join("lib"));
    machine.make(&["uninstall", &destination, "PREFIX=/opt/owfat"])?;
    assert!(!there.exists());
    Ok(())
}

/// The package's architecture is the machine's, and so is what it asks for.
fn is_packaged(machine: &Machine) -> Result<(), Skip> {
    support::package("dpkg-dev", "/usr/bin/dpkg-buildpackage")?;
    support::package("debhelper", "/usr/bin/dh")?;
    support::package("mandoc", "/usr/bin/mandoc")?;
    let folder = target().join(format!("debian-{}", machine.debian));
    machine.make(&["deb", &format!("DEBDIR={}", folder.display())])?;
    let unpacked = tempfile::tempdir().unwrap();
    let suffix = format!("_{}.deb", machine.debian);
    for name in ["libowfat0-rs", "libowfat-aio0", "libowfat-rs-dev", "libowfat0-rs-dbgsym"] {
        let version = format!("{name}_{}-1{suffix}", env!("CARGO_PKG_VERSION"));
        let package = folder.join(version);
        let field = |name: &str| run(Command::new("dpkg-deb").arg("-f").arg(&package).arg(name));
        assert_eq!(field("Architecture").trim(), machine.debian);
        let depends = field("Depends");
        assert!(!depends.contains(':') && !depends.contains("cross"), "{depends}");
        let is_library = ["libowfat0-rs", "libowfat-aio0"].contains(&name);
        assert_eq!(is_library, depends.starts_with("libc6 (>= 2."), "{depends}");
        run(Command::new("dpkg-deb").arg("-x").arg(&package).arg(unpacked.path()));
    }
    assert!(machine.owns_all_below(unpacked.path()) >= 6);
    let usr = unpacked.path().join("usr");
    machine.builds_programs(&usr.join("include"), &usr.join("lib").join(library_folder(machine)));
    Ok(())
}

/// Debian's name of the folder for libraries.
fn library_folder(machine: &Machine) -> String {
    let mut tool = Command::new("dpkg-architecture");
    run(tool.args(["-qDEB_HOST_MULTIARCH", "-a", machine.debian])).trim().to_string()
}
