// SPDX-License-Identifier: MIT OR Apache-2.0
//! Compiles the two functions that thread cancellation may leave: Rust has no cleanup handlers for that.

use std::env;

fn main() {
    let source = "src/cancellation.c";
    println!("cargo:rerun-if-changed={source}");
    let compiled = cc::Build::new().file(source).extra_warnings(true).try_compile("owfat_aio_cancellation");
    let Err(error) = compiled else { return };
    // `cargo check` for another system needs no C compiler for it: only linking misses what was not compiled.
    assert!(env::var("TARGET") != env::var("HOST"), "{error}");
    println!("cargo:warning=not compiled, so this will not link: {error}");
}
