// SPDX-License-Identifier: MIT OR Apache-2.0
//! io_timeout and its kin: deadlines of descriptors, and which of them have passed.

use super::deadline::Deadlines;
use super::heap::Key;
use super::wait::{Clocks, TIMERS};
use super::word::{ARMED, Direction};
use super::{Handle, TABLE, lock};
use crate::abi::taia;

/// Sets, moves or (all zero) drops a deadline.
#[inline(always)]
pub(crate) fn set_deadline(d: i64, deadline: taia) {
    if let Some(entry) = TABLE.find(d)
        && !Deadlines::put_off(entry, deadline)
    {
        file_deadline(d, deadline);
    }
}

/// Under the lock. C's calling convention leaves the moment in the registers in which the program has put it.
#[inline(never)]
extern "C" fn file_deadline(d: i64, deadline: taia) {
    let mut state = lock();
    let Ok(Handle { fd, .. }) = Handle::find(d) else { return };
    if deadline.is_zero() {
        state.deadlines.drop(&TABLE, fd);
    } else {
        state.timers = Some(&TIMERS);
        if state.deadlines.set(&TABLE, fd, deadline) {
            state.wake();
        }
    }
}

/// True if a descriptor has a deadline and it has passed.
pub(crate) fn is_expired(d: i64) -> bool {
    let Ok(Handle { entry, word, .. }) = Handle::find(d) else { return false };
    if !word.has(ARMED) {
        return false;
    }
    let deadline = Key::unpack(entry.deadline()).or_else(|| lock().deadlines.of(entry));
    deadline.is_some_and(|deadline| deadline <= taia::now().into())
}

/// The next descriptor of this sweep whose deadline has passed; `None` ends the sweep.
pub(crate) fn next_expired() -> Option<u32> {
    let mut state = lock();
    if state.deadlines.is_empty() {
        return None;
    }
    if !state.deadlines.sweeping() && state.deadlines.collect(&TABLE, taia::now()) {
        state.put_off_reminder(&mut Clocks::new());
    }
    state
        .deadlines
        .sweep(&TABLE, |word| !Direction::BOTH.iter().any(|direction| word.deliverable(*direction)))
}
