// SPDX-License-Identifier: MIT OR Apache-2.0
//! The descriptors of one random program, and what the contract says of them.

use crate::kind::{Kind, check};
use crate::library::{Library, Moment};
use crate::process::{self, Keeper};
use crate::slot::Slot;
use crate::step::Step;
use std::os::fd::RawFd;

/// How many descriptors a program has at most.
pub(crate) const SLOTS: usize = 6;

pub(crate) struct World<'a> {
    pub(crate) library: &'a Library,
    pub(crate) slots: [Option<Slot>; SLOTS],
    duplicates: Vec<RawFd>,
    keepers: Vec<Keeper>,
    /// What the library has returned: results of reads, and places of those that were ready.
    pub(crate) transcript: Vec<i64>,
    /// Whether io_finishandshutdown ends it.
    pub(crate) finishes: bool,
    pub(crate) buffer: Vec<u8>,
    now: Moment,
}

impl<'a> World<'a> {
    pub(crate) fn new(library: &'a Library) -> Self {
        let mut now = Moment::default();
        // SAFETY: there is room for the moment.
        unsafe { (library.taia_now)(&mut now) };
        World {
            library,
            slots: [const { None }; SLOTS],
            duplicates: Vec::new(),
            keepers: Vec::new(),
            transcript: Vec::new(),
            finishes: true,
            buffer: vec![7; 1 << 20],
            now,
        }
    }

    pub(crate) fn run(&mut self, program: &[Step]) -> Result<(), String> {
        for (number, step) in program.iter().enumerate() {
            self.take(step).map_err(|reason| format!("step {number}, {step:?}: {reason}"))?;
        }
        Ok(())
    }

    fn take(&mut self, step: &Step) -> Result<(), String> {
        let library = self.library;
        match *step {
            Step::Fork(ref program) => {
                process::in_a_child(self, program)?;
                // What the child did is like what this program does by plain calls.
                self.slots.iter_mut().flatten().for_each(|slot| slot.left_over = true);
                for step in program {
                    if let Step::PeerShutsDown(at) = *step {
                        self.slots[at].iter_mut().for_each(|slot| slot.silent = true);
                    }
                }
            }
            Step::ForkAKeeper if self.keepers.len() < 3 => self.keepers.push(Keeper::new()),
            Step::ForkAKeeper => {}
            Step::WaitThroughSignals(at) => return self.wait_through_signals(at),
            Step::WaitUntilASignal => return self.wait_until_a_signal(),
            Step::Open(at, kind) => {
                self.close(at);
                let (fd, peer) = kind.open();
                self.slots[at] = Some(self.known(fd, peer, kind)?);
            }
            Step::Round => return self.round(usize::MAX, false),
            Step::PartOfARound(fetches) => return self.round(fetches, false),
            Step::Wait => return self.round(usize::MAX, true),
            Step::Sweep => return self.sweep(),
            Step::Close(at) => self.close(at),
            Step::CloseButKeepADuplicate(at) => {
                if let Some(slot) = &self.slots[at] {
                    // SAFETY: plain descriptors.
                    self.duplicates.push(check(unsafe { libc::dup(slot.fd) }));
                    self.close(at);
                }
            }
            Step::PlainCloseAndReopen(at) => {
                if let Some(slot) = self.slots[at].take() {
                    close(slot.fd);
                    if let Some(peer) = slot.peer {
                        close(peer);
                    }
                    let (fd, peer) = slot.kind.open();
                    // The lowest number is free again, so that it often is the same; interest belongs to the number.
                    let same = fd == slot.fd;
                    let mut fresh = self.known(fd, peer, slot.kind)?;
                    if same {
                        fresh.deadline = slot.deadline;
                    } else {
                        // SAFETY: a number that the library knows and that is closed.
                        unsafe {
                            (library.io_dontwantread)(slot.fd.into());
                            (library.io_dontwantwrite)(slot.fd.into());
                            (library.io_timeout)(slot.fd.into(), Moment::default());
                        }
                    }
                    let d = i64::from(fd);
                    // SAFETY: as above. A wait in between may have forgotten the interest with the closed number.
                    unsafe {
                        (library.io_wantread)(d);
                        (library.io_wantwrite)(d);
                    }
                    (fresh.want_read, fresh.want_write) = (true, true);
                    self.slots[at] = Some(fresh);
                }
            }
            _ => {
                let at = match *step {
                    Step::Rare(at, _) => at,
                    Step::InterestRead(at, _) | Step::InterestWrite(at, _) | Step::PeerWrites(at, _) => at,
                    Step::PeerReads(at, _) | Step::PeerShutsDown(at) | Step::PeerCloses(at) => at,
                    Step::Drain(at)
                    | Step::TryRead(at, _)
                    | Step::PlainRead(at, _)
                    | Step::TryWrite(at, _) => at,
                    Step::PlainWrite(at, _) | Step::RegisterAgain(at) | Step::QueueForRead(at) => at,
                    Step::Deadline(at, _) => at,
                    _ => return Err("no such step".into()),
                };
                let Some(mut slot) = self.slots[at].take() else { return Ok(()) };
                let outcome = self.take_at(step, &mut slot);
                self.slots[at] = Some(slot);
                return outcome;
            }
        }
        Ok(())
    }

    /// A step that concerns one descriptor.
    fn take_at(&mut self, step: &Step, slot: &mut Slot) -> Result<(), String> {
        let (library, d) = (self.library, i64::from(slot.fd));
        let (room, length) = (self.buffer.as_mut_ptr(), |size: usize| size.min(1 << 20));
        // SAFETY: descriptors of this program, and lengths within the buffer.
        unsafe {
            match *step {
                Step::InterestRead(_, true) => (library.io_wantread)(d),
                Step::InterestRead(_, false) => (library.io_dontwantread)(d),
                Step::InterestWrite(_, true) => (library.io_wantwrite)(d),
                Step::InterestWrite(_, false) => (library.io_dontwantwrite)(d),
                Step::PeerWrites(_, size) => {
                    slot.peer.map(|peer| libc::write(peer, room.cast(), length(size.min(60_000))));
                }
                Step::PeerReads(_, size) => {
                    slot.peer.map(|peer| libc::read(peer, room.cast(), length(size)));
                }
                Step::PeerShutsDown(_) => {
                    slot.silent = true;
                    slot.peer.map(|peer| libc::shutdown(peer, libc::SHUT_WR));
                }
                Step::PeerCloses(_) => {
                    if let Some(peer) = slot.peer.take() {
                        close(peer);
                    }
                }
                Step::TryRead(_, size) => {
                    let before = self.readable_bytes(slot);
                    let got = (library.io_tryread)(d, room, length(size) as i64);
                    if got == -1 && before > 0 && !matches!(slot.kind, Kind::Tcp | Kind::Unix) {
                        return Err(format!("io_tryread says EAGAIN, and {before} bytes are there"));
                    }
                }
                Step::Drain(_) => {
                    let mut got = 1;
                    while got > 0 {
                        got = (library.io_tryread)(d, room, length(5000) as i64);
                        self.transcript.push(got);
                    }
                }
                Step::PlainRead(_, size) => {
                    slot.read_plainly(room, length(size));
                }
                Step::TryWrite(_, size) => {
                    (library.io_trywrite)(d, room, length(size) as i64);
                }
                Step::PlainWrite(_, size) => {
                    slot.write_plainly(room, length(size));
                }
                Step::Rare(_, rare) => return self.take_rare(rare, slot),
                Step::RegisterAgain(_) if (library.io_fd)(d) != 1 => {
                    return Err("io_fd fails".into());
                }
                Step::QueueForRead(_) => {
                    slot.queued = library.io_queueforread.is_some_and(|queue| queue(d) == 1);
                }
                Step::Deadline(_, seconds) => {
                    slot.deadline = Some(seconds);
                    let mut moment = self.now;
                    moment.sec = moment.sec.wrapping_add_signed(seconds * 1000);
                    (library.io_timeout)(d, moment);
                }
                _ => {}
            }
        }
        match *step {
            Step::InterestRead(_, on) => slot.want_read = on,
            Step::InterestWrite(_, on) => {
                slot.assumed_writable |= on && !slot.want_write;
                slot.want_write = on;
            }
            _ => {}
        }
        Ok(())
    }

    fn readable_bytes(&self, slot: &Slot) -> i32 {
        let mut count = 0;
        // SAFETY: there is room for the number.
        match unsafe { libc::ioctl(slot.fd, libc::FIONREAD, &mut count) } {
            0 => count,
            _ => 0,
        }
    }

    fn known(&self, fd: RawFd, peer: RawFd, kind: Kind) -> Result<Slot, String> {
        // SAFETY: plain descriptors.
        unsafe {
            let on = 1;
            libc::ioctl(peer, libc::FIONBIO, &on);
            if (self.library.io_fd)(fd.into()) != 1 {
                return Err("io_fd fails".into());
            }
            (self.library.io_nonblock)(fd.into());
        }
        Ok(Slot {
            fd,
            peer: Some(peer),
            kind,
            blocking: false,
            urgent_unseen: false,
            queued_write: false,
            want_read: false,
            want_write: false,
            queued: false,
            left_over: false,
            assumed_writable: false,
            deadline: None,
            silent: false,
        })
    }

    fn close(&mut self, at: usize) {
        if let Some(slot) = self.slots[at].take() {
            // SAFETY: a plain descriptor.
            unsafe { (self.library.io_close)(slot.fd.into()) };
            if let Some(peer) = slot.peer {
                close(peer);
            }
        }
    }
}

impl Drop for World<'_> {
    fn drop(&mut self) {
        for at in 0..SLOTS {
            self.close(at);
        }
        self.duplicates.drain(..).for_each(close);
        self.keepers.clear();
        // SAFETY: no other thread uses the library.
        unsafe {
            if self.finishes {
                (self.library.io_finishandshutdown)();
            } else {
                (self.library.io_check)();
            }
        }
    }
}

fn close(fd: RawFd) {
    // SAFETY: a plain descriptor.
    unsafe { libc::close(fd) };
}
