// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parts of documents that tests write: what stands between two lines of comment, `NAME:begin` and `NAME:end`.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The measurements.
pub(crate) const BENCHES: &str = "benches/README.md";
/// What Debian's C library does otherwise.
pub(crate) const DIFFERENCES: &str = "man/owfat-differences.7";

/// What stands in the part `name` of the document at `path`, below the root.
pub(crate) fn read(path: &str, name: &str) -> Result<String, String> {
    let (text, place) = find(path, name)?;
    Ok(text[place].to_string())
}

/// Puts `fresh` into the part `name`.
pub(crate) fn write(path: &str, name: &str, fresh: &str) -> Result<(), String> {
    let (mut text, place) = find(path, name)?;
    text.replace_range(place, fresh);
    fs::write(absolute(path), text).map_err(|error| format!("{path}: {error}"))
}

fn absolute(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn find(path: &str, name: &str) -> Result<(String, Range<usize>), String> {
    let text = fs::read_to_string(absolute(path)).map_err(|error| format!("{path}: {error}"))?;
    let marker = |end: &str| match path.ends_with(".md") {
        true => format!("<!-- {name}:{end} -->\n"),
        false => format!(".\\\" {name}:{end}\n"),
    };
    let (begin, end) = (marker("begin"), marker("end"));
    let from = text.find(&begin).ok_or(format!("{path} has no {begin}"))? + begin.len();
    let to = from + text[from..].find(&end).ok_or(format!("{path} has no {end}"))?;
    Ok((text, from..to))
}
