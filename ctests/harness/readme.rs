//! Tables in README.md that come from the tests.

use crate::support::readme;
use std::env;

/// Compares what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->` with `fresh`.
///
/// With `OWFAT_WRITE_DIFFERENCES=1` it writes `fresh` there instead.
pub(crate) fn compare(name: &str, fresh: &str) -> Result<(), String> {
    if readme::read(name)? == fresh {
        return Ok(());
    }
    if env::var_os("OWFAT_WRITE_DIFFERENCES").is_some() {
        return readme::write(name, fresh);
    }
    Err(format!(
        "README.md: the table {name} is stale; OWFAT_WRITE_DIFFERENCES=1 cargo test --test ctests writes:\n{fresh}"
    ))
}
