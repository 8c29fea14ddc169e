// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C of a library: compiled, or the end of the build with what to do about it.

use std::{env, process};

/// Compiles. `OWFAT_CHECK_ONLY=1` leaves it out, for `cargo check`: that links nothing, and needs no C compiler for another system.
pub(crate) fn compile(build: &cc::Build, name: &str) {
    println!("cargo:rerun-if-env-changed=OWFAT_CHECK_ONLY");
    if env::var("OWFAT_CHECK_ONLY").is_ok_and(|value| value == "1") {
        return;
    }
    let Err(error) = build.try_compile(name) else { return };
    let target = env::var("TARGET").unwrap_or_default();
    println!("cargo::error=C does not compile for {target}: {}", error.to_string().replace('\n', " "));
    println!(
        "cargo::error=a C compiler for {target} is named by CC_{}, or for make by CROSS, what the names of its tools begin \
         with; OWFAT_CHECK_ONLY=1 has `cargo check` do without",
        target.replace('-', "_")
    );
    process::exit(1);
}
