// SPDX-License-Identifier: MIT OR Apache-2.0
//! Interest: what io_wait is to watch out for, and what the program says about readiness.

use super::table::Entry;
use super::word::{
    Direction, FileKind, Need, REGISTERED, RETRY_REGISTRATION, WATCHED, Word, forced_bit, interest_bit,
    queued_bit, ready_bit,
};
use super::{Handle, LOOP, lock, note_stale};
use crate::errno::{Result, unchanged};
use crate::sys::is_level_triggered;

/// Sets interest.
#[inline(always)]
pub(crate) fn set_interest(d: i64, direction: Direction) {
    let Some(Handle { fd, entry, word }) = Handle::get(d) else { return };
    // Most interest needs nothing but to be noted.
    let noted = word.with(interest_bit(direction));
    let left = word.left_to_kernel(direction) && !may_be_terminal(word, direction);
    if left && !is_level_triggered() && entry.exchange(word, noted) {
        return;
    }
    match direction {
        Direction::Read => set_on_known::<{ Direction::Read as u8 }>(fd, entry, word),
        Direction::Write => set_on_known::<{ Direction::Write as u8 }>(fd, entry, word),
    }
}

/// True for what may be a terminal that is not known to be writable: the kernel does not reliably report that.
#[inline(always)]
fn may_be_terminal(word: Word, direction: Direction) -> bool {
    direction == Direction::Write && word.kind() == FileKind::Unknown && !word.has(ready_bit(direction))
}

/// Interest in a direction of which something is known: the next usual case. What takes a registration or a wake-up goes
/// the longer way, and so does a thread that meets another one here.
#[inline(never)]
fn set_on_known<const DIRECTION: u8>(fd: u32, entry: &'static Entry, word: Word) {
    let direction = if DIRECTION == Direction::Read as u8 { Direction::Read } else { Direction::Write };
    let (noted, need) = word.with_interest(direction);
    if need == Need::List
        && let Some(mut state) = LOOP.try_lock()
    {
        let listed = noted.with(queued_bit(direction));
        if !state.waiting && !is_level_triggered() && entry.exchange(word, listed) {
            state.append(fd, entry, direction, listed);
            return;
        }
    }
    let simple = need == Need::Nothing && !may_be_terminal(noted, direction);
    if simple && !is_level_triggered() && entry.exchange(word, noted) {
        note_stale(word, noted, direction);
        return;
    }
    set_and_act(fd, entry, direction);
}

/// Does whatever an interest takes.
#[inline(never)]
fn set_and_act(fd: u32, entry: &'static Entry, direction: Direction) {
    unchanged(|| act(fd, entry, direction));
}

fn act(fd: u32, entry: &'static Entry, direction: Direction) {
    let mut state = lock();
    let (before, after) = entry.update(|word| {
        if !word.has(REGISTERED) {
            return word;
        }
        let (noted, need) = word.with_interest(direction);
        if need == Need::Watch { noted } else { noted.enqueued() }
    });
    if !after.has(REGISTERED) {
        return;
    }
    note_stale(before, after, direction);
    let mut news = is_level_triggered() || after.has(RETRY_REGISTRATION);
    if after.watch_tried() {
        if state.waiting && after.has(WATCHED) && after.needs_recheck(direction) {
            // The wait that is under way has passed its own recheck already.
            state.rearm(fd, entry);
        }
    } else {
        state.watch(fd, entry);
        news |= state.enqueue(fd, entry) || entry.load().has(RETRY_REGISTRATION);
    }
    news |= state.enqueue_changed(fd, entry, before, after);
    state.find_terminal(fd, entry);
    if news || entry.load().needs_interval(direction) {
        state.wake();
    }
}

/// Drops interest.
#[inline(always)]
pub(crate) fn clear_interest(d: i64, direction: Direction) {
    if let Some(Handle { entry, word, .. }) = Handle::get(d) {
        entry.update_from(word, |word| word.without(interest_bit(direction)));
    }
}

/// The program's last call in this direction gave EAGAIN.
pub(crate) fn note_would_block(d: i64, direction: Direction) {
    if let Ok(Handle { entry, .. }) = Handle::find(d) {
        let (before, after) = entry.update(|word| word.would_block(direction));
        note_stale(before, after, direction);
    }
}

/// The program's last call gave EAGAIN, in each direction that has interest.
pub(crate) fn note_would_block_of_interest(d: i64) {
    if let Ok(Handle { entry, .. }) = Handle::find(d) {
        for direction in Direction::BOTH {
            let noted = |word: Word| {
                if word.has(interest_bit(direction)) { word.would_block(direction) } else { word }
            };
            let (before, after) = entry.update(noted);
            note_stale(before, after, direction);
        }
    }
}

/// Treats a registered descriptor as if it had become ready. Errors: EBADF.
pub(crate) fn force(d: i64, direction: Direction) -> Result<()> {
    let Handle { fd, entry, .. } = Handle::find(d)?;
    let mut state = lock();
    let forced = |word: Word| if word.has(REGISTERED) { word.forced(direction) } else { word };
    let news = state.change_and_enqueue(fd, entry, forced);
    // Where it is in a list already, that may be the list of stale ones.
    if !news && entry.load().has(forced_bit(direction)) {
        state.force();
    }
    if news || state.forced {
        state.wake();
    }
    Ok(())
}
