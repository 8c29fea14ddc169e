// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo cinstall` beside `make install`. Where cargo-c is not installed, it is left out.

use crate::support::Skip;
use crate::tree::{Installation, everything_below};
use crate::{Test, programs, root, run, target};
use std::collections::BTreeSet;
use std::fs;
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

/// The same names, the same links, and in all files but two the same contents. What cargo-c does by itself: the static
/// library is rustc's, with all of Rust's names in it, and the `.pc` file is in other words.
fn installs_the_same_files() -> Result<(), Skip> {
    let ours = Installation::new(&[]);
    let theirs = tempfile::tempdir().unwrap();
    let mut cinstall = Command::new(env!("CARGO"));
    cinstall.args(["cinstall", "--release", "--prefix=/opt/owfat", "--libdir=/opt/owfat/lib"]);
    cinstall.arg(format!("--destdir={}", theirs.path().display()));
    run(cinstall.current_dir(root()).env("CARGO_TARGET_DIR", target().join("cargo-c")));
    assert_eq!(files(theirs.path()), files(ours.root()));

    let lib = |root: &Path| root.join("opt/owfat/lib");
    for link in ["libowfat.so", "libowfat.so.0"] {
        let leads_to = |root: &Path| fs::read_link(lib(root).join(link)).unwrap();
        assert_eq!(leads_to(theirs.path()), leads_to(ours.root()), "{link}");
    }
    for path in files(ours.root()) {
        let text = |root: &Path| fs::read(root.join(&path)).unwrap();
        if path.starts_with("opt/owfat/include") || path.starts_with("opt/owfat/share") {
            assert_eq!(text(theirs.path()), text(ours.root()), "{}", path.display());
        }
    }
    let exports = |root: &Path| {
        let mut nm = Command::new("nm");
        run(nm.args(["--dynamic", "--defined-only", "-P"]).arg(lib(root).join("libowfat.so.0")))
            .lines()
            .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(exports(theirs.path()), exports(ours.root()));
    let soname = |root: &Path| {
        let listing = run(Command::new("readelf").arg("-d").arg(lib(root).join("libowfat.so.0")));
        listing.lines().find(|line| line.contains("(SONAME)")).map(str::to_string)
    };
    assert_eq!(soname(theirs.path()), soname(ours.root()));

    let asked = |root: &Path, question: &str| programs::flags_in(root, &[question]);
    for question in ["--modversion", "--cflags", "--libs"] {
        let (mut theirs, mut ours) = (asked(theirs.path(), question)?, asked(ours.root(), question)?);
        for flags in [&mut theirs, &mut ours] {
            flags
                .iter_mut()
                .for_each(|flag| *flag = flag.rsplit_once("/opt/").map_or(&**flag, |f| f.1).into());
            flags.sort();
        }
        assert_eq!(theirs, ours, "{question}");
    }
    programs::runs_statically(theirs.path())
}

/// Every file and link below a folder.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let all = everything_below(folder).into_iter().filter(|path| path.is_file());
    all.map(|path| path.strip_prefix(folder).unwrap().to_path_buf()).collect()
}
