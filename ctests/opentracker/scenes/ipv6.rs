// SPDX-License-Identifier: MIT OR Apache-2.0
//! Debian builds opentracker for IPv4 alone. It uses the functions for IPv6 all the same: it sets `noipv6`.

use super::Transcript;
use crate::http::{self};
use crate::model::Swarm;
use crate::server::{self, Server};
use crate::site::Library;
use crate::tracker::{Announce, Event, torrent};
use std::net::{Ipv4Addr, SocketAddrV4};

pub(super) fn refused(library: &Library, transcript: &mut Transcript) {
    for listen in ["listen.tcp ::1:7000", "listen.udp ::1:7000", "listen.tcp [::1]:7000", "listen.tcp ::1"] {
        let (status, said) = server::rejected(library, listen);
        assert!(said.contains("V4 Tracker is V4 only!"), "{said}");
        transcript.note(format!("{listen}: {status}: {said}"));
    }
}

pub(super) fn mapped(library: &Library, transcript: &mut Transcript) {
    let address = server::free_address();
    let also = format!("listen.tcp_udp ::ffff:{address}");
    let elsewhere = SocketAddrV4::new(Ipv4Addr::from(u32::from(*address.ip()) ^ 0x0100), address.port());
    let server = Server::start_on(library, elsewhere, &also, &[torrent(1)]).unwrap();
    let mut swarm = Swarm::default();
    for (port, address) in [(1, address), (2, server.address)] {
        let source = Ipv4Addr::new(127, 0, 0, 3);
        let announce = Announce::new(torrent(1), port, 1, Event::Started);
        let mut answer = http::announce(address, source, &announce).unwrap();
        swarm.announce(SocketAddrV4::new(source, port), &announce, &answer);
        answer.peers.sort();
        transcript.note(format!("{answer:?}"));
    }
}
