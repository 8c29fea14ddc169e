// SPDX-License-Identifier: MIT OR Apache-2.0
//! Instructions against the committed numbers.

use super::{Program, callgrind, support};
use libtest_mimic::{Failed, Trial};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::{env, fs};
use support::{Skip, needing};

/// Something whose instructions are counted.
struct Case {
    name: &'static str,
    what: What,
    /// What the program does, and with how many descriptors.
    case: &'static str,
    size: &'static str,
}

enum What {
    /// What the library itself executes for one of so many that the program does at a time.
    Own(u64),
    /// What a call of this function executes, locks and other parts of libc included.
    Call(&'static str),
}

const fn own(name: &'static str, case: &'static str, size: &'static str, each: u64) -> Case {
    Case { name, what: What::Own(each), case, size }
}

const fn call(function: &'static str, case: &'static str) -> Case {
    Case { name: function, what: What::Call(function), case, size: "0" }
}

const CASES: &[Case] = &[
    // A request on one of 64 kept-alive connections.
    own("request", "request", "0", 64),
    // A turn that moves 100 of so many deadlines.
    own("turn_with_5000_deadlines", "deadlines", "5000", 1),
    own("turn_with_19000_deadlines", "deadlines", "19000", 1),
    call("io_getcookie", "getcookie"),
    call("io_canread", "request"),
    call("io_canwrite", "request"),
    call("io_wantread", "request"),
    call("io_dontwantread", "request"),
    call("io_tryread", "request"),
    call("io_trywrite", "request"),
    // On a descriptor that is known to be writable.
    call("io_wantwrite", "wantwrite"),
];

/// How often the program does it, and twice that.
const TIMES: [&str; 2] = ["50", "100"];

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("ctests/cost/instructions.txt")
}

/// Whether instructions can be counted here.
pub(crate) fn needs() -> Result<(), Skip> {
    match env::var("OWFAT_PROFILE") {
        Ok(profile) if profile != "release" => Err(Skip("counted in the profile release alone".into())),
        _ => support::package("valgrind", "/usr/bin/valgrind"),
    }
}

pub(crate) fn trials(program: &Arc<Program>) -> Vec<Trial> {
    let needs = needs();
    let make = |case: &'static Case| {
        let program = program.clone();
        needing(&needs, Trial::test(format!("instructions::{}", case.name), move || check(&program, case)))
    };
    CASES.iter().map(make).collect()
}

fn check(program: &Program, case: &Case) -> Result<(), Failed> {
    let [few, many] = TIMES.map(|times| callgrind::profile(program, &[case.case, times, case.size]));
    let found = match case.what {
        What::Own(each) => (many.own() - few.own()) / (TIMES[0].parse::<u64>().unwrap() * each),
        What::Call(function) => {
            let ((few, few_calls), (many, many_calls)) = (few.calls_of(function), many.calls_of(function));
            (many - few) / (many_calls - few_calls)
        }
    };
    if env::var_os("OWFAT_WRITE_COST").is_some() {
        write(case.name, found);
    }
    let committed = read(case.name).ok_or_else(|| format!("instructions.txt has no {}", case.name))?;
    if found > committed + committed / 10 {
        return Err(format!("{found} instructions, a tenth more than {committed}").into());
    }
    Ok(())
}

fn read(name: &str) -> Option<u64> {
    let text = fs::read_to_string(file()).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

/// Replaces or adds a line.
fn write(name: &str, found: u64) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let text = fs::read_to_string(file()).unwrap_or_default();
    let mut lines: Vec<String> =
        text.lines().filter(|line| line.split(' ').next() != Some(name)).map(String::from).collect();
    lines.push(format!("{name} {found}"));
    lines.sort();
    fs::write(file(), lines.join("\n") + "\n").expect("instructions.txt can be written");
}
