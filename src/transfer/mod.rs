// SPDX-License-Identifier: MIT OR Apache-2.0
//! Moving bytes: reads and writes that do not wait, and those that do.
//!
//! - this file: io_tryread and its kin;
//! - [`file`]: regions of files to a descriptor;
//! - [`mapped`]: memory and regions of files to a function of the program;
//! - [`passing`]: descriptors to another process.
//!
//! Every call here tells the loop what it learned, so that the next wait knows who was drained and who was not.

pub mod file;
pub mod mapped;
pub mod passing;

use crate::errno::{Answer, Errno, IoError, Result, Transfer};
use crate::evloop::table::Entry;
use crate::evloop::word::{DRAINED, Direction, KNOWN, Kind, NONBLOCK, Outcome, STREAM_LIKE, WATCHED, Word};
use crate::evloop::{Found, known, look_up, moved, register};
use crate::sys::fd::{self, ReadBuf, WriteBuf};
use crate::sys::nature::{Nature, nature};
use crate::sys::receive::{Received, receive, receive_local};
use crate::sys::signal::{handle_sigpipe, sigpipe_is_handled};

/// Reads what is there. See `io_tryread`.
#[inline(always)]
pub fn try_read(d: i64, room: ReadBuf) -> Answer {
    match look_up(d) {
        Some(Found { entry, word, .. })
            if word.answers_again() && !room.is_empty() && entry.exchange(word, word.without(DRAINED)) =>
        {
            Answer::again()
        }
        Some(Found { fd, entry, word }) => read_in(fd as i32, entry, word, room),
        None => unknown(room.is_empty()),
    }
}

/// Writes what fits. See `io_trywrite`.
#[inline(always)]
pub fn try_write(d: i64, bytes: WriteBuf) -> Answer {
    match look_up(d) {
        Some(found) => write_in(found, bytes),
        None => unknown(bytes.is_empty()),
    }
}

/// The usual case, a descriptor in non-blocking mode, stands here, so that it gets by with few instructions.
#[inline(never)]
fn read_in(fd: i32, entry: &Entry, before: Word, room: ReadBuf) -> Answer {
    if room.is_empty() || !before.reads_plainly() {
        return read_otherwise(fd, entry, before, room);
    }
    concluded(entry, before, Direction::Read, room.len(), fd::read(fd, room))
}

/// The next usual case, a Unix stream, and all others.
#[inline(never)]
fn read_otherwise(fd: i32, entry: &Entry, before: Word, room: ReadBuf) -> Answer {
    if room.is_empty() || !before.has(KNOWN) {
        return unknown(room.is_empty());
    }
    if before.kind() == Kind::LocalStream {
        let (length, answer) = counted(room, receive_local(fd, room));
        return concluded(entry, before, Direction::Read, length, answer);
    }
    read(fd, entry, room).into()
}

/// As `read_in`.
#[inline(always)]
fn write_in(Found { fd, entry, word: before }: Found, bytes: WriteBuf) -> Answer {
    if before.has(NONBLOCK) && !bytes.is_empty() && sigpipe_is_handled() {
        return concluded(entry, before, Direction::Write, bytes.len(), fd::write(fd as i32, bytes));
    }
    write_otherwise(fd as i32, entry, before, bytes)
}

#[inline(never)]
fn write_otherwise(fd: i32, entry: &Entry, before: Word, bytes: WriteBuf) -> Answer {
    if bytes.is_empty() || !before.has(KNOWN) {
        return unknown(bytes.is_empty());
    }
    handle_sigpipe();
    write(fd, entry, bytes).into()
}

/// Moves nothing on a descriptor that io_fd does not know, or nothing at all: then it is no error.
#[cold]
#[inline(never)]
fn unknown(nothing: bool) -> Answer {
    if nothing { Answer::moved(0) } else { Answer::refused(IoError::Failed(Errno(libc::EBADF))) }
}

/// Tells the loop that a call has moved nothing.
#[inline(never)]
fn moved_nothing(entry: &Entry, before: Word, direction: Direction, error: Option<Errno>) -> Answer {
    ended(Some(entry), before, direction, usize::MAX, error.map_or(Ok(0), Err)).into()
}

/// As `ended`, with few instructions for a call that has moved something.
#[inline(always)]
fn concluded(
    entry: &Entry,
    before: Word,
    direction: Direction,
    length: usize,
    result: Result<usize>,
) -> Answer {
    match result {
        Ok(count) if count > 0 => {
            let outcome = if count == length { Outcome::Full } else { Outcome::Short };
            moved(entry, before, direction, outcome);
            Answer::moved(count)
        }
        result => moved_nothing(entry, before, direction, result.err()),
    }
}

/// Reads, and waits for something to read if need be. See `io_waitread`.
pub fn wait_read(d: i64, room: ReadBuf) -> Transfer {
    if room.is_empty() {
        return Ok(0);
    }
    let Found { fd, entry, .. } = known(d)?;
    loop {
        match read(fd as i32, entry, room) {
            Err(IoError::Again) => fd::wait_readable(fd as i32)?,
            result => return result,
        }
    }
}

/// Writes, and waits for room if need be. See `io_waitwrite`.
pub fn wait_write(d: i64, bytes: WriteBuf) -> Transfer {
    if bytes.is_empty() {
        return Ok(0);
    }
    let Found { fd, entry, .. } = known(d)?;
    handle_sigpipe();
    loop {
        match write(fd as i32, entry, bytes) {
            Err(IoError::Again) => fd::wait_writable(fd as i32)?,
            result => return result,
        }
    }
}

/// What has become of a call that found nothing to move: too late, if the descriptor's deadline has passed.
pub fn again_or_timed_out(d: i64) -> IoError {
    if register::is_expired(d) { IoError::TimedOut } else { IoError::Again }
}

fn read(fd: i32, entry: &Entry, room: ReadBuf) -> Transfer {
    let before = entry.load();
    let kind = match (before.kind(), before.has(NONBLOCK)) {
        (Kind::Unknown, true) => return read_and_learn(fd, entry, before, room),
        (Kind::Unknown, false) => learn(entry, before, kind_of(nature(fd))),
        (kind, _) => kind,
    };
    let result = match kind {
        Kind::LocalStream => return received(entry, before, room, receive_local(fd, room)),
        Kind::File => fd::read(fd, room),
        _ if before.has(NONBLOCK) => fd::read(fd, room),
        Kind::Stream | Kind::Message => fd::receive_now(fd, room),
        Kind::Other | Kind::Unknown => fd::read_now(fd, room),
    };
    ended(Some(entry), before, Direction::Read, room.len(), result)
}

/// The first read from a descriptor in non-blocking mode: finds out what a short read will mean on it, as far as that
/// costs nothing, and else at the first short read.
fn read_and_learn(fd: i32, entry: &Entry, before: Word, room: ReadBuf) -> Transfer {
    let answer = receive(fd, room);
    match answer {
        Err(Errno(libc::ENOTSOCK)) => {
            learn(entry, before, kind_of(nature(fd)));
            return ended(Some(entry), before, Direction::Read, room.len(), fd::read(fd, room));
        }
        Err(_) => {}
        Ok(received) if received.has_sender => {
            learn(entry, before, Kind::Message);
        }
        Ok(_) if before.has(STREAM_LIKE) => {
            learn(entry, before, Kind::Stream);
        }
        // Before it is watched, a short read means nothing, whatever it is.
        Ok(received) if before.has(WATCHED) && received.count > 0 && received.count < room.len() => {
            learn(entry, before, kind_of(nature(fd)));
        }
        Ok(_) => {}
    }
    received(entry, before, room, answer)
}

/// Tells the loop what came of receiving, and the caller in turn.
fn received(entry: &Entry, before: Word, room: ReadBuf, answer: Result<Received>) -> Transfer {
    let (length, answer) = counted(room, answer);
    ended(Some(entry), before, Direction::Read, length, answer)
}

/// How many bytes were asked for, as far as they could have come (up to what was attached); and how many came.
#[inline(always)]
fn counted(room: ReadBuf, answer: Result<Received>) -> (usize, Result<usize>) {
    let length = match answer {
        Ok(received) if received.cut => received.count,
        _ => room.len(),
    };
    (length, answer.map(|received| received.count))
}

fn write(fd: i32, entry: &Entry, bytes: WriteBuf) -> Transfer {
    let before = entry.load();
    let kind = match before.kind() {
        Kind::Unknown if !before.has(NONBLOCK) => learn(entry, before, kind_of(nature(fd))),
        kind => kind,
    };
    let result = match kind {
        _ if before.has(NONBLOCK) => fd::write(fd, bytes),
        Kind::Stream | Kind::LocalStream | Kind::Message => fd::send_now(fd, bytes),
        Kind::File => fd::write(fd, bytes),
        Kind::Other | Kind::Unknown => fd::write_now(fd, bytes),
    };
    ended(Some(entry), before, Direction::Write, bytes.len(), result)
}

const fn kind_of(nature: Nature) -> Kind {
    match nature {
        Nature::StreamSocket => Kind::Stream,
        Nature::LocalStream => Kind::LocalStream,
        Nature::Socket => Kind::Message,
        Nature::File => Kind::File,
        Nature::Other => Kind::Other,
    }
}

/// Notes the kind, unless the number has come to stand for something else meanwhile.
fn learn(entry: &Entry, before: Word, kind: Kind) -> Kind {
    entry.update(|word| if word.generation() == before.generation() { word.with_kind(kind) } else { word });
    kind
}

/// Tells the loop how a call ended, and the caller in turn.
fn ended(
    entry: Option<&Entry>,
    before: Word,
    direction: Direction,
    length: usize,
    result: Result<usize>,
) -> Transfer {
    let (outcome, answer) = match result {
        Ok(0) => (Outcome::Ended, Ok(0)),
        Ok(count) if count == length => (Outcome::Full, Ok(count)),
        Ok(count) => (Outcome::Short, Ok(count)),
        Err(error) if error.would_block() => (Outcome::Again, Err(IoError::Again)),
        Err(Errno(libc::EINTR)) => (Outcome::Ended, Err(IoError::Again)),
        Err(error) => (Outcome::Ended, Err(IoError::Failed(error))),
    };
    if let Some(entry) = entry {
        moved(entry, before, direction, outcome);
    }
    answer
}
