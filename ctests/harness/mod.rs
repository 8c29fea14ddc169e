// SPDX-License-Identifier: MIT OR Apache-2.0
//! Compiles the C programs, runs their tests, and judges what came of it.

pub(crate) mod build;
pub(crate) mod calls;
pub(crate) mod differences;
pub(crate) mod differences_page;
pub(crate) mod generated;
pub(crate) mod originals;
pub(crate) mod other_types;
pub(crate) mod plugin;
pub(crate) mod run;
pub(crate) mod sanitizer;
pub(crate) mod target;
pub(crate) mod trials;
pub(crate) mod width;

use std::path::PathBuf;

/// The folder of this crate.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
