// SPDX-License-Identifier: MIT OR Apache-2.0
//! Descriptors come and go; wishes, deadlines and cookies.

use super::table::Entry;
use super::word::{
    Direction, KNOWN, LEVEL, NONBLOCK, Need, RETRY_REGISTRATION, SHARED, WATCHED, Word, interest_bit,
    queued_bit,
};
use super::{
    FORK_GENERATION, Found, INTERESTED, LOOP, TABLE, change, find, known, lock, look_up, note_stale, process,
};
use crate::abi::taia;
use crate::errno::{Errno, Result};
use crate::sys::{clock, fd as descriptor, is_level_triggered};
use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::Ordering::Relaxed;

/// How `io_fd` learns whether a descriptor is in non-blocking mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Ask the kernel.
    Ask,
    /// The caller says so.
    Nonblocking,
    /// The caller says that it is not.
    Blocking,
}

/// Makes a descriptor known. Errors: EBADF for what is no open descriptor, ENOMEM.
pub fn register(d: i64, mode: Mode, can_write: bool) -> Result<()> {
    let fd = u32::try_from(d).ok().filter(|fd| *fd <= i32::MAX as u32).ok_or(Errno(libc::EBADF))?;
    let nonblock = match mode {
        Mode::Ask => descriptor::is_nonblocking(fd as i32)?,
        Mode::Nonblocking | Mode::Blocking => {
            if TABLE.get(fd).is_none() {
                // The caller is trusted with the mode, but not with the size of our table.
                descriptor::status_flags(fd as i32)?;
            }
            mode == Mode::Nonblocking
        }
    };
    let mut state = lock();
    // They stand since the library was loaded, unless there was no memory for them.
    process::ensure_fork_handlers()?;
    let entry = TABLE.grow(fd).ok_or(Errno(libc::ENOMEM))?;
    if !entry.load().has(KNOWN) {
        let known = state.known + 1;
        if !state.deadlines.reserve(known) {
            return Err(Errno(libc::ENOMEM));
        }
        state.known = known;
        state.reach = state.reach.max(fd + 1);
        entry.set_cookie(null_mut());
        entry.fork_generation.store(FORK_GENERATION.load(Relaxed), Relaxed);
    }
    state.generation = state.generation.wrapping_add(1);
    let generation = state.generation;
    let (before, after) = change(entry, |word| word.registered_anew(generation, nonblock, can_write));
    state.watched -= usize::from(before.has(WATCHED));
    if after.has_interest() {
        // The number may stand for another open file than before.
        state.watch(fd, entry);
        if state.enqueue(fd, entry) | is_level_triggered() {
            state.wake();
        }
    } else if before.has(LEVEL) {
        state.unregister(fd);
    }
    Ok(())
}

/// Forgets everything about a descriptor, and closes it.
pub fn close(d: i64) {
    let Ok(fd) = i32::try_from(d) else { return };
    if find(d).is_some() {
        forget(fd as u32);
    }
    descriptor::close(fd);
}

/// Before the number is closed, not after: another thread may be given it at once.
fn forget(fd: u32) {
    let mut state = lock();
    let Some(entry) = TABLE.get(fd) else { return };
    state.deadlines.drop(&TABLE, fd);
    let (before, _) = change(entry, Word::forgotten);
    if !before.has(KNOWN) {
        return;
    }
    entry.set_cookie(null_mut());
    state.known -= 1;
    state.watched -= usize::from(before.has(WATCHED));
    // Other processes may keep the open file, and with it the registration; and so may a duplicate, of which we do not know.
    // Only a level-triggered one would make itself felt then.
    let lives_on =
        before.has(SHARED | LEVEL) || entry.fork_generation.load(Relaxed) != FORK_GENERATION.load(Relaxed);
    if before.has(WATCHED) && lives_on {
        state.unregister(fd);
    }
}

/// The open file of this descriptor lives in another process, too.
pub fn mark_shared(d: i64) {
    if let Some(Found { entry, .. }) = find(d) {
        entry.update(|word| if word.has(KNOWN) { word.with(SHARED) } else { word });
    }
}

/// Registers a wish.
#[inline(always)]
pub fn set_interest(d: i64, direction: Direction) {
    let Some(Found { fd, entry, word }) = look_up(d) else { return };
    // Most wishes need nothing but to be noted.
    let noted = word.with(interest_bit(direction));
    if word.left_to_kernel(direction) && !is_level_triggered() && entry.exchange(word, noted) {
        count_interest(word, direction);
    } else {
        match direction {
            Direction::Read => set_interest_of_known::<{ Direction::Read as u8 }>(fd, entry, word),
            Direction::Write => set_interest_of_known::<{ Direction::Write as u8 }>(fd, entry, word),
        }
    }
}

/// A wish for a direction of which something is known: the next usual case. What takes a registration or a wake-up goes
/// the longer way, and so does whoever meets another thread here.
#[inline(never)]
fn set_interest_of_known<const DIRECTION: u8>(fd: u32, entry: &'static Entry, word: Word) {
    let direction = if DIRECTION == Direction::Read as u8 { Direction::Read } else { Direction::Write };
    let (noted, need) = word.with_interest(direction);
    if need == Need::List
        && let Some(mut state) = LOOP.try_lock()
    {
        let listed = noted.with(queued_bit(direction));
        if !state.waiting && !is_level_triggered() && entry.exchange(word, listed) {
            count_interest(word, direction);
            state.append(fd, entry, direction, listed);
            return;
        }
    }
    if need == Need::Nothing && !is_level_triggered() && entry.exchange(word, noted) {
        count_interest(word, direction);
        note_stale(word, noted, direction);
        return;
    }
    set_interest_and_act(fd, entry, direction);
}

#[inline(always)]
fn count_interest(before: Word, direction: Direction) {
    if !before.has(interest_bit(direction)) {
        INTERESTED.fetch_add(1, Relaxed);
    }
}

/// Does whatever a wish takes.
#[inline(never)]
fn set_interest_and_act(fd: u32, entry: &'static Entry, direction: Direction) {
    let mut state = lock();
    let (before, after) = entry.update(|word| {
        if !word.has(KNOWN) {
            return word;
        }
        let (noted, need) = word.with_interest(direction);
        if need == Need::Watch { noted } else { noted.enqueued() }
    });
    if !after.has(KNOWN) {
        return;
    }
    count_interest(before, direction);
    note_stale(before, after, direction);
    let mut news = is_level_triggered() || after.has(RETRY_REGISTRATION);
    if after.registered() {
        if state.waiting && after.has(WATCHED) && after.needs_recheck(direction) {
            // The wait that is under way has passed its own questions already.
            state.rearm(fd, entry);
        }
    } else {
        state.watch(fd, entry);
        news |= state.enqueue(fd, entry) || entry.load().has(RETRY_REGISTRATION);
    }
    if state.link(fd, entry, before, after) || news {
        state.wake();
    }
}

/// Drops a wish.
#[inline(always)]
pub fn clear_interest(d: i64, direction: Direction) {
    let Some(Found { entry, word, .. }) = look_up(d) else { return };
    let (before, _) = entry.update_from(word, |word| word.without(interest_bit(direction)));
    if before.has(interest_bit(direction)) {
        INTERESTED.fetch_sub(1, Relaxed);
    }
}

/// The program's last call in this direction gave EAGAIN.
pub fn would_block(d: i64, direction: Direction) {
    if let Some(Found { entry, .. }) = find(d) {
        let (before, after) = entry.update(|word| word.would_block(direction));
        note_stale(before, after, direction);
    }
}

/// The program's last call gave EAGAIN, in whichever direction it wishes for.
pub fn would_block_as_interested(d: i64) {
    if let Some(Found { entry, .. }) = find(d) {
        for direction in Direction::BOTH {
            let noted = |word: Word| {
                if word.has(interest_bit(direction)) { word.would_block(direction) } else { word }
            };
            let (before, after) = entry.update(noted);
            note_stale(before, after, direction);
        }
    }
}

/// Treats a known descriptor as if it had become ready. Errors: EBADF.
pub fn queue(d: i64, direction: Direction) -> Result<()> {
    let Found { fd, entry, .. } = known(d)?;
    let mut state = lock();
    let queued = |word: Word| if word.has(KNOWN) { word.queued(direction) } else { word };
    if state.change_and_enqueue(fd, entry, queued) {
        state.wake();
    }
    Ok(())
}

/// Stores the program's cookie.
pub fn set_cookie(d: i64, cookie: *mut c_void) {
    if let Some(Found { entry, .. }) = find(d) {
        entry.set_cookie(cookie);
    }
}

/// The program's cookie, NULL if there is none.
pub fn cookie(d: i64) -> *mut c_void {
    look_up(d).map_or(null_mut(), |found| found.entry.cookie())
}

/// Sets, moves or (all zero) drops a deadline.
pub fn set_deadline(d: i64, deadline: taia) {
    let mut state = lock();
    let Some(Found { fd, .. }) = find(d) else { return };
    if deadline.is_zero() {
        state.deadlines.drop(&TABLE, fd);
    } else if state.deadlines.set(&TABLE, fd, deadline) {
        state.wake();
    }
}

/// True if a descriptor has a deadline and it has passed.
pub fn is_expired(d: i64) -> bool {
    let state = lock();
    let expired =
        find(d).and_then(|found| found.entry.deadline()).is_some_and(|deadline| deadline <= clock::now());
    drop(state);
    expired
}

/// The next descriptor of this sweep whose deadline has passed; `None` ends the sweep.
pub fn next_expired() -> Option<u32> {
    let mut state = lock();
    if state.deadlines.is_empty() {
        return None;
    }
    if !state.deadlines.sweeping() && state.deadlines.collect(&TABLE, clock::now()) {
        state.put_off_reminder();
    }
    state
        .deadlines
        .sweep(&TABLE, |word| !Direction::BOTH.iter().any(|direction| word.deliverable(*direction)))
}

/// Switches the mode of any descriptor, and notes it if io_fd knows the descriptor.
pub fn set_nonblocking(d: i64, on: bool) {
    let Ok(fd) = i32::try_from(d) else { return };
    if descriptor::set_nonblocking(fd, on).is_err() {
        return;
    }
    if let Some(Found { entry, .. }) = find(d) {
        entry.update(|word| if on { word.with(NONBLOCK) } else { word.without(NONBLOCK) });
    }
}

/// Sets close-on-exec on any descriptor.
pub fn set_close_on_exec(d: i64) {
    if let Ok(fd) = i32::try_from(d) {
        // The interface has no way to tell of an error.
        let _ = descriptor::set_close_on_exec(fd);
    }
}
