// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs the C programs of this folder: each test of a program in a process of its own, against our shared
//! library (`so::`), our static one (`a::`), our shared one with its other backends (`poll::`, `kqueue::`, `old_kqueue::` for
//! systems without user events, `libkqueue::` for that library's ways) and under valgrind (`valgrind::`), and Debian's libowfat.so.0 (`debian::`), whose known
//! differences are listed in `known-differences.txt`. `calls::` counts system calls. `other_types::` has `char` without a sign and
//! short enumerations.
//!
//! `OWFAT_SANITIZER=address` or `=thread` runs them under a sanitizer instead (`asan::`, `asan-poll::`, `tsan::`, `tsan-poll::`).
//! `OWFAT_TARGET=TRIPLE` runs them on a library for another machine, with the C compiler `OWFAT_CC`, and under `OWFAT_RUNNER`
//! if this machine cannot run them itself (`make check-musl`, `make check-arch`).
//! `OWFAT_PROFILE=checked` takes our library from another cargo profile. `OWFAT_WRITE_DIFFERENCES=1` writes
//! the generated parts of documents instead of comparing them.

mod harness;
mod support;
#[path = "support/timed.rs"]
mod timed;

use harness::sanitizer;
use harness::target::Target;
use harness::{other_types, trials};
use std::sync::Arc;
use support::sanitizing::Sanitizer;

fn main() {
    let mut arguments = libtest_mimic::Arguments::from_args();
    // Some tests look at clocks: the machine must not be overloaded by the harness itself.
    arguments.test_threads.get_or_insert_with(support::parallel::processors);
    let trials = match (Sanitizer::asked(), Target::asked()) {
        (Some(sanitizer), _) => sanitizer::all(sanitizer),
        (None, Some(target)) => target.all(),
        (None, None) => {
            let mut trials = trials::all(&Arc::new(trials::Setup::new()));
            // These are compiled apart, for which a run of another kind need not wait.
            let kind = arguments.filter.as_deref().and_then(|filter| filter.split_once("::"));
            if kind.is_none_or(|(kind, _)| kind == other_types::KIND) {
                trials.extend(other_types::trials());
            }
            trials
        }
    };
    libtest_mimic::run(&arguments, trials).exit();
}
