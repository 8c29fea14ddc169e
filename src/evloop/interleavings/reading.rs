// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reads beside events: no byte is forgotten.

use super::*;

/// A byte may come in between an EAGAIN and the moment when that is noted.
#[test]
fn a_byte_beside_an_eagain_is_not_lost() {
    in_every_order(3, |site| {
        let d = site.d[0];
        let peer = site.peers[0].try_clone().unwrap();
        interest::set_interest(d, Direction::Read);
        let work: Work = Box::new(move || {
            let mut got = 0;
            while got < 2 {
                wait();
                while let Some(fd) = next_ready(Direction::Read) {
                    assert_eq!(i64::from(fd), d);
                    while read_a_byte(d).is_some() {
                        got += 1;
                    }
                }
            }
        });
        vec![
            work,
            Box::new(move || {
                put(&peer);
                put(&peer);
            }),
        ]
    });
}

/// A worker reads what the loop waits for. What it leaves must be reported.
#[test]
fn a_worker_reads_beside_the_loop() {
    in_every_order(2, |site| {
        let d = site.d[0];
        let peer = site.peers[0].try_clone().unwrap();
        put(&peer);
        interest::set_interest(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || {
                while read_a_byte(d).is_some() {}
                put(&peer);
            }),
        ]
    });
}

/// A worker's plain read gives EAGAIN, and it says so, while the byte arrives.
#[test]
fn a_byte_beside_io_eagain_is_not_lost() {
    in_every_order(2, |site| {
        let d = site.d[0];
        let peer = site.peers[0].try_clone().unwrap();
        interest::set_interest(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || {
                step();
                if !has_a_byte(d as i32) {
                    interest::note_would_block(d, Direction::Read);
                }
            }),
            Box::new(move || put(&peer)),
        ]
    });
}

/// A worker's read gives EAGAIN while a byte arrives and the loop hears of it.
#[test]
fn a_byte_beside_a_workers_eagain_is_not_lost() {
    in_every_order(2, |site| {
        let d = site.d[0];
        let [one, two] = [&site.peers[0], &site.peers[0]].map(|peer| peer.try_clone().unwrap());
        interest::set_interest(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || {
                // The thread that takes the byte has to send another one.
                if read_a_byte(d).is_some() {
                    put(&one);
                }
            }),
            Box::new(move || put(&two)),
        ]
    });
}

/// A worker takes one of two bytes; nothing but the loop's own recheck leads to the other.
#[test]
fn what_a_worker_leaves_is_not_lost() {
    in_every_order(3, |site| {
        let d = site.d[0];
        put(&site.peers[0]);
        put_byte(&site.peers[0], b'y');
        interest::set_interest(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || {
                read_a_byte(d);
            }),
        ]
    });
}

/// A read that left something has made the registration level-triggered. A worker's write interest takes that back, while the loop
/// waits or applies an event, and bytes come: neither direction is lost.
#[test]
fn write_interest_beside_a_level_triggered_registration() {
    in_every_order(2, |site| {
        let d = site.d[0];
        let peer = site.peers[0].try_clone().unwrap();
        interest::set_interest(d, Direction::Read);
        put(&peer);
        put(&peer);
        for _ in 0..2 {
            wait();
            assert_eq!(next_ready(Direction::Read).map(i64::from), Some(d));
            assert_eq!(read_a_byte(d), Some(b'x'));
        }
        let work: Work = Box::new(move || {
            let (mut read, mut written) = (false, false);
            while !read || !written {
                wait();
                while let Some(fd) = next_ready(Direction::Read) {
                    read |= read_a_byte(fd.into()).is_some();
                }
                while let Some(fd) = next_ready(Direction::Write) {
                    written = true;
                    interest::clear_interest(fd.into(), Direction::Write);
                }
            }
        });
        vec![
            work,
            Box::new(move || interest::set_interest(d, Direction::Write)),
            Box::new(move || put(&peer)),
        ]
    });
}
