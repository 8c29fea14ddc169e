// SPDX-License-Identifier: MIT OR Apache-2.0
//! The headers in `include/libowfat/` are what cbindgen makes of `src/abi` and `src/capi` today, and gcc and
//! clang have nothing against any of them. What Debian's headers declare can be used with ours, and structs are laid out
//! as Debian's, whatever flags a program is compiled with.
//!
//! `make headers` runs this test with `OWFAT_WRITE_HEADERS=1`: it writes them, and does nothing else.

mod headers {
    pub(crate) mod compile;
    pub(crate) mod debian;
    pub(crate) mod flags;
    pub(crate) mod generate;
    pub(crate) mod layouts;
    pub(crate) mod overloads;

    use std::path::PathBuf;

    fn root() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
    }
}
mod support;

use headers::{compile, debian, flags, generate, layouts, overloads};
use libtest_mimic::{Arguments, Trial};

fn main() {
    let trials = if std::env::var_os("OWFAT_WRITE_HEADERS").is_some() {
        vec![Trial::test("write_headers", generate::write_all)]
    } else {
        let mut trials = compile::trials();
        trials.extend(debian::trials());
        trials.extend(flags::trials());
        trials.push(Trial::test("committed_headers_are_fresh", generate::compare_all));
        trials.push(layouts::trial());
        trials.extend(overloads::trials());
        trials
    };
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
