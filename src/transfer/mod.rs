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

use crate::errno::{Errno, Refusal, Result, Transfer};
use crate::evloop::table::Entry;
use crate::evloop::word::{DRAINED, Direction, Kind, NONBLOCK, Outcome, STREAM_LIKE, Word};
use crate::evloop::{known, moved, register};
use crate::sys::fd::{self, Bytes, Nature, Room};
use crate::sys::signal::tame_sigpipe;

/// Reads what is there. See `io_tryread`.
pub fn try_read(d: i64, room: Room) -> Transfer {
    if room.is_empty() {
        return Ok(0);
    }
    let (fd, entry) = known(d)?;
    if entry.load().answers_again() {
        let (before, _) = entry.update(|word| word.without(DRAINED));
        if before.answers_again() {
            return Err(Refusal::Again);
        }
    }
    read(fd as i32, entry, room)
}

/// Writes what fits. See `io_trywrite`.
pub fn try_write(d: i64, bytes: Bytes) -> Transfer {
    if bytes.is_empty() {
        return Ok(0);
    }
    let (fd, entry) = known(d)?;
    tame_sigpipe();
    write(fd as i32, entry, bytes)
}

/// Reads, and waits for something to read if need be. See `io_waitread`.
pub fn wait_read(d: i64, room: Room) -> Transfer {
    if room.is_empty() {
        return Ok(0);
    }
    let (fd, entry) = known(d)?;
    loop {
        match read(fd as i32, entry, room) {
            Err(Refusal::Again) => fd::wait_readable(fd as i32)?,
            result => return result,
        }
    }
}

/// Writes, and waits for room if need be. See `io_waitwrite`.
pub fn wait_write(d: i64, bytes: Bytes) -> Transfer {
    if bytes.is_empty() {
        return Ok(0);
    }
    let (fd, entry) = known(d)?;
    tame_sigpipe();
    loop {
        match write(fd as i32, entry, bytes) {
            Err(Refusal::Again) => fd::wait_writable(fd as i32)?,
            result => return result,
        }
    }
}

/// Turns "not now" into "too late" if the descriptor's deadline has passed.
pub fn or_timed_out(d: i64, result: Transfer) -> Transfer {
    match result {
        Err(Refusal::Again) if register::is_late(d) => Err(Refusal::TimedOut),
        result => result,
    }
}

fn read(fd: i32, entry: &Entry, room: Room) -> Transfer {
    let before = entry.load();
    let result = match (before.has(NONBLOCK), before.kind()) {
        (true, Kind::Unknown) => read_and_learn(fd, entry, before, room),
        (true, _) => fd::read(fd, room),
        (false, Kind::Unknown) => match learn(entry, before, kind_of(fd::nature(fd))) {
            Kind::Stream | Kind::Message => fd::receive_now(fd, room),
            Kind::File => fd::read(fd, room),
            Kind::Other | Kind::Unknown => fd::read_now(fd, room),
        },
        (false, Kind::Stream | Kind::Message) => fd::receive_now(fd, room),
        (false, Kind::File) => fd::read(fd, room),
        (false, Kind::Other) => fd::read_now(fd, room),
    };
    ended(Some(entry), before, Direction::Read, room.len(), result)
}

/// The first read from a descriptor in non-blocking mode: finds out what a short read will mean on it, as far as that
/// costs nothing, and else at the first short read.
fn read_and_learn(fd: i32, entry: &Entry, before: Word, room: Room) -> Result<usize> {
    match fd::receive(fd, room) {
        Err(Errno(libc::ENOTSOCK)) => {
            learn(entry, before, kind_of(fd::nature(fd)));
            fd::read(fd, room)
        }
        Err(error) => Err(error),
        Ok((moved, true)) => {
            learn(entry, before, Kind::Message);
            Ok(moved)
        }
        Ok((moved, false)) => {
            if before.has(STREAM_LIKE) {
                learn(entry, before, Kind::Stream);
            } else if moved > 0 && moved < room.len() {
                learn(entry, before, kind_of(fd::nature(fd)));
            }
            Ok(moved)
        }
    }
}

fn write(fd: i32, entry: &Entry, bytes: Bytes) -> Transfer {
    let before = entry.load();
    let kind = match before.kind() {
        Kind::Unknown if !before.has(NONBLOCK) => learn(entry, before, kind_of(fd::nature(fd))),
        kind => kind,
    };
    let result = match kind {
        _ if before.has(NONBLOCK) => fd::write(fd, bytes),
        Kind::Stream | Kind::Message => fd::send_now(fd, bytes),
        Kind::File => fd::write(fd, bytes),
        Kind::Other | Kind::Unknown => fd::write_now(fd, bytes),
    };
    ended(Some(entry), before, Direction::Write, bytes.len(), result)
}

const fn kind_of(nature: Nature) -> Kind {
    match nature {
        Nature::StreamSocket => Kind::Stream,
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
        Ok(count) if count == length => (Outcome::Full, Ok(count)),
        Ok(0) => (Outcome::Ended, Ok(0)),
        Ok(count) => (Outcome::Short, Ok(count)),
        Err(error) if error.would_block() => (Outcome::Again, Err(Refusal::Again)),
        Err(Errno(libc::EINTR)) => (Outcome::Ended, Err(Refusal::Again)),
        Err(error) => (Outcome::Ended, Err(Refusal::Failed(error))),
    };
    if let Some(entry) = entry {
        moved(entry, before, direction, outcome);
    }
    answer
}
