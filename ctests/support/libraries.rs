// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two libraries that tests compare, and the compiler for what uses them.

use super::{Skip, package_with};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, iter};

/// Builds our shared library as it is shipped, or in the cargo profile that `OWFAT_PROFILE` names, and says
/// where it is.
pub(crate) fn ours() -> PathBuf {
    ours_in(&target(), &[])
}

/// The folder in which cargo builds.
pub(crate) fn target() -> PathBuf {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    env::var_os("CARGO_TARGET_DIR").map_or_else(usual, PathBuf::from)
}

/// [`ours`], built in a folder of its own with other environment variables.
pub(crate) fn ours_in(target: &Path, variables: &[(&str, String)]) -> PathBuf {
    let profile = env::var("OWFAT_PROFILE").unwrap_or_else(|_| "release".into());
    let status = Command::new(env!("CARGO"))
        .args(["build", "--lib", "--quiet", "--profile", &profile, "--target-dir"])
        .arg(target)
        .envs(variables.iter().cloned())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs");
    assert!(status.success());
    target.join(if profile == "dev" { "debug" } else { &profile }).join("libowfat.so")
}

/// The C compiler of this machine, found as build scripts find it.
pub(crate) fn compiler() -> cc::Tool {
    for_tests().get_compiler()
}

/// The C compiler of that name.
pub(crate) fn compiler_called(name: &str) -> cc::Tool {
    for_tests().compiler(name).get_compiler()
}

fn for_tests() -> cc::Build {
    let host = host();
    let mut build = cc::Build::new();
    build.target(&host).host(&host).opt_level(1).cargo_metadata(false);
    build
}

/// Rust's name for the kind of this machine.
pub(crate) fn host() -> String {
    let version = rustc(&["-vV"]);
    version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_string()
}

/// What Rust's compiler says about itself.
pub(crate) fn rustc(arguments: &[&str]) -> String {
    let output = Command::new("rustc").args(arguments).output().expect("rustc runs");
    String::from_utf8(output.stdout).unwrap().trim_end().to_string()
}

/// Debian's libowfat.so.0; root installs its package if it is missing.
pub(crate) fn debian() -> Result<PathBuf, Skip> {
    package_with("libowfat0", || find_debian().is_some())?;
    Ok(find_debian().unwrap())
}

/// Debian 12 has it in /usr/lib itself; other releases may have it in a folder for each kind of processor.
fn find_debian() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut places = iter::once(PathBuf::from("/usr/lib")).chain(folders);
    places.find_map(|folder| Some(folder.join("libowfat.so.0")).filter(|file| file.exists()))
}
