// SPDX-License-Identifier: MIT OR Apache-2.0
//! Counts system calls: `ctests/calls/server.c` under strace, with a scripted client here.
//!
//! A scenario is run with N and with 2N turns. The difference is what the turns cost, without the start.

use super::build::{Libraries, Library, Program};
use super::generated;
use super::run::run_while;
use super::trials::Setup;
use crate::support::documents;
use crate::support::needing;
use libtest_mimic::Trial;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, thread};

/// How many calls of each name.
type Counts = BTreeMap<String, i64>;

/// What the client does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// One connection, one request after the other.
    OneConnection,
    /// Eight connections that stay, each turn a request on each of them.
    EightConnections,
    /// Each turn eight new connections with a request on each, until the server has closed them all.
    EightNewConnections,
    /// Nothing at all.
    Watch,
}

/// A row of the table.
struct Scenario {
    name: &'static str,
    title: &'static str,
    script: Script,
    turns: usize,
    /// What a turn may cost: exactly these calls, besides waits if they are not among them.
    expected: &'static [(&'static str, i64)],
    /// How many of what the title names are in a turn.
    per_turn: i64,
}

const CROWD: usize = 8;

const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "request",
        title: "a request and its response on a TCP connection that stays",
        script: Script::OneConnection,
        turns: 20,
        expected: &[("read", 1), ("write", 1), ("wait", 1)],
        per_turn: 1,
    },
    Scenario {
        name: "deadline",
        title: "the same with io_timeout at each request and a sweep of io_timeouted at each turn",
        script: Script::OneConnection,
        turns: 20,
        expected: &[("read", 1), ("write", 1), ("wait", 1)],
        per_turn: 1,
    },
    Scenario {
        name: "round",
        title: "eight requests that are ready in one round, one on each of eight connections",
        script: Script::EightConnections,
        turns: 10,
        expected: &[("read", 8), ("write", 8), ("wait", 1)],
        per_turn: 1,
    },
    // Of nine accepts, eight take a connection and the last says that there is none left.
    Scenario {
        name: "life",
        title: "a connection's whole life: accept, io_fd, io_nonblock, a request, a response, io_close; waits aside",
        script: Script::EightNewConnections,
        turns: 10,
        expected: &[("accept", 9), ("mode", 16), ("epoll_ctl", 8), ("read", 8), ("write", 8), ("close", 8)],
        per_turn: 8,
    },
    Scenario {
        name: "life_flags",
        title: "the same with accept4 and io_fd_flags(IO_FD_NONBLOCK\\|IO_FD_CANWRITE)",
        script: Script::EightNewConnections,
        turns: 10,
        expected: &[("accept", 9), ("epoll_ctl", 8), ("read", 8), ("write", 8), ("close", 8)],
        per_turn: 8,
    },
    Scenario {
        name: "life_first",
        title: "the same, with io_tryread before io_wantread, which a request that is there already makes needless",
        script: Script::EightNewConnections,
        turns: 10,
        expected: &[("accept", 9), ("read", 8), ("write", 8), ("close", 8)],
        per_turn: 8,
    },
    Scenario {
        name: "datagram",
        title: "a UDP datagram that arrives and is taken by recv, one per event",
        script: Script::Watch,
        turns: 20,
        expected: &[("read", 1), ("wait", 1)],
        per_turn: 1,
    },
    Scenario {
        name: "buffers",
        title: "a batch of three buffers",
        script: Script::Watch,
        turns: 20,
        expected: &[("write", 1)],
        per_turn: 1,
    },
    Scenario {
        name: "file",
        title: "a batch of a 200-byte header and 64 KiB of a file",
        script: Script::Watch,
        turns: 20,
        expected: &[("write", 1), ("sendfile", 1)],
        per_turn: 1,
    },
    Scenario {
        name: "sweep",
        title: "a turn in which 100 of 20,000 deadlines are moved, and io_timeouted is asked until -1",
        script: Script::Watch,
        turns: 50,
        expected: &[],
        per_turn: 1,
    },
];

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

const REQUEST: [u8; 50] = [b'q'; 50];
const RESPONSE: usize = 100;

fn connect(port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

fn play(script: Script, turns: usize, port: u16, mut server: ChildStdin) -> std::io::Result<()> {
    let mut response = [0; RESPONSE];
    let connect_all = || (0..CROWD).map(|_| connect(port)).collect::<Result<Vec<_>, _>>();
    if script == Script::OneConnection {
        let mut stream = connect(port)?;
        for _ in 0..turns {
            stream.write_all(&REQUEST)?;
            stream.read_exact(&mut response)?;
        }
        return Ok(());
    }
    let mut crowd = connect_all()?;
    for turn in 0..turns {
        if script == Script::EightNewConnections && turn > 0 {
            crowd = connect_all()?;
        }
        for stream in &mut crowd {
            stream.write_all(&REQUEST)?;
        }
        // Everything is to have arrived before the server looks.
        thread::sleep(Duration::from_millis(5));
        server.write_all(b"g")?;
        for stream in &mut crowd {
            stream.read_exact(&mut response)?;
            if script == Script::EightNewConnections {
                // The server's end of the connection.
                assert_eq!(stream.read(&mut response)?, 0);
            }
        }
    }
    Ok(())
}
