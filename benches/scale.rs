// SPDX-License-Identifier: MIT OR Apache-2.0
//! What one event costs the more descriptors there are: with the kernel up to the limit of open files, without it up to
//! a million.

use crate::plot::{Line, svg};
use crate::programs::{Programs, root};
use crate::report::median;
use std::fs;
use std::process::{Command, Stdio};

/// Measures, draws, and returns the text that shows the plots.
pub(crate) fn run(programs: &Programs, rounds: usize) -> String {
    let ring = |name: &str, colour, program: &str, library: &str| Line {
        name: name.into(),
        colour,
        dashed: false,
        points: points(&[500, 1000, 2000, 4950, 9900], rounds, |pairs| {
            let events = 20_000u64;
            let words = [
                "ring".into(),
                events.to_string(),
                pairs.to_string(),
                (pairs / 100).to_string(),
                "now".into(),
            ];
            Some((pairs as f64 * 2.0, used(programs, program, library, &words)? / events as f64))
        }),
    };
    let without = |name: &str, colour, library: &str, case: &str| Line {
        name: name.into(),
        colour,
        dashed: false,
        points: points(&[1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000], rounds, |size| {
            // The C library walks through all descriptors at each turn.
            let turns = if library == "c" { (100_000 / size).max(2) } else { 500 };
            let words = [case.to_string(), turns.to_string(), size.to_string()];
            Some((size as f64, used(programs, "scale", library, &words)? / (turns * 100) as f64))
        }),
    };
    draw(
        "ring",
        "Ring of socket pairs, 1 % of them active: processor time per event",
        &[
            ring("epoll by hand", "#888", "edge", "ours"),
            ring("C libowfat", "#c33", "owfat", "c"),
            ring("owfat", "#36c", "owfat", "ours"),
        ],
    );
    draw(
        "scale",
        "Without the kernel: processor time per event, per moved deadline",
        &[
            without("C libowfat, events", "#c33", "c", "events"),
            without("C libowfat, deadlines", "#e90", "c", "deadlines"),
            without("owfat, events", "#36c", "ours", "events"),
            without("owfat, deadlines", "#3a3", "ours", "deadlines"),
        ],
    );
    "\n![Ring](ring.svg)\n\n![Without the kernel](scale.svg)\n\n".to_string()
}

fn draw(name: &str, title: &str, lines: &[Line]) {
    let path = root().join("benches").join(name).with_extension("svg");
    fs::write(path, svg(title, "descriptors", |power| power.to_string(), lines))
        .expect("benches/ can be written to");
}

/// The median of each size; a size that does not end in time has no point.
fn points(sizes: &[u64], rounds: usize, measure: impl Fn(u64) -> Option<(f64, f64)>) -> Vec<(f64, f64)> {
    let mut found = Vec::new();
    for size in sizes {
        let Some((x, first)) = measure(*size) else { break };
        let more = (1..rounds).filter_map(|_| measure(*size).map(|(_, y)| y));
        found.push((x, median(more.chain([first]).collect())));
    }
    found
}

/// Nanoseconds of processor time.
fn used(programs: &Programs, program: &str, library: &str, words: &[String]) -> Option<f64> {
    let output = Command::new("timeout")
        .arg("20")
        .arg(programs.executable(program))
        .args(words)
        .env("LD_LIBRARY_PATH", programs.library(library))
        .stdin(Stdio::null())
        .output()
        .expect("timeout runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut words = said.split_whitespace().skip_while(|word| *word != "used");
    Some(words.nth(1)?.parse::<f64>().ok()? * 1000.0)
}
