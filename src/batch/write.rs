// SPDX-License-Identifier: MIT OR Apache-2.0
//! A batch to a function of the program, which compresses, encrypts, or just counts.

use super::{Batch, FROM_FILE};
use crate::errno::{IoError, Transfer};
use crate::sys::signal::handle_sigpipe;
use crate::transfer::mapped::CallbackSink;

/// Offers a batch to a function until it takes less than it was offered. See `iob_write`.
pub fn write(taker: &CallbackSink, mut batch: Batch) -> Transfer {
    let mut taken = 0u64;
    handle_sigpipe();
    let refusal: Option<IoError> = loop {
        let Some((index, entry)) = batch.first() else { break None };
        let result = if entry.kind == FROM_FILE {
            taker.offer_region(entry.fd, entry.offset, entry.n)
        } else {
            // SAFETY: the program leaves the buffers alone until the batch is done with them.
            unsafe { taker.offer(entry.buf.wrapping_add(entry.offset as usize).cast(), entry.n) }
        };
        let count = match result {
            Ok(count) => count as u64,
            Err(refusal) => break Some(refusal),
        };
        taken += count;
        // The function may have emptied the batch, or sent from it: then these bytes are no longer ours to count.
        let untouched = batch.first().is_some_and(|(now_index, now)| {
            (now_index, now.offset, now.n, now.buf) == (index, entry.offset, entry.n, entry.buf)
        });
        if !untouched {
            break None;
        }
        batch.advance(count);
        if count < entry.n {
            break None;
        }
    };
    match refusal {
        Some(refusal) if taken == 0 => Err(refusal),
        _ => Ok(taken as usize),
    }
}
