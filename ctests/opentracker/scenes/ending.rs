// SPDX-License-Identifier: MIT OR Apache-2.0
//! The end of a server, and what comes after.

use super::Transcript;
use crate::http::{self, HOME};
use crate::server::Server;
use crate::site::Library;
use crate::tracker::{Announce, Event, torrent};
use crate::udp::Client;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;

pub(super) fn signals(library: &Library, transcript: &mut Transcript) {
    for (name, signal) in [("SIGINT", libc::SIGINT), ("SIGTERM", libc::SIGTERM)] {
        let mut server = Server::start(library, &[torrent(1)]);
        let announce = Announce::new(torrent(1), 1000, 1, Event::Started);
        http::announce(server.address, HOME, &announce).unwrap();
        Client::connect(server.address, HOME).announce(&announce).unwrap();
        let mut silent = http::connect(server.address, HOME);
        let mut halfway = http::connect(server.address, HOME);
        halfway.write_all(b"GET /ann").unwrap();
        // The server knows both by the time that it answers this one.
        http::announce(server.address, HOME, &announce).unwrap();
        server.signal(signal);
        let status = server.wait();
        transcript.note(format!("{name}: {:?}, {:?}: {}", status.code(), status.signal(), server.said()));
        assert_eq!(http::rest(&mut silent), []);
        // In order or not: that depends on whether the server has read the half.
        assert!(matches!(halfway.read(&mut [0]), Ok(0) | Err(_)));
    }
}

/// The port is free at once, although connections of the old server still linger.
pub(super) fn successor(library: &Library, transcript: &mut Transcript) {
    let announce = Announce::new(torrent(1), 1000, 1, Event::Started);
    let mut server = Server::start(library, &[torrent(1)]);
    for _ in 0..3 {
        let _open = std::net::TcpStream::connect(server.address).unwrap();
        http::announce(server.address, HOME, &announce).unwrap();
        server.signal(libc::SIGINT);
        assert_eq!(server.wait().code(), Some(0));
        server = Server::start_on(library, server.address, "", &[torrent(1)]).unwrap();
        let answer = http::announce(server.address, HOME, &announce).unwrap();
        transcript.note(format!("{answer:?}"));
    }
}
