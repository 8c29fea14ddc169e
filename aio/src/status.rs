// SPDX-License-Identifier: MIT OR Apache-2.0
//! aio_error, aio_return and aio_suspend: what a block says. No lock, so that signal handlers may ask.
//!
//! A forked child has none of its parent's requests. It does not write that into their blocks, which may lie in memory that
//! both share: a block says in which process of the line its request was made.

use crate::abi::{Aiocb, Timeout};
use crate::done;
use crate::errno::{Errno, Result};
use crate::futex;
use crate::wait;
use core::ffi::c_int;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// How many forks lie between this process and the one that has loaded the library.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// What a block says that was submitted to this library, and not to the C library's own functions.
const MARK: u32 = 0xa10f_a710;

/// Makes the outcome of a request visible: the result first, so that a thread that sees the status sees the result.
pub(crate) fn publish(block: &Aiocb, status: c_int, value: isize) {
    block.value.store(value, Relaxed);
    block.status.store(status, Release);
}

/// The request is pending from here on.
pub(crate) fn begin(block: &Aiocb) {
    block.mark.store(MARK, Relaxed);
    block.forks.store(FORKS.load(Relaxed), Relaxed);
    publish(block, libc::EINPROGRESS, 0);
}

/// This process is a child that was just forked: what is pending by now is pending elsewhere.
pub(crate) fn in_child() {
    FORKS.fetch_add(1, Relaxed);
}

/// aio_error: EINPROGRESS, 0 or the errno value of the failure. What a parent of this process has submitted is cancelled here.
pub(crate) fn error(block: &Aiocb) -> c_int {
    match block.status.load(Acquire) {
        libc::EINPROGRESS if is_inherited(block) => libc::ECANCELED,
        status => status,
    }
}

#[cold]
#[inline(never)]
fn is_inherited(block: &Aiocb) -> bool {
    let generations = FORKS.load(Relaxed).wrapping_sub(block.forks.load(Relaxed));
    block.mark.load(Relaxed) == MARK && generations.cast_signed() > 0
}

/// aio_return: the result, or the errno value. Errors: EINPROGRESS while pending.
pub(crate) fn collect(block: &Aiocb) -> Result<isize> {
    match error(block) {
        libc::EINPROGRESS => Err(Errno(libc::EINPROGRESS)),
        0 => {
            done::fetch(block);
            Ok(block.value.load(Relaxed))
        }
        status => {
            done::fetch(block);
            Err(Errno(status))
        }
    }
}

/// Checks a limit of time that a program hands in. Errors: EINVAL.
pub(crate) fn check(timeout: Option<Timeout>) -> Result<()> {
    match timeout {
        Some(limit) if !(0..1_000_000_000).contains(&limit.nanoseconds) => Err(Errno(libc::EINVAL)),
        _ => Ok(()),
    }
}

/// True if a limit of time is over as soon as it begins.
pub(crate) fn is_over(limit: Timeout) -> bool {
    limit.seconds < 0 || (limit.seconds == 0 && limit.nanoseconds == 0)
}

/// aio_suspend: waits until one of the blocks is not pending. Errors: EINVAL, EAGAIN (time is over), EINTR.
pub(crate) fn suspend(list: &[Option<&Aiocb>], timeout: Option<Timeout>) -> Result<()> {
    check(timeout)?;
    let is_ready = || {
        let mut blocks = list.iter().flatten().peekable();
        blocks.peek().is_none() || blocks.any(|block| error(block) != libc::EINPROGRESS)
    };
    if is_ready() {
        return Ok(());
    }
    let end = match timeout {
        Some(limit) if is_over(limit) => return Err(Errno(libc::EAGAIN)),
        Some(limit) => Some(futex::after(limit)),
        None => None,
    };
    wait::wait(is_ready, end.as_ref(), None)
        .map_err(|error| Errno(if error == libc::ETIMEDOUT { libc::EAGAIN } else { error }))
}
