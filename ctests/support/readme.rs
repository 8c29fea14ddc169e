// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parts of README.md that tests write: what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`.

use std::fs;
use std::ops::Range;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// What stands in the part `name`.
pub(crate) fn read(name: &str) -> Result<String, String> {
    let (text, place) = find(name)?;
    Ok(text[place].to_string())
}

/// Puts `fresh` into the part `name`.
pub(crate) fn write(name: &str, fresh: &str) -> Result<(), String> {
    let (mut text, place) = find(name)?;
    text.replace_range(place, fresh);
    fs::write(PATH, text).map_err(|error| format!("README.md: {error}"))
}

fn find(name: &str) -> Result<(String, Range<usize>), String> {
    let text = fs::read_to_string(PATH).map_err(|error| format!("README.md: {error}"))?;
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->\n"));
    let from = text.find(&begin).ok_or(format!("README.md has no {begin}"))? + begin.len();
    let to = from + text[from..].find(&end).ok_or(format!("README.md has no {end}"))?;
    Ok((text, from..to))
}
