// SPDX-License-Identifier: MIT OR Apache-2.0
//! What asynchronous I/O may cost at most: system calls of the caller, as strace sees them, and the library's size.

use crate::build::{self, Built};
use crate::support::{self, needing};
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// How often a work is done. The first half is for what the library needs once.
const TIMES: usize = 20;

const SIZE_MAX: u64 = 100_000;

/// A work of counted.c, the engine, and how many system calls of the caller one time may take.
const WORKS: &[(&str, &str, &str, usize)] = &[
    ("one_write", "write", "uring", 3),
    ("one_write_by_the_pool", "write", "pool", 3),
    // Of 32 entries: 0.25 each.
    ("list_of_writes", "writes", "uring", 8),
    ("list_of_reads_in_memory", "reads", "uring", 3),
];

pub(crate) fn all(built: &Arc<Built>) -> Vec<Trial> {
    let strace = support::package("strace", "/usr/bin/strace");
    let ring = build::ring_is_allowed();
    let mut trials = Vec::new();
    for &(name, work, engine, limit) in WORKS {
        let built = built.clone();
        let trial = Trial::test(format!("costs::{name}"), move || {
            let times =
                traced(&built, work, engine, |line, is_caller| is_caller && !line.contains("getppid"))?;
            // The middle one: on a busy machine the engine may still be about the time before.
            let mut late = times[TIMES / 2..].to_vec();
            late.sort_unstable();
            if late[late.len() / 2] <= limit {
                Ok(())
            } else {
                Err(format!("{times:?}: more than {limit} calls").into())
            }
        });
        let needs = if engine == "uring" { strace.clone().and(ring.clone()) } else { strace.clone() };
        trials.push(needing(&needs, trial));
    }
    for engine in ["uring", "pool"] {
        let built = built.clone();
        let trial = Trial::test(format!("costs::idle_{engine}"), move || {
            // The wait of the caller itself is in there.
            let last = traced(&built, "idle", engine, |_, is_caller| !is_caller)?.pop();
            if last == Some(0) { Ok(()) } else { Err(format!("woken up: {last:?}").into()) }
        });
        let needs = if engine == "uring" { strace.clone().and(ring.clone()) } else { strace.clone() };
        trials.push(needing(&needs, trial));
    }
    let built = built.clone();
    trials.push(Trial::test("costs::size", move || {
        let folder = TempDir::new()?;
        let stripped = folder.path().join("stripped");
        run(Command::new("strip").arg("-o").arg(&stripped).arg(built.libraries.join("libowfat-aio.so")))?;
        let size = fs::metadata(&stripped)?.len();
        if size <= SIZE_MAX { Ok(()) } else { Err(format!("{size} bytes, more than {SIZE_MAX}").into()) }
    }));
    trials
}

fn run(command: &mut Command) -> Result<(), Failed> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{command:?}\n{said}").into()) }
}

/// How many lines of strace count, between each getppid and the next one of a pair.
fn traced(
    built: &Built,
    work: &str,
    engine: &str,
    counts: impl Fn(&str, bool) -> bool,
) -> Result<Vec<usize>, Failed> {
    let folder = TempDir::new()?;
    let (program, log) = (folder.path().join("counted"), folder.path().join("log"));
    let root = crate::root();
    let include = root.join("aio/include");
    let source = root.join("ctests/aio/costs/counted.c");
    let library = |folder: &Path, flag: &str| format!("{flag}{}", folder.display());
    run(Command::new("cc")
        .args(["-O1", "-Wall", "-Werror", "-o"])
        .arg(&program)
        .arg(source)
        .arg("-I")
        .arg(include)
        .args([
            library(&built.libraries, "-L"),
            library(&built.libraries, "-Wl,-rpath,"),
            "-lowfat-aio".into(),
        ]))?;
    run(Command::new("strace")
        .args(["-f", "-qq", "-o"])
        .arg(&log)
        .arg(&program)
        .args([work, &TIMES.to_string()])
        .env("OWFAT_AIO", engine))?;
    let log = fs::read_to_string(&log)?;
    let caller = log.split_whitespace().next().ok_or("strace has written nothing")?;
    let (mut times, mut inside) = (Vec::new(), false);
    for line in log.lines() {
        let is_caller = line.split_whitespace().next() == Some(caller);
        if is_caller && line.contains("getppid(") {
            inside = !inside;
            if inside {
                times.push(0);
            }
        } else if inside && !line.contains("resumed>") && counts(line, is_caller) {
            *times.last_mut().ok_or("no time has begun")? += 1;
        }
    }
    Ok(times)
}
