// SPDX-License-Identifier: MIT OR Apache-2.0
//! What several test binaries share: tools and libraries that a test needs and the library does not.
// Each of them uses a part.
#![allow(dead_code)]

pub(crate) mod another;
pub(crate) mod documents;
pub(crate) mod fresh;
pub(crate) mod kqueue;
pub(crate) mod libraries;
pub(crate) mod machine;
pub(crate) mod needed;
pub(crate) mod parallel;
pub(crate) mod process;
pub(crate) mod sanitizing;
pub(crate) mod sid;
pub(crate) mod tree;

use libtest_mimic::{Failed, Trial};
use std::io::Write;
use std::path::Path;

/// Why a test cannot run on this machine. With `OWFAT_STRICT=1` that counts as a failure.
#[derive(Clone, Debug)]
pub(crate) struct Skip(pub(crate) String);

impl Skip {
    /// Whether tests that cannot run have to fail.
    pub(crate) fn is_failure() -> bool {
        std::env::var("OWFAT_STRICT").is_ok_and(|value| value == "1")
    }

    /// A test that the standard harness runs cannot end as ignored. It passes, and its name and the reason go to the
    /// file that `OWFAT_SKIPPED` names, where `make check` counts them.
    pub(crate) fn note(self, test: &str) {
        assert!(!Self::is_failure(), "{}", self.0);
        eprintln!("{test}: skipped: {}", self.0);
        let Some(list) = std::env::var_os("OWFAT_SKIPPED") else { return };
        let list = std::fs::File::options().append(true).create(true).open(list);
        writeln!(list.unwrap(), "{test}\t{}", self.0).unwrap();
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

/// Makes sure that a Debian package is there, which shows in the file `probe`. Tests install nothing.
pub(crate) fn package(name: &str, probe: &str) -> Result<(), Skip> {
    package_with(name, || Path::new(probe).exists())
}

/// Makes sure that a Debian package is there; `is_there` says whether it is.
pub(crate) fn package_with(name: &str, is_there: impl Fn() -> bool) -> Result<(), Skip> {
    if is_there() { Ok(()) } else { Err(Skip(format!("package {name} is not installed"))) }
}
