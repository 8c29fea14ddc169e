// SPDX-License-Identifier: MIT OR Apache-2.0
//! Interest, deadlines and the program's own word end a wait.

use super::*;

#[test]
fn interest_ends_a_wait() {
    in_every_order(3, |site| {
        let d = site.d[0];
        put(&site.peers[0]);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || interest::set_interest(d, Direction::Read)),
        ]
    });
}

/// Nothing is in the kernel's queue any more: only the list knows.
#[test]
fn interest_in_what_is_known_to_be_ready_ends_a_wait() {
    in_every_order(3, |site| {
        let d = site.d[0];
        interest::set_interest(d, Direction::Write);
        wait();
        interest::clear_interest(d, Direction::Write);
        assert_eq!(next_ready(Direction::Write), None);
        vec![
            until_fetched(Direction::Write, &[d]),
            Box::new(move || interest::set_interest(d, Direction::Write)),
        ]
    });
}

#[test]
fn two_threads_set_interest() {
    in_every_order(2, |site| {
        let d = site.d;
        site.peers.iter().for_each(put);
        let has_interest = |d| -> Work { Box::new(move || interest::set_interest(d, Direction::Read)) };
        vec![until_fetched(Direction::Read, &d), has_interest(d[0]), has_interest(d[1])]
    });
}

/// A descriptor whose interest one thread clears may be returned, or not; one for which another thread sets it has to.
#[test]
fn interest_is_cleared_beside_another() {
    in_every_order(2, |site| {
        let [a, b] = site.d;
        site.peers.iter().for_each(put);
        interest::set_interest(a, Direction::Read);
        let work: Work = Box::new(move || {
            let mut got_b = false;
            while !got_b {
                wait();
                while let Some(fd) = next_ready(Direction::Read) {
                    assert!([a, b].contains(&fd.into()));
                    got_b |= i64::from(fd) == b;
                    // A program that does not read what it was told of would never sleep.
                    interest::clear_interest(fd.into(), Direction::Read);
                }
            }
        });
        vec![
            work,
            Box::new(move || interest::clear_interest(a, Direction::Read)),
            Box::new(move || interest::set_interest(b, Direction::Read)),
        ]
    });
}

#[test]
fn a_passed_deadline_ends_a_wait() {
    in_every_order(3, |site| {
        let d = site.d[0];
        let work: Work = Box::new(move || {
            loop {
                wait();
                match expiry::next_expired() {
                    None => {}
                    Some(fd) => break assert_eq!(i64::from(fd), d),
                }
            }
        });
        vec![work, Box::new(move || expiry::set_deadline(d, taia::from_seconds(1)))]
    });
}

/// A deadline is put off without the lock while the loop finds that it has passed. When both have ended it has not, and
/// it is not forgotten.
#[test]
fn a_deadline_is_put_off_beside_the_loop() {
    let from_now = |seconds| taia::now().wrapping_add_seconds(seconds);
    in_every_order_and_then(
        3,
        |site| {
            let d = site.d[0];
            expiry::set_deadline(d, from_now(0));
            let later = from_now(1000);
            let work: Work = Box::new(move || {
                while let Some(fd) = expiry::next_expired() {
                    assert_eq!(i64::from(fd), d);
                }
            });
            vec![work, Box::new(move || expiry::set_deadline(d, later))]
        },
        |_| {
            let state = lock();
            assert!(!state.deadlines.unacknowledged() && state.deadlines.next().is_some());
            drop(state);
            assert_eq!(expiry::next_expired(), None);
        },
    );
}

#[test]
fn queued_by_hand_during_a_wait() {
    in_every_order(3, |site| {
        let d = site.d[0];
        interest::set_interest(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || interest::force(d, Direction::Read).unwrap()),
        ]
    });
}

/// A descriptor that is in the list already must not be added again.
#[test]
fn queued_by_two_threads() {
    in_every_order(2, |site| {
        let [a, b] = site.d;
        site.d.iter().for_each(|d| interest::set_interest(*d, Direction::Read));
        vec![
            until_fetched(Direction::Read, &[a, b]),
            Box::new(move || interest::force(a, Direction::Read).unwrap()),
            Box::new(move || {
                interest::force(a, Direction::Read).unwrap();
                interest::force(b, Direction::Read).unwrap();
            }),
        ]
    });
}
