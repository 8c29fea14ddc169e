// SPDX-License-Identifier: MIT OR Apache-2.0
//! Short reads whose bytes are in the page cache: the calling thread copies them itself, which costs less than waking
//! another one. The kernel is asked not to wait, so a read that would need the device fails here and is queued.

use crate::abi::{Aiocb, PRIORITY_DELTA_MAX};
use crate::core::Core;
use crate::notify::Notice;
use crate::pin;
use crate::request::Operation;
use crate::status;
use crate::stream;
use crate::submit::Order;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::Relaxed;

/// Bytes that are copied in the calling thread at most: a few microseconds.
const LARGEST: usize = 32 << 10;

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
    let flags = pin::flags(fd);
    // With O_DIRECT the kernel would wait for the device all the same.
    let is_read = flags != -1
        && flags & libc::O_DIRECT == 0
        && stream::no_wait(fd, true, &raw const vector, 1, block.offset(order.width)) == Ok(block.nbytes);
    let penalty = if is_read { 0 } else { (PENALTY.load(Relaxed) * 2).clamp(1, MOST_SKIPPED) };
    PENALTY.store(penalty, Relaxed);
    SKIP.store(penalty, Relaxed);
    is_read.then_some(block.nbytes)
}
