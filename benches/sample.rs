// SPDX-License-Identifier: MIT OR Apache-2.0
//! One run of one program.

use crate::programs::Programs;
use crate::works::{Contender, Work};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::{env, fs, process};

/// What came of a run, per request, event, turn or descriptor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// Nanoseconds of the clock.
    pub(crate) time: f64,
    /// Nanoseconds of the server's processor time.
    pub(crate) cpu: f64,
    /// Bytes.
    pub(crate) memory: Option<f64>,
    /// System calls, where the program counts them itself.
    pub(crate) calls: Option<f64>,
}

/// Seconds after which a run counts as failed.
const LIMIT: &str = "60";

/// Runs a program; `None` if it failed.
pub(crate) fn run(programs: &Programs, work: &Work, contender: &Contender) -> Option<Sample> {
    let count = work.count_of(contender);
    measure(programs, work, contender, count, Command::new("timeout").arg(LIMIT))
}

/// System calls per request: how many more there are with twice as many.
pub(crate) fn calls(programs: &Programs, work: &Work, contender: &Contender) -> Option<f64> {
    let file = env::temp_dir().join(format!("owfat-bench-{}", process::id()));
    let total = |count| {
        let mut command = Command::new("timeout");
        command.args([LIMIT, "strace", "-f", "-c", "-o"]).arg(&file);
        measure(programs, work, contender, count, &mut command)?;
        let text = fs::read_to_string(&file).ok()?;
        let last = text.lines().rfind(|line| line.ends_with("total"))?;
        last.split_whitespace().nth(3)?.parse::<f64>().ok()
    };
    // On a ring, more than one visit to each descriptor: a library may have to get to know it.
    let few = (work.count_of(contender) / 10).max(300 / contender.slowness).max(2 * work.ring_size());
    let counted = match work.name {
        // Its descriptors cannot be doubled.
        "idle" => None,
        _ if work.counts_itself() => None,
        _ => total(2 * few).zip(total(few)).map(|(more, less)| (more - less) / few as f64),
    };
    let _ = fs::remove_file(file);
    counted
}

fn measure(
    programs: &Programs,
    work: &Work,
    contender: &Contender,
    count: u64,
    command: &mut Command,
) -> Option<Sample> {
    let mut server = command
        .arg(programs.executable(contender.program))
        .args([work.name, &count.to_string(), &work.size.to_string()])
        .args((!contender.way.is_empty()).then_some(contender.way))
        .env("LD_LIBRARY_PATH", programs.library(contender.library))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("timeout runs");
    let mut output = BufReader::new(server.stdout.take().unwrap());
    let mut said = String::new();
    if work.has_client() {
        let mut line = String::new();
        let _ = output.read_line(&mut line);
        let port = line.trim().strip_prefix("port ").unwrap_or("0").to_string();
        let client = Command::new("timeout")
            .arg(LIMIT)
            .arg(programs.executable("client"))
            .args([&port, work.name, &count.to_string()])
            .stdin(Stdio::null())
            .output()
            .expect("timeout runs");
        if !client.status.success() {
            // Its requests will never come.
            // SAFETY: our child, not yet collected; `timeout` passes the signal on to the server.
            unsafe { libc::kill(server.id() as libc::pid_t, libc::SIGTERM) };
        }
        said = String::from_utf8_lossy(&client.stdout).into_owned();
    }
    let _ = output.read_to_string(&mut said);
    if !server.wait().is_ok_and(|status| status.success()) {
        eprintln!("{} failed at {}", contender.title, work.title);
        return None;
    }
    let words: Vec<&str> = said.split_whitespace().collect();
    let number =
        |name: &str| -> Option<f64> { words[words.iter().position(|word| *word == name)? + 1].parse().ok() };
    let count = if work.name == "idle" { work.size } else { count } as f64;
    Some(Sample {
        time: number("took")? / count,
        cpu: number("used")? * 1000.0 / count,
        memory: number("memory").map(|bytes| bytes / count),
        calls: number("calls").map(|calls| calls / count),
    })
}
