// SPDX-License-Identifier: MIT OR Apache-2.0
//! Building the server, the way `make serve` does it and in two other ways.

use crate::support::{self, Skip};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn target() -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(folder)
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Shared,
    Static,
    Portable,
    /// Files are read by libowfat-aio.
    Asynchronous,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Shared, Self::Static, Self::Portable, Self::Asynchronous];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Shared => "so",
            Self::Static => "a",
            Self::Portable => "portable",
            Self::Asynchronous => "aio",
        }
    }

    /// Builds the program, in `folder` if `make` has not built it already, and says where it is.
    pub(crate) fn build(self, folder: &Path) -> PathBuf {
        if self == Self::Shared {
            return target().join("examples/httpd");
        }
        let program = folder.join(self.name());
        let library = target().join("release");
        let mut cc = compiler("cc");
        cc.args(["-O2", "-g", "-o"]).arg(&program);
        match self {
            Self::Static => cc.arg(library.join("libowfat.a")),
            Self::Asynchronous => cc
                .args(["-DHTTPD_AIO=2", "-Iaio/include", "examples/httpd/disk.c"])
                .arg(support::libraries::aio().join("libowfat-aio.a"))
                .arg(library.join("libowfat.a")),
            _ => cc
                .arg("-DHTTPD_PORTABLE")
                .arg("-L")
                .arg(&library)
                .arg("-lowfat")
                .arg(format!("-Wl,-rpath,{}", library.display())),
        };
        assert!(cc.status().expect("cc runs").success());
        program
    }
}

/// `name`, about to compile all of the server's sources.
fn compiler(name: &str) -> Command {
    let mut cc = Command::new(name);
    cc.current_dir(root()).args(["-std=c11", "-Iinclude", "examples/httpd.c"]);
    for part in ["answer", "folder", "page", "request"] {
        cc.arg(format!("examples/httpd/{part}.c"));
    }
    cc
}

/// The library and the program of `make serve`, made by make itself.
pub(crate) fn library() {
    let status = Command::new("make")
        .args(["--quiet", "examples"])
        .current_dir(root())
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL")
        .status()
        .expect("make runs");
    assert!(status.success(), "make examples");
}

pub(crate) fn without_a_warning(name: &str) -> Result<(), Skip> {
    support::package(name, &format!("/usr/bin/{name}"))?;
    for extra in ["-UHTTPD_PORTABLE", "-DHTTPD_PORTABLE"] {
        let status = compiler(name)
            .args(["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only", "-O2", extra])
            .status()
            .expect("the compiler runs");
        assert!(status.success(), "{name} {extra}");
    }
    Ok(())
}
