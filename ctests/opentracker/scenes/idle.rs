// SPDX-License-Identifier: MIT OR Apache-2.0
//! Connections on which nothing, or too little, happens.

use super::Transcript;
use crate::http::{self, HOME};
use crate::server::Server;
use crate::site::Library;
use crate::tracker::{Announce, Event, torrent};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// opentracker gives a connection half a minute. It looks every few seconds at least; the rest is for a busy
/// machine.
const EARLIEST: Duration = Duration::from_secs(29);
const LATEST: Duration = Duration::from_secs(60);

const SILENT: usize = 200;

pub(super) fn closed_in_time(library: &Library, transcript: &mut Transcript) {
    let server = Server::start(library, &[torrent(1)]);
    let connect = || {
        let stream = http::connect(server.address, HOME);
        stream.set_nonblocking(true).unwrap();
        stream
    };
    let mut open: Vec<(String, Instant, TcpStream)> =
        (0..SILENT).map(|number| (format!("silent {number}"), Instant::now(), connect())).collect();
    open.push(("half a request".into(), Instant::now(), connect()));
    open.last_mut().unwrap().2.write_all(b"GET /announce?info").unwrap();
    let mut slow = connect();
    let slow_since = Instant::now();
    slow.write_all(b"GET /").unwrap();
    let mut slow = Some(slow);
    let mut closed = Vec::new();
    while !open.is_empty() || slow.is_some() {
        thread::sleep(Duration::from_millis(500));
        // Others are served all the while.
        http::announce(server.address, HOME, &Announce::new(torrent(1), 1, 1, Event::Nothing)).unwrap();
        open.retain_mut(|(name, since, stream)| {
            let is_open = is_open(stream, name, *since);
            if !is_open {
                closed.push(format!("{name}: closed in time"));
            }
            is_open
        });
        // A byte now and then does not keep the connection.
        if let Some(stream) = &mut slow
            && (!is_open(stream, "slow", slow_since) || stream.write_all(b"x").is_err())
        {
            slow = None;
        }
    }
    closed.sort();
    closed.into_iter().for_each(|line| transcript.note(line));
    transcript.note("the slow one: closed in time");
}

fn is_open(stream: &mut TcpStream, name: &str, since: Instant) -> bool {
    let age = since.elapsed();
    match stream.read(&mut [0; 16]) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            assert!(age < LATEST, "{name}: still open after {age:?}");
            true
        }
        // Half of what was sent may be unread then.
        Err(error) if error.kind() == ErrorKind::ConnectionReset && name == "slow" => false,
        Ok(0) => {
            assert!(age > EARLIEST, "{name}: closed after {age:?}");
            false
        }
        other => panic!("{name}: {other:?}"),
    }
}
