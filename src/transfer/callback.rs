// SPDX-License-Identifier: MIT OR Apache-2.0
//! Handing memory and file regions to a function of the program.

use super::piece::Piece;
use crate::abi::{io_sendfile_callback, io_write_callback};
use crate::errno::{Errno, IoError, Result, Transfer};
use core::ffi::c_void;

/// A function of the program that takes bytes, and the descriptor that it is told to write them to.
#[derive(Clone, Copy)]
pub(crate) struct CallbackSink {
    function: unsafe extern "C" fn(i64, *const c_void, u64) -> i64,
    target: i64,
}

/// A function of the program that takes regions of files.
#[derive(Clone, Copy)]
pub(crate) struct RegionSink(unsafe extern "C" fn(i64, i64, u64, u64, io_write_callback) -> i64);

impl RegionSink {
    /// `None` for NULL.
    ///
    /// # Safety
    /// The function is one that a C program meant for this, and the program vouches for it.
    pub(crate) unsafe fn new(function: io_sendfile_callback) -> Option<Self> {
        function.map(RegionSink)
    }
}

impl CallbackSink {
    /// Errors: EINVAL for NULL.
    ///
    /// # Safety
    /// The function is one that a C program meant for this, and the program vouches for it.
    pub(crate) unsafe fn new(function: io_write_callback, target: i64) -> Result<Self> {
        function.map(|function| CallbackSink { function, target }).ok_or(Errno(libc::EINVAL))
    }

    /// Offers bytes; on success at least one of them was taken. A function that takes nothing and gives no reason counts as a
    /// peer that has gone (EPIPE); one that claims more than it was offered took all.
    ///
    /// # Safety
    /// `length` bytes at `start` can be read.
    pub(crate) unsafe fn offer(&self, start: *const c_void, length: u64) -> Transfer {
        // SAFETY: by the promises of `new` and of this function.
        outcome(unsafe { (self.function)(self.target, start, length) }, length)
    }

    /// Offers a whole file region to `regions`, which answers as in [`offer`](Self::offer).
    pub(crate) fn offer_whole(&self, regions: RegionSink, file: i64, offset: u64, length: u64) -> Transfer {
        // SAFETY: by the promises of `RegionSink::new` and `new`.
        outcome(unsafe { (regions.0)(self.target, file, offset, length, Some(self.function)) }, length)
    }

    /// Offers a file region piece by piece until one is not taken whole, or the file ends. On success at least one byte was
    /// taken. Errors: EIO if the file ends before the region begins; ENOMEM.
    pub(crate) fn offer_region(&self, file: i64, offset: u64, length: u64) -> Transfer {
        if length == 0 {
            return Ok(0);
        }
        let end = offset.checked_add(length).ok_or(Errno(libc::EOVERFLOW))?;
        let mut piece = Piece::allocate()?;
        let mut position = offset;
        while position < end {
            let step = read(&mut piece, file, position, end - position);
            // SAFETY: the piece is in memory, and stays until the end of this function.
            match step.and_then(|(start, length)| unsafe { self.offer(start, length) }.map(|n| (n, length))) {
                Ok((taken, offered)) => {
                    position += taken as u64;
                    if (taken as u64) < offered {
                        break;
                    }
                }
                Err(failure) if position == offset => return Err(failure),
                Err(_) => break,
            }
        }
        Ok((position - offset) as usize)
    }
}

/// Reads the next piece of a region, and says where it is. Errors: EIO at the end of the file.
pub(crate) fn read(
    piece: &mut Piece,
    file: i64,
    offset: u64,
    left: u64,
) -> core::result::Result<(*const c_void, u64), IoError> {
    let file = i32::try_from(file).map_err(|_| Errno(libc::EBADF))?;
    match piece.fill(file, offset, left) {
        Err(error) if error.would_block() || error == Errno(libc::EINTR) => Err(IoError::Again),
        Err(error) => Err(error.into()),
        Ok(_) => piece.from(offset).ok_or(Errno(libc::EIO).into()),
    }
}

/// What the answer of a function to an offer of `length` bytes means.
fn outcome(answer: i64, length: u64) -> Transfer {
    match answer {
        0 => Err(IoError::Failed(Errno(libc::EPIPE))),
        taken @ 1.. => Ok((taken as u64).min(length) as usize),
        -1 if Errno::last().would_block() => Err(IoError::Again),
        _ => Err(IoError::Failed(Errno::last())),
    }
}
