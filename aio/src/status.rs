// SPDX-License-Identifier: MIT OR Apache-2.0
//! aio_error, aio_return and aio_suspend: what a block says. No lock, so that signal handlers may ask.

use crate::abi::Aiocb;
use crate::done;
use crate::errno::{Errno, Result};
use crate::futex;
use crate::wait;
use core::ffi::c_int;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// Makes the outcome of a request visible: the result first, so that a thread that sees the status sees the result.
pub(crate) fn publish(block: &Aiocb, status: c_int, value: isize) {
    block.value.store(value, Relaxed);
    block.status.store(status, Release);
}

/// The request is pending from here on.
pub(crate) fn begin(block: &Aiocb) {
    publish(block, libc::EINPROGRESS, 0);
}

/// aio_error: EINPROGRESS, 0 or the errno value of the failure.
pub(crate) fn error(block: &Aiocb) -> c_int {
    block.status.load(Acquire)
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
pub(crate) fn check(timeout: Option<&libc::timespec>) -> Result<()> {
    match timeout {
        Some(limit) if !(0..1_000_000_000).contains(&(limit.tv_nsec as i64)) => Err(Errno(libc::EINVAL)),
        _ => Ok(()),
    }
}

/// True if a limit of time is over as soon as it begins.
pub(crate) fn is_over(limit: &libc::timespec) -> bool {
    limit.tv_sec < 0 || (limit.tv_sec == 0 && limit.tv_nsec == 0)
}

/// aio_suspend: waits until one of the blocks is not pending. Errors: EINVAL, EAGAIN (time is over), EINTR.
pub(crate) fn suspend(list: &[Option<&Aiocb>], timeout: Option<&libc::timespec>) -> Result<()> {
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
