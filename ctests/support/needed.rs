// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a shared library needs of the C library.

use libtest_mimic::Failed;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A name, and its version where the C library has versions, such as `GLIBC_2.17`.
pub(crate) struct Needed {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
}

/// The names that a library needs and does not define, in order. What it can do without is not among them.
pub(crate) fn by(library: &Path, objdump: &str) -> Vec<Needed> {
    let output = Command::new(objdump).arg("-T").arg(library).output().expect("objdump runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let needed = text.lines().filter_map(|line| {
        let (flags, rest) = line.split_once("*UND*")?;
        let words: Vec<&str> = rest.split_whitespace().collect();
        let version = words.iter().find_map(|word| word.strip_prefix('(')?.strip_suffix(')'));
        let is_weak = flags.split_whitespace().any(|flag| flag == "w");
        let name = words.last().filter(|_| !is_weak)?;
        Some(Needed { name: name.to_string(), version: version.map(String::from) })
    });
    let mut needed: Vec<Needed> = needed.collect();
    assert!(!needed.is_empty(), "{text}");
    needed.sort_by(|one, other| one.name.cmp(&other.name));
    needed
}

/// Fails if a library that was built for musl needs a name that is not in `ctests/musl-symbols.txt`.
pub(crate) fn is_in_old_musl(library: &Path) -> Result<(), Failed> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("ctests/musl-symbols.txt");
    let text = fs::read_to_string(list)?;
    let listed: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let other: Vec<String> = by(library, "objdump").into_iter().map(|needed| needed.name).collect();
    let other: Vec<&String> = other.iter().filter(|name| !listed.contains(&&***name)).collect();
    if other.is_empty() {
        return Ok(());
    }
    Err(format!("is in musl 1.2.3? Then to ctests/musl-symbols.txt: {other:?}").into())
}
