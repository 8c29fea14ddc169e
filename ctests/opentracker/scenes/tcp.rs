// SPDX-License-Identifier: MIT OR Apache-2.0
//! Requests over TCP.

use super::Transcript;
use crate::http::{self, HOME, exchange, get};
use crate::model::Swarm;
use crate::server::Server;
use crate::site::Library;
use crate::tracker::{Announce, Event, torrent};
use std::io::Write;
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4};
use std::thread;
use std::time::Duration;

pub(super) fn announces_and_scrapes(library: &Library, transcript: &mut Transcript) {
    let [known, busy, quiet, refused] = [1, 2, 3, 4].map(torrent);
    let server = Server::start(library, &[known, busy, quiet]);
    let mut swarm = Swarm::default();
    for (host, port, left, event) in [
        (1, 1000, 500, Event::Started),
        (2, 1000, 0, Event::Started),
        (1, 1001, 7, Event::Nothing),
        (1, 1000, 0, Event::Completed),
        // A peer that has completed does so once.
        (1, 1000, 0, Event::Completed),
        (2, 1000, 3, Event::Nothing),
        (1, 1001, 7, Event::Stopped),
        (1, 1001, 7, Event::Stopped),
        (1, 65535, u32::MAX.into(), Event::Started),
    ] {
        let announce = Announce::new(known, port, left, event);
        let peer = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, host), port);
        let mut answer = http::announce(server.address, *peer.ip(), &announce).unwrap();
        swarm.announce(peer, &announce, &answer);
        answer.peers.sort();
        transcript.note(format!("{answer:?}"));
    }
    more_peers_than_wanted(&server, transcript, busy);

    let rejected = http::announce(server.address, HOME, &Announce::new(refused, 1, 1, Event::Started));
    transcript.note(rejected.expect_err("it is not on the list"));
    for torrents in [&[known][..], &[known, refused, busy], &[quiet], &[refused]] {
        let found = http::scrape(server.address, torrents);
        for (torrent, counts) in &found {
            assert!(*torrent != known || *counts == swarm.counts());
        }
        transcript.note(format!("{found:?}"));
    }
}

fn more_peers_than_wanted(server: &Server, transcript: &mut Transcript, busy: [u8; 20]) {
    let mut swarm = Swarm::default();
    for number in 0..300 {
        let wanted = match number % 5 {
            0 => None,
            1 => Some(0),
            2 => Some(1),
            3 => Some(200),
            _ => Some(5000),
        };
        let announce = Announce { wanted, ..Announce::new(busy, 2000 + number, 1, Event::Started) };
        let answer = http::announce(server.address, HOME, &announce).unwrap();
        swarm.announce(SocketAddrV4::new(HOME, 2000 + number), &announce, &answer);
        transcript.note(format!("{} of {} peers", answer.peers.len(), answer.leeches));
    }
}

pub(super) fn bad_requests(library: &Library, transcript: &mut Transcript) {
    let server = Server::start(library, &[]);
    let hash = "%01".repeat(20);
    let long = "a".repeat(9000);
    for path in [
        "/".into(),
        "/nothing".into(),
        "/announce".into(),
        "/announce?info_hash=short".into(),
        format!("/announce?info_hash={hash}&port=99999"),
        format!("/announce?info_hash={hash}&port=x"),
        format!("/announce?info_hash={hash}&compact=0"),
        format!("/announce?info_hash={hash}"),
        format!("/announce?info_hash={}%0", "%01".repeat(19)),
        format!("/announce?info_hash={}%zz", "%01".repeat(19)),
        "/announce?port=1".into(),
        "/scrape?info_hash=short".into(),
        format!("/{long}"),
        "/stats?mode=nonsense".into(),
        "/stats?mode=top10".into(),
        "/stats?mode=herr".into(),
    ] {
        let answer = exchange(server.address, HOME, &get(&path));
        transcript.note(format!("{:.60}: {}", path, answer.escape_ascii()));
    }
    for request in [
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET \r\n\r\n",
        "POST /announce HTTP/1.0\r\n\r\n",
        "GET /scrape HTTP/1.0\n\n",
        "\0\u{1}\u{2}\r\n\r\n",
        // The second request is never answered: there is one per connection.
        "GET /stats?mode=herr HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n",
    ] {
        let answer = exchange(server.address, HOME, request.as_bytes());
        transcript.note(format!("{request:?}: {}", answer.escape_ascii()));
    }
    // Statistics are for one address only.
    let answer = exchange(server.address, Ipv4Addr::new(127, 0, 0, 2), &get("/stats"));
    transcript.note(answer.escape_ascii().to_string());
}

/// Requests that arrive bit by bit, and clients that leave in the middle.
pub(super) fn pieces(library: &Library, transcript: &mut Transcript) {
    let server = Server::start(library, &[torrent(1)]);
    let announce = Announce::new(torrent(1), 1000, 1, Event::Started);
    let request = get(&http::announce_path(&announce));
    let mut swarm = Swarm::default();
    for size in [1, 7, 40, request.len() - 1] {
        let mut stream = http::connect(server.address, HOME);
        for piece in request.chunks(size) {
            stream.write_all(piece).unwrap();
            thread::sleep(Duration::from_millis(1));
        }
        let answer = http::rest(&mut stream);
        let answer = http::parse_answer(&http::body(&answer)).unwrap();
        swarm.announce(SocketAddrV4::new(HOME, 1000), &announce, &answer);
        transcript.note(format!("{answer:?}"));
    }
    // Whatever these leave behind, the next one is served.
    for length in [0, 1, 30, request.len() - 1] {
        let mut stream = http::connect(server.address, HOME);
        stream.write_all(&request[..length]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        transcript.note(format!("after {length} bytes: {:?}", http::rest(&mut stream)));

        let mut stream = http::connect(server.address, HOME);
        stream.write_all(&request[..length]).unwrap();
        drop(stream); // which resets it

        let answer = http::announce(server.address, HOME, &announce).unwrap();
        swarm.announce(SocketAddrV4::new(HOME, 1000), &announce, &answer);
    }
    // This one does not even wait for the answer.
    for _ in 0..100 {
        http::connect(server.address, HOME).write_all(&request).unwrap();
    }
    let answer = http::announce(server.address, HOME, &announce).unwrap();
    swarm.announce(SocketAddrV4::new(HOME, 1000), &announce, &answer);
    transcript.note(format!("{answer:?}"));
}
