// SPDX-License-Identifier: MIT OR Apache-2.0
//! Questions over UDP: a socket of its own for each attempt, connected to the server, so that the kernel lets through
//! what comes from there alone.

use super::random::Random;
use super::reply::{Verdict, judge};
use super::servers::ROOM;
use super::tcp::TCP_WAS_TRIED;
use super::transmit::{MOST_OVER_UDP, NO_ANSWER, Step};
use crate::abi::dns_transmit;
use crate::errno::{Errno, Result};
use crate::sys::fd::{self, ReadBuf, WriteBuf};
use crate::sys::socket::Protocol;
use core::ffi::c_uint;
use core::net::SocketAddrV6;

/// How many seconds each server has, in each round.
const TIMEOUTS: [i64; 4] = [1, 3, 11, 45];
pub(super) const ROUNDS: c_uint = TIMEOUTS.len() as c_uint;
/// In this round, a server that is being started again gets time for that.
const LENIENT: c_uint = 2;

impl dns_transmit {
    /// Asks the server whose turn it is, and those after it, until one can be asked. Errors: `error`, or that of
    /// the last one, if none can; those of having no socket.
    pub(super) fn ask_udp(&mut self, mut error: Errno) -> Result<()> {
        let mut random = Random::new();
        while let Some(&seconds) = TIMEOUTS.get(self.udploop as usize) {
            while (self.curserver as usize) < ROOM {
                if let Some(server) = self.server() {
                    match self.send(server, &mut random)? {
                        Ok(()) => {
                            self.allow(seconds);
                            return Ok(());
                        }
                        Err(refused) => error = refused,
                    }
                }
                self.curserver += 1;
            }
            // A server before this one had no answer over UDP in this round, and none at all over TCP.
            if self.pos == TCP_WAS_TRIED {
                break;
            }
            self.udploop += 1;
            self.curserver = 0;
        }
        Err(error)
    }

    /// Sends the query. The inner error is the server's, the outer one ours.
    fn send(&mut self, server: SocketAddrV6, random: &mut Random) -> Result<Result<()>> {
        let fd = self.renew(Protocol::Udp, random)?;
        let message = self.query().get(2..).unwrap_or_default();
        // SAFETY: the message is readable.
        let bytes = unsafe { WriteBuf::of_size(message.as_ptr().cast(), message.len()) };
        Ok(self.connect(fd, server).and_then(|()| fd::send_quietly(fd, bytes)).map(drop))
    }

    /// Receives a datagram. What is not the answer is ignored: any host may have sent it.
    pub(super) fn receive(&mut self) -> Result<Step> {
        let mut bytes = [0_u8; MOST_OVER_UDP + 1];
        // SAFETY: the array may be written to.
        let room = unsafe { ReadBuf::of_size(bytes.as_mut_ptr().cast(), bytes.len()) };
        let datagram = match fd::read(self.s1 - 1, room) {
            Ok(length @ ..=MOST_OVER_UDP) => bytes.get(..length).unwrap_or_default(),
            Ok(_) | Err(Errno(libc::EINTR)) => return Ok(Step::Wait),
            Err(error) if error.would_block() => return Ok(Step::Wait),
            Err(Errno(libc::ECONNREFUSED)) if self.udploop == LENIENT => return Ok(Step::Wait),
            Err(error) => return Ok(Step::Failed(error)),
        };
        Ok(match judge(self.query(), datagram) {
            Verdict::Answer => {
                self.keep(datagram)?;
                Step::Done
            }
            Verdict::Truncated => Step::Truncated,
            Verdict::NoHelp if self.udploop != LENIENT => Step::Failed(Errno(libc::EAGAIN)),
            Verdict::NoHelp | Verdict::Foreign => Step::Wait,
        })
    }

    fn keep(&mut self, datagram: &[u8]) -> Result<()> {
        let length = c_uint::try_from(datagram.len()).map_err(|_| NO_ANSWER)?;
        self.make_room(length)?;
        // SAFETY: there is room for as many bytes.
        unsafe { self.packet.cast::<u8>().copy_from_nonoverlapping(datagram.as_ptr(), datagram.len()) };
        Ok(())
    }

    /// Makes room for an answer of that length. Errors: ENOMEM.
    pub(super) fn make_room(&mut self, length: c_uint) -> Result<()> {
        self.drop_packet();
        // SAFETY: malloc takes any size.
        self.packet = unsafe { libc::malloc(length as usize) }.cast();
        self.packetlen = length;
        if self.packet.is_null() { Err(Errno(libc::ENOMEM)) } else { Ok(()) }
    }
}
