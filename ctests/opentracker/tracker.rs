// SPDX-License-Identifier: MIT OR Apache-2.0
//! What clients and trackers tell each other, whatever carries it.

use std::net::SocketAddrV4;

/// The name of a torrent.
pub(crate) type Hash = [u8; 20];

/// A torrent's name, as evenly spread as real ones.
pub(crate) fn torrent(number: u64) -> Hash {
    let mut hash = [0; 20];
    fastrand::Rng::with_seed(number).fill(&mut hash);
    hash
}

/// What has happened to a client since its last announce; the numbers are those of the UDP protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    Nothing = 0,
    Completed = 1,
    Started = 2,
    Stopped = 3,
}

/// What a client says. Its address is where the tracker sees it come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Announce {
    pub(crate) torrent: Hash,
    pub(crate) port: u16,
    /// The bytes that the client still lacks; a seed lacks none.
    pub(crate) left: u64,
    pub(crate) event: Event,
    /// How many peers the answer may name, if the client says so.
    pub(crate) wanted: Option<u32>,
}

/// The most peers that opentracker ever names at once.
pub(crate) const MOST_PEERS: usize = 200;

impl Announce {
    /// Of a client that asks for all the peers it can get.
    pub(crate) fn new(torrent: Hash, port: u16, left: u64, event: Event) -> Announce {
        Announce { torrent, port, left, event, wanted: Some(MOST_PEERS as u32) }
    }
}

/// What a tracker answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) seeds: u64,
    pub(crate) leeches: u64,
    /// How many peers have completed the torrent, where the answer tells.
    pub(crate) completed: Option<u64>,
    pub(crate) peers: Vec<SocketAddrV4>,
}

/// What a tracker counts per torrent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Counts {
    pub(crate) seeds: u64,
    pub(crate) completed: u64,
    pub(crate) leeches: u64,
}

/// Addresses in the compact form: four bytes and a port each, in network order.
pub(crate) fn peers(compact: &[u8]) -> Vec<SocketAddrV4> {
    assert_eq!(compact.len() % 6, 0, "{compact:?}");
    let peer = |bytes: &[u8]| {
        let address: [u8; 4] = bytes[..4].try_into().unwrap();
        SocketAddrV4::new(address.into(), u16::from_be_bytes([bytes[4], bytes[5]]))
    };
    compact.chunks(6).map(peer).collect()
}

/// The seconds after which a client comes back: half an hour, more or less by chance.
pub(crate) fn check_interval(seconds: u64) {
    assert!((1000..=2600).contains(&seconds), "an interval of {seconds} s");
}
