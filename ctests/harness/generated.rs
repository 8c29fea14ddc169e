// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parts of documents that come from the tests.

use crate::support::documents;
use std::env;

/// Compares the part `name` of the document at `path` with `fresh`.
///
/// With `OWFAT_WRITE_DIFFERENCES=1` it writes `fresh` there instead.
pub(crate) fn compare(path: &str, name: &str, fresh: &str) -> Result<(), String> {
    compare_parts(path, name, fresh, str::to_string)
}

/// [`compare`], by what `part` leaves of the two texts.
pub(crate) fn compare_parts(
    path: &str,
    name: &str,
    fresh: &str,
    part: impl Fn(&str) -> String,
) -> Result<(), String> {
    let writing = env::var_os("OWFAT_WRITE_DIFFERENCES").is_some();
    if !writing && part(&documents::read(path, name)?) == part(fresh) {
        return Ok(());
    }
    if writing {
        return documents::write(path, name, fresh);
    }
    Err(format!(
        "{path}: the part {name} is stale; OWFAT_WRITE_DIFFERENCES=1 cargo test --test ctests writes:\n{fresh}"
    ))
}
