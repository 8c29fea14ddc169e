// SPDX-License-Identifier: MIT OR Apache-2.0
//! The conventions of this code: what may import what, words, licences, and the names that leave the library.

mod layers;
mod licences;
mod locks;
#[path = "../support/mod.rs"]
mod support;
mod symbols;
mod tree;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// `(shown path, module, text)` of every source file but lib.rs.
fn modules() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    sources(&root().join("src"), &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let shown = path.strip_prefix(root().join("src")).unwrap().display().to_string();
            let module = shown.split(['/', '.']).next().unwrap().to_string();
            (shown, module, fs::read_to_string(path).unwrap())
        })
        .filter(|(shown, ..)| shown != "lib.rs")
        .collect()
}
