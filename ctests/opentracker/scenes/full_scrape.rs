// SPDX-License-Identifier: MIT OR Apache-2.0
//! The one answer that is longer than what the kernel takes at once: all torrents there are. opentracker
//! gathers it in a thread of its own and sends it as a batch of buffers.

use super::Transcript;
use crate::http::{self, HOME};
use crate::server::Server;
use crate::site::Library;
use crate::tracker::{Announce, Counts, Event, Hash, torrent};
use crate::udp::Client;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

/// The kernel buffers an answer about so many before the server is told to wait.
const SOME: u64 = 25_000;

/// The answer about so many is some 4.5 MB long, more than the kernel buffers.
const MANY: u64 = 65_536;

/// Announces that are under way at once: their answers have to fit into the client's socket.
const AT_ONCE: usize = 64;

pub(super) fn in_one_go(library: &Library, transcript: &mut Transcript) {
    let (server, torrents) = filled(library, SOME);
    let answer = http::rest(&mut ask(&server, None));
    expect_all(&answer, &torrents);
    // How it is cut into chunks depends on the time that the thread takes.
    transcript.note(format!("{} bytes", http::body(&answer).len()));
}

/// Readers that are slow, or leave in the middle. It takes our library: Debian's sends such an answer without
/// copying, opentracker's memory is freed while the kernel still reads it, and what arrives is damaged from
/// 2 MB on; of several answers at once, it drops some for lack of buffers.
pub(super) fn to_readers_of_all_kinds(library: &Library, transcript: &mut Transcript) {
    let (server, torrents) = filled(library, MANY);
    let answer = http::rest(&mut ask(&server, None));
    expect_all(&answer, &torrents);
    let answer = http::body(&answer);
    let expect = |found: Vec<u8>| {
        let found = http::body(&found);
        assert!(found == answer, "{} bytes, not {}", found.len(), answer.len());
    };
    thread::scope(|scope| {
        for reader in 0..8 {
            let (server, expect) = (&server, &expect);
            scope.spawn(move || match reader % 4 {
                0 => expect(http::rest(&mut ask(server, None))),
                1 => expect(slowly(ask(server, Some(4096)))),
                2 => expect(slowly(ask(server, None))),
                _ => ask(server, Some(4096)).read_exact(&mut [0; 10_000]).unwrap(),
            });
        }
        // Other clients do not notice.
        let mut client = Client::connect(server.address, HOME);
        for _ in 0..100 {
            let announce = Announce::new(torrents[0], 1000, 0, Event::Nothing);
            client.announce(&announce).unwrap();
            http::announce(server.address, HOME, &announce).unwrap();
        }
    });
    expect(http::rest(&mut ask(&server, None)));
    transcript.note("all the same");
}

/// A server with so many torrents, of one peer each.
fn filled(library: &Library, count: u64) -> (Server, Vec<Hash>) {
    let torrents: Vec<Hash> = (0..count).map(torrent).collect();
    let server = Server::start(library, &torrents);
    let mut client = Client::connect(server.address, HOME);
    for (number, torrents) in torrents.chunks(AT_ONCE).enumerate() {
        let announce = |torrent: &Hash| Announce::new(*torrent, 1000, left(number), Event::Started);
        client.announce_all(&torrents.iter().map(announce).collect::<Vec<_>>());
    }
    (server, torrents)
}

/// What the peer of each torrent in the batch of that number lacks.
fn left(batch: usize) -> u64 {
    batch as u64 % 2
}

/// The answer names all of the torrents, and counts their peers.
fn expect_all(answer: &[u8], torrents: &[Hash]) {
    let mut found = http::parse_scrape(&http::body(answer));
    found.retain(|(torrent, _)| !Server::is_from_start(torrent));
    let peer_of = |(number, torrent): (usize, &Hash)| {
        let leeches = left(number / AT_ONCE);
        (*torrent, Counts { seeds: 1 - leeches, completed: 0, leeches })
    };
    let mut expected: Vec<(Hash, Counts)> = torrents.iter().enumerate().map(peer_of).collect();
    expected.sort_by_key(|(torrent, _)| *torrent);
    assert!(found == expected, "{} torrents, not {}", found.len(), expected.len());
}

/// Asks for everything, with room for so many bytes that are not yet read.
fn ask(server: &Server, room: Option<usize>) -> TcpStream {
    let mut stream = http::connect_with(server.address, HOME, |socket| {
        if let Some(room) = room {
            socket.set_recv_buffer_size(room).unwrap();
        }
    });
    stream.write_all(&http::get("/scrape")).unwrap();
    stream
}

/// Everything, after a while, and with pauses.
fn slowly(mut stream: TcpStream) -> Vec<u8> {
    thread::sleep(Duration::from_millis(300));
    let mut answer = Vec::new();
    let mut piece = vec![0; 100_000];
    for number in 1.. {
        let length = stream.read(&mut piece).unwrap();
        if length == 0 {
            break;
        }
        answer.extend(&piece[..length]);
        if number % 16 == 0 {
            thread::sleep(Duration::from_millis(2));
        }
    }
    answer
}
