// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tables in README.md that come from the tests.

use crate::support::readme;
use std::env;

/// Compares what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->` with `fresh`.
///
/// With `OWFAT_WRITE_DIFFERENCES=1` it writes `fresh` there instead.
pub(crate) fn compare(name: &str, fresh: &str) -> Result<(), String> {
    compare_parts(name, fresh, str::to_string)
}

/// [`compare`], by what `part` leaves of the two texts.
pub(crate) fn compare_parts(name: &str, fresh: &str, part: impl Fn(&str) -> String) -> Result<(), String> {
    let writing = env::var_os("OWFAT_WRITE_DIFFERENCES").is_some();
    if !writing && part(&readme::read(name)?) == part(fresh) {
        return Ok(());
    }
    if writing {
        return readme::write(name, fresh);
    }
    Err(format!(
        "README.md: the table {name} is stale; OWFAT_WRITE_DIFFERENCES=1 cargo test --test ctests writes:\n{fresh}"
    ))
}
