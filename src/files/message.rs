// SPDX-License-Identifier: MIT OR Apache-2.0
//! Messages to the standard descriptors: one line, written with one call.
//!
//! Nothing here changes errno: a program may report an error and then look at it.

use crate::abi::argv0;
use crate::errno::Errno;
use crate::sys::file;
use crate::sys::lock::Lock;
use crate::text::string;
use core::ffi::{c_char, c_int};
use core::iter::once;
use core::ptr::null_mut;
use core::sync::atomic::Ordering::Acquire;
use libc::iovec;

/// What [`queue`] was given and [`flush`] has not written yet. Messages of that many pieces are written in
/// one call, which is what other programs that write to the same pipe or terminal may rely on.
static QUEUE: Lock<Line<25>> = Lock::new(Line::new());

crate::sys::fork::survives_fork!(static QUEUE in ".init_array.00104");

/// The pieces of a whole message that are written in one call.
const PIECES: usize = 128;

/// Writes a line: the name of the program, the strings, and the error if there is one.
///
/// # Safety
/// All are strings.
pub(crate) unsafe fn write_line(
    d: c_int,
    strings: impl Iterator<Item = *const c_char>,
    error: Option<*const c_char>,
) {
    let errno = Errno::last();
    let mut line = Line::<PIECES>::new();
    let error = error.into_iter().flat_map(|error| [c": ".as_ptr(), error]);
    for piece in name().chain(strings).chain(error).chain(once(c"\n".as_ptr())) {
        // SAFETY: the caller's promise.
        if unsafe { line.push(piece) } {
            line.write(d);
        }
    }
    line.write(d);
    errno.set();
}

/// The start of a message.
fn name() -> impl Iterator<Item = *const c_char> {
    let name = argv0.load(Acquire).cast_const();
    let name = (!name.is_null()).then_some([name, c": ".as_ptr()]);
    name.into_iter().flatten()
}

/// Adds the start of a message to the queue.
pub(crate) fn queue_name(d: c_int) {
    for piece in name() {
        // SAFETY: a literal, or the string that the program has named itself by.
        unsafe { queue(d, piece) }
    }
}

/// Adds a string to the queue. When that is full it is written.
///
/// # Safety
/// The string stays as it is until the queue has been written.
pub(crate) unsafe fn queue(d: c_int, string: *const c_char) {
    let mut line = QUEUE.lock();
    // SAFETY: the caller's promise.
    if unsafe { line.push(string) } {
        drop(line);
        flush(d);
    }
}

/// Writes the queue.
pub(crate) fn flush(d: c_int) {
    let errno = Errno::last();
    // It is written without the lock: the descriptor may make this thread wait.
    let mut line = QUEUE.lock().take();
    line.write(d);
    errno.set();
}

/// Strings that are to be written together.
struct Line<const ROOM: usize> {
    pieces: [iovec; ROOM],
    used: usize,
}

// SAFETY: the addresses are those of strings that the caller of `push` keeps readable, for any thread.
unsafe impl<const ROOM: usize> Send for Line<ROOM> {}

impl<const ROOM: usize> Line<ROOM> {
    const fn new() -> Self {
        Line { pieces: [iovec { iov_base: null_mut(), iov_len: 0 }; ROOM], used: 0 }
    }

    /// Adds a string. True if there is no room for another one: then the line has to be taken out.
    ///
    /// # Safety
    /// It stays as it is until the line has been written.
    unsafe fn push(&mut self, string: *const c_char) -> bool {
        // SAFETY: the caller hands in a string.
        let length = unsafe { string::length(string) };
        self.pieces[self.used] = iovec { iov_base: string.cast_mut().cast(), iov_len: length };
        self.used += 1;
        self.used == ROOM
    }

    /// Takes everything out.
    fn take(&mut self) -> Self {
        core::mem::replace(self, Self::new())
    }

    /// Writes the line, in one call if the descriptor takes it, and empties it. Errors are ignored.
    fn write(&mut self, d: c_int) {
        let used = core::mem::take(&mut self.used);
        let mut rest = &mut self.pieces[..used];
        while !rest.is_empty() {
            // SAFETY: all pieces are still readable.
            match unsafe { file::gather(d, rest) } {
                Err(Errno(libc::EINTR)) => {}
                Ok(0) | Err(_) => return,
                Ok(written) => rest = behind(rest, written),
            }
        }
    }
}

/// What is left of the pieces when so many bytes have been written.
fn behind(pieces: &mut [iovec], mut written: usize) -> &mut [iovec] {
    let partly = pieces.iter_mut().position(|piece| {
        if written < piece.iov_len {
            piece.iov_base = piece.iov_base.cast::<u8>().wrapping_add(written).cast();
            piece.iov_len -= written;
            return true;
        }
        written -= piece.iov_len;
        false
    });
    partly.map_or(&mut [], |partly| &mut pieces[partly..])
}

#[cfg(test)]
mod tests;
