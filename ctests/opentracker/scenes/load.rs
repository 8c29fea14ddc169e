// SPDX-License-Identifier: MIT OR Apache-2.0
//! Many clients at once, and an exact account of every answer.

use super::Transcript;
use crate::http::{self, HOME};
use crate::model::Swarm;
use crate::server::Server;
use crate::site::Library;
use crate::tracker::{Announce, Answer, Event, Hash, torrent};
use crate::udp::Client;
use fastrand::Rng;
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::ops::AddAssign;
use std::sync::Mutex;
use std::thread;

const ANNOUNCES: usize = 100_000;
const CLIENTS: usize = 64;

/// Every client has so many torrents of its own, whose swarms it knows exactly.
const OWN: usize = 4;
/// The peers that a client plays in each of them; few enough for every answer to name all.
const PORTS: u16 = 60;

/// One torrent that every client announces.
const COMMON: u64 = u64::MAX;
/// The peers that a client plays there; all clients together stay below what an answer can name.
const COMMON_PORTS: u16 = 3;

pub(super) fn hundred_thousand_announces(library: &Library, transcript: &mut Transcript) {
    let own = |client: usize| (0..OWN).map(move |number| torrent((client * OWN + number) as u64));
    let torrents: Vec<Hash> = (0..CLIENTS).flat_map(own).chain([torrent(COMMON)]).collect();
    let server = Server::start(library, &torrents);
    let before = counters(&server);
    let common = Common::default();
    let (mut over, mut swarms) = (Over::default(), Vec::new());
    thread::scope(|scope| {
        let play = |number| {
            let announces = ANNOUNCES / CLIENTS + usize::from(number < ANNOUNCES % CLIENTS);
            let (server, common) = (&server, &common);
            scope.spawn(move || Player::new(server, number, own(number).collect()).play(announces, common))
        };
        for player in (0..CLIENTS).map(play).collect::<Vec<_>>() {
            let (done, known) = player.join().unwrap();
            over += done;
            swarms.extend(known);
        }
    });
    assert_eq!(over.tcp + over.udp, ANNOUNCES);
    transcript.note(format!("{over:?}"));

    // The server has counted each of them, once.
    let after = counters(&server);
    let counted = (after.tcp - before.tcp, after.udp - before.udp);
    assert_eq!(counted, (over.tcp, over.udp));

    let mut client = Client::connect(server.address, HOME);
    let own = &torrents[..CLIENTS * OWN];
    for (torrents, swarms) in own.chunks(64).zip(swarms.chunks(64)) {
        let expected: Vec<_> = swarms.iter().map(Swarm::counts).collect();
        assert_eq!(client.scrape(torrents).unwrap(), expected);
        for (torrent, counts) in torrents.iter().zip(&expected) {
            assert_eq!(http::scrape(server.address, &[*torrent]), [(*torrent, *counts)]);
        }
        transcript.note(format!("{expected:?}"));
    }
    let common = client.scrape(&[torrent(COMMON)]).unwrap();
    assert_eq!(common[0].leeches as usize, CLIENTS * usize::from(COMMON_PORTS));
    transcript.note(format!("{common:?}"));
}

/// Announces, by what carried them.
#[derive(Clone, Copy, Default, Debug)]
struct Over {
    tcp: usize,
    udp: usize,
}

impl AddAssign for Over {
    fn add_assign(&mut self, other: Over) {
        self.tcp += other.tcp;
        self.udp += other.udp;
    }
}

/// The announces that the server says it has seen.
fn counters(server: &Server) -> Over {
    let answer = http::exchange(server.address, HOME, &http::get("/stats?mode=everything"));
    let text = http::body(&answer);
    let text = str::from_utf8(&text).unwrap();
    let announces = |protocol: &str| {
        let (_, rest) = text.split_once(&format!("<{protocol}>")).unwrap();
        let (_, rest) = rest.split_once("<announce>").unwrap();
        rest.split_once('<').unwrap().0.parse().unwrap()
    };
    Over { tcp: announces("tcp"), udp: announces("udp") }
}

/// What is known of the torrent that every client announces: an answer names each peer whose announce was
/// answered before this one was sent, and none whose announce was not yet sent when the answer was there.
#[derive(Default)]
struct Common {
    answered: Mutex<BTreeSet<SocketAddrV4>>,
    sent: Mutex<BTreeSet<SocketAddrV4>>,
}

impl Common {
    fn announce(&self, peer: SocketAddrV4, exchange: impl FnOnce() -> Answer) {
        self.sent.lock().unwrap().insert(peer);
        let before = self.answered.lock().unwrap().clone();
        let answer = exchange();
        let named: BTreeSet<SocketAddrV4> = answer.peers.iter().copied().collect();
        assert_eq!(named.len(), answer.peers.len(), "a peer is named twice");
        assert_eq!(named.len() as u64, answer.leeches);
        assert!(named.contains(&peer) && named.is_superset(&before), "a peer is missing");
        assert!(named.is_subset(&self.sent.lock().unwrap()), "a peer never announced");
        self.answered.lock().unwrap().insert(peer);
    }
}

/// A client, with an address of its own.
struct Player<'a> {
    server: &'a Server,
    address: Ipv4Addr,
    udp: Client,
    rng: Rng,
    torrents: Vec<Hash>,
    swarms: Vec<Swarm>,
    over: Over,
}

impl Player<'_> {
    fn new(server: &Server, number: usize, torrents: Vec<Hash>) -> Player<'_> {
        let address = Ipv4Addr::new(127, 0, 1, number as u8);
        Player {
            server,
            address,
            udp: Client::connect(server.address, address),
            rng: Rng::with_seed(number as u64),
            swarms: torrents.iter().map(|_| Swarm::default()).collect(),
            torrents,
            over: Over::default(),
        }
    }

    fn play(mut self, announces: usize, common: &Common) -> (Over, Vec<Swarm>) {
        for number in 0..announces {
            if number % 8 == 7 {
                let port = 1 + (number / 8) as u16 % COMMON_PORTS;
                let announce = Announce::new(torrent(COMMON), port, 1, Event::Nothing);
                common.announce(SocketAddrV4::new(self.address, port), || self.exchange(&announce));
            } else {
                let (which, announce) = self.next();
                let answer = self.exchange(&announce);
                let peer = SocketAddrV4::new(self.address, announce.port);
                self.swarms[which].announce(peer, &announce, &answer);
            }
        }
        (self.over, self.swarms)
    }

    /// Something that a client could say now.
    fn next(&mut self) -> (usize, Announce) {
        let which = self.rng.usize(..OWN);
        let port = self.rng.u16(1000..1000 + PORTS);
        let known = self.swarms[which].contains(&SocketAddrV4::new(self.address, port));
        let (left, event) = match self.rng.u8(..8) {
            _ if !known => (self.rng.u64(..3), Event::Started),
            0 => (self.rng.u64(..3), Event::Stopped),
            1 | 2 => (0, Event::Completed),
            _ => (self.rng.u64(..3), Event::Nothing),
        };
        (which, Announce::new(self.torrents[which], port, left, event))
    }

    /// Half goes over TCP, a connection each, half over UDP.
    fn exchange(&mut self, announce: &Announce) -> Answer {
        let answer = if self.rng.bool() {
            self.over.tcp += 1;
            http::announce(self.server.address, self.address, announce)
        } else {
            self.over.udp += 1;
            self.udp.announce(announce)
        };
        answer.unwrap()
    }
}
