// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same sources make the same files, in whatever folder and with whatever habits.

use crate::support::Skip;
use crate::support::another;
use crate::support::libraries;
use crate::{Test, root, run};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[("reproducible::by_another_user", by_another_user)];

/// Everything that `make` leaves for `make install`.
const FILES: &[&str] = &[
    "release/libowfat.so",
    "static/libowfat.a",
    "aio/libowfat-aio.so",
    "aio/libowfat-aio.a",
    "aio/libowfat-aio-preload.so",
];

/// The sources without what was built: everything at the top but `target` and what begins with a dot, except `.ci`.
fn copy_sources(to: &Path) {
    fs::create_dir_all(to).unwrap();
    let entries = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap());
    let wanted: Vec<PathBuf> = entries
        .filter(|entry| {
            let name = entry.file_name().into_string().unwrap();
            name != "target" && (!name.starts_with('.') || name == ".ci")
        })
        .map(|entry| entry.path())
        .collect();
    run(Command::new("cp").arg("-R").args(wanted).arg(to));
}

/// Prepares a folder to [`build`] in, with a home.
fn prepare(folder: &Path) {
    copy_sources(&folder.join("sources"));
    another::cargo_home(&folder.join("home/cargo"));
}

/// Builds in a folder with this `make`. Says where the result is.
fn build(folder: &Path, mut make: Command) -> PathBuf {
    let (sources, home) = (folder.join("sources"), folder.join("home"));
    make.args(["--quiet", "all", "aio"]).current_dir(&sources).env("CARGO_HOME", home.join("cargo"));
    make.env_remove("CARGO_TARGET_DIR").env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    run(make.env("HOME", &home).env("CARGO_NET_OFFLINE", "true"));
    sources.join("target")
}

/// The same files come of it in another folder, by another user with other habits, as here.
fn by_another_user() -> Result<(), Skip> {
    let there = tempfile::tempdir().unwrap();
    // The folder that tempfile makes is closed to other users.
    fs::set_permissions(there.path(), Permissions::from_mode(0o755)).unwrap();
    let folder = there.path().join("another/folder");
    prepare(&folder);
    let mut make = another::by_another_user(&folder, "make");
    make.arg("-j3");
    let other = build(&folder, make);
    let here = root().join(libraries::target());
    for file in FILES {
        let (a, b) = (fs::read(here.join(file)).unwrap(), fs::read(other.join(file)).unwrap());
        assert!(a == b, "{file} differs");
        for folder in [root(), there.path()] {
            let folder = folder.to_str().unwrap().as_bytes();
            let says_where = a.windows(folder.len()).any(|bytes| bytes == folder);
            assert!(!says_where, "{file} says where it was built");
        }
    }
    Ok(())
}
