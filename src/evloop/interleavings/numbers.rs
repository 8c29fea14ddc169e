// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers that are closed and come back.

use super::*;

/// Another file takes over the number, which alone may be heard of.
#[test]
fn a_number_is_closed_plainly_and_comes_back() {
    in_every_order(2, |site| {
        let [d, other] = site.d;
        let far = site.peers[1].try_clone().unwrap();
        put(&site.peers[0]);
        interest::set_interest(d, Direction::Read);
        vec![
            until_read(b'y'),
            Box::new(move || {
                step();
                // SAFETY: plain descriptors.
                assert_eq!(i64::from(unsafe { libc::dup2(other as i32, d as i32) }), d);
                step();
                register::register(d, Mode::Nonblocking, false).unwrap();
                interest::set_interest(d, Direction::Read);
                put_byte(&far, b'y');
            }),
        ]
    });
}

/// A worker's EAGAIN is about the file before, and as many events ago as the next one has had.
#[test]
fn an_old_eagain_does_not_count_for_the_next_file() {
    in_every_order(2, |site| {
        let [d, other] = site.d;
        let far = site.peers[1].try_clone().unwrap();
        interest::set_interest(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || {
                // A byte of the next file stays there for the loop.
                read_nothing(d);
            }),
            Box::new(move || {
                // SAFETY: plain descriptors.
                assert_eq!(i64::from(unsafe { libc::dup2(other as i32, d as i32) }), d);
                register::register(d, Mode::Nonblocking, false).unwrap();
                interest::set_interest(d, Direction::Read);
                put(&far);
            }),
        ]
    });
}

/// As `a_number_is_closed_plainly_and_comes_back`, the way the manual wants it: by io_close.
#[test]
fn a_number_is_closed_and_comes_back() {
    in_every_order(2, |site| {
        let d = site.d[0];
        put(&site.peers[0]);
        interest::set_interest(d, Direction::Read);
        vec![
            until_read(b'y'),
            Box::new(move || {
                register::close(d);
                let (again, far) = known_pair();
                assert_eq!(again, d);
                interest::set_interest(d, Direction::Read);
                put_byte(&far, b'y');
            }),
        ]
    });
}
