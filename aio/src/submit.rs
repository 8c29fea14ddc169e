// SPDX-License-Identifier: MIT OR Apache-2.0
//! Queueing requests: aio_read, aio_write, aio_fsync, and what lio_listio does for each entry.

use crate::abi::{Aiocb, PRIORITY_DELTA_MAX, Width};
use crate::cached;
use crate::core::{CORE, Core};
use crate::errno::{Errno, Result};
use crate::files;
use crate::finish::Batch;
use crate::list::List;
use crate::notifier;
use crate::notify::Notice;
use crate::request::{Operation, Request, State};
use crate::status;
use crate::vectors;
use core::ffi::c_void;

/// What is asked for, besides what the block says.
#[derive(Clone, Copy)]
pub(crate) struct Order {
    pub(crate) operation: Operation,
    /// The block names an array of `struct iovec`.
    pub(crate) vectored: bool,
    pub(crate) width: Width,
}

/// One request. Errors: EINVAL, EAGAIN, and EBADF of aio_fsync; then nothing was queued.
pub(crate) fn one(block: &Aiocb, order: Order) -> Result<()> {
    let mut core = CORE.lock();
    let mut read = None;
    if cached::is_worth_trying(&core, block, order) && core.table.find(block).is_none() {
        drop(core);
        read = cached::read(block, order);
        core = CORE.lock();
    }
    core.files.begin_call();
    let mut batch = Batch::new();
    let outcome = enter(&mut core, &mut batch, block, order, None, read);
    batch.conclude(core);
    outcome
}

/// Queues a request of a list, which counts it; `read` is how many bytes were read already, all that was asked for. What ends at
/// once is in `batch` then. On an error the block has it as its status, unless it is pending already.
pub(crate) fn add(
    core: &mut Core,
    batch: &mut Batch,
    block: &Aiocb,
    order: Order,
    list: &'static List,
    read: Option<usize>,
) -> Result<()> {
    enter(core, batch, block, order, Some(list), read)
}

/// The same, or a request alone.
fn enter(
    core: &mut Core,
    batch: &mut Batch,
    block: &Aiocb,
    order: Order,
    list: Option<&'static List>,
    read: Option<usize>,
) -> Result<()> {
    if core.table.find(block).is_some() {
        return Err(Errno(libc::EINVAL));
    }
    core.done.forget(block);
    let outcome = queue(core, batch, block, order, list, read);
    if let Err(Errno(status)) = outcome {
        status::publish(block, status, -1);
    }
    outcome
}

fn queue(
    core: &mut Core,
    batch: &mut Batch,
    block: &Aiocb,
    order: Order,
    list: Option<&'static List>,
    read: Option<usize>,
) -> Result<()> {
    let is_sync = matches!(order.operation, Operation::Sync | Operation::DataSync);
    if !is_sync && !(0..=PRIORITY_DELTA_MAX).contains(&block.reqprio) {
        return Err(Errno(libc::EINVAL));
    }
    let notice = Notice::read(&block.sigevent)?;
    let prepared = prepare(core, block, order, &notice, read);
    let (request, ended) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            notice.discard();
            return Err(error);
        }
    };
    request.notice.take(&notice);
    request.list.set(list);
    if let Some(list) = list {
        list.add();
    }
    status::begin(block);
    if let Some(outcome) = ended {
        batch.end(core, request, outcome);
    } else if let Some(file) = request.file.get() {
        if request.is_write() {
            file.writes.set(file.writes.get() + 1);
        }
        file.pending.set(file.pending.get() + 1);
        file.incoming.push(request);
        core.run.push(file);
    }
    Ok(())
}

/// Everything that may fail: a record with the file in it, and the outcome of a request that has ended already.
fn prepare(
    core: &mut Core,
    block: &Aiocb,
    order: Order,
    notice: &Notice,
    read: Option<usize>,
) -> Result<(&'static Request, Option<Result<usize>>)> {
    core.engine.ensure()?;
    if notice.needs_notifier() {
        notifier::ensure().map_err(|_| Errno(libc::EAGAIN))?;
    }
    if !core.done.reserve(core.table.count() + 1) {
        return Err(Errno(libc::EAGAIN));
    }
    let request = core.requests.take().ok_or(Errno(libc::EAGAIN))?;
    describe(request, block, order);
    let outcome = admit(core, request, read);
    if outcome.is_err() {
        if request.vectors.get() >= 0 {
            // SAFETY: the array is the library's own copy.
            unsafe { libc::free(request.buffer.get().cast::<c_void>()) };
        }
        core.requests.give(request);
    }
    outcome.map(|ended| (request, ended))
}

/// Fills a record in.
fn describe(request: &Request, block: &Aiocb, order: Order) {
    request.block.set(block);
    request.file.set(None);
    request.list.set(None);
    request.buffer.set(block.buf);
    request.length.set(block.nbytes);
    request.vectors.set(-1);
    request.offset.set(block.offset(order.width));
    request.progress.set(0);
    request.fd.set(block.fildes);
    request.operation.set(order.operation);
    request.state.set(State::Incoming);
    request.priority.set(block.reqprio.clamp(0, PRIORITY_DELTA_MAX) as u8);
    // What only the length says is told later: EINVAL.
    if order.vectored {
        request.vectors.set(0);
        request.buffer.set(core::ptr::null_mut());
    }
}

/// Copies the array of buffers, finds the file and enters the block into the table. The outcome of what needs no file any more:
/// of what was read, and of a request that is wrong in itself: EBADF, EFAULT.
fn admit(core: &mut Core, request: &'static Request, read: Option<usize>) -> Result<Option<Result<usize>>> {
    if read.is_some() {
        return if core.table.add(request) { Ok(read.map(Ok)) } else { Err(Errno(libc::EAGAIN)) };
    }
    let mut ended = None;
    if request.vectors.get() >= 0 {
        // SAFETY: the block is alive, and the program vouches for the array.
        match unsafe { vectors::copy(request) } {
            Err(Errno(libc::EFAULT)) => ended = Some(Err(Errno(libc::EFAULT))),
            outcome => outcome?,
        }
    }
    let is_barrier = request.is_barrier();
    let file = match core.files.resolve(request.fd.get()) {
        Ok(file) => {
            core.look_after_numbers(Some(file));
            if ended.is_some() {
                core.files.abandon(file);
            }
            ended.is_none().then_some(file)
        }
        Err(Errno(libc::EBADF)) if !is_barrier => {
            ended = Some(Err(Errno(libc::EBADF)));
            None
        }
        Err(error) => return Err(error),
    };
    if let Some(file) = file {
        let ready = make_ready(core, request, file);
        if let Err(error) = ready {
            core.files.abandon(file);
            return Err(error);
        }
    }
    if !core.table.add(request) {
        if let Some(file) = file {
            file.barriers.end(request.generation.get());
            core.files.abandon(file);
        }
        return Err(Errno(libc::EAGAIN));
    }
    request.file.set(file);
    Ok(ended)
}

/// Whatever a request of this file will need later, so that it cannot fail for want of it.
fn make_ready(core: &mut Core, request: &Request, file: &'static crate::file::File) -> Result<()> {
    // What a known file is, is known; of a new one only what decides this, since each system call counts.
    if !core.poller.is_running() && file.pending.get() == 0 && files::may_wait(file) {
        core.poller.ensure(&mut core.files.pins)?;
        core.look_after_numbers(None);
    }
    let generation = if request.is_barrier() { file.barriers.close() } else { Some(file.barriers.add()) };
    request.generation.set(generation.ok_or(Errno(libc::EAGAIN))?);
    Ok(())
}
