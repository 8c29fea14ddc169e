// SPDX-License-Identifier: MIT OR Apache-2.0
//! Questions over TCP, each on a connection of its own.

use super::packet::HEADER;
use super::random::Random;
use super::reply::{Verdict, judge};
use super::servers::ROOM;
use super::transmit::{NO_ANSWER, Step};
use super::udp::ROUNDS;
use crate::abi::dns_transmit;
use crate::errno::{Errno, Result};
use crate::net::connect::connected;
use crate::sys::fd::{self, ReadBuf, WriteBuf};
use crate::sys::socket::Protocol;
use core::ffi::{c_int, c_uint};

/// How many seconds a server has to take the question, and again to answer it.
const TIMEOUT: i64 = 10;

/// The value of `pos` while a question is asked over UDP, if it was asked over TCP before.
pub(super) const TCP_WAS_TRIED: c_uint = 1;

/// Values of `tcpstate`.
const CONNECTING: c_int = 1;
const WRITING: c_int = 2;
const READING_LENGTH: c_int = 3;
const READING_SECOND_BYTE: c_int = 4;
const READING_ANSWER: c_int = 5;

impl dns_transmit {
    /// Connects to the server whose turn it is, or to one after it. Errors: `error`, or that of the last one, if
    /// that fails with all of them; those of having no socket. What was asked over UDP before is asked there again then.
    pub(super) fn ask_tcp(&mut self, mut error: Errno) -> Result<()> {
        self.drop_packet();
        let mut random = Random::new();
        while (self.curserver as usize) < ROOM {
            if let Some(server) = self.server() {
                let fd = self.renew(Protocol::Tcp, &mut random)?;
                let begun = match self.connect(fd, server) {
                    Ok(()) => Some(WRITING),
                    Err(Errno(libc::EINPROGRESS)) => Some(CONNECTING),
                    Err(refused) => {
                        error = refused;
                        None
                    }
                };
                if let Some(state) = begun {
                    (self.tcpstate, self.pos) = (state, 0);
                    self.allow(TIMEOUT);
                    return Ok(());
                }
            }
            self.curserver += 1;
        }
        self.return_to_udp(error)
    }

    /// Asks all servers over TCP, after one of them had too long an answer for UDP. If that was tried before, the next server is
    /// asked over UDP: its answer may be shorter. Errors: as [`ask_tcp`](Self::ask_tcp).
    pub(super) fn ask_again_over_tcp(&mut self) -> Result<()> {
        if self.pos == TCP_WAS_TRIED {
            self.curserver = self.curserver.saturating_add(1);
            return self.ask_udp(NO_ANSWER);
        }
        // Over TCP there are no rounds, so the field has room for the server.
        self.udploop = self.udploop % ROUNDS + ROUNDS * (self.curserver + 1);
        self.curserver = 0;
        self.ask_tcp(NO_ANSWER)
    }

    /// No server gave the answer over TCP: goes on over UDP behind the server whose answer was too long. Errors: `error` if the
    /// question did not come from UDP; those of [`ask_udp`](Self::ask_udp).
    fn return_to_udp(&mut self, error: Errno) -> Result<()> {
        let Some(server) = (self.udploop / ROUNDS).checked_sub(1) else { return Err(error) };
        (self.udploop, self.curserver) = (self.udploop % ROUNDS, server + 1);
        (self.tcpstate, self.pos) = (0, TCP_WAS_TRIED);
        self.ask_udp(error)
    }

    /// Goes on where the connection is.
    pub(super) fn exchange(&mut self) -> Result<Step> {
        let fd = self.s1 - 1;
        if self.tcpstate == CONNECTING {
            match connected(fd) {
                Ok(()) => self.tcpstate = WRITING,
                // Not yet: the event was a stale one.
                Err(Errno(libc::ENOTCONN)) => return Ok(Step::Wait),
                Err(error) => return Ok(Step::Failed(error)),
            }
        }
        Ok(match self.tcpstate {
            WRITING => self.write_query(fd),
            READING_LENGTH | READING_SECOND_BYTE => return self.read_length(fd),
            _ => self.read_answer(fd),
        })
    }

    fn write_query(&mut self, fd: c_int) -> Step {
        let rest = self.query().get(self.pos as usize..).unwrap_or_default();
        // SAFETY: the rest is readable.
        let bytes = unsafe { WriteBuf::of_size(rest.as_ptr().cast(), rest.len()) };
        let length = rest.len();
        match fd::send_quietly(fd, bytes) {
            Ok(written) if written >= length => {
                self.tcpstate = READING_LENGTH;
                self.allow(TIMEOUT);
            }
            Ok(written) => self.pos += written as c_uint,
            Err(error) => return setback(error),
        }
        Step::Wait
    }

    fn read_length(&mut self, fd: c_int) -> Result<Step> {
        let mut bytes = [0; 2];
        let missing = if self.tcpstate == READING_LENGTH { 2 } else { 1 };
        match read(fd, bytes.as_mut_ptr(), missing) {
            Ok(_) if missing == 1 => self.packetlen += c_uint::from(bytes[0]),
            Ok(1) => {
                self.packetlen = c_uint::from(bytes[0]) << 8;
                self.tcpstate = READING_SECOND_BYTE;
                return Ok(Step::Wait);
            }
            Ok(_) => self.packetlen = u16::from_be_bytes(bytes).into(),
            Err(step) => return Ok(step),
        }
        let length = self.packetlen & 0xffff;
        if (length as usize) < HEADER {
            return Ok(Step::Failed(NO_ANSWER));
        }
        self.make_room(length)?;
        (self.tcpstate, self.pos) = (READING_ANSWER, 0);
        Ok(Step::Wait)
    }

    fn read_answer(&mut self, fd: c_int) -> Step {
        let Some(missing) = self.packetlen.checked_sub(self.pos).filter(|_| !self.packet.is_null()) else {
            return Step::Failed(NO_ANSWER);
        };
        let place = self.packet.wrapping_add(self.pos as usize);
        match read(fd, place.cast(), missing as usize) {
            Ok(length) => self.pos += length as c_uint,
            Err(step) => return step,
        }
        if self.pos < self.packetlen {
            return Step::Wait;
        }
        match judge(self.query(), self.packet()) {
            Verdict::Answer => Step::Done,
            Verdict::NoHelp => Step::Failed(Errno(libc::EAGAIN)),
            Verdict::Truncated | Verdict::Foreign => Step::Failed(NO_ANSWER),
        }
    }
}

/// Reads at least one byte of `length`, which have room at `place`; or says what is to be done without.
fn read(fd: c_int, place: *mut u8, length: usize) -> core::result::Result<usize, Step> {
    // SAFETY: the callers have that much room.
    match fd::read(fd, unsafe { ReadBuf::of_size(place.cast(), length) }) {
        Ok(0) => Err(Step::Failed(NO_ANSWER)),
        Ok(read) => Ok(read),
        Err(error) => Err(setback(error)),
    }
}

/// What is to be done if nothing could be read or written.
fn setback(error: Errno) -> Step {
    if error.would_block() || error == Errno(libc::EINTR) { Step::Wait } else { Step::Failed(error) }
}
