// SPDX-License-Identifier: MIT OR Apache-2.0
//! Feeds our library and Debian's libowfat.so.0 the same inputs, random ones and edges, and compares what a C
//! program can see: results, every byte of the memory that was handed in and of its surroundings, and errno.
//!
//! One module per family of functions. A module declares its functions with `functions!`, and compares them
//! with `Family::compare`. Where the C library answers otherwise and the contract is with us, the input is
//! filtered out, or the detail left out, with the reason beside it.
//!
//! The inputs are the same in each run. `OWFAT_CASES` says how many each comparison gets, `OWFAT_SEED` makes
//! others, and `OWFAT_PROFILE=checked` takes our library from that cargo profile.

mod differential {
    pub(crate) mod engine;
    pub(crate) mod inputs;
    pub(crate) mod memory;

    mod array;
    mod buffer;
    mod byte;
    mod case;
    mod cdb;
    mod coverage;
    mod critbit;
    mod dns;
    mod encodings;
    mod formatting;
    mod growing;
    mod iarray;
    mod integers;
    mod ip;
    mod range;
    mod scanning;
    mod stralloc;
    mod string;
    mod tai;
    mod textcode;

    /// Every comparison there is.
    pub(crate) fn all(engine: &mut engine::Engine) {
        array::add(engine);
        buffer::add(engine);
        byte::add(engine);
        case::add(engine);
        cdb::add(engine);
        critbit::add(engine);
        dns::add(engine);
        iarray::add(engine);
        integers::add(engine);
        ip::add(engine);
        range::add(engine);
        string::add(engine);
        encodings::add(engine);
        formatting::add(engine);
        growing::add(engine);
        scanning::add(engine);
        stralloc::add(engine);
        textcode::add(engine);
        tai::add(engine);
        coverage::add(engine);
    }
}
mod support;

fn main() {
    let mut arguments = libtest_mimic::Arguments::from_args();
    // One after the other: some of the C library's functions have results that all threads share, dates (gmtime) and names of
    // interfaces among them.
    arguments.test_threads.get_or_insert(1);
    let mut engine = differential::engine::Engine::new();
    differential::all(&mut engine);
    let (trials, cases) = engine.into_trials();
    let conclusion = libtest_mimic::run(&arguments, trials);
    println!("{} inputs compared", cases.load(std::sync::atomic::Ordering::Relaxed));
    conclusion.exit();
}
