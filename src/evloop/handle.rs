// SPDX-License-Identifier: MIT OR Apache-2.0
//! The way to a descriptor's state for everything outside the loop: no bit of the word is seen beyond this file.

use super::table::Entry;
use super::word::{
    DRAINED, Direction, FileKind, NONBLOCK, Outcome, REGISTERED, SHARED, STREAM_LIKE, WATCHED, Word,
};
use super::{LOOP, TABLE, note_stale};
use crate::errno::{Errno, IoError, Result, Transfer};
use core::ffi::c_void;

/// A place in the table, and the state that it had a moment ago.
#[derive(Clone, Copy)]
pub(crate) struct Handle {
    pub(super) fd: u32,
    pub(super) entry: &'static Entry,
    pub(super) word: Word,
}

impl Handle {
    /// The place of a descriptor. May return one that is not registered; it has no interest, cookie or deadline. The 64-bit
    /// number is not cut to size: what is too large for a descriptor has no place.
    #[inline(always)]
    pub(crate) fn get(d: i64) -> Option<Handle> {
        let entry = TABLE.find(d)?;
        Some(Handle { fd: d as u32, entry, word: entry.load() })
    }

    /// The place of a registered descriptor. Errors: EBADF for any other.
    #[inline(always)]
    pub(crate) fn find(d: i64) -> Result<Handle> {
        Handle::get(d).ok_or(Errno(libc::EBADF))?.registered()
    }

    /// Errors: EBADF if io_fd did not register it.
    #[inline(always)]
    pub(crate) fn registered(self) -> Result<Handle> {
        if self.word.has(REGISTERED) { Ok(self) } else { Err(Errno(libc::EBADF)) }
    }

    /// The state now.
    pub(crate) fn reload(self) -> Handle {
        Handle { word: self.entry.load(), ..self }
    }

    /// The descriptor.
    #[inline(always)]
    pub(crate) const fn fd(self) -> i32 {
        self.fd as i32
    }

    /// True in nonblocking mode, as far as the library was told.
    #[inline(always)]
    pub(crate) const fn is_nonblocking(self) -> bool {
        self.word.has(NONBLOCK)
    }

    /// The kind of file, as far as it was found out.
    pub(crate) const fn kind(self) -> FileKind {
        self.word.kind()
    }

    /// The kind of file, found out now if need be.
    pub(crate) fn find_kind(self) -> FileKind {
        match self.kind() {
            FileKind::Unknown => self.note_kind(FileKind::of(self.fd())),
            kind => kind,
        }
    }

    /// Notes the kind, unless the number stands for another file by now. A terminal with write interest belongs in a list,
    /// which takes the lock; a signal handler may have interrupted its owner, and then the next call finds it out again.
    #[cold]
    pub(crate) fn note_kind(self, kind: FileKind) -> FileKind {
        let generation = self.word.generation();
        let noted = |word: Word| if word.generation() == generation { word.with_kind(kind) } else { word };
        if kind != FileKind::Terminal {
            self.entry.update(noted);
        } else if let Some(mut state) = LOOP.try_lock() {
            state.change_and_enqueue(self.fd, self.entry, noted);
            state.wake();
        }
        kind
    }

    /// True if the kernel watches it, so that a short read may matter.
    pub(crate) const fn is_watched(self) -> bool {
        self.word.has(WATCHED)
    }

    /// True if its events had the sign of a TCP socket.
    pub(crate) const fn looks_like_tcp(self) -> bool {
        self.word.has(STREAM_LIKE)
    }

    /// True if a read is read(2), and its outcome needs no more than [`Handle::run`].
    #[inline(always)]
    pub(crate) const fn reads_plainly(self) -> bool {
        self.word.reads_plainly()
    }

    /// True if the last read emptied the stream, and the next one may say so without a system call; once.
    #[inline(always)]
    pub(crate) fn takes_known_eagain(self) -> bool {
        self.word.has(DRAINED) && self.entry.exchange(self.word, self.word.without(DRAINED))
    }

    /// Runs a system call that offers `length` bytes, and notes what its outcome says about readiness.
    #[inline(always)]
    pub(crate) fn run(
        self,
        direction: Direction,
        length: usize,
        call: impl FnOnce() -> Result<usize>,
    ) -> Transfer {
        match call() {
            Ok(count) if count > 0 => {
                self.note(direction, if count == length { Outcome::Full } else { Outcome::Short });
                Ok(count)
            }
            Ok(_) => Ok(0),
            Err(error) => Err(self.failed(direction, error)),
        }
    }

    /// The end of a call that has failed.
    #[inline(never)]
    fn failed(self, direction: Direction, error: Errno) -> IoError {
        if error.would_block() {
            self.note(direction, Outcome::Again);
        }
        IoError::of_call(error)
    }

    /// A read or write call that began in the state of this handle has ended. In the usual case, nothing has happened since.
    #[inline(always)]
    pub(crate) fn note(self, direction: Direction, outcome: Outcome) {
        let word = self.entry.load();
        if word == self.word && word.takes_outcomes() {
            let after = word.after_call(direction, outcome);
            if self.entry.exchange(word, after) {
                note_stale(word, after, direction);
                return;
            }
        }
        self.note_otherwise(direction, outcome);
    }

    #[inline(never)]
    fn note_otherwise(self, direction: Direction, outcome: Outcome) {
        let (from, to) = self.entry.update(|word| word.moved(direction, self.word, outcome));
        note_stale(from, to, direction);
    }

    /// The open file description lives in another process, too.
    pub(crate) fn note_shared(self) {
        self.entry.update(|word| if word.has(REGISTERED) { word.with(SHARED) } else { word });
    }

    /// The mode was switched.
    pub(crate) fn note_nonblocking(self, on: bool) {
        self.entry.update(|word| if on { word.with(NONBLOCK) } else { word.without(NONBLOCK) });
    }

    /// The program's cookie, NULL if there is none.
    pub(crate) fn cookie(self) -> *mut c_void {
        self.entry.cookie()
    }

    /// Stores the program's cookie.
    pub(crate) fn set_cookie(self, cookie: *mut c_void) {
        self.entry.set_cookie(cookie);
    }
}
