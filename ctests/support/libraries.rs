//! The two libraries that tests compare.

use super::{Skip, package_with};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, iter};

/// Builds our shared library as it is shipped, or in the cargo profile that `OWFAT_PROFILE` names, and says
/// where it is.
pub(crate) fn ours() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let profile = env::var("OWFAT_PROFILE").unwrap_or_else(|_| "release".into());
    let status = Command::new(env!("CARGO"))
        .args(["build", "--lib", "--quiet", "--profile", &profile])
        .current_dir(root)
        .status()
        .expect("cargo runs");
    assert!(status.success());
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    target.join(if profile == "dev" { "debug" } else { &profile }).join("libowfat.so")
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
