// SPDX-License-Identifier: MIT OR Apache-2.0
//! io_timeout and its kin: deadlines of descriptors, and which of them have passed.

use super::wait::TIMERS;
use super::word::Direction;
use super::{Handle, LOOP, Loop, TABLE, lock};
use crate::abi::taia;
use crate::sys::lock::Guard;

/// Sets, moves or (all zero) drops a deadline.
#[inline(always)]
pub(crate) fn set_deadline(d: i64, deadline: taia) {
    // Servers put deadlines off with each request: that waits for nothing and moves nothing.
    let Some(state) = LOOP.try_lock() else { return file_deadline(lock(), d, deadline) };
    let Ok(found) = Handle::find(d) else { return };
    if !state.deadlines.put_off(found.entry, found.word, deadline) {
        file_deadline(state, d, deadline);
    }
}

#[inline(never)]
fn file_deadline(mut state: Guard<'_, Loop>, d: i64, deadline: taia) {
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
    let state = lock();
    let deadline = Handle::find(d).ok().and_then(|found| found.entry.deadline());
    let expired = deadline.is_some_and(|deadline| deadline <= taia::now());
    drop(state);
    expired
}

/// The next descriptor of this sweep whose deadline has passed; `None` ends the sweep.
pub(crate) fn next_expired() -> Option<u32> {
    let mut state = lock();
    if state.deadlines.is_empty() {
        return None;
    }
    if !state.deadlines.sweeping() && state.deadlines.collect(&TABLE, taia::now()) {
        state.put_off_reminder();
    }
    state
        .deadlines
        .sweep(&TABLE, |word| !Direction::BOTH.iter().any(|direction| word.deliverable(*direction)))
}
