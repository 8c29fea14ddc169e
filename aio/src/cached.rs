// SPDX-License-Identifier: MIT OR Apache-2.0
//! Short reads whose bytes are in the page cache: the calling thread copies them itself, which costs less than waking
//! another one. The kernel is asked not to wait, so a read that would need the device fails here and is queued. What a list
//! asks for goes through a ring of the thread's own, with one system call.

use crate::abi::{Aiocb, PRIORITY_DELTA_MAX};
use crate::core::{CORE, Core};
use crate::errno::unchanged;
use crate::lock::Guard;
use crate::notify::Notice;
use crate::pin;
use crate::request::Operation;
use crate::status;
use crate::stream;
use crate::submit::Order;
use crate::uring::thread::{self, Read};
use core::ffi::c_int;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Relaxed;

/// Bytes that are copied in the calling thread at most: a few microseconds.
const LARGEST: usize = 32 << 10;

/// Of a list, so many bytes at most, and only if there are some to read.
const MOST_BYTES: usize = 256 << 10;
const FEWEST: usize = 4;

/// Where the page cache does not help, an attempt is wasted: after each failure in a row twice as many reads go without one,
/// up to this many.
const MOST_SKIPPED: u32 = 64;

/// Reads that go without an attempt from now on, and how many there were after the latest failure. Two threads may miscount:
/// an attempt more or less.
static SKIP: AtomicU32 = AtomicU32::new(0);
static PENALTY: AtomicU32 = AtomicU32::new(0);

/// True if the block may be read at once: a short read at a position, that nothing pending could change. What the call is going
/// to refuse is not read: then the program's buffer stays as it is.
pub(crate) fn is_worth_trying(core: &Core, block: &Aiocb, order: Order) -> bool {
    if order.operation != Operation::Read
        || order.vectored
        || !(1..=LARGEST).contains(&block.nbytes)
        || block.offset(order.width) < 0
        || !(0..=PRIORITY_DELTA_MAX).contains(&block.reqprio)
        || !Notice::is_valid(&block.sigevent)
        || status::error(block) == libc::EINPROGRESS
    {
        return false;
    }
    match SKIP.load(Relaxed) {
        0 => core.files.find(block.fildes).is_none_or(|file| file.writes.get() == 0),
        skip => {
            SKIP.store(skip - 1, Relaxed);
            false
        }
    }
}

/// Reads what the block asks for; `None` if not all of it is there. Not for the time in which the lock is held: the program's
/// buffer may have to come from a device, too.
pub(crate) fn read(block: &Aiocb, order: Order) -> Option<usize> {
    let fd = block.fildes;
    let vector = libc::iovec { iov_base: block.buf, iov_len: block.nbytes };
    let is_read = uses_page_cache(fd)
        && stream::no_wait(fd, true, &raw const vector, 1, block.offset(order.width)) == Ok(block.nbytes);
    note(is_read);
    is_read.then_some(block.nbytes)
}

/// False with O_DIRECT: the kernel would wait for the device, whatever it is asked.
fn uses_page_cache(fd: c_int) -> bool {
    let flags = pin::flags(fd);
    flags != -1 && flags & libc::O_DIRECT == 0
}

/// Counts an attempt.
fn note(is_read: bool) {
    let penalty = if is_read { 0 } else { (PENALTY.load(Relaxed) * 2).clamp(1, MOST_SKIPPED) };
    PENALTY.store(penalty, Relaxed);
    SKIP.store(penalty, Relaxed);
}

/// Which entries of a list were read already: those of the first 64 whose bits are set.
#[derive(Clone, Copy)]
pub(crate) struct Done(u64);

impl Done {
    /// How many bytes entry `index` has got, all that it asks for, if it was read.
    pub(crate) fn of(self, index: usize, block: &Aiocb) -> Option<usize> {
        (index < thread::MOST && self.0 >> index & 1 == 1).then_some(block.nbytes)
    }
}

/// Reads of a list what is worth trying, with one system call; `order` says what an entry asks for. Gives the lock back for
/// that time.
pub(crate) fn read_many(
    core: Guard<'static, Core>,
    entries: &[Option<&Aiocb>],
    order: impl Fn(&Aiocb) -> Option<Order>,
) -> (Guard<'static, Core>, Done) {
    let mut reads = [Read::NONE; thread::MOST];
    let (mut count, mut bytes) = (0, 0);
    if core.engine.is_ring() && entries.len() >= FEWEST {
        for (index, block) in entries.iter().take(thread::MOST).enumerate() {
            let Some((block, order)) = block.and_then(|block| Some((block, order(block)?))) else { continue };
            // What follows a write may be meant to see it.
            if order.operation != Operation::Read {
                break;
            }
            if is_worth_trying(&core, block, order)
                && core.table.find(block).is_none()
                && bytes + block.nbytes <= MOST_BYTES
            {
                reads[count] = Read {
                    index: index as u8,
                    fd: block.fildes,
                    length: block.nbytes as u32,
                    buffer: block.buf,
                    offset: block.offset(order.width),
                };
                count += 1;
                bytes += block.nbytes;
            }
        }
    }
    if count < FEWEST {
        return (core, Done(0));
    }
    drop(core);
    let done = try_all(&mut reads[..count]);
    (CORE.lock(), Done(done))
}

/// Tries those of regular files: streams have an order, which others of their requests may be first in.
fn try_all(reads: &mut [Read]) -> u64 {
    if !thread::is_ready() {
        return 0;
    }
    let (mut plain, mut latest) = (0, (-1, false));
    for at in 0..reads.len() {
        let read = reads[at];
        if read.fd != latest.0 {
            latest = (read.fd, is_plain(read.fd));
        }
        if latest.1 {
            reads[plain] = read;
            plain += 1;
        } else {
            note(false);
        }
    }
    if plain < FEWEST {
        return 0;
    }
    let done = thread::read(&reads[..plain]);
    reads[..plain].iter().for_each(|read| note(done >> read.index & 1 == 1));
    done
}

/// True for a regular file that is read through the page cache. Keeps errno.
fn is_plain(fd: c_int) -> bool {
    unchanged(|| {
        uses_page_cache(fd)
            && pin::identity(fd).is_ok_and(|identity| identity.mode & libc::S_IFMT == libc::S_IFREG)
    })
}
