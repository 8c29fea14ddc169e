// SPDX-License-Identifier: MIT OR Apache-2.0
//! The loop's lock, lists, states and wake-ups under every order in which the steps of two or three threads can follow
//! each other. One thread runs the loop, the others do what other threads may do to it. An order in which the loop
//! sleeps on although it has something to tell is a failure, and so is an answer that the contract does not know.
//!
//! Each rule of the protocol has a test here that fails without it: tried with no wake-up after interest, a deadline, or
//! io_queueforread; with `waiting` never noted, or noted after the lock was open; with a backend on poll that is not woken
//! by interest; with an EAGAIN that counts although news came in between, or the number has another file; with a second
//! place in a list; with expiry, or staleness, that is forgotten between two polls; with write interest that leaves a
//! registration level-triggered for reading; with a deadline that is put off without a second look, by the one or by the other.

use super::process::shut_down;
use super::ready::next_ready;
use super::register::{self, Mode};
use super::wait::{self, Limit, Signals};
use super::word::{Direction, Outcome};
use super::{Handle, expiry, interest, lock};
use crate::abi::taia;
use crate::sys::Backend;
use crate::sys::fd::{self, ReadBuf};
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

/// What a scenario starts with: a descriptor whose peer does not write, but that has interest, so that a wait lasts; and
/// two more, known in nonblocking mode.
struct Site {
    quiet: (i64, UnixStream),
    d: [i64; 2],
    peers: [UnixStream; 2],
}

fn known_pair() -> (i64, UnixStream) {
    let (near, far) = UnixStream::pair().unwrap();
    near.set_nonblocking(true).unwrap();
    let d = i64::from(near.into_raw_fd());
    register::register(d, Mode::Nonblocking, false).unwrap();
    (d, far)
}

impl Site {
    fn new(on: On) -> Self {
        if on == On::Poll {
            lock().backend = Some(Backend::on_poll());
        }
        let quiet = known_pair();
        interest::set_interest(quiet.0, Direction::Read);
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
    in_every_order_and_then(interruptions, prepare, |_| {});
}

/// The same, with something to look at when all threads have ended.
fn in_every_order_and_then(interruptions: usize, prepare: impl Fn(&Site) -> Vec<Work>, look: impl Fn(&Site)) {
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
            |site| {
                look(&site);
                site.end();
            },
        );
        println!("{on:?}: {orders} orders");
    }
}

fn wait() {
    wait::wait(Limit::Never, Signals::Endure).unwrap();
}

/// The loop until these have been returned, each at least once, and no other.
fn until_fetched(direction: Direction, wanted: &[i64]) -> Work {
    let mut missing = wanted.to_vec();
    let wanted = wanted.to_vec();
    Box::new(move || {
        while !missing.is_empty() {
            wait();
            while let Some(fd) = next_ready(direction) {
                assert!(wanted.contains(&fd.into()), "{fd} has no interest, or is not ready");
                missing.retain(|d| *d != i64::from(fd));
                // It is not read from: only so does it leave the others their turn.
                interest::clear_interest(fd.into(), direction);
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

/// Reads a byte as io_tryread does; `None` for EAGAIN, and for what is not known any more.
fn read_a_byte(d: i64) -> Option<u8> {
    let handle = Handle::find(d).ok()?;
    step();
    let mut byte = [0u8; 1];
    // SAFETY: there is room for one byte.
    let buffer = unsafe { ReadBuf::of_size(byte.as_mut_ptr().cast(), 1) };
    let result = fd::read(handle.fd(), buffer);
    handle.note(Direction::Read, if result.is_ok() { Outcome::Full } else { Outcome::Again });
    result.ok().map(|_| byte[0])
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
    let Ok(handle) = Handle::find(d) else { return };
    step();
    if !has_a_byte(handle.fd()) {
        handle.note(Direction::Read, Outcome::Again);
    }
}

/// The loop until it has read this byte from any descriptor.
fn until_read(wanted: u8) -> Work {
    Box::new(move || {
        let mut got = None;
        while got != Some(wanted) {
            wait();
            while let Some(fd) = next_ready(Direction::Read) {
                got = read_a_byte(fd.into()).or(got);
            }
        }
    })
}

mod numbers;
mod reading;
mod waking;
