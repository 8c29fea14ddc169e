// SPDX-License-Identifier: MIT OR Apache-2.0
//! Handing memory and file regions to a function of the program.

use crate::abi::io_write_callback;
use crate::errno::{Errno, IoError, Result, Transfer};
use crate::sys::region::{self, Mapping};
use core::ffi::c_void;
use core::mem::MaybeUninit;

/// The largest piece that a callback is offered of a file.
const PIECE: u64 = 64 * 1024;

/// How much of a file is mapped at a time.
const WINDOW: u64 = 1024 * 1024;

/// How much is read at a time where a file cannot be mapped.
const COPY: usize = 16 * 1024;

/// A function of the program that takes bytes, and the descriptor that it is told to write them to.
#[derive(Clone, Copy)]
pub struct CallbackSink {
    function: unsafe extern "C" fn(i64, *const c_void, u64) -> i64,
    target: i64,
}

impl CallbackSink {
    /// Errors: EINVAL for NULL.
    ///
    /// # Safety
    /// The function is one that a C program meant for this, and the program vouches for it.
    pub unsafe fn new(function: io_write_callback, target: i64) -> Result<Self> {
        function.map(|function| CallbackSink { function, target }).ok_or(Errno(libc::EINVAL))
    }

    /// Offers bytes; at least one of them was taken. A function that takes nothing and names no reason counts as a peer
    /// that has gone (EPIPE); one that claims more than it was offered took all.
    ///
    /// # Safety
    /// `length` bytes at `start` can be read.
    pub unsafe fn offer(&self, start: *const c_void, length: u64) -> Transfer {
        // SAFETY: by the promises of `new` and of this function.
        match unsafe { (self.function)(self.target, start, length) } {
            0 => Err(IoError::Failed(Errno(libc::EPIPE))),
            taken @ 1.. => Ok((taken as u64).min(length) as usize),
            -1 if Errno::last().would_block() => Err(IoError::Again),
            _ => Err(IoError::Failed(Errno::last())),
        }
    }

    /// Offers a file region in pieces until one is not taken whole, or the file ends. At least one byte was taken. Errors:
    /// EIO if the file ends before the region begins.
    pub fn offer_region(&self, file: i64, offset: u64, length: u64) -> Transfer {
        if length == 0 {
            return Ok(0);
        }
        let file = i32::try_from(file).map_err(|_| Errno(libc::EBADF))?;
        let end = offset.checked_add(length).ok_or(Errno(libc::EOVERFLOW))?;
        let mut source = Source { file, end, window: None };
        let mut room = [MaybeUninit::uninit(); COPY];
        let mut position = offset;
        while position < end {
            let step =
                source.piece(position, &mut room).map_err(IoError::Failed).and_then(|(start, length)| {
                    // SAFETY: the source has just found the piece readable.
                    unsafe { self.offer(start, length) }.map(|taken| (taken as u64, length))
                });
            match step {
                Ok((taken, offered)) => {
                    position += taken;
                    if taken < offered {
                        break;
                    }
                }
                Err(refusal) if position == offset => return Err(refusal),
                Err(_) => break,
            }
        }
        Ok((position - offset) as usize)
    }
}

/// Where the pieces of a region come from.
struct Source {
    file: i32,
    end: u64,
    window: Option<(u64, Mapping)>,
}

impl Source {
    /// The next piece, valid until the next call. Errors: EIO at the end of the file.
    fn piece(&mut self, position: u64, room: &mut [MaybeUninit<u8>; COPY]) -> Result<(*const c_void, u64)> {
        // Looked at anew for every piece: behind the end of a file that was cut short wait signals, not bytes.
        // Files that are made up while they are read call themselves empty.
        if let Ok(size @ 1..) = region::size(self.file) {
            let left = self.end.min(size).saturating_sub(position);
            if left == 0 {
                return Err(Errno(libc::EIO));
            }
            let length = left.min(PIECE);
            if let Some(start) = self.mapped(position, length, left) {
                return Ok((start, length));
            }
        }
        let wanted = (self.end - position).min(COPY as u64) as usize;
        match region::read_at(self.file, &mut room[..wanted], position)? {
            [] => Err(Errno(libc::EIO)),
            piece => Ok((piece.as_ptr().cast(), piece.len() as u64)),
        }
    }

    /// Where a piece is in memory, if the file can be mapped.
    fn mapped(&mut self, position: u64, length: u64, left: u64) -> Option<*const c_void> {
        let covers = |(start, mapping): &(u64, Mapping)| {
            (position.checked_sub(*start)?.checked_add(length)? <= mapping.reach() as u64).then_some(())
        };
        if self.window.as_ref().and_then(covers).is_none() {
            self.window = None;
            let mapping = Mapping::new(self.file, position, left.min(WINDOW) as usize).ok()?;
            self.window = Some((position, mapping));
        }
        self.window.as_ref().map(|(start, mapping)| mapping.at((position - start) as usize))
    }
}
