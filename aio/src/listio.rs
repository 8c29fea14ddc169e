// SPDX-License-Identifier: MIT OR Apache-2.0
//! lio_listio: many requests in one call.

use crate::abi::{Aiocb, LIO_NOWAIT, LIO_WAIT, Sigevent, Width};
use crate::cached;
use crate::core::{CORE, Core};
use crate::errno::{Errno, Result};
use crate::finish::Batch;
use crate::list::{self, List};
use crate::notifier;
use crate::notify::Notice;
use crate::request::Operation;
use crate::status;
use crate::submit::{self, Order};
use crate::wait;
use core::ffi::c_int;

/// Operations besides POSIX's LIO_READ, LIO_WRITE and LIO_NOP.
const LIO_READV: c_int = 4;
const LIO_WRITEV: c_int = 5;

/// Queues what the list says and, with LIO_WAIT, waits. Errors: EINVAL, EAGAIN, EIO, EINTR.
pub(crate) fn submit(
    mode: c_int,
    entries: &[Option<&Aiocb>],
    width: Width,
    event: Option<&Sigevent>,
) -> Result<()> {
    if mode != LIO_WAIT && mode != LIO_NOWAIT {
        return Err(Errno(libc::EINVAL));
    }
    let notice = match event {
        Some(event) if mode == LIO_NOWAIT => Notice::read(event)?,
        _ => Notice::none(),
    };
    let is_called = !notice.needs_notifier() || notifier::ensure().is_ok();
    let mut core = CORE.lock();
    let list = if is_called { core.lists.take() } else { None };
    let Some(list) = list else {
        entries.iter().flatten().for_each(|block| refuse(&mut core, block, width));
        drop(core);
        notice.discard();
        return Err(Errno(libc::EAGAIN));
    };
    list.begin(&notice);
    let (mut core, read) = cached::read_many(core, entries, |block| order(block, width).ok().flatten());
    core.files.begin_call();
    let mut batch = Batch::new();
    let mut trouble: Result<()> = Ok(());
    for (index, block) in entries.iter().enumerate() {
        let Some(block) = block else { continue };
        let outcome = match order(block, width) {
            Ok(None) => Ok(()),
            Ok(Some(order)) => submit::add(&mut core, &mut batch, block, order, list, read.of(index, block)),
            Err(error) => {
                if core.table.find(*block).is_none() {
                    core.done.forget(*block);
                    status::publish(block, error.0, -1);
                }
                Err(error)
            }
        };
        match outcome {
            Err(Errno(libc::EAGAIN)) => trouble = Err(Errno(libc::EAGAIN)),
            Err(_) if trouble.is_ok() => trouble = Err(Errno(libc::EIO)),
            _ => {}
        }
    }
    batch.conclude(core);
    if mode == LIO_WAIT { await_all(list, trouble) } else { leave(list, trouble) }
}

/// The whole list cannot be queued: its entries say so.
fn refuse(core: &mut Core, block: &Aiocb, width: Width) {
    if !matches!(order(block, width), Ok(None)) && core.table.find(block).is_none() {
        core.done.forget(block);
        status::publish(block, libc::EAGAIN, -1);
    }
}

fn leave(list: &'static List, trouble: Result<()>) -> Result<()> {
    list::leave(list);
    trouble
}

/// Waits until the call is the only user of the list.
fn await_all(list: &'static List, trouble: Result<()>) -> Result<()> {
    let address: *const List = list;
    let waited = wait::wait(|| list.is_complete(), None, Some((list::abandon, address.cast_mut().cast())))
        .map_err(Errno);
    let failed = trouble.is_err() || list.has_failed();
    list::leave(list);
    waited?;
    if failed { Err(Errno(libc::EIO)) } else { Ok(()) }
}

/// What an entry asks for; `None` for LIO_NOP. Errors: EINVAL.
fn order(block: &Aiocb, width: Width) -> Result<Option<Order>> {
    let (operation, vectored) = match block.opcode {
        libc::LIO_READ => (Operation::Read, false),
        libc::LIO_WRITE => (Operation::Write, false),
        LIO_READV => (Operation::Read, true),
        LIO_WRITEV => (Operation::Write, true),
        libc::LIO_NOP => return Ok(None),
        _ => return Err(Errno(libc::EINVAL)),
    };
    Ok(Some(Order { operation, vectored, width }))
}
