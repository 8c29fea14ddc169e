// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tree of tests: every one runs, with and without git, and writes where it is told.

use super::{root, support};
use std::collections::BTreeSet;
use std::fs;

/// A test binary with a `main` of its own, and without `harness = false`, would pass without running anything.
#[test]
fn every_test_runs() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    for test in manifest["test"].as_array().unwrap() {
        let path = test["path"].as_str().unwrap();
        let own_main = fs::read_to_string(root().join(path)).unwrap().contains("\nfn main()");
        let harness = test.get("harness").is_none_or(|harness| harness.as_bool() == Some(true));
        assert!(own_main != harness, "{path}: `harness = false` in Cargo.toml, or no `fn main`");
    }
}

/// Where there is no git, or no repository, the same files are looked at.
#[test]
fn the_tree_is_known_without_git() {
    let (known, lying) = (support::tree::files(), support::tree::lying_in(&root()));
    let lying: BTreeSet<&String> = lying.iter().collect();
    let missing: Vec<_> =
        known.iter().filter(|name| !lying.contains(name) && root().join(name).exists()).collect();
    assert!(missing.is_empty() && known.len() > 300, "{} files without {missing:?}", known.len());
}

/// Tests and benchmarks put files where TMPDIR says: `make check` removes that folder, whatever is killed.
#[test]
fn temporary_files_go_where_they_are_told() {
    // In two parts, because this file is looked at as well.
    let (folder, mut wrong) = (concat!("tm", "p/"), Vec::new());
    for name in support::tree::files() {
        let place = ["ctests/", "aio/", "benches/"].iter().any(|place| name.starts_with(place));
        if !place || ![".c", ".h", ".rs"].iter().any(|extension| name.ends_with(extension)) {
            continue;
        }
        let text = fs::read_to_string(root().join(&name)).unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            // The folder alone is for where there is no TMPDIR.
            if line.contains(folder) && line.contains('"') && !line.trim_start().starts_with("//") {
                wrong.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One idea in a file: what has more lines than this has two.
#[test]
fn files_in_rust_are_short() {
    const MOST: usize = 300;
    let files = support::tree::files().into_iter().filter(|name| name.ends_with(".rs"));
    let lines = |name: &String| fs::read_to_string(root().join(name)).map_or(0, |text| text.lines().count());
    let long: Vec<String> = files.filter(|name| lines(name) > MOST).collect();
    assert!(long.is_empty(), "more than {MOST} lines: {long:?}");
}
