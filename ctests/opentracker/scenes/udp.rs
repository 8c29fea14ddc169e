// SPDX-License-Identifier: MIT OR Apache-2.0
//! Requests over UDP.

use super::Transcript;
use crate::http::{self, HOME};
use crate::model::Swarm;
use crate::server::Server;
use crate::site::Library;
use crate::tracker::{Announce, Event, torrent};
use crate::udp::{Client, MOST_SCRAPED};
use std::net::{Ipv4Addr, SocketAddrV4};

pub(super) fn announces_and_scrapes(library: &Library, transcript: &mut Transcript) {
    talk(&Server::start(library, &[1, 2, 3].map(torrent)), transcript);
}

/// The threads wait in the kernel, on sockets that the library has made blocking again.
pub(super) fn workers(library: &Library, transcript: &mut Transcript) {
    talk(&Server::start_with(library, "listen.udp.workers 4", &[1, 2, 3].map(torrent)), transcript);
}

fn talk(server: &Server, transcript: &mut Transcript) {
    let [known, busy, quiet, refused] = [1, 2, 3, 4].map(torrent);
    let mut clients = [1, 2].map(|host| Client::connect(server.address, Ipv4Addr::new(127, 0, 0, host)));
    let mut swarm = Swarm::default();
    for (host, port, left, event) in [
        (0, 1000, 500, Event::Started),
        (1, 1000, 0, Event::Started),
        (0, 1001, 7, Event::Nothing),
        (0, 1000, 0, Event::Completed),
        (0, 1000, 0, Event::Completed),
        (1, 1000, 3, Event::Nothing),
        (0, 1001, 7, Event::Stopped),
        (0, 1001, 7, Event::Stopped),
        (0, 65535, u64::MAX, Event::Started),
    ] {
        let announce = Announce::new(known, port, left, event);
        let peer = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, host + 1), port);
        let mut answer = clients[host as usize].announce(&announce).unwrap();
        swarm.announce(peer, &announce, &answer);
        answer.peers.sort();
        transcript.note(format!("{answer:?}"));
    }

    let [client, _] = &mut clients;
    let mut crowd = Swarm::default();
    for number in 0..300 {
        let wanted = [None, Some(0), Some(1), Some(200), Some(5000)][number % 5];
        let announce = Announce { wanted, ..Announce::new(busy, 2000 + number as u16, 1, Event::Started) };
        let answer = client.announce(&announce).unwrap();
        crowd.announce(SocketAddrV4::new(HOME, announce.port), &announce, &answer);
        transcript.note(format!("{} of {} peers", answer.peers.len(), answer.leeches));
    }

    let rejected = client.announce(&Announce::new(refused, 1, 1, Event::Started));
    transcript.note(rejected.expect_err("it is not on the list"));
    let most = [known; MOST_SCRAPED];
    for torrents in [&[known][..], &[known, refused, busy], &[quiet], &[], &most] {
        let found = client.scrape(torrents).unwrap();
        for (torrent, counts) in torrents.iter().zip(&found) {
            assert!(*torrent != known || *counts == swarm.counts());
        }
        transcript.note(format!("{found:?}"));
    }
    // Over TCP it looks the same.
    assert_eq!(http::scrape(server.address, &[known]), [(known, swarm.counts())]);
}

pub(super) fn bad_requests(library: &Library, transcript: &mut Transcript) {
    let known = torrent(1);
    let server = Server::start(library, &[known]);
    let mut client = Client::connect(server.address, HOME);
    for length in [0, 1, 8, 15] {
        client.expect_silence(&vec![b'x'; length], known);
    }
    let connection = client.connection;
    let datagram = |action: u32, body: &[u8]| {
        let mut datagram = connection.to_be_bytes().to_vec();
        datagram.extend(action.to_be_bytes());
        datagram.extend(99_u32.to_be_bytes());
        datagram.extend(body);
        datagram
    };
    let silent = [
        datagram(4, &[1; 82]),
        datagram(u32::MAX, &[]),
        // Announces that end too early.
        datagram(1, &[]),
        datagram(1, &[1; 81]),
    ];
    for datagram in silent {
        client.expect_silence(&datagram, known);
    }
    // A connection number that was never given.
    client.connection ^= 1;
    let rejected = client.scrape(&[known]);
    transcript.note(format!("{rejected:?}"));
    client.connection ^= 1;
    // The longest datagram there is, of which the server reads the first part.
    let mut longest = datagram(2, &known.repeat(3000));
    longest.truncate(60_000);
    client.socket.send(&longest).unwrap();
    let mut answer = [0; 65536];
    let length = client.socket.recv(&mut answer).unwrap();
    transcript.note(format!("{length}: {:?}", &answer[..length]));
}
