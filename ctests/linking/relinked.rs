// SPDX-License-Identifier: MIT OR Apache-2.0
//! The shared library that the C compiler links from the archive, for processors on which rustc cannot export every name.

use crate::support::{Skip, libraries};
use crate::{SHARED, Test, run};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[("relinked::it_is_what_rustc_makes", it_is_what_rustc_makes)];

fn exported(file: &Path) -> BTreeSet<String> {
    let listing = run(Command::new("nm").args(["-D", "--defined-only", "-j"]).arg(file));
    listing.lines().map(String::from).collect()
}

/// By the names that it exports, by its own, and by what it needs.
fn it_is_what_rustc_makes() -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("libowfat.so");
    fs::copy(SHARED.with_extension("a"), library.with_extension("a")).unwrap();
    // One without any name, as if rustc had exported none.
    run(Command::new("cc").args(["-shared", "-x", "c", "/dev/null", "-o"]).arg(&library));
    libraries::complete(&library, &[]);
    assert_eq!(exported(&library), exported(&SHARED));
    let dynamic = |file: &Path| run(Command::new("readelf").arg("-dW").arg(file));
    for part in ["Library soname: [libowfat.so.0]", "NODELETE", "BIND_NOW"] {
        assert!(dynamic(&library).contains(part), "{part}: {}", dynamic(&library));
    }
    let needed = |file: &Path| {
        let said = dynamic(file);
        said.lines().filter(|line| line.contains("NEEDED")).map(String::from).collect::<BTreeSet<_>>()
    };
    assert_eq!(needed(&library), needed(&SHARED));
    Ok(())
}
