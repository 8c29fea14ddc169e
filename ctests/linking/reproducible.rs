// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same sources make the same files, in whatever folder, whatever user builds them.

use crate::support::Skip;
use crate::{Test, root, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[("reproducible::in_two_folders", in_two_folders)];

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

/// Builds in a folder, as a user whose home is another one.
fn build(folder: &Path, home: &Path) -> PathBuf {
    copy_sources(folder);
    fs::create_dir_all(home).unwrap();
    let cargo = std::env::var_os("CARGO_HOME").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo"),
        PathBuf::from,
    );
    // What was downloaded is found under another name.
    let own = home.join("cargo");
    std::os::unix::fs::symlink(cargo, &own).unwrap();
    let mut make = Command::new("make");
    make.arg("--quiet").arg("all").current_dir(folder).env("CARGO_HOME", &own).env_remove("CARGO_TARGET_DIR");
    run(make.env("CARGO_NET_OFFLINE", "true").env_remove("MAKEFLAGS").env_remove("MAKELEVEL"));
    folder.join("target")
}

fn in_two_folders() -> Result<(), Skip> {
    let there = tempfile::tempdir().unwrap();
    let folder = |name: &str| there.path().join(name);
    let one = build(&folder("one"), &folder("home"));
    let other = build(&folder("another/folder"), &folder("another/home"));
    for file in ["release/libowfat.so", "static/libowfat.a"] {
        let (a, b) = (fs::read(one.join(file)).unwrap(), fs::read(other.join(file)).unwrap());
        assert!(a == b, "{file} differs");
        let here = there.path().to_str().unwrap().as_bytes();
        assert!(!a.windows(here.len()).any(|bytes| bytes == here), "{file} says where it was built");
    }
    Ok(())
}
