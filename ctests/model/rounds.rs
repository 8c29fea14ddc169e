// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is ready and expired by the kernel's word, and whether the library says the same.

use crate::kind::Kind;
use crate::signals;
use crate::slot::Slot;
use crate::world::{SLOTS, World};
use std::collections::BTreeSet;

impl World<'_> {
    /// True if this one is in blocking mode, was not put into the queue by hand, and is not ready.
    fn would_block(&self, d: i64, events: libc::c_short) -> bool {
        let by_hand = |slot: &Slot| if events == libc::POLLIN { slot.queued } else { slot.queued_write };
        let found = self.slots.iter().flatten().find(|slot| i64::from(slot.fd) == d);
        found.is_some_and(|slot| slot.blocking && !by_hand(slot) && !slot.is_ready(events))
    }

    /// What the kernel finds ready and the program has interest in.
    fn expected(&self) -> (BTreeSet<i64>, BTreeSet<i64>) {
        let (mut read, mut write) = (BTreeSet::new(), BTreeSet::new());
        for slot in self.slots.iter().flatten() {
            let mut query = libc::pollfd { fd: slot.fd, events: libc::POLLIN | libc::POLLOUT, revents: 0 };
            // SAFETY: one descriptor.
            unsafe { libc::poll(&mut query, 1, 0) };
            let failed = query.revents & libc::POLLHUP != 0
                || query.revents & libc::POLLERR != 0 && !slot.kind.has_an_error_queue();
            if slot.want_read && (failed || query.revents & libc::POLLIN != 0) {
                read.insert(slot.fd.into());
            }
            if slot.want_write && (failed || query.revents & libc::POLLOUT != 0) {
                write.insert(slot.fd.into());
            }
        }
        (read, write)
    }

    pub(crate) fn round(&mut self, fetches: usize, blocking: bool) -> Result<(), String> {
        let library = self.library;
        let (read, write) = self.expected();
        if blocking && read.is_empty() && write.is_empty() {
            return Ok(());
        }
        // SAFETY: nothing to promise; io_wait has something to return for.
        unsafe { if blocking { (library.io_wait)() } else { (library.io_check)() } };
        // io_wait may return without polling; then what else is ready comes in the next round.
        let whole = fetches == usize::MAX && !blocking;
        let fetch = |function: unsafe extern "C" fn() -> i64, events| {
            let mut found = BTreeSet::new();
            for _ in 0..fetches {
                // SAFETY: nothing to promise.
                match unsafe { function() } {
                    -1 => break,
                    d if !found.insert(d) => return Err(format!("{d} comes twice in a round")),
                    d if self.would_block(d, events) => {
                        return Err(format!("{d} is returned, and a call would wait ({})", self.describe(d)));
                    }
                    _ => {}
                }
            }
            Ok(found)
        };
        let got = (fetch(library.io_canread, libc::POLLIN)?, fetch(library.io_canwrite, libc::POLLOUT)?);
        for ready in [&got.0, &got.1] {
            // Places, not numbers: these depend on what else is open.
            let place = |d: &i64| self.slots.iter().flatten().position(|slot| i64::from(slot.fd) == *d);
            let places: BTreeSet<Option<usize>> = ready.iter().map(place).collect();
            self.transcript.extend(places.into_iter().map(|place| place.map_or(-1, |place| place as i64)));
            self.transcript.push(i64::MAX);
        }
        for (name, got, wanted, direction) in
            [("io_canread", &got.0, &read, 0), ("io_canwrite", &got.1, &write, 1)]
        {
            for d in wanted.difference(got) {
                if whole {
                    return Err(format!(
                        "{name} does not return {d}, which is ready ({})",
                        self.describe(*d)
                    ));
                }
            }
            for d in got.difference(wanted) {
                let allowed = self.slots.iter().flatten().any(|slot| {
                    let interested = if direction == 0 { slot.want_read } else { slot.want_write };
                    let excused = slot.left_over
                        || slot.has_an_error()
                        || if direction == 0 {
                            slot.queued
                        } else {
                            slot.assumed_writable || slot.queued_write
                        };
                    i64::from(slot.fd) == *d && interested && excused
                });
                if !allowed {
                    return Err(format!("{name} returns {d}, which is not ready ({})", self.describe(*d)));
                }
            }
        }
        for slot in self.slots.iter_mut().flatten() {
            slot.left_over = !whole;
            if got.0.contains(&slot.fd.into()) {
                slot.queued = false;
            }
            if got.1.contains(&slot.fd.into()) {
                (slot.assumed_writable, slot.queued_write) = (false, false);
            }
            slot.urgent_unseen &= !slot.want_read && !slot.want_write;
        }
        let errors = self.slots.iter().flatten().any(Slot::has_an_error);
        if blocking && got.0.is_empty() && got.1.is_empty() && !errors {
            return Err("io_wait returns for nothing".into());
        }
        Ok(())
    }

    /// True if a wait has to last: no descriptor with interest is ready, expired, or might be reported once more.
    fn has_to_wait(&self) -> bool {
        let (read, write) = self.expected();
        let interested = || self.slots.iter().flatten().filter(|slot| slot.want_read || slot.want_write);
        let may_be_reported = |slot: &Slot| {
            slot.queued || slot.queued_write || slot.left_over || slot.assumed_writable || slot.has_an_error()
        };
        let late = |slot: &Slot| slot.deadline.is_some_and(|seconds| seconds <= 0);
        let any_late = self.slots.iter().flatten().any(late) || interested().any(may_be_reported);
        read.is_empty() && write.is_empty() && !any_late && interested().next().is_some()
    }

    pub(crate) fn wait_through_signals(&mut self, at: usize) -> Result<(), String> {
        let reads = |slot: &&Slot| slot.want_read && !slot.silent && slot.kind != Kind::PipeWriter;
        let peer = self.slots[at].as_ref().filter(reads).and_then(|slot| slot.peer);
        if peer.is_none() || !self.has_to_wait() {
            return Ok(());
        }
        // SAFETY: nothing to promise.
        let ((), seen, written) = signals::during(peer, || unsafe { (self.library.io_wait)() });
        if !written {
            return Err(format!("io_wait ends after {seen} signals, and no descriptor is ready"));
        }
        self.round(usize::MAX, false)
    }

    pub(crate) fn wait_until_a_signal(&mut self) -> Result<(), String> {
        if !self.has_to_wait() {
            return Ok(());
        }
        // SAFETY: nothing to promise.
        let (result, seen, _) = signals::during(None, || unsafe { (self.library.io_waituntil2)(5000) });
        if result == -1 && seen > 0 { Ok(()) } else { Err(format!("io_waituntil2 says {result}")) }
    }

    fn describe(&self, d: i64) -> String {
        let found = self.slots.iter().flatten().find(|slot| i64::from(slot.fd) == d);
        found.map_or("unknown".into(), |slot| {
            let mode = if slot.blocking { ", blocking" } else { "" };
            format!("{:?}, read {}, write {}{mode}", slot.kind, slot.want_read, slot.want_write)
        })
    }

    /// One whole sweep: exactly those whose deadline has passed and that have nothing ready to be fetched, earliest first.
    pub(crate) fn sweep(&mut self) -> Result<(), String> {
        let library = self.library;
        let mut order = Vec::new();
        loop {
            // SAFETY: nothing to promise.
            match unsafe { (library.io_timeouted)() } {
                -1 => break,
                d if order.len() > SLOTS => return Err(format!("the sweep does not end: {d}")),
                d => order.push(d),
            }
        }
        let late = |d: i64| {
            let slot = self.slots.iter().flatten().find(|slot| i64::from(slot.fd) == d);
            slot.and_then(|slot| slot.deadline).filter(|seconds| *seconds <= 0)
        };
        let deadlines: Vec<Option<i64>> = order.iter().map(|d| late(*d)).collect();
        if deadlines.iter().any(Option::is_none) || !deadlines.is_sorted() {
            return Err(format!("io_timeouted returns {order:?}, late are {deadlines:?}"));
        }
        for slot in self.slots.iter().flatten() {
            let d = i64::from(slot.fd);
            // SAFETY: nothing to promise.
            let timed_out = unsafe { (library.io_timedout)(d) } == 1;
            if timed_out != late(d).is_some() {
                return Err(format!("io_timedout({d}) is {timed_out}"));
            }
            if late(d).is_some() && !slot.want_read && !slot.want_write && !order.contains(&d) {
                return Err(format!("io_timeouted does not return {d}"));
            }
        }
        Ok(())
    }
}
