// SPDX-License-Identifier: MIT OR Apache-2.0
//! One event for one thread: what stands behind `iom_*` where there is nothing but poll(2).
//!
//! One of the waiting threads polls the descriptors; it holds the baton, a byte that goes through a pair of connected
//! sockets from the far end to the near one. The others wait for the baton. Bytes in the opposite direction make the polling
//! thread start over, because a descriptor was armed. `abort` shuts the pair down: then both ends are readable, for all
//! threads and for good.
//!
//! The descriptors are in the C program's own struct, as many as it has places for; one more is ENOSPC. poll(2)
//! sees a number and not an open file description: a closed descriptor leaves its place at the next poll, and what the
//! program opens under the number before that passes for the old one.

use super::{poll, query, translate};
use crate::abi::{SLOTS, iomux_slot};
use crate::errno::{Errno, Result};
use crate::sys::lock::Lock;
use crate::sys::queue::OneShotQueue;
use crate::sys::{Delivery, Interest, Places, Readiness, clock, fd, pause};
use core::ffi::c_int;

/// Held while the places of any multiplexer are read or changed, and never during a call that waits.
static TURN: Lock<usize> = Lock::new(0);

crate::sys::fork::survives_fork!(static TURN in ".init_array.00102");

/// Makes the other end readable.
fn send_byte(end: c_int) -> Result<()> {
    match syscall!(send(end, c"!".as_ptr().cast(), 1, libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL)) {
        // A wake-up is already pending, or the pair is shut down, which the next wait reports.
        Err(error) if error.would_block() || error == Errno(libc::EPIPE) => Ok(()),
        result => result.map(drop),
    }
}

/// [`send_byte`], repeated until the kernel has memory for it: if the baton were lost, no thread would poll again.
fn insist_on_byte(end: c_int) -> Result<()> {
    loop {
        match send_byte(end) {
            Err(Errno(libc::ENOMEM | libc::ENOBUFS | libc::EINTR)) => drop(pause::sleep(1)),
            result => return result,
        }
    }
}

/// Receives so many bytes at most, and returns how many: 0 after the shutdown. Errors: EAGAIN.
fn receive(end: c_int, most: usize) -> Result<usize> {
    let mut bytes = [0u8; 128];
    let length = bytes.len().min(most);
    syscall!(recv(end, bytes.as_mut_ptr().cast(), length, libc::MSG_DONTWAIT)).map(|count| count as usize)
}

/// A dispatcher in the memory of a C program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dispatcher {
    /// Where the baton is to be had.
    near: c_int,
    /// What the polling thread watches beside the descriptors.
    far: c_int,
    places: Places,
}

/// What a place's `events` hold: 0 for an empty one; else the upper half of the token, what to wait for, whether it is armed,
/// and a count that tells one arming from the next.
const TOKEN: c_int = 0xff;
const READ: c_int = 1 << 8;
const WRITE: c_int = 1 << 9;
const ARMED: c_int = 1 << 10;
const TAKEN: c_int = 1 << 11;
const COUNT: c_int = 1 << 12;
const COUNT_MASK: c_int = 0x7fff_f000;

impl OneShotQueue for Dispatcher {
    /// The pair of sockets: the near end and the far one. The baton is there to be taken.
    fn open() -> Result<[c_int; 2]> {
        let pair = fd::private_socket_pair()?;
        send_byte(pair[1]).map(|()| pair).inspect_err(|_| pair.into_iter().for_each(fd::close))
    }

    unsafe fn of([near, far]: [c_int; 2], places: Places) -> Self {
        Dispatcher { near, far, places }
    }

    fn arm(&self, fd: c_int, interest: Interest, token: u64) -> Result<()> {
        self.occupy(fd, interest, token, Errno(libc::ENOSPC), |places| {
            let free =
                |wanted: c_int| places.iter().position(|place| place.events & (TAKEN | ARMED) == wanted);
            // A descriptor whose event was delivered loses its place if there is no empty one.
            free(0).or_else(|| free(TAKEN))
        })
    }

    fn rearm(&self, fd: c_int, interest: Interest, token: u64) -> Result<()> {
        self.occupy(fd, interest, token, Errno(libc::ENOENT), |_| None)
    }

    fn wait(&self, milliseconds: Option<u64>) -> Result<Delivery> {
        match receive(self.near, 1) {
            Ok(0) => Ok(Delivery::Aborted),
            Ok(_) => {
                let outcome = self.look_out(milliseconds);
                // Fails only after the shutdown, when the baton is not needed any more.
                let _ = insist_on_byte(self.far);
                outcome
            }
            Err(error) if error.would_block() => {
                poll(&mut [query(self.near, libc::POLLIN)], milliseconds)?;
                Ok(Delivery::Nothing)
            }
            Err(error) => Err(error),
        }
    }

    fn abort(&self) -> Result<()> {
        match syscall!(shutdown(self.near, libc::SHUT_RDWR)) {
            // It was shut down before.
            Err(Errno(libc::ENOTCONN)) => Ok(()),
            result => result.map(drop),
        }
    }
}

impl Dispatcher {
    /// The places. Under the lock only.
    #[allow(clippy::mut_from_ref)]
    fn places<'a>(&'a self, _turn: &'a mut usize) -> &'a mut [iomux_slot; SLOTS] {
        let mut places = self.places;
        // SAFETY: by the promise of `of`; the thread that holds the lock is the only one that uses them.
        unsafe { places.as_mut() }
    }

    fn occupy(
        &self,
        fd: c_int,
        interest: Interest,
        token: u64,
        absent: Errno,
        otherwise: impl FnOnce(&[iomux_slot; SLOTS]) -> Option<usize>,
    ) -> Result<()> {
        if fd::is_file(fd)? {
            return Err(Errno(libc::EPERM));
        }
        let mut turn = TURN.lock();
        let places = self.places(&mut turn);
        let present = places.iter().position(|place| place.events != 0 && place.fd == fd);
        let index = present.or_else(|| otherwise(places)).ok_or(absent)?;
        let place = &mut places[index];
        let bit = |on: bool, bit: c_int| if on { bit } else { 0 };
        let count = place.events.wrapping_add(COUNT) & COUNT_MASK;
        let wanted = bit(interest.read, READ) | bit(interest.write, WRITE);
        place.fd = fd;
        place.events = count | TAKEN | ARMED | wanted | (token >> 32) as c_int & TOKEN;
        drop(turn);
        insist_on_byte(self.near)
    }

    /// Polls until there is an event or the time is over. The calling thread has the baton.
    fn look_out(&self, milliseconds: Option<u64>) -> Result<Delivery> {
        let end = milliseconds.map(|limit| clock::monotonic_milliseconds().saturating_add(limit));
        loop {
            let left = end.map(|end| end.saturating_sub(clock::monotonic_milliseconds()));
            match self.look(left)? {
                Delivery::Nothing if left != Some(0) => {}
                delivery => return Ok(delivery),
            }
        }
    }

    /// Polls once all that is armed. May return `Nothing` before the time is over.
    fn look(&self, milliseconds: Option<u64>) -> Result<Delivery> {
        let mut queries = [query(self.far, libc::POLLIN); SLOTS + 1];
        let mut asked = [(0, 0); SLOTS + 1];
        let mut length = 1;
        let mut turn = TURN.lock();
        *turn = turn.wrapping_add(1);
        let start = *turn % SLOTS;
        let places = self.places(&mut turn);
        // Starts at another place each time, so that a descriptor that is always ready does not starve the others.
        for index in (start..SLOTS).chain(0..start) {
            let iomux_slot { fd, events } = places[index];
            if events & ARMED != 0 {
                let bit = |flag: c_int, bit| if events & flag != 0 { bit } else { 0 };
                queries[length] = query(fd, bit(READ, libc::POLLIN) | bit(WRITE, libc::POLLOUT));
                asked[length] = (index, events);
                length += 1;
            }
        }
        drop(turn);
        poll(&mut queries[..length], milliseconds)?;
        if queries[0].revents != 0 && receive(self.far, usize::MAX) == Ok(0) {
            return Ok(Delivery::Aborted);
        }
        let mut turn = TURN.lock();
        let places = self.places(&mut turn);
        for (query, (index, events)) in queries.iter().zip(asked).take(length).skip(1) {
            let place = &mut places[index];
            // It was armed again since: the next poll finds out.
            if query.revents == 0 || place.fd != query.fd || place.events != events {
                continue;
            }
            let answer = translate(query, u64::from((events & TOKEN) as u32) << 32 | query.fd as u64);
            if answer.readiness.has(Readiness::CLOSED) {
                place.events = 0;
                continue;
            }
            place.events &= !ARMED;
            return Ok(Delivery::Event {
                token: answer.token,
                readable: answer.readiness.has(Readiness::READABLE),
                writable: answer.readiness.has(Readiness::WRITABLE),
                error: query.revents & libc::POLLERR != 0,
            });
        }
        Ok(Delivery::Nothing)
    }
}
