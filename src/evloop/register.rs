//! Descriptors come and go; wishes, deadlines and cookies.

use super::word::{
    Direction, KNOWN, NONBLOCK, Need, REFUSED, SHARED, WATCHED, Word, ready_bit, unsure_bit, wish_bit,
};
use super::{EPOCH, TABLE, change, find, known, lock, note_doubts, process};
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
pub fn introduce(d: i64, mode: Mode, can_write: bool) -> Result<()> {
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
    process::survive_forks(&mut state)?;
    let entry = TABLE.grow(fd).ok_or(Errno(libc::ENOMEM))?;
    if !entry.load().has(KNOWN) {
        let known = state.known + 1;
        if !state.deadlines.reserve(known) {
            return Err(Errno(libc::ENOMEM));
        }
        state.known = known;
        state.reach = state.reach.max(fd + 1);
        entry.set_cookie(null_mut());
        entry.epoch.store(EPOCH.load(Relaxed), Relaxed);
    }
    state.generation = state.generation.wrapping_add(1);
    let generation = state.generation;
    let (before, after) = change(entry, |word| word.introduced(generation, nonblock, can_write));
    state.watched -= usize::from(before.has(WATCHED));
    if after.wishes() {
        // The number may stand for another open file than before.
        state.watch(fd, entry);
        let mut news = is_level_triggered();
        for direction in Direction::BOTH {
            news |= state.enlist(fd, entry, direction);
        }
        if news {
            state.wake();
        }
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
    // Other processes may keep the open file, and with it the registration.
    let lives_on = before.has(SHARED) || entry.epoch.load(Relaxed) != EPOCH.load(Relaxed);
    if let (true, true, false, Some(backend)) =
        (before.has(WATCHED), lives_on, state.inherited, state.backend)
    {
        backend.remove(fd as i32);
    }
}

/// The open file of this descriptor lives in another process, too.
pub fn mark_shared(d: i64) {
    if let Some((_, entry)) = find(d) {
        entry.update(|word| if word.has(KNOWN) { word.with(SHARED) } else { word });
    }
}

/// Registers a wish.
pub fn wish(d: i64, direction: Direction) {
    let Some((fd, entry)) = find(d) else { return };
    let noted = |word: Word| if word.has(KNOWN) { word.wished(direction) } else { (word, Need::Nothing) };
    let (before, after) = change(entry, |word| noted(word).0);
    note_doubts(before, after, direction);
    if noted(before).1 == Need::Nothing && !is_level_triggered() {
        return;
    }
    let mut state = lock();
    let word = entry.load();
    if !word.has(KNOWN) || !word.has(wish_bit(direction)) {
        return;
    }
    if !word.registered() {
        state.watch(fd, entry);
    }
    let word = entry.load();
    if state.waiting
        && word.has(WATCHED)
        && word.has(unsure_bit(direction))
        && !word.has(ready_bit(direction))
    {
        // The wait that is under way has passed its own questions already.
        state.ask_again(fd, entry);
    }
    let mut news = is_level_triggered() || entry.load().has(REFUSED);
    for direction in Direction::BOTH {
        news |= state.enlist(fd, entry, direction);
    }
    if news {
        state.wake();
    }
}

/// Drops a wish.
pub fn unwish(d: i64, direction: Direction) {
    if let Some((_, entry)) = find(d) {
        change(entry, |word| word.without(wish_bit(direction)));
    }
}

/// The program's last call in this direction gave EAGAIN.
pub fn exhausted(d: i64, direction: Direction) {
    if let Some((_, entry)) = find(d) {
        entry.update(|word| word.exhausted(direction));
    }
}

/// The program's last call gave EAGAIN, in whichever direction it wishes for.
pub fn exhausted_as_wished(d: i64) {
    if let Some((_, entry)) = find(d) {
        for direction in Direction::BOTH {
            entry.update(|word| if word.has(wish_bit(direction)) { word.exhausted(direction) } else { word });
        }
    }
}

/// Treats a known descriptor as if it had become ready. Errors: EBADF.
pub fn queue(d: i64, direction: Direction) -> Result<()> {
    let (fd, entry) = known(d)?;
    let mut state = lock();
    entry.update(|word| if word.has(KNOWN) { word.queued(direction) } else { word });
    if state.enlist(fd, entry, direction) {
        state.wake();
    }
    Ok(())
}

/// Stores the program's cookie.
pub fn set_cookie(d: i64, cookie: *mut c_void) {
    if let Some((_, entry)) = find(d) {
        entry.set_cookie(cookie);
    }
}

/// The program's cookie, NULL if there is none.
pub fn cookie(d: i64) -> *mut c_void {
    find(d).map_or(null_mut(), |(_, entry)| entry.cookie())
}

/// Sets, moves or (all zero) drops a deadline.
pub fn set_deadline(d: i64, deadline: taia) {
    let mut state = lock();
    let Some((fd, _)) = find(d) else { return };
    if deadline.is_zero() {
        state.deadlines.drop(&TABLE, fd);
    } else if state.deadlines.set(&TABLE, fd, deadline) {
        state.wake();
    }
}

/// True if a descriptor has a deadline and it has passed.
pub fn is_late(d: i64) -> bool {
    let state = lock();
    let late =
        find(d).and_then(|(_, entry)| entry.deadline()).is_some_and(|deadline| deadline <= clock::now());
    drop(state);
    late
}

/// The next descriptor of this sweep whose deadline has passed; `None` ends the sweep.
pub fn next_late() -> Option<u32> {
    let mut state = lock();
    if state.deadlines.is_empty() {
        return None;
    }
    if !state.deadlines.sweeping() && state.deadlines.collect(&TABLE, clock::now()) {
        state.put_off_reminder();
    }
    state.deadlines.sweep(&TABLE, |word| !Direction::BOTH.iter().any(|direction| word.fetchable(*direction)))
}

/// Switches the mode of any descriptor, and notes it if io_fd knows the descriptor.
pub fn set_nonblocking(d: i64, on: bool) {
    let Ok(fd) = i32::try_from(d) else { return };
    if descriptor::set_nonblocking(fd, on).is_err() {
        return;
    }
    if let Some((_, entry)) = find(d) {
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
