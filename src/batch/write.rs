// SPDX-License-Identifier: MIT OR Apache-2.0
//! A batch to a function of the program, which compresses, encrypts, or just counts.
//!
//! What the function did not take comes back unmoved: the same bytes at the same address, and no fewer of them. An encoder
//! such as OpenSSL's SSL_write relies on that. Buffers do not move by themselves; the piece of a file that was offered last
//! stays with its entry until all of its bytes were taken.

use super::cleanup::take_piece;
use super::{Batch, OFFERED, is_file, start_of};
use crate::abi::iob_entry;
use crate::errno::{IoError, Transfer};
use crate::sys::signal::handle_sigpipe;
use crate::transfer::callback::{CallbackSink, RegionSink, read};
use crate::transfer::piece::Piece;
use core::ffi::c_void;

/// Offers a batch to a function until it takes less than it was offered. File regions are offered whole to `regions`, if there
/// is such a function. See `iob_write` and `iob_write2`.
pub(crate) fn write(sink: &CallbackSink, regions: Option<RegionSink>, mut batch: Batch) -> Transfer {
    let mut taken = 0u64;
    let mut piece = None;
    handle_sigpipe();
    let failure: Option<IoError> = loop {
        let Some((_, entry)) = batch.first() else { break None };
        let (outcome, offered, untouched) = match (is_file(&entry), regions) {
            (false, _) => offer(batch, &entry, entry.n, || {
                // SAFETY: the program leaves the buffers alone until the batch is done with them.
                unsafe { sink.offer(start_of(&entry), entry.n) }
            }),
            (true, Some(regions)) => {
                offer(batch, &entry, entry.n, || sink.offer_whole(regions, entry.fd, entry.offset, entry.n))
            }
            (true, None) => {
                let (start, length) = match prepare(batch, &entry, &mut piece) {
                    Ok(bytes) => bytes,
                    Err(failure) => break Some(failure),
                };
                // SAFETY: the piece is in memory; it belongs to this call until the function has returned.
                offer(batch, &entry, length, || unsafe { sink.offer(start, length) })
            }
        };
        let count = *outcome.as_ref().unwrap_or(&0) as u64;
        taken += count;
        // The function may have emptied the batch, or sent from it: then these bytes are no longer ours to count.
        if untouched {
            if count < offered {
                keep(batch, &mut piece);
            }
            if count > 0 {
                batch.advance(count);
            }
        }
        match outcome {
            Err(failure) => break Some(failure),
            Ok(_) if !untouched || count < offered => break None,
            Ok(_) => {}
        }
    };
    match failure {
        Some(failure) if taken == 0 => Err(failure),
        _ => Ok(taken as usize),
    }
}

/// Has `function` offer `length` bytes of the first entry. Says what came of it, how much that was, and whether the first
/// entry is still that one, with as much to send as before.
fn offer(
    mut batch: Batch,
    entry: &iob_entry,
    length: u64,
    function: impl FnOnce() -> Transfer,
) -> (Transfer, u64, bool) {
    if let Some(mut place) = batch.first_place() {
        // SAFETY: entries that the array holds are initialized, and no code of the program runs here.
        unsafe { place.as_mut() }.kind |= OFFERED;
    }
    let outcome = function();
    let untouched = batch.first_place().is_some_and(|mut place| {
        // SAFETY: as before.
        let now = unsafe { place.as_mut() };
        let offered = now.kind & OFFERED != 0;
        // An offer may be part of another one, if the function writes the batch itself.
        now.kind = now.kind & !OFFERED | entry.kind & OFFERED;
        offered && (now.offset, now.n) == (entry.offset, entry.n)
    });
    (outcome, length, untouched)
}

/// The next bytes of a file region: those that were offered before, or a new piece. Either way `piece` has them.
fn prepare(
    mut batch: Batch,
    entry: &iob_entry,
    piece: &mut Option<Piece>,
) -> Result<(*const c_void, u64), IoError> {
    // SAFETY: as in `offer`.
    let kept = batch.first_place().and_then(|mut place| take_piece(unsafe { place.as_mut() }));
    if let Some(kept) = kept {
        let kept = piece.insert(kept);
        if let Some((start, length)) = kept.from(entry.offset) {
            return Ok((start, length.min(entry.n)));
        }
    }
    let piece = match piece {
        Some(piece) => piece,
        empty => empty.insert(Piece::allocate()?),
    };
    read(piece, entry.fd, entry.offset, entry.n)
}

/// Leaves the piece, if there is one, with the first entry, if that is a file.
fn keep(mut batch: Batch, piece: &mut Option<Piece>) {
    let Some(mut place) = batch.first_place() else { return };
    // SAFETY: as in `offer`.
    let entry = unsafe { place.as_mut() };
    if let Some(piece) = piece.take_if(|_| is_file(entry)) {
        drop(take_piece(entry));
        entry.buf = piece.into_raw().cast_const().cast();
    }
}
