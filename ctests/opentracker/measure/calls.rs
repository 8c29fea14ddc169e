// SPDX-License-Identifier: MIT OR Apache-2.0
//! System calls, as strace counts them.

use super::{Carrier, announce, torrents};
use crate::http::TIMEOUT;
use crate::server::{Server, free_address};
use crate::site::Library;
use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

/// Calls by their names.
pub(super) type Counts = BTreeMap<String, f64>;

/// Of opentracker's clock, which ticks in a thread of its own whether a client announces or not.
const CLOCK: &str = "clock_nanosleep";

/// The calls that one more announce takes: the difference between a short and a long run.
pub(super) fn per_announce(library: &Library, carrier: Carrier, clients: usize) -> Counts {
    const SHORT: usize = 1000;
    const LONG: usize = 5000;
    let short = count(library, carrier, clients, SHORT);
    let long = count(library, carrier, clients, LONG);
    let mut more = Counts::new();
    for (name, calls) in long {
        let each = (calls - short.get(&name).unwrap_or(&0.0)) / (LONG - SHORT) as f64;
        if name != CLOCK && each >= 0.005 {
            more.insert(name, each);
        }
    }
    more
}

/// The calls of a server from its start to its end, announces included.
fn count(library: &Library, carrier: Carrier, clients: usize, announces: usize) -> Counts {
    let report = crate::site::public_folder();
    let path = report.path().join("calls");
    // The server may run as a user that could not make the file.
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o666)).unwrap();
    let mut command = Command::new("strace");
    // Detached, so that the server is our child.
    command.args(["-D", "-f", "-c", "-U", "calls,name", "-o"]).arg(&path).arg(&library.program);
    let mut server = Server::launch(command, library, free_address(), "", &torrents()).unwrap();
    announce(&server, carrier, clients, announces);
    server.signal(libc::SIGTERM);
    server.wait();
    let start = Instant::now();
    loop {
        let text = fs::read_to_string(&path).unwrap();
        if text.contains("total") {
            return parse(&text);
        }
        assert!(start.elapsed() < TIMEOUT, "strace has counted nothing: {text}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Lines of a number and a name.
fn parse(text: &str) -> Counts {
    let line = |line: &str| {
        let (calls, name) = line.trim().split_once(' ')?;
        let name = name.trim();
        (name != "total").then_some((name.to_string(), calls.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}
