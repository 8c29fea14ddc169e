// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which peers are in a swarm, as the announces so far say: what every answer is checked against.

use crate::tracker::{Announce, Answer, Counts, Event, MOST_PEERS};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddrV4;

/// The peers of one torrent.
#[derive(Default)]
pub(crate) struct Swarm {
    peers: BTreeMap<SocketAddrV4, Peer>,
    completed: u64,
}

#[derive(Default)]
struct Peer {
    seed: bool,
    has_completed: bool,
}

impl Swarm {
    /// Takes in an announce from `peer`, and checks the answer to it.
    pub(crate) fn announce(&mut self, peer: SocketAddrV4, announce: &Announce, answer: &Answer) {
        self.note(peer, announce);
        let counts = self.counts();
        assert_eq!((answer.seeds, answer.leeches), (counts.seeds, counts.leeches), "{announce:?}");
        if let Some(completed) = answer.completed {
            assert_eq!(completed, counts.completed, "{announce:?}");
        }
        let named: BTreeSet<&SocketAddrV4> = answer.peers.iter().collect();
        assert_eq!(named.len(), answer.peers.len(), "a peer is named twice: {answer:?}");
        let unknown: Vec<_> = named.iter().filter(|peer| !self.peers.contains_key(peer)).collect();
        assert!(unknown.is_empty(), "no client announced {unknown:?}");
        let expected = match announce {
            Announce { event: Event::Stopped, .. } => 0,
            Announce { wanted: Some(wanted), .. } => (*wanted as usize).min(MOST_PEERS).min(self.peers.len()),
            // Then it is the server's choice, but not nothing.
            Announce { wanted: None, .. } => answer.peers.len().max(1),
        };
        assert_eq!(named.len(), expected, "{announce:?}, of {} peers", self.peers.len());
    }

    fn note(&mut self, address: SocketAddrV4, announce: &Announce) {
        if announce.event == Event::Stopped {
            self.peers.remove(&address);
            return;
        }
        let peer = self.peers.entry(address).or_default();
        peer.seed = announce.left == 0;
        if announce.event == Event::Completed && !peer.has_completed {
            peer.has_completed = true;
            self.completed += 1;
        }
    }

    pub(crate) fn contains(&self, peer: &SocketAddrV4) -> bool {
        self.peers.contains_key(peer)
    }

    pub(crate) fn counts(&self) -> Counts {
        let seeds = self.peers.values().filter(|peer| peer.seed).count() as u64;
        Counts { seeds, completed: self.completed, leeches: self.peers.len() as u64 - seeds }
    }
}
