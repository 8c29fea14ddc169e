// SPDX-License-Identifier: MIT OR Apache-2.0
//! Installs what the peers need, and compiles the programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// The Debian packages of the peers, and the file that shows that each is there.
const PACKAGES: &[(&str, &str)] = &[
    ("libev-dev", "/usr/include/ev.h"),
    ("libevent-dev", "/usr/include/event2/event.h"),
    ("libuv1-dev", "/usr/include/uv.h"),
    ("libowfat0", "/usr/lib/libowfat.so.0"),
    ("strace", "/usr/bin/strace"),
];

/// Name, source, and what its compilation needs.
const PROGRAMS: &[(&str, &str, &[&str])] = &[
    ("edge", "programs/epoll.c", &["-DEDGE=1"]),
    ("level", "programs/epoll.c", &[]),
    ("libev", "programs/libev.c", &["-lev"]),
    ("libevent", "programs/libevent.c", &["-levent_core"]),
    ("libuv", "programs/libuv.c", &["-luv"]),
    ("owfat", "programs/owfat.c", &["-lowfat", "-ldl"]),
    ("scale", "programs/scale.c", &["-rdynamic", "-lowfat"]),
    ("client", "programs/client.c", &[]),
    ("register", "experiments/register.c", &[]),
    ("serve", "experiments/serve.c", &[]),
    // Rows are GNU C: expressions of statements, and functions as values of any type.
    ("companions", "companions.c", &["-std=gnu11", "-Wno-unused-parameter", "-ldl"]),
];

/// The compiled programs and the two libraries.
pub(crate) struct Programs {
    folder: PathBuf,
}

/// The folder of this crate.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Programs {
    /// Builds everything.
    pub(crate) fn build() -> Programs {
        install();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
        run(Command::new(env!("CARGO")).args(["build", "--lib", "--quiet", "--release"]).current_dir(root()));
        let programs = Programs { folder: target.join("benches") };
        for (library, from) in
            [("ours", target.join("release/libowfat.so")), ("c", "/usr/lib/libowfat.so.0".into())]
        {
            let folder = programs.library(library);
            fs::create_dir_all(&folder).unwrap();
            fs::copy(&from, folder.join("libowfat.so.0")).unwrap_or_else(|error| panic!("{from:?}: {error}"));
        }
        let link = programs.library("ours").join("libowfat.so");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink("libowfat.so.0", link).unwrap();
        for (name, source, flags) in PROGRAMS {
            run(Command::new(env::var("CC").unwrap_or_else(|_| "cc".into()))
                .args(["-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-I"])
                .arg(root().join("include"))
                .arg("-o")
                .arg(programs.executable(name))
                .arg(root().join("benches").join(source))
                .arg("-L")
                .arg(programs.library("ours"))
                .args(*flags));
        }
        programs
    }

    /// A compiled program.
    pub(crate) fn executable(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What `LD_LIBRARY_PATH` has to name: `ours` or `c`.
    pub(crate) fn library(&self, name: &str) -> PathBuf {
        self.folder.join("libraries").join(name)
    }
}

fn install() {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        eprintln!("installing {}", missing.join(", "));
        run(Command::new("apt-get")
            .args(["-qq", "-o", "DPkg::Lock::Timeout=120", "install", "-y", "--no-install-recommends"])
            .args(&missing)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null()));
    }
}

fn run(command: &mut Command) {
    let status = command.stdin(Stdio::null()).status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}
