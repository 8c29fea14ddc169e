// SPDX-License-Identifier: MIT OR Apache-2.0
//! Compiles the functions that thread cancellation may leave: Rust has no cleanup handlers for that.

#[path = "../build/assembly.rs"]
mod assembly;
#[path = "../build/hardened.rs"]
mod hardened;

use std::env;

fn main() {
    let sources = ["src/cancellation.c", "../src/personality.c"];
    let sources = if assembly::is_known() { &sources[..1] } else { &sources[..] };
    for source in sources {
        println!("cargo:rerun-if-changed={source}");
    }
    let compiled =
        hardened::compiler("./aio").files(sources).extra_warnings(true).try_compile("owfat_aio_cancellation");
    let Err(error) = compiled else { return };
    // `cargo check` for another system needs no C compiler for it: only linking misses what was not compiled.
    assert!(env::var("TARGET") != env::var("HOST"), "{error}");
    println!("cargo:warning=not compiled, so this will not link: {error}");
}
