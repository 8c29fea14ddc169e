// SPDX-License-Identifier: MIT OR Apache-2.0
//! The list of torrents that may be served, which SIGHUP makes the server read again.

use super::Transcript;
use crate::http::{self, HOME};
use crate::server::Server;
use crate::site::Library;
use crate::tracker::{Announce, Event, Hash, torrent};
use crate::udp::Client;

/// Whether each of the torrents is served, over both protocols.
fn served(server: &Server, torrents: &[Hash]) -> String {
    let mut client = Client::connect(server.address, HOME);
    let is_served = |torrent: &Hash| {
        let announce = Announce::new(*torrent, 1000, 1, Event::Started);
        let over_tcp = http::announce(server.address, HOME, &announce).is_ok();
        assert_eq!(client.announce(&announce).is_ok(), over_tcp);
        if over_tcp { '+' } else { '-' }
    };
    torrents.iter().map(is_served).collect()
}

pub(super) fn read_again(library: &Library, transcript: &mut Transcript) {
    let all: Vec<Hash> = (0..6).map(torrent).collect();
    let server = Server::start(library, &all[..2]);
    transcript.note(served(&server, &all));
    // The change counts from the signal on.
    server.set_whitelist(&all[2..4]);
    transcript.note(served(&server, &all));
    server.signal(libc::SIGHUP);
    server.wait_until_served(all[3]);
    transcript.note(served(&server, &all));
    // A list of many pages, more than once.
    for round in 1..=3 {
        let many: Vec<Hash> = (0..20_000).map(|number| torrent(round * 1_000_000 + number)).collect();
        server.set_whitelist(&many);
        server.signal(libc::SIGHUP);
        server.wait_until_served(many[19_999]);
        transcript.note(served(&server, &many[9_990..10_010]));
        transcript.note(served(&server, &all));
    }
    server.set_whitelist(&[]);
    server.signal(libc::SIGHUP);
    server.wait_until_refused(torrent(3_000_000));
    transcript.note(served(&server, &all));
}

pub(super) fn unreadable(library: &Library, transcript: &mut Transcript) {
    let server = Server::start(library, &[torrent(1)]);
    server.remove_whitelist();
    server.signal(libc::SIGHUP);
    server.wait_for_words("Can't open accesslist file");
    transcript.note(served(&server, &[1, 2].map(torrent)));
    transcript.note(server.said().lines().next().unwrap());
    server.set_whitelist(&[torrent(2)]);
    server.signal(libc::SIGHUP);
    server.wait_until_served(torrent(2));
    transcript.note(served(&server, &[1, 2].map(torrent)));
}
