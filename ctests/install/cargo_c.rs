//! `cargo cinstall` beside `make install`. Where cargo-c is not installed, nobody asks.

use crate::support::Skip;
use crate::tree::{Installation, everything_below};
use crate::{Test, root, run, target};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The test, if it can run. cargo-c comes from no package of Debian's that knows today's cargo, so not even the whole
/// examination insists on it.
pub(crate) fn tests() -> Vec<(&'static str, Test)> {
    let mut probe = Command::new(env!("CARGO"));
    probe.args(["cinstall", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    let there = probe.status().is_ok_and(|status| status.success());
    if there {
        vec![("cargo_c::installs_the_same_files", installs_the_same_files as Test)]
    } else {
        Vec::new()
    }
}

fn installs_the_same_files() -> Result<(), Skip> {
    let ours = Installation::new(&[]);
    let theirs = tempfile::tempdir().unwrap();
    let mut cinstall = Command::new(env!("CARGO"));
    cinstall.args(["cinstall", "--release", "--prefix=/opt/owfat", "--libdir=/opt/owfat/lib"]);
    cinstall.arg(format!("--destdir={}", theirs.path().display()));
    run(cinstall.current_dir(root()).env("CARGO_TARGET_DIR", target().join("cargo-c")));
    let mut found = files(theirs.path());
    // The one difference in names: libowfat.so.0 is a link to this.
    assert!(found.remove(Path::new("opt/owfat/lib/libowfat.so.0.32.0")));
    assert_eq!(found, files(ours.root()));
    Ok(())
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let all = everything_below(folder).into_iter().filter(|path| path.is_file());
    all.map(|path| path.strip_prefix(folder).unwrap().to_path_buf()).collect()
}
