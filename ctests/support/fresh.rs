// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files that are made again only if what they are made of has changed: most changes are to one program of many.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|about| about.modified()).ok()
}

/// Runs `command`, which makes `result` out of `sources`, unless the same command has done so since all of them were written.
pub(crate) fn make(command: &mut Command, result: &Path, sources: &[&Path]) {
    let mut recipe = result.as_os_str().to_os_string();
    recipe.push(".recipe");
    let words = format!("{command:?}");
    let is_fresh = written(result).is_some_and(|made| {
        sources.iter().all(|source| written(source).is_some_and(|source| source < made))
            && fs::read_to_string(&recipe).is_ok_and(|recipe| recipe == words)
    });
    if is_fresh {
        return;
    }
    let start = SystemTime::now();
    let _ = fs::remove_file(result);
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    // What was written to a source during the build is newer.
    File::open(result).unwrap().set_modified(start).unwrap();
    fs::write(recipe, words).unwrap();
}

/// A copy in a file of its own, so that a process that still runs with the last one keeps that; none if both are the same.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let new = fs::read(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    if fs::read(to).is_ok_and(|old| old == new) {
        return;
    }
    let _ = fs::remove_file(to);
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

/// Every header that a program of `ctests/` may include.
pub(crate) fn headers() -> &'static [PathBuf] {
    static FOUND: OnceLock<Vec<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let names = super::tree::lying_in(root).into_iter().filter(|name| name.ends_with(".h"));
        names.map(|name| root.join(name)).collect()
    })
}
