// SPDX-License-Identifier: MIT OR Apache-2.0
//! Compiles the functions that thread cancellation may leave: Rust has no cleanup handlers for that.

#[path = "../build/assembly.rs"]
mod assembly;
#[path = "../build/c.rs"]
mod c;
#[path = "../build/hardened.rs"]
mod hardened;

fn main() {
    let sources = ["src/cancellation.c", "../src/personality.c"];
    let sources = if assembly::is_known() { &sources[..1] } else { &sources[..] };
    for source in sources {
        println!("cargo:rerun-if-changed={source}");
    }
    c::compile(hardened::compiler("./aio").files(sources).extra_warnings(true), "owfat_aio_cancellation");
}
