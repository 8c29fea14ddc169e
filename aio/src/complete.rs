// SPDX-License-Identifier: MIT OR Apache-2.0
//! aio_waitcomplete and the completion descriptor.

use crate::abi::{Aiocb, Timeout};
use crate::core::CORE;
use crate::done;
use crate::errno::{Errno, Result};
use crate::event;
use crate::futex;
use crate::status;
use crate::wait;
use core::ffi::c_int;
use core::sync::atomic::Ordering::Relaxed;

/// What there is to hand out: `None` as long as something is pending. Errors: EAGAIN if nothing is.
fn next() -> Result<Option<*mut Aiocb>> {
    let mut core = CORE.lock();
    let pending = core.table.count();
    if !core.done.keep_all(pending) {
        return Err(Errno(libc::ENOMEM));
    }
    match core.done.next() {
        None if pending == 0 => Err(Errno(libc::EAGAIN)),
        next => Ok(next),
    }
}

/// Waits for a completion: its block, and what aio_return returns. Errors, without a block: EAGAIN (nothing is pending),
/// EINPROGRESS (time is over), EINTR, EINVAL, ENOMEM.
pub(crate) fn wait_for_any(timeout: Option<Timeout>) -> Result<(*mut Aiocb, Result<isize>)> {
    status::check(timeout)?;
    let mut found = next()?;
    if found.is_none() {
        let end = match timeout {
            Some(limit) if status::is_over(limit) => {
                // Edge-triggered watchers get a new edge.
                event::lower(done::is_live);
                return Err(Errno(libc::EINPROGRESS));
            }
            Some(limit) => Some(futex::after(limit)),
            None => None,
        };
        let mut failed = Ok(());
        let is_ready = || match next() {
            Ok(next) => {
                found = next;
                found.is_some()
            }
            Err(error) => {
                failed = Err(error);
                true
            }
        };
        let waited = wait::wait(is_ready, end.as_ref(), None);
        failed?;
        waited.map_err(|error| Errno(if error == libc::ETIMEDOUT { libc::EINPROGRESS } else { error }))?;
    }
    let block = found.ok_or(Errno(libc::EAGAIN))?;
    // SAFETY: the program keeps a block until its completion is handed out.
    let said = unsafe { &*block };
    let outcome = match status::error(said) {
        0 => Ok(said.value.load(Relaxed)),
        error => Err(Errno(error)),
    };
    Ok((block, outcome))
}

/// The completion descriptor. Errors: EMFILE, ENFILE, ENOMEM.
pub(crate) fn descriptor() -> Result<c_int> {
    let mut core = CORE.lock();
    let pending = core.table.count();
    if !core.done.keep_all(pending) {
        return Err(Errno(libc::ENOMEM));
    }
    event::descriptor(&mut core.files.pins, done::is_live)
}
