// SPDX-License-Identifier: MIT OR Apache-2.0
//! What several test binaries share: tools and libraries that a test needs and the library does not.
// Each of them uses a part.
#![allow(dead_code)]

pub(crate) mod documents;
pub(crate) mod kqueue;
pub(crate) mod libraries;
pub(crate) mod process;

use libtest_mimic::{Failed, Trial};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// Why a test cannot run on this machine. With `CI=true` that counts as a failure.
#[derive(Clone, Debug)]
pub(crate) struct Skip(pub(crate) String);

impl Skip {
    /// Whether tests that cannot run have to fail.
    pub(crate) fn is_failure() -> bool {
        std::env::var("CI").is_ok_and(|value| value == "true")
    }
}

/// A trial that runs if what it needs is there. Else it is shown as ignored, with the reason; or fails with it.
pub(crate) fn needing<T>(needs: &Result<T, Skip>, trial: Trial) -> Trial {
    let Err(Skip(reason)) = needs else { return trial };
    let (name, kind) = (trial.name().to_string(), format!("skipped: {reason}"));
    let reason = reason.clone();
    let skipped = Trial::test(name, move || Err(Failed::from(reason))).with_kind(kind);
    skipped.with_ignored_flag(!Skip::is_failure())
}

/// Makes sure that a Debian package is there, which shows in the file `probe`. Root installs what is missing.
pub(crate) fn package(name: &str, probe: &str) -> Result<(), Skip> {
    package_with(name, || Path::new(probe).exists())
}

/// Makes sure that a Debian package is there; `is_there` says whether it is. Root installs what is missing.
pub(crate) fn package_with(name: &str, is_there: impl Fn() -> bool) -> Result<(), Skip> {
    // One apt-get at a time: it would wait for its own lock, and cargo runs test binaries one by one.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    if is_there() {
        return Ok(());
    }
    // SAFETY: geteuid has no preconditions.
    if unsafe { libc::geteuid() } != 0 {
        return Err(Skip(format!("no package {name}, and only root can install it")));
    }
    let _guard = ONE_AT_A_TIME.lock();
    let installed = apt_get(&["install", "-y", "--no-install-recommends", name])
        || (apt_get(&["update"]) && apt_get(&["install", "-y", "--no-install-recommends", name]));
    if installed && is_there() {
        return Ok(());
    }
    Err(Skip(format!("no package {name}, and apt-get does not install it")))
}

fn apt_get(arguments: &[&str]) -> bool {
    Command::new("apt-get")
        .args(["-qq", "-o", "DPkg::Lock::Timeout=120"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
