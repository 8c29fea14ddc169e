// SPDX-License-Identifier: MIT OR Apache-2.0
//! What opentracker costs on either library: `OWFAT_MEASURE=1` measures instead of testing, and writes the table
//! in benches/README.md.

mod calls;

use crate::http;
use crate::server::Server;
use crate::site::{Library, Site};
use crate::support::{self, documents};
use crate::tracker::{Announce, Event, Hash, torrent};
use crate::udp::Client;
use std::net::Ipv4Addr;
use std::thread;
use std::time::Instant;

/// Clients at once.
const CLIENTS: usize = 64;

/// Rounds; in each, both libraries have their turn, and take turns at being the first.
const ROUNDS: usize = 9;

/// What carries an announce.
#[derive(Clone, Copy)]
enum Carrier {
    Tcp,
    Udp,
}

impl Carrier {
    /// Announces per turn: for about a second, which is a hundred ticks of the processor's clock.
    fn announces(self) -> usize {
        match self {
            Carrier::Tcp => 30_000,
            Carrier::Udp => 100_000,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Carrier::Tcp => "TCP, a connection each",
            Carrier::Udp => "UDP",
        }
    }
}

/// Measures everything, prints what it finds, and writes the table.
pub(crate) fn run(site: &Site) {
    support::package("strace", "/usr/bin/strace").unwrap();
    let libraries = [&site.debian, &site.ours];
    let mut table =
        String::from("| announces over | | C library | owfat | owfat : C |\n|---|---|---|---|---|\n");
    for carrier in [Carrier::Tcp, Carrier::Udp] {
        let mut turns: [Vec<Turn>; 2] = Default::default();
        for round in 0..ROUNDS {
            for which in [round % 2, 1 - round % 2] {
                turns[which].push(Turn::measure(libraries[which], carrier));
            }
        }
        let mut row = |what: &str, [c, ours]: [f64; 2], ratio: f64, digits: usize| {
            let carrier = carrier.name();
            let row = format!("| {carrier} | {what} | {c:.digits$} | {ours:.digits$} | {ratio:.2} |\n");
            print!("{row}");
            table.push_str(&row);
        };
        let mut timed = |what: &str, figure: fn(&Turn) -> f64, digits: usize| {
            let [c, ours] = turns.each_ref().map(|turns| turns.iter().map(figure).collect::<Vec<f64>>());
            // Two turns of one round have the most in common.
            let ratios = c.iter().zip(&ours).map(|(c, ours)| ours / c).collect();
            row(what, [median(c), median(ours)], median(ratios), digits);
        };
        timed("per second, 64 clients", |turn| turn.per_second, 0);
        timed("processor time of the server, µs", |turn| turn.microseconds, 1);
        let mut counted = |what: &str, counts: &[calls::Counts; 2]| {
            let [c, ours] = counts.each_ref().map(|counts| counts.values().sum::<f64>());
            row(what, [c, ours], ours / c, 2);
        };
        let alone = libraries.map(|library| calls::per_announce(library, carrier, 1));
        counted("system calls, one client", &alone);
        let crowd = libraries.map(|library| calls::per_announce(library, carrier, CLIENTS));
        counted("system calls, 64 clients", &crowd);
        for (clients, counts) in [(1, &alone), (CLIENTS, &crowd)] {
            for (library, counts) in libraries.iter().zip(counts) {
                println!("  {}, {clients} clients: {counts:.2?}", library.name);
            }
        }
    }
    documents::write(documents::BENCHES, "opentracker", &table).unwrap();
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// One library's part in a round.
struct Turn {
    per_second: f64,
    /// Of the server's processor time, per announce.
    microseconds: f64,
}

impl Turn {
    fn measure(library: &Library, carrier: Carrier) -> Turn {
        let server = Server::start(library, &torrents());
        announce(&server, carrier, CLIENTS, carrier.announces() / 20);
        let (start, used) = (Instant::now(), server.processor_time());
        announce(&server, carrier, CLIENTS, carrier.announces());
        let announces = carrier.announces() as f64;
        Turn {
            per_second: announces / start.elapsed().as_secs_f64(),
            microseconds: (server.processor_time() - used).as_secs_f64() * 1e6 / announces,
        }
    }
}

/// A torrent for each client.
fn torrents() -> Vec<Hash> {
    (0..CLIENTS as u64).map(torrent).collect()
}

/// So many clients announce so often, all together, and see that they are answered.
fn announce(server: &Server, carrier: Carrier, clients: usize, announces: usize) {
    thread::scope(|scope| {
        for client in 0..clients {
            scope.spawn(move || {
                let source = Ipv4Addr::new(127, 0, 2, client as u8);
                let announce = Announce::new(torrent(client as u64), 1000, 1, Event::Nothing);
                let announces = announces / clients + usize::from(client < announces % clients);
                match carrier {
                    Carrier::Tcp => {
                        // Made and looked at once, so that the client's work is little.
                        let request = http::get(&http::announce_path(&announce));
                        for _ in 0..announces {
                            let answer = http::exchange(server.address, source, &request);
                            assert!(answer.ends_with(b"\x03\xe8e"), "{}", answer.escape_ascii());
                        }
                    }
                    Carrier::Udp => {
                        let mut client = Client::connect(server.address, source);
                        for _ in 0..announces {
                            assert_eq!(client.announce(&announce).unwrap().peers.len(), 1);
                        }
                    }
                }
            });
        }
    });
}
