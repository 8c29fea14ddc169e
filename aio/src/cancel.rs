// SPDX-License-Identifier: MIT OR Apache-2.0
//! aio_cancel: what has not begun never will, and a read that waits for its stream is called back before it has taken
//! anything.

use crate::abi::{AIO_ALLDONE, AIO_CANCELED, AIO_NOTCANCELED, Aiocb};
use crate::core::{CORE, Core};
use crate::errno::{Errno, Result};
use crate::file::{File, Kind};
use crate::finish::Batch;
use crate::futex;
use crate::lock::Guard;
use crate::pin;
use crate::request::{Request, State};
use core::ffi::c_int;

/// Cancels the request of `one`, or everything that is pending on `fd`. Errors: EBADF, EINVAL.
pub(crate) fn cancel(fd: c_int, one: Option<&Aiocb>) -> Result<c_int> {
    pin::is_open(fd)?;
    if one.is_some_and(|block| block.fildes != fd) {
        return Err(Errno(libc::EINVAL));
    }
    let mut core = CORE.lock();
    let Some(file) = find(&core, fd, one) else { return Ok(nothing_left(&core, fd, one)) };
    let mut batch = Batch::new();
    while let Some(request) = file.incoming.pop() {
        core.files.classify(file);
        core.place(&mut batch, file, request);
    }
    if batch.is_empty() {
        core = settle_attempts(core, file);
    } else {
        batch.settle(core);
        core = settle_attempts(CORE.lock(), file);
    }
    // The lock was given back, so everything may have changed.
    let Some(file) = find(&core, fd, one) else { return Ok(nothing_left(&core, fd, one)) };
    let wanted = |request: &Request| match one {
        Some(block) => core::ptr::eq(request.block.get(), block),
        None => request.fd.get() == fd,
    };
    let mut batch = Batch::new();
    let (mut cancelled, mut left) = (0_usize, usize::from(is_ending(&core, fd, one)));
    for queue in file.queues() {
        let mut at = queue.head();
        while let Some(request) = at {
            at = request.next.get();
            if !wanted(request) {
                continue;
            }
            if !is_cancellable(request) {
                left += 1;
                continue;
            }
            if request.state.get() == State::Waiting {
                file.lane(request).armed.set(false);
            }
            queue.remove(request);
            batch.end(&mut core, request, Err(Errno(libc::ECANCELED)));
            cancelled += 1;
        }
    }
    batch.conclude(core);
    Ok(match (cancelled, left) {
        (0, 0) => AIO_ALLDONE,
        (_, 0) => AIO_CANCELED,
        _ => AIO_NOTCANCELED,
    })
}

/// The file that is meant, if anything is pending on it.
fn find(core: &Core, fd: c_int, one: Option<&Aiocb>) -> Option<&'static File> {
    match one {
        Some(block) => core.table.find(block)?.file.get(),
        None => core.files.find(fd),
    }
}

/// The answer if nothing is in a queue.
fn nothing_left(core: &Core, fd: c_int, one: Option<&Aiocb>) -> c_int {
    if is_ending(core, fd, one) { AIO_NOTCANCELED } else { AIO_ALLDONE }
}

/// True if a request has ended but does not say so yet: to the program it is one that goes on.
fn is_ending(core: &Core, fd: c_int, one: Option<&Aiocb>) -> bool {
    let has_ended = |request: &Request| request.state.get() == State::Ended;
    match one {
        Some(block) => core.table.find(block).is_some_and(has_ended),
        None if core.settling == 0 => false,
        None => {
            let mut found = false;
            core.table.each(|request| found |= request.fd.get() == fd && has_ended(request));
            found
        }
    }
}

/// A write that was tried and waits for room has begun.
fn is_cancellable(request: &Request) -> bool {
    match request.state.get() {
        State::Incoming | State::Queued => true,
        State::Waiting => request.is_read(),
        State::Started | State::Ended => false,
    }
}

/// Waits, briefly, for what is being tried on a stream, and for the first attempt of a write at its head: only then is it
/// known whether they wait.
fn settle_attempts(mut core: Guard<'static, Core>, file: &'static File) -> Guard<'static, Core> {
    let serial = file.serial.get();
    for _ in 0..100 {
        let unsettled = matches!(file.kind.get(), Kind::Socket | Kind::Stream)
            && file.lanes.iter().any(|lane| {
                lane.queue.head().is_some_and(|head| match head.state.get() {
                    State::Started => true,
                    State::Queued => !head.is_read(),
                    _ => false,
                })
            });
        if !unsettled || file.serial.get() != serial {
            break;
        }
        drop(core);
        futex::pause();
        core = CORE.lock();
    }
    core
}
