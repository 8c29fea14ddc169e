// SPDX-License-Identifier: MIT OR Apache-2.0
//! `dns.h`: questions under way over UDP and TCP, to servers that reply what they like, in pieces of any size. Every call
//! leaves a question, an answer that repeats it, or nothing at all.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::{dns_transmit, iopause_fd, tai64, tai6464};
use owfat::capi::dns::asking::{dns_transmit_free, dns_transmit_get, dns_transmit_io};
use owfat_fuzz::start;
use std::fs::File;
use std::io::Write;
use std::mem::MaybeUninit;
use std::os::fd::{FromRawFd, IntoRawFd};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    over_tcp: bool,
    state: u8,
    round: u8,
    name: &'a [u8],
    replies: Vec<Reply<'a>>,
    pieces: Vec<u8>,
    hangs_up: bool,
}

#[derive(Arbitrary, Debug)]
enum Reply<'a> {
    /// The question with these bits, and bytes behind it.
    Echo {
        flags: [u8; 2],
        answers: u16,
        tail: &'a [u8],
        announced: Option<u16>,
    },
    Anything(&'a [u8]),
}

/// Two bytes of its length, a header, a name of one label, type and class.
fn question(name: &[u8]) -> Vec<u8> {
    let label = &name[..name.len().min(63)];
    let mut query = vec![0, 0, b'i', b'd', 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    if !label.is_empty() {
        query.push(label.len() as u8);
        query.extend(label);
    }
    query.extend([0, 0, 1, 0, 1]);
    query[1] = query.len() as u8 - 2;
    query
}

fn bytes_of(reply: &Reply, query: &[u8], over_tcp: bool) -> Vec<u8> {
    match *reply {
        Reply::Anything(bytes) => bytes.to_vec(),
        Reply::Echo { flags, answers, tail, announced } => {
            let mut packet = query[2..].to_vec();
            packet[2..4].copy_from_slice(&flags);
            packet[6..8].copy_from_slice(&answers.to_be_bytes());
            packet.extend(tail);
            let length = announced.unwrap_or(packet.len() as u16).to_be_bytes();
            if over_tcp { [&length, &*packet].concat() } else { packet }
        }
    }
}

/// Two sockets that are connected, neither of which waits.
fn connected(over_tcp: bool) -> [File; 2] {
    let kind = if over_tcp { libc::SOCK_STREAM } else { libc::SOCK_DGRAM };
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors, which are new.
    unsafe {
        let kind = kind | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
        assert_eq!(libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()), 0);
        ends.map(|end| File::from_raw_fd(end))
    }
}

/// Looks at what has come, several times as long as that leads nowhere.
fn look(d: &mut dns_transmit) -> i32 {
    // 2^62 is the year 1970.
    let when = tai6464 { sec: tai64 { x: 1 << 62 }, nano: 0, atto: 0 };
    for _ in 0..4 {
        let mut x = iopause_fd { fd: -1, events: 0, revents: 0 };
        let mut deadline = tai6464 { sec: tai64 { x: (1 << 62) + 1 }, nano: 0, atto: 0 };
        // SAFETY: a question, an entry and moments.
        let outcome = unsafe {
            dns_transmit_io(d, &mut x, &mut deadline);
            x.revents = x.events;
            dns_transmit_get(d, &x, &when)
        };
        if outcome != 0 {
            return outcome;
        }
        assert!(d.s1 > 0 && !d.query.is_null());
    }
    0
}

/// Pieces of a stream: the first of these sizes, and one of all the rest.
fn cut(mut stream: Vec<u8>, sizes: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    for size in sizes {
        let rest = stream.split_off((usize::from(*size) + 1).min(stream.len()));
        pieces.push(std::mem::replace(&mut stream, rest));
    }
    pieces.push(stream);
    pieces
}

fuzz_target!(|input: Input| {
    let Input { over_tcp, state, round, name, replies, pieces, hangs_up } = input;
    let (query, [ours, theirs]) = (question(name), connected(over_tcp));
    // SAFETY: all zeros is no question; the query is in memory from malloc.
    let mut d = unsafe {
        let mut d: dns_transmit = MaybeUninit::zeroed().assume_init();
        d.query = libc::malloc(query.len()).cast();
        d.query.copy_from(start(&query), query.len());
        d
    };
    (d.querylen, d.s1, d.udploop) = (query.len() as u32, ours.into_raw_fd() + 1, u32::from(round) % 4);
    // Connected, and writing; or the question was sent.
    d.tcpstate = if over_tcp { 2 + i32::from(state) % 2 } else { 0 };
    // There is no other server.
    let servers = [0; 256];
    (d.servers, d.deadline.sec) = (servers.as_ptr(), tai64 { x: (1 << 62) + 1 });

    let messages: Vec<_> = replies.iter().map(|reply| bytes_of(reply, &query, over_tcp)).collect();
    let sent = if over_tcp { cut(messages.concat(), &pieces) } else { messages };
    let mut theirs = Some(theirs);
    let mut outcome = 0;
    // The last look is for a server that has hung up, or has no more to say.
    for piece in sent.iter().map(Some).chain([None]) {
        match (piece, &mut theirs) {
            (Some(bytes), Some(theirs)) => drop(theirs.write(bytes)),
            _ if hangs_up => theirs = None,
            _ => {}
        }
        outcome = look(&mut d);
        if outcome != 0 {
            break;
        }
    }
    assert!(outcome == 0 || (d.s1 == 0 && d.query.is_null()));
    match outcome {
        0 => {}
        1 => {
            let packet = d.packet();
            assert!(packet.starts_with(b"id") && packet[2] & 0xf8 == 0x80 && packet[4..6] == [0, 1]);
            assert!(!over_tcp || packet[2] & 2 == 0, "truncated over TCP");
        }
        -1 => assert!(d.packet.is_null()),
        _ => panic!("{outcome}"),
    }
    // SAFETY: a question or none.
    unsafe { dns_transmit_free(&mut d) };
});
