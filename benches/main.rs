// SPDX-License-Identifier: MIT OR Apache-2.0
//! `make bench`: the same work on loops written by hand, on libev, libevent, libuv, the C library and ours,
//! all interleaved in one run. Writes the tables of benches/README.md.
//!
//! `OWFAT_BENCH_ROUNDS` says how often each program runs (5), `OWFAT_BENCH_ONLY` which works (a part of their
//! title; `scale` for the plots alone, `experiments` for those alone, `companions` for the functions beside the loop).

mod companions;
mod experiments;
mod plot;
mod programs;
mod report;
mod sample;
mod scale;
mod works;

use programs::Programs;
use sample::Sample;
use std::env;
use works::Work;

fn main() {
    // `cargo test --benches` and `cargo bench` both come by; the former wants no more than to see that this compiles.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let rounds = env::var("OWFAT_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let only = env::var("OWFAT_BENCH_ONLY").unwrap_or_default();
    let programs = Programs::build();
    if only == "companions" {
        return companions::run(&programs);
    }
    if "scale".contains(&only) {
        eprintln!("scale");
        report::write("scale", &scale::run(&programs, rounds));
    }
    if "experiments".contains(&only) {
        report::write("experiments", &(report::computer() + &tables(&programs, experiments::all(), rounds)));
    }
    if ["scale", "experiments"].contains(&only.as_str()) {
        return;
    }
    let works = works::all().into_iter().filter(|work| work.title.contains(&only)).collect();
    report::write("results", &(report::machine(&programs) + &tables(&programs, works, rounds)));
}

/// Has each work done by each contender in turn, round after round.
fn tables(programs: &Programs, works: Vec<Work>, rounds: usize) -> String {
    let mut tables = String::new();
    for work in works {
        eprintln!("{}", work.title);
        let mut samples: Vec<Vec<Option<Sample>>> = vec![Vec::new(); work.contenders.len()];
        for _ in 0..rounds {
            for (contender, found) in work.contenders.iter().zip(&mut samples) {
                found.push(sample::run(programs, &work, contender));
            }
        }
        let calls: Vec<Option<f64>> =
            work.contenders.iter().map(|contender| sample::calls(programs, &work, contender)).collect();
        tables.push_str(&report::table(&work, &samples, &calls));
    }
    tables
}
