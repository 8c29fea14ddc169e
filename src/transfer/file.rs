// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sending regions of files: without copying where the kernel can, by copying where it refuses.

use super::piece::Piece;
use crate::errno::{Errno, IoError, Result, Transfer, unchanged_on_success};
use crate::evloop::Handle;
use crate::evloop::word::Direction;
use crate::sys::fd::gather::Gather;
use crate::sys::fd::{self, ReadBuf};
use crate::sys::file::FileKind;
use crate::sys::file::sendfile;
use crate::sys::signal::handle_sigpipe;

/// How much of something without offsets is copied at a time: whatever reports itself writable takes that, but for terminals.
const PASSED_ON: usize = 4096;

/// A descriptor that bytes go out to, registered or not.
pub(crate) struct Target {
    /// Its number.
    pub fd: i32,
    handle: Option<Handle>,
    socket: bool,
    /// Whether it is a socket of messages, once that was asked.
    messages: Option<bool>,
    /// The last region came from something without offsets, which may make us wait as well as the target.
    streamed: bool,
}

impl Target {
    /// Errors: EBADF for a number that is no descriptor.
    pub(crate) fn new(d: i64) -> Result<Self> {
        let fd = i32::try_from(d).ok().filter(|fd| *fd >= 0).ok_or(Errno(libc::EBADF))?;
        let handle = Handle::find(d).ok();
        let kind = handle.map_or(FileKind::Unknown, Handle::kind);
        handle_sigpipe();
        let socket = kind == FileKind::Unknown || kind.is_socket();
        Ok(Target { fd, handle, socket, messages: None, streamed: false })
    }

    /// Runs a call that says how many bytes it offered, and notes what its outcome says about readiness.
    pub(crate) fn run(&mut self, call: impl FnOnce(&mut Self) -> (usize, Result<usize>)) -> Transfer {
        let handle = self.handle.map(Handle::reload);
        unchanged_on_success(|| {
            let (length, result) = call(self);
            match handle {
                Some(handle) => handle.run(Direction::Write, length, || result),
                None => result.map_err(IoError::of_call),
            }
        })
    }

    /// The same for a call that offered a file region. Fewer bytes than were offered do not show that the target is full:
    /// the file may have ended. Nor does an EAGAIN that may be the source's.
    pub(crate) fn run_region(&mut self, call: impl FnOnce(&mut Self) -> Result<usize>) -> Transfer {
        let handle = self.handle.map(Handle::reload);
        unchanged_on_success(|| match (call(self), handle) {
            (Err(error), _) if self.streamed && error.would_block() => Err(IoError::Again),
            (result, Some(handle)) => handle.run(Direction::Write, result.unwrap_or(0), || result),
            (result, None) => result.map_err(IoError::of_call),
        })
    }

    /// True if each call sends a message of its own.
    #[cold]
    pub(crate) fn carries_messages(&mut self) -> bool {
        let fd = self.fd;
        *self.messages.get_or_insert_with(|| fd::carries_messages(fd))
    }

    /// Sends pieces of memory; `more` says that something follows at once.
    pub(crate) fn send(&mut self, pieces: &mut Gather, more: bool) -> Result<usize> {
        if self.socket {
            match pieces.send(self.fd, more) {
                Err(Errno(libc::ENOTSOCK)) => self.socket = false,
                result => return result,
            }
        }
        pieces.write(self.fd)
    }

    /// Sends up to `length` bytes of a file region. 0: the file ends there.
    pub(crate) fn send_file(&mut self, file: i64, offset: u64, length: u64) -> Result<usize> {
        let file = i32::try_from(file).map_err(|_| Errno(libc::EBADF))?;
        self.streamed = false;
        match sendfile::send(self.fd, None, file, offset, length) {
            Err(error) if sendfile::is_unsupported(error) => self.copy(file, offset, length),
            result => result,
        }
    }

    /// Sends pieces of memory and up to `length` bytes of a file region behind them, where one call can do that, and else
    /// the pieces alone. Also says how much of the region was offered.
    pub(crate) fn send_with_file(
        &mut self,
        pieces: &mut Gather,
        file: i64,
        offset: u64,
        length: u64,
    ) -> (u64, Result<usize>) {
        let may_go = sendfile::HEADERS_LIMIT.is_some_and(|limit| pieces.bytes() <= limit);
        let (true, Ok(file)) = (may_go, i32::try_from(file)) else {
            return (0, self.send(pieces, true));
        };
        match sendfile::send(self.fd, Some(pieces), file, offset, length) {
            // At its end or unfit, the file kept the pieces from going: they go without it.
            Ok(0) => (0, self.send(pieces, true)),
            Err(error) if sendfile::is_unsupported(error) => (0, self.send(pieces, true)),
            Err(error) if !error.would_block() && error != Errno(libc::EINTR) => {
                (0, self.send(pieces, true).map_err(|_| error))
            }
            result => (length, result),
        }
    }

    /// Copies a piece of the region by way of memory of our own.
    #[cold]
    #[inline(never)]
    fn copy(&mut self, file: i32, offset: u64, length: u64) -> Result<usize> {
        let mut piece = Piece::allocate()?;
        match piece.fill(file, offset, length) {
            Err(Errno(libc::ESPIPE)) => return self.pass_on(file, &mut piece, length),
            result => result?,
        };
        let Some((start, count)) = piece.from(offset) else { return Ok(0) };
        let mut pieces = Gather::new();
        // SAFETY: the piece lives until the end of this function.
        unsafe { pieces.push(start, count) };
        // Not "more follows": the file may end here.
        self.send(&mut pieces, false)
    }

    /// Sends what can be read from a pipe, a socket, a terminal: something without offsets.
    fn pass_on(&mut self, source: i32, piece: &mut Piece, length: u64) -> Result<usize> {
        self.streamed = true;
        match sendfile::splice(self.fd, source, length) {
            Err(error) if sendfile::is_unsupported(error) => {}
            result => return result,
        }
        // What has been read cannot be put back, so nothing is read before the target is writable.
        if fd::is_nonblocking(self.fd)? && !fd::is_writable(self.fd)? {
            return Err(Errno(libc::EAGAIN));
        }
        let wanted = usize::try_from(length).map_or(PASSED_ON, |length| length.min(PASSED_ON));
        let memory = &mut piece.memory()[..wanted];
        // SAFETY: the memory is ours.
        let count = fd::read(source, unsafe { ReadBuf::of_size(memory.as_mut_ptr().cast(), memory.len()) })?;
        let mut sent = 0;
        while sent < count {
            let mut pieces = Gather::new();
            // SAFETY: the kernel has filled in `count` bytes of the memory, which lives until the end of this function.
            unsafe { pieces.push(memory.as_ptr().wrapping_add(sent).cast(), (count - sent) as u64) };
            match self.send(&mut pieces, false) {
                Ok(0) => break,
                Ok(more) => sent += more,
                Err(Errno(libc::EINTR)) => {}
                Err(error) if error.would_block() => fd::wait_writable(self.fd)?,
                Err(error) if sent == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(sent)
    }
}

/// Sends a region of a file. See `io_sendfile`.
pub(crate) fn send_file(d: i64, file: i64, offset: u64, length: u64) -> Transfer {
    if length == 0 {
        return Ok(0);
    }
    unchanged_on_success(|| send_what_fits(d, file, offset, length))
}

fn send_what_fits(d: i64, file: i64, offset: u64, length: u64) -> Transfer {
    let mut target = Target::new(d)?;
    let mut sent = 0u64;
    while sent < length {
        let left = length - sent;
        let position = offset.checked_add(sent).ok_or(Errno(libc::EOVERFLOW))?;
        match target.run_region(|target| target.send_file(file, position, left)) {
            Ok(0) => break,
            Ok(count) => sent += count as u64,
            Err(_) if sent > 0 => break,
            Err(failure) => return Err(failure),
        }
    }
    Ok(sent as usize)
}
