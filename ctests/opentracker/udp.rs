// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tracker clients over UDP, as BEP 15 has it. Nothing is sent again: on loopback, silence means loss.

use crate::http::TIMEOUT;
use crate::tracker::{self, Announce, Answer, Counts, Hash};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

/// The number by which the protocol is known.
const PROTOCOL: u64 = 0x417_2710_1980;

/// The most torrents that fit in a scrape.
pub(crate) const MOST_SCRAPED: usize = 74;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Action {
    Connect = 0,
    Announce = 1,
    Scrape = 2,
    Error = 3,
}

/// A client that has asked for its connection number.
pub(crate) struct Client {
    pub(crate) socket: UdpSocket,
    pub(crate) connection: u64,
    transaction: u32,
}

impl Client {
    pub(crate) fn connect(server: SocketAddrV4, source: Ipv4Addr) -> Client {
        let socket = UdpSocket::bind((source, 0)).unwrap();
        socket.set_read_timeout(Some(TIMEOUT)).unwrap();
        socket.connect(server).unwrap();
        let mut client = Client { socket, connection: PROTOCOL, transaction: 7000 };
        let answer = client.ask(Action::Connect, &[]).unwrap();
        client.connection = u64::from_be_bytes(answer.try_into().unwrap());
        client
    }

    pub(crate) fn announce(&mut self, announce: &Announce) -> Result<Answer, String> {
        parse_answer(&self.ask(Action::Announce, &announce_body(announce))?)
    }

    /// Announces all of them before it looks for answers, which have to come in order, and gives those.
    pub(crate) fn announce_all(&mut self, announces: &[Announce]) -> Vec<Answer> {
        let first = self.transaction + 1;
        for announce in announces {
            self.send(Action::Announce, &announce_body(announce));
        }
        let answer = |transaction| parse_answer(&self.receive(transaction, Action::Announce)?);
        (first..=self.transaction).map(answer).collect::<Result<_, _>>().unwrap()
    }

    pub(crate) fn scrape(&mut self, torrents: &[Hash]) -> Result<Vec<Counts>, String> {
        let answer = self.ask(Action::Scrape, torrents.as_flattened())?;
        assert_eq!(answer.len(), 12 * torrents.len());
        let counts = |file: &[u8]| Counts {
            seeds: number(file, 0).into(),
            completed: number(file, 4).into(),
            leeches: number(file, 8).into(),
        };
        Ok(answer.chunks(12).map(counts).collect())
    }

    /// Sends what is not a request, and then sees that the next answer is that to another request: the
    /// server has not answered, but is there.
    pub(crate) fn expect_silence(&mut self, datagram: &[u8], torrent: Hash) {
        self.socket.send(datagram).unwrap();
        self.scrape(&[torrent]).unwrap();
    }

    fn ask(&mut self, action: Action, body: &[u8]) -> Result<Vec<u8>, String> {
        self.send(action, body);
        self.receive(self.transaction, action)
    }

    fn send(&mut self, action: Action, body: &[u8]) {
        self.transaction += 1;
        let mut datagram = self.connection.to_be_bytes().to_vec();
        datagram.extend((action as u32).to_be_bytes());
        datagram.extend(self.transaction.to_be_bytes());
        datagram.extend(body);
        assert_eq!(self.socket.send(&datagram).unwrap(), datagram.len());
    }

    /// The answer's body, or the server's message.
    fn receive(&self, transaction: u32, action: Action) -> Result<Vec<u8>, String> {
        let mut buffer = [0; 65536];
        let length = self.socket.recv(&mut buffer).expect("an answer");
        let answer = &buffer[..length];
        assert!(length >= 8, "{answer:?}");
        assert_eq!(number(answer, 4), transaction, "the answer to another request: {answer:?}");
        if number(answer, 0) == Action::Error as u32 {
            return Err(String::from_utf8(answer[8..].to_vec()).unwrap());
        }
        assert_eq!(number(answer, 0), action as u32, "{answer:?}");
        Ok(answer[8..].to_vec())
    }
}

fn announce_body(announce: &Announce) -> Vec<u8> {
    let mut body = announce.torrent.to_vec();
    body.extend(format!("-OW0001-{:012}", announce.port).bytes());
    for number in [0, announce.left, 0] {
        body.extend(number.to_be_bytes());
    }
    // The address field and the key stay empty.
    for number in [announce.event as u32, 0, 0, announce.wanted.unwrap_or(u32::MAX)] {
        body.extend(number.to_be_bytes());
    }
    body.extend(announce.port.to_be_bytes());
    body
}

fn parse_answer(body: &[u8]) -> Result<Answer, String> {
    // This is how opentracker says no here.
    if body.is_empty() {
        return Err("refused".into());
    }
    tracker::check_interval(number(body, 0).into());
    Ok(Answer {
        leeches: number(body, 4).into(),
        seeds: number(body, 8).into(),
        completed: None,
        peers: tracker::peers(&body[12..]),
    })
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}
