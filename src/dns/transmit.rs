// SPDX-License-Identifier: MIT OR Apache-2.0
//! One question: asked over UDP, and over TCP where the answer is too long for that.
//!
//! A C program keeps the [`dns_transmit`], waits as [`io`](dns_transmit::io) says, and calls
//! [`get`](dns_transmit::get). It vouches for `query` and `packet` being NULL or blocks from malloc of as many bytes as
//! the two lengths say, for `s1` being a socket, and for the list of servers. The SAFETY comments here and in `udp` and
//! `tcp` lean on that.

use super::packet::CLASS_IN;
use super::random::Random;
use super::scopes;
use super::servers::ROOM;
use crate::abi::{dns_transmit, iopause_fd, taia};
use crate::errno::{Errno, Result, unchanged};
use crate::net::{address, create, noipv6};
use crate::sys::fd;
use crate::sys::socket::{self, Protocol};
use crate::text::out::Out;
use core::ffi::{c_char, c_int, c_uint};
use core::net::{Ipv6Addr, SocketAddrV6};
use core::ptr::null_mut;

/// Where servers listen.
const PORT: u16 = 53;
/// The longest message that goes over UDP.
pub(super) const MOST_OVER_UDP: usize = 512;
/// The lowest of the ports that are tried to send from, and how many there are.
const PORTS: (u16, u32) = (1025, 65535 - 1025);
/// How many of them are tried.
const TRIES: usize = 10;
/// What it comes to if no server answers for no other reason.
pub(super) const NO_ANSWER: Errno = Errno(libc::EIO);

/// What came of one look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// Nothing yet.
    Wait,
    /// The answer is there.
    Done,
    /// It has to be asked over TCP.
    Truncated,
    /// This server is of no use.
    Failed(Errno),
}

impl dns_transmit {
    /// Asks the first server. Errors: EMSGSIZE for a name that fits into no message, those of having no socket, and that
    /// of the last server if there is none that can be asked.
    ///
    /// # Safety
    /// `servers` has 256 readable bytes for as long as the question is under way.
    pub unsafe fn start(
        &mut self,
        servers: *const c_char,
        recursive: bool,
        name: &[u8],
        kind: [u8; 2],
        local: [c_char; 16],
    ) -> Result<()> {
        self.free();
        let build = |out: &mut Out, length: u16| {
            out.bytes(&length.to_be_bytes());
            // The id comes with each attempt.
            out.bytes(&[0, 0, recursive.into(), 0, 0, 1, 0, 0, 0, 0, 0, 0]);
            out.bytes(name);
            out.bytes(&kind);
            out.bytes(&CLASS_IN);
        };
        let length = Out::length_of(|out| build(out, 0));
        let message = u16::try_from(length - 2).map_err(|_| Errno(libc::EMSGSIZE))?;
        // SAFETY: malloc takes any size.
        self.query = unsafe { libc::malloc(length) }.cast();
        if self.query.is_null() {
            return Err(Errno(libc::ENOMEM));
        }
        // SAFETY: there is room for as much.
        self.querylen = unsafe { Out::write(self.query, |out| build(out, message)) } as c_uint;
        self.qtype = kind.map(|byte| byte as c_char);
        (self.servers, self.localip) = (servers, local);
        (self.udploop, self.curserver, self.tcpstate, self.pos) = (recursive.into(), 0, 0, 0);
        // On success the errno of failed attempts is hidden.
        let outcome = unchanged(|| {
            if usize::from(message) > MOST_OVER_UDP {
                self.ask_tcp(NO_ANSWER)
            } else {
                self.ask_udp(NO_ANSWER)
            }
        });
        outcome.inspect_err(|_| self.free())
    }

    /// What to wait for: a descriptor, or -1 if nothing is asked, and at most until that moment.
    pub fn io(&self, x: &mut iopause_fd, deadline: &mut taia) {
        x.fd = self.s1 - 1;
        x.events = if matches!(self.tcpstate, 1 | 2) { libc::POLLOUT } else { libc::POLLIN };
        *deadline = self.deadline.min(*deadline);
    }

    /// Looks whether the answer is there; `ready` says whether the descriptor is. Errors: that of the last server if
    /// none has answered (ETIMEDOUT, ECONNREFUSED …; EAGAIN for one that could not tell, EIO for one that hung up or
    /// sent nonsense); EBADF if nothing is asked. Then nothing is asked any more.
    pub fn get(&mut self, ready: bool, when: &taia) -> Result<bool> {
        let outcome = unchanged(|| self.advance(ready, when));
        if outcome.is_err() {
            self.free();
        }
        outcome
    }

    fn advance(&mut self, ready: bool, when: &taia) -> Result<bool> {
        if self.s1 <= 0 || self.query.is_null() {
            return Err(Errno(libc::EBADF));
        }
        let over_tcp = self.tcpstate != 0;
        let step = match (ready, over_tcp) {
            (false, _) => Step::Wait,
            (true, false) => self.receive()?,
            (true, true) => self.exchange()?,
        };
        match step {
            // A server that keeps sending nonsense does not keep the next one from its turn.
            Step::Wait if *when < self.deadline => return Ok(false),
            Step::Wait => self.ask_next(over_tcp, Errno(libc::ETIMEDOUT))?,
            Step::Failed(error) => self.ask_next(over_tcp, error)?,
            Step::Truncated => self.ask_again_over_tcp()?,
            Step::Done => {
                self.hang_up();
                self.drop_query();
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn ask_next(&mut self, over_tcp: bool, error: Errno) -> Result<()> {
        self.curserver = self.curserver.saturating_add(1);
        if over_tcp { self.ask_tcp(error) } else { self.ask_udp(error) }
    }

    /// Closes the socket, and frees query and answer.
    pub fn free(&mut self) {
        self.hang_up();
        self.drop_query();
        self.drop_packet();
    }

    pub(super) fn hang_up(&mut self) {
        if self.s1 > 0 {
            fd::close(self.s1 - 1);
        }
        self.s1 = 0;
    }

    fn drop_query(&mut self) {
        // SAFETY: NULL or a block from malloc, and forgotten here.
        unsafe { libc::free(self.query.cast()) };
        self.query = null_mut();
    }

    pub(super) fn drop_packet(&mut self) {
        // SAFETY: as above.
        unsafe { libc::free(self.packet.cast()) };
        self.packet = null_mut();
    }

    /// What is sent, two bytes of its length in front.
    pub(super) fn query(&self) -> &[u8] {
        if self.query.is_null() {
            return &[];
        }
        // SAFETY: a block of as many bytes.
        unsafe { core::slice::from_raw_parts(self.query.cast(), self.querylen as usize) }
    }

    /// The answer.
    pub fn packet(&self) -> &[u8] {
        if self.packet.is_null() {
            return &[];
        }
        // SAFETY: a block of as many bytes.
        unsafe { core::slice::from_raw_parts(self.packet.cast(), self.packetlen as usize) }
    }

    /// Where the server whose turn it is listens, if there is one.
    pub(super) fn server(&self) -> Option<SocketAddrV6> {
        let at = self.curserver as usize;
        if at >= ROOM || self.servers.is_null() {
            return None;
        }
        // SAFETY: the list has room for that many addresses.
        let octets = unsafe { self.servers.cast::<[u8; 16]>().add(at).read() };
        let ip = Ipv6Addr::from(octets);
        let scope = if self.scope_id == 0 { scopes::of(at, ip) } else { self.scope_id };
        (!ip.is_unspecified()).then(|| SocketAddrV6::new(ip, PORT, 0, scope))
    }

    /// Another id and another socket, on another port.
    pub(super) fn renew(&mut self, protocol: Protocol, random: &mut Random) -> Result<c_int> {
        self.hang_up();
        if self.querylen >= 4 {
            // SAFETY: a block of as many bytes.
            unsafe { self.query.cast::<[u8; 2]>().add(1).write(random.id()) }
        }
        let fd = create::private_v6(protocol)?;
        self.s1 = fd + 1;
        self.bind(fd, random)?;
        Ok(fd)
    }

    /// Gives the socket a port that cannot be guessed; or if all that are tried are taken, one that the system chooses.
    fn bind(&self, fd: c_int, random: &mut Random) -> Result<()> {
        let (lowest, count) = PORTS;
        for _ in 0..TRIES {
            if self.bind_to(fd, lowest + random.below(count) as u16).is_ok() {
                return Ok(());
            }
        }
        self.bind_to(fd, 0)
    }

    #[inline(never)]
    fn bind_to(&self, fd: c_int, port: u16) -> Result<()> {
        let ip = self.localip.map(|byte| byte as u8).into();
        let local = SocketAddrV6::new(ip, port, 0, self.scope_id);
        socket::bind(fd, address::to_bind(local, noipv6::is_set()))
    }

    /// Connects to a server, or begins to.
    pub(super) fn connect(&self, fd: c_int, server: SocketAddrV6) -> Result<()> {
        socket::connect(fd, address::to_connect(server, noipv6::is_set()))
    }

    /// From now on, it may take so many seconds.
    pub(super) fn allow(&mut self, seconds: i64) {
        self.deadline = taia::now().wrapping_add_seconds(seconds);
    }
}

#[cfg(test)]
mod tests;
