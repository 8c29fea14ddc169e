// SPDX-License-Identifier: MIT OR Apache-2.0
//! io_fd and io_close: descriptors are registered and forgotten.

use super::word::{HAD_INTEREST, LEVEL_TRIGGERED, REGISTERED, SHARED, WATCHED, Word};
use super::{FORK_GENERATION, Handle, TABLE, lock, process};
use crate::errno::{Errno, Result, unchanged, unchanged_on_success};
use crate::sys::{fd as descriptor, is_level_triggered};
use core::ptr::null_mut;
use core::sync::atomic::Ordering::Relaxed;

/// How `io_fd` learns whether a descriptor is in nonblocking mode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// Ask the kernel.
    Ask,
    /// The caller says so.
    Nonblocking,
    /// The caller says that it is not.
    Blocking,
}

/// Registers a descriptor. Errors: EBADF for what is no open descriptor, ENOMEM.
pub(crate) fn register(d: i64, mode: Mode, can_write: bool) -> Result<()> {
    unchanged_on_success(|| note(d, mode, can_write))
}

fn note(d: i64, mode: Mode, can_write: bool) -> Result<()> {
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
    if !entry.load().has(REGISTERED) {
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
    let (before, after) = entry.update(|word| word.registered_anew(generation, nonblock, can_write));
    state.watched -= usize::from(before.has(WATCHED));
    if after.has_interest() {
        // The number may stand for another open file description than before.
        state.watch(fd, entry);
        if state.enqueue(fd, entry) | is_level_triggered() {
            state.wake();
        }
    } else if before.has(LEVEL_TRIGGERED) {
        state.unregister(fd);
    }
    Ok(())
}

/// Forgets everything about a descriptor, and closes it.
pub(crate) fn close(d: i64) {
    let Ok(fd) = i32::try_from(d) else { return };
    if Handle::find(d).is_ok() {
        unchanged(|| forget(fd as u32));
    }
    descriptor::close(fd);
}

/// Before the number is closed, not after: another thread may be given it at once.
fn forget(fd: u32) {
    let mut state = lock();
    let Some(entry) = TABLE.get(fd) else { return };
    state.drop_deadline(fd);
    let (before, _) = entry.update(Word::forgotten);
    if !before.has(REGISTERED) {
        return;
    }
    entry.set_cookie(null_mut());
    state.known -= 1;
    state.watched -= usize::from(before.has(WATCHED));
    state.had_interest -= usize::from(before.has(HAD_INTEREST));
    // Other processes may keep the open file description, and with it the registration; and so may a duplicate, of which
    // we do not know. Only a level-triggered one would make itself felt then.
    let forked = entry.fork_generation.load(Relaxed) != FORK_GENERATION.load(Relaxed);
    if before.has(WATCHED) && (before.has(SHARED | LEVEL_TRIGGERED) || forked) {
        state.unregister(fd);
    }
}
