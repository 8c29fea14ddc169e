// SPDX-License-Identifier: MIT OR Apache-2.0
//! Counts system calls: `ctests/calls/server.c` under strace, with a scripted client here.
//!
//! A scenario is run with N and with 2N turns. The difference is what the turns cost, without the start.

mod client;
mod scenarios;

use super::build::{Libraries, Library, Program};
use super::generated;
use super::run::run_while;
use super::trials::Setup;
use crate::support::documents;
use crate::support::needing;
use client::{Script, play};
use libtest_mimic::Trial;
use scenarios::{SCENARIOS, Scenario};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// How many calls of each name.
type Counts = BTreeMap<String, i64>;

/// A trial for each row, and one for the table in benches/README.md.
pub(crate) fn all(setup: &Arc<Setup>, server: &Program) -> Vec<Trial> {
    let mut trials = Vec::new();
    for scenario in SCENARIOS {
        let name = format!("calls::{}", scenario.name);
        let (shared, program) = (setup.clone(), server.clone());
        let trial = Trial::test(&name, move || {
            // What a busy machine spreads over two rounds costs a wait more.
            let mut found = Counts::new();
            for _ in 0..4 {
                found = measure(scenario, &program, Library::Shared, &shared.libraries)?;
                if as_expected(scenario, &found) {
                    return Ok(());
                }
            }
            let turns = scenario.turns;
            Err(format!("{turns} turns cost {found:?}, and not each {:?}", scenario.expected).into())
        });
        trials.push(needing(&setup.strace, trial));
    }
    let (shared, program) = (setup.clone(), server.clone());
    let name = "calls::table_of_costs";
    let trial = Trial::test(name, move || {
        let fresh = || {
            generated::compare_parts(
                documents::BENCHES,
                "cost",
                &table(&program, &shared.libraries)?,
                our_columns,
            )
        };
        Ok(fresh().or_else(|_| fresh())?)
    });
    let both = setup.strace.clone().and_then(|()| setup.debian.clone());
    trials.push(needing(&both, trial));
    trials
}

fn as_expected(scenario: &Scenario, found: &Counts) -> bool {
    let waits_count = scenario.expected.iter().any(|(call, _)| *call == "wait");
    let found: Vec<_> = found.iter().filter(|(call, _)| waits_count || *call != "wait").collect();
    let turns = scenario.turns as i64;
    found.len() == scenario.expected.len()
        && scenario
            .expected
            .iter()
            .all(|(call, each)| found.contains(&(&(*call).to_string(), &(each * turns))))
}

/// The rows as benches/README.md shows them.
fn table(server: &Program, libraries: &Libraries) -> Result<String, String> {
    let mut text =
        String::from("| situation | system calls here | with Debian's libowfat 0.32 |\n|---|---|---|\n");
    for scenario in SCENARIOS {
        let mut cells = Vec::new();
        for library in [Library::Shared, Library::Debian] {
            // The middle of three: now and then a call slips from one turn into the next.
            let runs: Result<Vec<Counts>, String> =
                (0..3).map(|_| measure(scenario, server, library, libraries)).collect();
            let mut runs = runs?;
            runs.sort_by_key(total);
            cells.push(cell(scenario, &runs[1]));
        }
        text.push_str(&format!("| {} | {} | {} |\n", scenario.title, cells[0], cells[1]));
    }
    text.push_str("\nConnections come in eights here: the ninth accept says that there are no more.\n");
    Ok(text)
}

/// The table without its last column: the C library's figures depend on how busy the machine is.
fn our_columns(table: &str) -> String {
    let our_cells = |line: &str| line.split(" | ").take(2).collect::<Vec<_>>().join(" | ");
    table.lines().map(our_cells).collect::<Vec<_>>().join("\n")
}

fn total(counts: &Counts) -> i64 {
    counts.values().sum()
}

fn cell(scenario: &Scenario, counts: &Counts) -> String {
    let waits_count = scenario.script != Script::EightNewConnections;
    let units = (scenario.turns as i64 * scenario.per_turn) as f64;
    let tenths = |count: i64| (count as f64 / units * 10.0).round() / 10.0;
    let counts: Vec<_> = counts.iter().filter(|(call, _)| waits_count || *call != "wait").collect();
    let parts: Vec<String> = counts
        .iter()
        .filter(|(_, count)| tenths(**count) != 0.0)
        .map(|(call, count)| format!("{} {call}", tenths(**count)))
        .collect();
    let sum = tenths(counts.iter().map(|(_, count)| **count).sum());
    if parts.is_empty() { "none".into() } else { format!("**{sum}**: {}", parts.join(", ")) }
}

/// What `scenario.turns` turns cost.
fn measure(
    scenario: &Scenario,
    server: &Program,
    library: Library,
    libraries: &Libraries,
) -> Result<Counts, String> {
    let few = count(scenario, scenario.turns, server, library, libraries)?;
    let many = count(scenario, 2 * scenario.turns, server, library, libraries)?;
    let mut found = Counts::new();
    for call in few.keys().chain(many.keys()) {
        let difference = many.get(call).unwrap_or(&0) - few.get(call).unwrap_or(&0);
        if difference != 0 {
            found.insert(call.clone(), difference);
        }
    }
    Ok(found)
}

/// All calls of one run.
fn count(
    scenario: &Scenario,
    turns: usize,
    server: &Program,
    library: Library,
    libraries: &Libraries,
) -> Result<Counts, String> {
    let log = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-e", "signal=none", "-o"])
        .arg(log.path())
        // Only the server may meet the library under test.
        .arg("-E")
        .arg(format!("LD_LIBRARY_PATH={}", libraries.folder_of(library).display()))
        .arg(server.executable(library))
        .args([scenario.name, &turns.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let script = scenario.script;
    run_while(&mut command, Duration::from_secs(60), move |process| {
        if script == Script::Watch {
            return Ok(());
        }
        let mut port = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut port).map_err(|error| error.to_string())?;
        let port = port.trim().parse().map_err(|_| format!("the server says {port:?}"))?;
        play(script, turns, port, process.stdin.take().unwrap())
            .map_err(|error| format!("the client: {error}"))
    })?;
    let text = fs::read_to_string(log.path()).map_err(|error| error.to_string())?;
    let mut counts = Counts::new();
    for line in text.lines() {
        if let Some(call) = call_of(line) {
            *counts.entry(call).or_default() += 1;
        }
    }
    Ok(counts)
}

/// The call that a line of strace's log tells of, by the name of what it is for.
fn call_of(line: &str) -> Option<String> {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    let name = &line[..line.find('(')?];
    let group = match name {
        "accept" | "accept4" => "accept",
        "fcntl" | "ioctl" => "mode",
        "read" | "recvfrom" | "recvmsg" => "read",
        "write" | "writev" | "sendto" | "sendmsg" => "write",
        "sendfile" | "sendfile64" => "sendfile",
        "epoll_wait" | "epoll_pwait" | "epoll_pwait2" => "wait",
        // The script's own signals and datagrams to the server.
        "readv" | "sendmmsg" => return None,
        // Where the kernel gives the time without a call, as it usually does, there is none.
        "clock_gettime" | "gettimeofday" | "time" => return None,
        // `<... call resumed>` and the like.
        name if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => return None,
        name => name,
    };
    Some(group.to_string())
}
