// SPDX-License-Identifier: MIT OR Apache-2.0
//! The ready rounds of io_canread and io_canwrite.

use super::list::List;
use super::table::Entry;
use super::word::{Direction, FileKind, forced_bit, queued_bit, ready_bit, stale_bit};
use super::{Loop, MAY_BE_READY, lock};
use crate::sys::fd;
use core::sync::atomic::Ordering::Relaxed;

/// The next descriptor that is ready in this direction and has interest, once per round.
#[inline(always)]
pub(crate) fn next_ready(direction: Direction) -> Option<u32> {
    if !MAY_BE_READY[direction as usize].load(Relaxed) {
        return None;
    }
    let mut state = lock();
    // The usual cases stand here, so that they get by with few instructions.
    match state.ready[direction as usize].front() {
        Some((fd, entry)) => {
            let word = entry.load();
            if word.delivers_at_once(direction) && entry.exchange(word, word.delivered(direction)) {
                state.ready[direction as usize].advance(direction, entry);
                state.stale[direction as usize].push(direction, fd, entry);
                state.note_whether_ready(direction);
                return Some(fd);
            }
        }
        None if !state.forced => {
            state.note_whether_ready(direction);
            return None;
        }
        None => {}
    }
    state.next_ready_otherwise(direction)
}

impl Loop {
    /// Saves the next call the lock, if there is nothing more.
    #[inline(always)]
    fn note_whether_ready(&self, direction: Direction) {
        if self.ready[direction as usize].first().is_none() && !self.forced {
            MAY_BE_READY[direction as usize].store(false, Relaxed);
        }
    }

    #[inline(never)]
    fn next_ready_otherwise(&mut self, direction: Direction) -> Option<u32> {
        self.adopt();
        while let Some((fd, entry)) = self.ready[direction as usize].pop(direction) {
            if self.deliver(fd, entry, direction) {
                return Some(fd);
            }
        }
        if self.forced { self.next_forced(direction) } else { None }
    }

    /// What becomes of a descriptor that was taken out of the ready ones. True if it is to be returned.
    #[inline(never)]
    fn deliver(&mut self, fd: u32, entry: &'static Entry, direction: Direction) -> bool {
        if !self.confirm(fd, entry, direction) {
            self.put_back(fd, entry, direction);
            return false;
        }
        let (before, after) = entry.update(|word| {
            if word.deliverable(direction) { word.delivered(direction) } else { word.dequeued(direction) }
        });
        if after.has(queued_bit(direction)) {
            self.stale[direction as usize].push(direction, fd, entry);
        }
        before.deliverable(direction)
    }

    /// True if a descriptor may be returned now. In blocking mode the kernel is asked: readiness that is out of date would
    /// make the program's next call wait. What is not ready after all waits for the kernel's next event.
    pub(super) fn confirm(&mut self, fd: u32, entry: &'static Entry, direction: Direction) -> bool {
        let word = entry.load();
        if !word.deliverable(direction) {
            return false;
        }
        if word.needs_no_confirmation(direction) || is_ready(fd as i32, word.kind(), direction) {
            return true;
        }
        entry.update(|word| word.without(ready_bit(direction) | stale_bit(direction)));
        false
    }

    /// The same for what io_queueforread and io_queueforwrite have made ready, and what is among the stale ones.
    #[cold]
    #[inline(never)]
    fn next_forced(&mut self, direction: Direction) -> Option<u32> {
        let mut all = self.stale[direction as usize].take();
        let (mut ready, mut kept) = (List::new(), List::new());
        while let Some((fd, entry)) = all.pop(direction) {
            let forced = entry.load().has(forced_bit(direction));
            let list = if forced { &mut ready } else { &mut kept };
            list.push(direction, fd, entry);
        }
        self.stale[direction as usize] = kept;
        while let Some((fd, entry)) = ready.pop(direction) {
            if self.deliver(fd, entry, direction) {
                self.ready[direction as usize] = ready;
                return Some(fd);
            }
        }
        None
    }
}

/// True if a call in this direction would not wait now.
fn is_ready(fd: i32, kind: FileKind, direction: Direction) -> bool {
    let events = match direction {
        Direction::Read => libc::POLLIN,
        Direction::Write => libc::POLLOUT,
    };
    match fd::ready_now(fd, events) {
        // The error may be in a queue of its own, while a read of the socket waits.
        Ok(libc::POLLERR) if direction == Direction::Read => {
            let kind = if kind == FileKind::Unknown { FileKind::of(fd) } else { kind };
            !kind.is_socket()
        }
        Ok(answer) => answer != 0,
        // The program's own call will tell.
        Err(_) => true,
    }
}
