// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a build for another machine says where it has no C compiler.

use crate::support::{Skip, libraries};
use crate::{SHARED, Test, root};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

pub(crate) const TESTS: &[(&str, Test)] =
    &[("cross::a_missing_compiler_ends_the_build", a_missing_compiler_ends_the_build)];

/// The newest build script of a package that cargo has compiled beside the shared library.
fn build_script(package: &str) -> PathBuf {
    let folders = fs::read_dir(SHARED.with_file_name("build")).unwrap().map(|entry| entry.unwrap().path());
    let is_of = |folder: &PathBuf| {
        let name = folder.file_name().unwrap().to_str().unwrap();
        name.rsplit_once('-').is_some_and(|(start, _)| start == package)
    };
    let scripts = folders.filter(is_of).map(|folder| folder.join("build-script-build"));
    scripts
        .filter(|script| script.exists())
        .max_by_key(|script| script.metadata().unwrap().modified().unwrap())
        .unwrap()
}

/// Runs it as cargo does for aarch64.
fn for_aarch64(script: &PathBuf, package: &str, check_only: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let system =
        [("OS", "linux"), ("ARCH", "aarch64"), ("ENV", "gnu"), ("ENDIAN", "little"), ("POINTER_WIDTH", "64")];
    let mut command = Command::new(script);
    command
        .current_dir(root().join(package))
        .env("OUT_DIR", folder.path())
        .env("OWFAT_CHECK_ONLY", check_only);
    command.env("TARGET", "aarch64-unknown-linux-gnu").env("HOST", libraries::host()).env("OPT_LEVEL", "3");
    command.envs(system.map(|(name, value)| (format!("CARGO_CFG_TARGET_{name}"), value)));
    command.env("CC_aarch64_unknown_linux_gnu", "there-is-no-such-compiler");
    command.output().unwrap()
}

/// It ends there, and says what to do, instead of leaving a library that does not link. `cargo check` can do without.
fn a_missing_compiler_ends_the_build() -> Result<(), Skip> {
    libraries::aio();
    for (package, name) in [("", "owfat"), ("aio", "owfat-aio")] {
        let script = build_script(name);
        let built = for_aarch64(&script, package, "");
        let said = String::from_utf8_lossy(&built.stdout);
        assert!(!built.status.success(), "{said}");
        let errors: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("cargo::error=")).collect();
        for word in ["CC_aarch64_unknown_linux_gnu", "CROSS", "OWFAT_CHECK_ONLY=1"] {
            assert!(errors.iter().any(|error| error.contains(word)), "{said}");
        }
        assert!(for_aarch64(&script, package, "1").status.success());
    }
    Ok(())
}
