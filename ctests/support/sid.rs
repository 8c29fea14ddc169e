// SPDX-License-Identifier: MIT OR Apache-2.0
//! libowfat 0.34 and the opentracker that was made for it, from Debian's sid. They are not installed, but unpacked below our own
//! folder for what was built.

use super::Skip;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The packages' files, unpacked.
pub(crate) struct Sid {
    /// What would be `/usr`.
    pub(crate) usr: PathBuf,
    /// The C library.
    pub(crate) library: PathBuf,
}

/// Makes sure that they are there. Where they cannot be had, nothing can be tested, not even in strict runs.
pub(crate) fn unpacked() -> Result<Sid, Skip> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("target/sid");
    let script = root.join("ctests/opentracker/fetch.sh");
    let output = Command::new(script).arg(&folder).output().map_err(|error| Skip(error.to_string()))?;
    if !output.status.success() {
        return Err(Skip(String::from_utf8_lossy(&output.stdout).trim().to_string()));
    }
    let usr = folder.join("root/usr");
    // Debian may put it into a folder for each kind of processor.
    let folders = fs::read_dir(usr.join("lib")).into_iter().flatten().flatten().map(|entry| entry.path());
    let places = folders.chain([usr.join("lib")]).map(|folder| folder.join("libowfat.so.0"));
    let library = places.into_iter().find(|file| file.is_file()).ok_or(Skip("no library in sid".into()))?;
    for file in [&library, &usr.join("bin/opentracker")] {
        runs_here(file, &library)?;
    }
    Ok(Sid { usr, library })
}

/// Their C library may be newer than this machine's.
fn runs_here(file: &Path, library: &Path) -> Result<(), Skip> {
    let output = Command::new("ldd").arg(file).env("LD_LIBRARY_PATH", library.parent().unwrap()).output();
    let complaints = output.map_or(String::new(), |output| String::from_utf8_lossy(&output.stderr).into());
    if complaints.contains("GLIBC") {
        return Err(Skip(format!("the C library is too old for sid's programs: {}", complaints.trim())));
    }
    Ok(())
}

/// A trial that needs them: without them it is ignored.
pub(crate) fn needing<T>(needs: &Result<T, Skip>, trial: libtest_mimic::Trial) -> libtest_mimic::Trial {
    match needs {
        Ok(_) => trial,
        Err(Skip(reason)) => trial.with_kind(format!("skipped: {reason}")).with_ignored_flag(true),
    }
}
