// SPDX-License-Identifier: MIT OR Apache-2.0
//! `make bench-companions`: the functions beside the loop, in both libraries; writes benches/companions.md.
//!
//! `OWFAT_BENCH_ROUNDS` is the number of rounds (15).

use crate::programs::{Programs, root};
use crate::report;
use std::fmt::Write;
use std::process::{Command, Stdio};
use std::{env, fs};

/// What the page begins with.
const HEAD: &str = "\
# The functions beside the loop, beside the C library's

Both libraries are in one process and run in turn; a ratio is the median of the rounds' (time of ours by time of the C
library's; below 1 ours is faster), for 24 bytes, 1 KiB and 1 MiB, or for one call. The last column compares 1 KiB (or a
call) with what libc has or a plain loop in C. \"≠\": the two libraries do not do the same work there, because their results
differ (`ctests/known-differences.txt` says why). `make bench-companions` writes this page from `benches/companions.c`.

";

/// A line of the program: a function at one size.
struct Row {
    title: String,
    size: String,
    theirs: f64,
    ours: f64,
    ratio: f64,
    to_best: Option<f64>,
    same_work: bool,
}

impl Row {
    fn parse(line: &str) -> Option<Row> {
        let mut words = line.split('\t');
        let mut word = || words.next().map(String::from);
        Some(Row {
            title: word()?,
            size: word()?,
            theirs: word()?.parse().ok()?,
            ours: word()?.parse().ok()?,
            ratio: word()?.parse().ok()?,
            to_best: word()?.parse().ok(),
            same_work: word()?.is_empty(),
        })
    }

    /// The size, as it stands behind the title.
    fn size_named(&self) -> String {
        if self.size.is_empty() { String::new() } else { format!(", {}B", self.size) }
    }
}

/// Measures everything and writes the page.
pub(crate) fn run(programs: &Programs) {
    let rounds = env::var("OWFAT_BENCH_ROUNDS").unwrap_or_else(|_| "15".into());
    let said = Command::new(programs.executable("companions"))
        .arg(programs.library("ours").join("libowfat.so.0"))
        .arg(programs.library("c").join("libowfat.so.0"))
        .arg(rounds)
        .stderr(Stdio::inherit())
        .output()
        .expect("the program runs");
    assert!(said.status.success(), "companions: {}", said.status);
    let text = String::from_utf8_lossy(&said.stdout);
    let rows: Vec<Row> = text.lines().filter_map(Row::parse).collect();
    let page = HEAD.to_string() + &report::computer() + &summary(&rows) + &table(&rows) + &reasons(&rows);
    fs::write(root().join("benches/companions.md"), page).expect("the page can be written");
}

/// A row that is slower by more is to have a reason.
const LIMIT: f64 = 1.15;

/// Nothing is to be so far from the best.
const FAR: f64 = 3.0;

/// Why functions take longer than the C library's: what they check or promise, and it does not.
const REASONS: &[(&str, &str)] = &[
    ("fmt_double", "digits are rounded correctly; the C library's are not beyond the sixth or so"),
    (
        "scan_double 1.5",
        "the result is the nearest number: a division, where the C library multiplies by a tenth",
    ),
    (
        "scan_uuencoded",
        "a line that is cut short or has other characters is refused before anything is written",
    ),
    (
        "cdb_find, 17 MiB",
        "a file of more than 16 MiB stays mapped, and each call asks for its size, so that a file that was cut is EPROTO and no \
         SIGBUS; a smaller one is copied after a call per 2 KiB",
    ),
    ("cdb_firstkey, cdb_nextkey, 17 MiB", "the same"),
    (
        "byte_copy, overlapping by all but 16",
        "two calls of memcpy, where the C library copies 24 bytes one by one",
    ),
    (
        "str_diff, in the middle",
        "strcmp says that strings differ, not where; words that reach beyond a null byte would, and checkers of memory complain",
    ),
    ("fmt_cescape, all special", LAYOUT),
    ("fmt_jsonescape, all special", LAYOUT),
    ("scan_cescape, all special", LAYOUT),
    ("scan_asn1dertag", LAYOUT),
    ("scan_quotedprintable", LAYOUT),
    ("scan_yenc", LAYOUT),
    (
        "io_dontwantread, io_wantread",
        "any thread may call them: each changes the state by an atomic instruction",
    ),
];

/// Measured with the same code at other addresses: fmt_jsonescape 1.1 and 2.0, scan_cescape 1.0 and 1.2.
const LAYOUT: &str =
    "it depends on where the linker puts the loop: with the same code elsewhere it was below";

fn slower(rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.iter().filter(|row| row.same_work && row.ratio > LIMIT)
}

fn summary(rows: &[Row]) -> String {
    let fair = || rows.iter().filter(|row| row.same_work);
    let count = fair().count();
    let mean = (fair().map(|row| row.ratio.ln()).sum::<f64>() / count as f64).exp();
    let slower = slower(rows).count();
    let to_best = || rows.iter().filter_map(|row| Some((row.to_best?, row)));
    let (highest, row) = to_best().max_by(|one, other| one.0.total_cmp(&other.0)).expect("some have a best");
    let beside = to_best().count();
    let far = to_best().filter(|(ratio, _)| *ratio > FAR).count();
    format!(
        "- {count} ratios, geometric mean {mean:.2}; {slower} above {LIMIT}\n\
         - {beside} ratios beside the best, of all sizes; {far} above {FAR}, the highest {highest:.2} ({}{})\n\n",
        row.title,
        row.size_named()
    )
}

/// What is slower, and why, under the table.
fn reasons(rows: &[Row]) -> String {
    let mut text = format!("\n## Above {LIMIT}\n\n");
    for row @ Row { title, ratio, .. } in slower(rows) {
        let reason = REASONS.iter().find(|(name, _)| name == title);
        let reason = reason.map_or("nothing is known that would need it", |(_, reason)| reason);
        let size = row.size_named();
        let _ = writeln!(text, "- {title}{size}: {ratio:.2}: {reason}.");
    }
    text
}

/// One line for each function.
fn table(rows: &[Row]) -> String {
    let mut text =
        String::from("| function | 24 B, or a call | 1 KiB | 1 MiB | C | owfat | beside the best |\n");
    text.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    let mut at = 0;
    while let Some(first) = rows.get(at) {
        let sizes: Vec<&Row> = rows[at..].iter().take_while(|row| row.title == first.title).collect();
        at += sizes.len();
        let _ = write!(text, "| {} |", first.title);
        for size in 0..3 {
            let cell = sizes.get(size).map_or(String::new(), |row| {
                format!(" {:.2}{}", row.ratio, if row.same_work { "" } else { " ≠" })
            });
            let _ = write!(text, "{cell} |");
        }
        let shown = sizes.iter().find(|row| row.size == "1 Ki").unwrap_or(&first);
        let best = shown.to_best.map_or(String::new(), |ratio| format!(" {ratio:.2}"));
        let _ = writeln!(text, " {} | {} |{best} |", report::time(shown.theirs), report::time(shown.ours));
    }
    text
}
