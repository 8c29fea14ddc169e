//! The loop's lock, lists, states and wake-ups under every order in which the steps of two or three threads can follow
//! each other. One thread runs the loop, the others do what other threads may do to it. An order in which the loop
//! sleeps on although it has something to tell is a failure, and so is an answer that the contract does not know.
//!
//! Each rule of the protocol has a test here that fails without it: tried with no wake-up after a wish, a deadline, or
//! io_queueforread; with `waiting` never noted, or noted after the lock was open; with a backend on poll that is not woken
//! by wishes; with an EAGAIN that counts although news came in between, or the number has another file; with a second
//! place in a list; with lateness, or doubts, that are forgotten between two questions to the kernel.

use super::process::shut_down;
use super::register::{self, Mode};
use super::round::fetch;
use super::wait::{self, Limit, Signals};
use super::word::{Direction, Outcome};
use super::{Found, find, lock, moved};
use crate::abi::taia;
use crate::sys::Backend;
use crate::sys::fd::{self, Room};
use crate::sys::interleave::{Work, explore, step};
use std::io::Write;
use std::os::fd::IntoRawFd;
use std::os::unix::net::UnixStream;
use std::process::Command;

/// Set for a process that runs one test alone.
const ALONE: &str = "OWFAT_ALONE";

#[derive(Clone, Copy, Debug, PartialEq)]
enum On {
    Kernel,
    Poll,
}

/// What a scenario starts with: a descriptor that nobody writes to, but that is wished for, so that a wait lasts; and
/// two more, known in non-blocking mode.
struct Site {
    quiet: (i64, UnixStream),
    d: [i64; 2],
    peers: [UnixStream; 2],
}

fn known_pair() -> (i64, UnixStream) {
    let (near, far) = UnixStream::pair().unwrap();
    near.set_nonblocking(true).unwrap();
    let d = i64::from(near.into_raw_fd());
    register::introduce(d, Mode::Nonblocking, false).unwrap();
    (d, far)
}

impl Site {
    fn new(on: On) -> Self {
        if on == On::Poll {
            lock().backend = Some(Backend::on_poll());
        }
        let quiet = known_pair();
        register::wish(quiet.0, Direction::Read);
        let [(a, a_peer), (b, b_peer)] = [known_pair(), known_pair()];
        Site { quiet, d: [a, b], peers: [a_peer, b_peer] }
    }

    fn end(self) {
        shut_down();
        for d in [self.d[0], self.d[1], self.quiet.0] {
            fd::close(d as i32);
        }
    }
}

/// Runs a scenario on both backends. `prepare` gets the site and makes the threads' work. The loop is one for the whole
/// process, and a run has to find the same free numbers as the one before: so it is in a process of its own.
fn in_every_order(interruptions: usize, prepare: impl Fn(&Site) -> Vec<Work>) {
    if std::env::var_os(ALONE).is_none() {
        let name = std::thread::current().name().unwrap().to_string();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", &name, "--nocapture", "--test-threads=1"]).env(ALONE, "1");
        let output = command.output().unwrap();
        print!("{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    for on in [On::Kernel, On::Poll] {
        let orders = explore(
            interruptions,
            || {
                let site = Site::new(on);
                let work = prepare(&site);
                (site, work)
            },
            Site::end,
        );
        println!("{on:?}: {orders} orders");
    }
}

fn wait() {
    wait::wait(Limit::Never, Signals::Endure).unwrap();
}

/// The loop until these have been returned, each at least once, and nobody else.
fn until_fetched(direction: Direction, wanted: &[i64]) -> Work {
    let mut missing = wanted.to_vec();
    let wanted = wanted.to_vec();
    Box::new(move || {
        while !missing.is_empty() {
            wait();
            while let Some(fd) = fetch(direction) {
                assert!(wanted.contains(&fd.into()), "{fd} is not wished for, or not ready");
                missing.retain(|d| *d != i64::from(fd));
                // It is not read from: only so does it leave the others their turn.
                register::unwish(fd.into(), direction);
            }
        }
    })
}

fn put(peer: &UnixStream) {
    put_byte(peer, b'x');
}

fn put_byte(mut peer: &UnixStream, byte: u8) {
    step();
    peer.write_all(&[byte]).unwrap();
}

#[test]
fn a_wish_ends_a_wait() {
    in_every_order(3, |site| {
        let d = site.d[0];
        put(&site.peers[0]);
        vec![until_fetched(Direction::Read, &[d]), Box::new(move || register::wish(d, Direction::Read))]
    });
}

/// Nothing is in the kernel's queue any more: only the list knows.
#[test]
fn a_wish_for_what_is_known_to_be_ready_ends_a_wait() {
    in_every_order(3, |site| {
        let d = site.d[0];
        register::wish(d, Direction::Write);
        wait();
        register::unwish(d, Direction::Write);
        assert_eq!(fetch(Direction::Write), None);
        vec![until_fetched(Direction::Write, &[d]), Box::new(move || register::wish(d, Direction::Write))]
    });
}

#[test]
fn two_threads_wish() {
    in_every_order(2, |site| {
        let d = site.d;
        site.peers.iter().for_each(put);
        let wishes = |d| -> Work { Box::new(move || register::wish(d, Direction::Read)) };
        vec![until_fetched(Direction::Read, &d), wishes(d[0]), wishes(d[1])]
    });
}

/// What one thread takes back may be returned, or not; what another one wishes for has to.
#[test]
fn a_wish_is_taken_back_beside_another() {
    in_every_order(2, |site| {
        let [a, b] = site.d;
        site.peers.iter().for_each(put);
        register::wish(a, Direction::Read);
        let work: Work = Box::new(move || {
            let mut got_b = false;
            while !got_b {
                wait();
                while let Some(fd) = fetch(Direction::Read) {
                    assert!([a, b].contains(&fd.into()));
                    got_b |= i64::from(fd) == b;
                    // A program that does not read what it was told of would never sleep.
                    register::unwish(fd.into(), Direction::Read);
                }
            }
        });
        vec![
            work,
            Box::new(move || register::unwish(a, Direction::Read)),
            Box::new(move || register::wish(b, Direction::Read)),
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
                match register::next_late() {
                    None => {}
                    Some(fd) => break assert_eq!(i64::from(fd), d),
                }
            }
        });
        vec![work, Box::new(move || register::set_deadline(d, taia::from_seconds(1)))]
    });
}

/// Reads a byte as io_tryread does; `None` for EAGAIN, and for what is not known any more.
fn read_a_byte(d: i64) -> Option<u8> {
    let Found { fd, entry, .. } = find(d)?;
    let before = entry.load();
    step();
    let mut room = [0u8; 1];
    // SAFETY: there is room for one byte.
    let result = fd::read(fd as i32, unsafe { Room::of_size(room.as_mut_ptr().cast(), 1) });
    let outcome = if result.is_ok() { Outcome::Full } else { Outcome::Again };
    moved(entry, before, Direction::Read, outcome);
    result.ok().map(|_| room[0])
}

/// Looks for a byte, which stays where it is; false for EAGAIN.
fn has_a_byte(fd: i32) -> bool {
    let mut byte = 0u8;
    let flags = libc::MSG_PEEK | libc::MSG_DONTWAIT;
    // SAFETY: there is room for one byte.
    unsafe { libc::recv(fd, (&raw mut byte).cast(), 1, flags) != -1 }
}

/// As `read_a_byte`, of which nothing is to be seen unless it gives EAGAIN.
fn read_nothing(d: i64) {
    let Some(Found { fd, entry, .. }) = find(d) else { return };
    let before = entry.load();
    step();
    if !has_a_byte(fd as i32) {
        moved(entry, before, Direction::Read, Outcome::Again);
    }
}

/// The loop until it has read this byte from anybody.
fn until_read(wanted: u8) -> Work {
    Box::new(move || {
        let mut got = None;
        while got != Some(wanted) {
            wait();
            while let Some(fd) = fetch(Direction::Read) {
                got = read_a_byte(fd.into()).or(got);
            }
        }
    })
}

/// A byte may come in between an EAGAIN and the moment when that is noted.
#[test]
fn a_byte_beside_an_eagain_is_not_lost() {
    in_every_order(3, |site| {
        let d = site.d[0];
        let peer = site.peers[0].try_clone().unwrap();
        register::wish(d, Direction::Read);
        let work: Work = Box::new(move || {
            let mut got = 0;
            while got < 2 {
                wait();
                while let Some(fd) = fetch(Direction::Read) {
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
        register::wish(d, Direction::Read);
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
        register::wish(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || {
                step();
                if !has_a_byte(d as i32) {
                    register::exhausted(d, Direction::Read);
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
        register::wish(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || {
                // Whoever takes the byte has to see to another one.
                if read_a_byte(d).is_some() {
                    put(&one);
                }
            }),
            Box::new(move || put(&two)),
        ]
    });
}

/// A worker takes one of two bytes; nothing but the loop's own doubts leads to the other.
#[test]
fn what_a_worker_leaves_is_not_lost() {
    in_every_order(3, |site| {
        let d = site.d[0];
        put(&site.peers[0]);
        put_byte(&site.peers[0], b'y');
        register::wish(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || {
                read_a_byte(d);
            }),
        ]
    });
}

#[test]
fn queued_by_hand_during_a_wait() {
    in_every_order(3, |site| {
        let d = site.d[0];
        register::wish(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || register::queue(d, Direction::Read).unwrap()),
        ]
    });
}

/// Who is in the list already must not get in again.
#[test]
fn queued_by_two_threads() {
    in_every_order(2, |site| {
        let [a, b] = site.d;
        site.d.iter().for_each(|d| register::wish(*d, Direction::Read));
        vec![
            until_fetched(Direction::Read, &[a, b]),
            Box::new(move || register::queue(a, Direction::Read).unwrap()),
            Box::new(move || {
                register::queue(a, Direction::Read).unwrap();
                register::queue(b, Direction::Read).unwrap();
            }),
        ]
    });
}

/// Another file takes over the number, which alone may be heard of.
#[test]
fn a_number_is_closed_plainly_and_comes_back() {
    in_every_order(2, |site| {
        let [d, other] = site.d;
        let far = site.peers[1].try_clone().unwrap();
        put(&site.peers[0]);
        register::wish(d, Direction::Read);
        vec![
            until_read(b'y'),
            Box::new(move || {
                step();
                // SAFETY: plain descriptors.
                assert_eq!(i64::from(unsafe { libc::dup2(other as i32, d as i32) }), d);
                step();
                register::introduce(d, Mode::Nonblocking, false).unwrap();
                register::wish(d, Direction::Read);
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
        register::wish(d, Direction::Read);
        vec![
            until_fetched(Direction::Read, &[d]),
            Box::new(move || {
                // A byte of the next file stays there for the loop.
                read_nothing(d);
            }),
            Box::new(move || {
                // SAFETY: plain descriptors.
                assert_eq!(i64::from(unsafe { libc::dup2(other as i32, d as i32) }), d);
                register::introduce(d, Mode::Nonblocking, false).unwrap();
                register::wish(d, Direction::Read);
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
        register::wish(d, Direction::Read);
        vec![
            until_read(b'y'),
            Box::new(move || {
                register::close(d);
                let (again, far) = known_pair();
                assert_eq!(again, d);
                register::wish(d, Direction::Read);
                put_byte(&far, b'y');
            }),
        ]
    });
}
