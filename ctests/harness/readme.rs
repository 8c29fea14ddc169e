//! Tables in README.md that come from the tests.

use super::root;
use std::{env, fs};

/// Compares what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->` with `fresh`.
///
/// With `OWFAT_WRITE_DIFFERENCES=1` it writes `fresh` there instead.
pub(crate) fn compare(name: &str, fresh: &str) -> Result<(), String> {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).map_err(|error| format!("README.md: {error}"))?;
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->\n"));
    let from = text.find(&begin).ok_or(format!("README.md has no {begin}"))? + begin.len();
    let to = from + text[from..].find(&end).ok_or(format!("README.md has no {end}"))?;
    if &text[from..to] == fresh {
        return Ok(());
    }
    if env::var_os("OWFAT_WRITE_DIFFERENCES").is_some() {
        let written = format!("{}{fresh}{}", &text[..from], &text[to..]);
        return fs::write(path, written).map_err(|error| format!("README.md: {error}"));
    }
    Err(format!(
        "README.md: the table {name} is stale; OWFAT_WRITE_DIFFERENCES=1 cargo test --test ctests writes:\n{fresh}"
    ))
}
