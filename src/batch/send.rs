// SPDX-License-Identifier: MIT OR Apache-2.0
//! A batch to a descriptor: buffers gathered, files without copying, header and file in shared packets.

use super::{Batch, is_file, start_of};
use crate::abi::iob_entry;
use crate::errno::{Errno, IoError, Result, Transfer, unchanged_on_success};
use crate::sys::fd::gather::{self, Gather};
use crate::transfer::file::Target;

/// Sends as much of a batch as the descriptor takes. See `iob_send`.
pub(crate) fn send(d: i64, batch: Batch) -> Transfer {
    unchanged_on_success(|| send_what_fits(d, batch))
}

fn send_what_fits(d: i64, mut batch: Batch) -> Transfer {
    let mut sent = 0u64;
    // The kernel holds back a packet that is not full, because we announced that more follows.
    let mut held_back = false;
    let mut target = None;
    let failure = loop {
        let Some((index, entry)) = batch.first() else { break None };
        let target = match &mut target {
            Some(target) => target,
            empty => match Target::new(d) {
                Ok(fresh) => empty.insert(fresh),
                Err(error) => break Some(IoError::Failed(error)),
            },
        };
        let outcome = if is_file(&entry) {
            target.run_region(|target| send_region(target, &entry))
        } else {
            target.run(|target| {
                let (offered, result) = send_buffers(target, batch, index, &mut held_back);
                (usize::try_from(offered).unwrap_or(usize::MAX), result)
            })
        };
        match outcome {
            Ok(count) => {
                held_back &= !is_file(&entry);
                sent += count as u64;
                batch.advance(count as u64);
            }
            Err(failure) => break Some(failure),
        }
    };
    if let (true, Some(target)) = (held_back, target) {
        gather::flush(target.fd);
    }
    match failure {
        Some(failure) if sent == 0 => Err(failure),
        _ => Ok(sent as usize),
    }
}

/// Sends a file region, or its beginning. Errors: EIO if the file is shorter than the program promised.
fn send_region(target: &mut Target, entry: &iob_entry) -> Result<usize> {
    match target.send_file(entry.fd, entry.offset, entry.n)? {
        0 => Err(Errno(libc::EIO)),
        count => Ok(count),
    }
}

/// Sends the buffers from `index` on up to the next file, or as many as one call takes. Also says how much that was.
fn send_buffers(
    target: &mut Target,
    mut batch: Batch,
    index: usize,
    held_back: &mut bool,
) -> (u64, Result<usize>) {
    let mut pieces = Gather::new();
    let mut offered = 0;
    let mut more = false;
    for index in index.. {
        let Some(entry) = batch.entry(index) else { break };
        // SAFETY: entries that the array holds are initialized.
        let entry = unsafe { entry.read() };
        if is_file(&entry) {
            let (of_file, result) = target.send_with_file(&mut pieces, entry.fd, entry.offset, entry.n);
            *held_back |= result.is_ok();
            return (offered + of_file, result);
        }
        if pieces.can_grow() && target.carries_messages() {
            pieces.grow();
        }
        // SAFETY: the program leaves the buffers alone until the batch is done with them.
        more = !unsafe { pieces.push(start_of(&entry), entry.n) };
        if more {
            break;
        }
        offered += entry.n;
    }
    if more && target.carries_messages() {
        return (offered, Err(too_large(&pieces)));
    }
    let result = target.send(&mut pieces, more);
    if result.is_ok() {
        *held_back = more;
    }
    (offered, result)
}

/// Why these pieces, which are not all, cannot be a message: in two it would be another one.
#[cold]
fn too_large(pieces: &Gather) -> Errno {
    Errno(if pieces.can_grow() { libc::ENOMEM } else { libc::EMSGSIZE })
}
