// SPDX-License-Identifier: MIT OR Apache-2.0
//! The library's own record of a pending request. What the block says is read once, during the call.

use crate::abi::Aiocb;
use crate::file::File;
use crate::list::List;
use crate::notify::Notice;
use crate::slab::Record;
use core::cell::Cell;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operation {
    /// Read into a buffer, or into several.
    Read,
    /// Write from a buffer, or from several.
    Write,
    /// fsync(2).
    Sync,
    /// fdatasync(2).
    DataSync,
}

/// How far a request has come. It is in the queue of the same name of its file, except where noted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Not looked at yet.
    Incoming,
    /// Waits for its turn.
    Queued,
    /// At the head of a stream, tried, and waiting for data or room.
    Waiting,
    /// With the kernel, or a thread is at it.
    Started,
    /// Complete, in no queue; the status is about to be published.
    Ended,
}

/// A pending request. The fields are used under the lock; `Started` requests lend buffer, length and progress to the
/// thread that runs them.
pub(crate) struct Request {
    /// The program's block. It is written to when the request is complete, and its address identifies the request.
    pub(crate) block: Cell<*const Aiocb>,
    pub(crate) next: Cell<Option<&'static Request>>,
    pub(crate) previous: Cell<Option<&'static Request>>,
    /// The next request in the same bucket of the table.
    pub(crate) chained: Cell<Option<&'static Request>>,
    /// The open file description; `None` once it is let go of.
    pub(crate) file: Cell<Option<&'static File>>,
    /// The list of lio_listio that counts this request.
    pub(crate) list: Cell<Option<&'static List>>,
    /// The buffer, or an array of `struct iovec` of our own.
    pub(crate) buffer: Cell<*mut c_void>,
    /// Bytes; all of them together if there is an array.
    pub(crate) length: Cell<usize>,
    /// Where in the file; the result once the request has ended.
    pub(crate) offset: Cell<i64>,
    /// What to do at completion.
    pub(crate) notice: Notice,
    /// Bytes that have been moved; the errno value once the request has ended.
    pub(crate) progress: Cell<u32>,
    /// The number under which the file was named.
    pub(crate) fd: Cell<c_int>,
    /// How many barriers there were before this request on its file.
    pub(crate) generation: Cell<u32>,
    /// Entries of the array; negative for a single buffer.
    pub(crate) vectors: Cell<c_int>,
    pub(crate) operation: Cell<Operation>,
    pub(crate) state: Cell<State>,
    /// 0…20.
    pub(crate) priority: Cell<u8>,
}

// SAFETY: see the type: the lock, or the state `Started`, gives one thread at a time the right to the fields.
unsafe impl Sync for Request {}

impl Request {
    /// The program's block.
    pub(crate) fn block(&self) -> &Aiocb {
        // SAFETY: the program promises to keep the block while the request is pending, and a record refers to a block
        // only until its status is published.
        unsafe { &*self.block.get() }
    }

    /// True for reads, of a stream's two directions the other one.
    pub(crate) fn is_read(&self) -> bool {
        self.operation.get() == Operation::Read
    }

    /// True for what may change what a read finds.
    pub(crate) fn is_write(&self) -> bool {
        self.operation.get() == Operation::Write
    }

    /// True for what waits for everything before it.
    pub(crate) fn is_barrier(&self) -> bool {
        matches!(self.operation.get(), Operation::Sync | Operation::DataSync)
    }
}

impl Record for Request {
    const FRESH: Request = Request {
        block: Cell::new(null_mut()),
        next: Cell::new(None),
        previous: Cell::new(None),
        chained: Cell::new(None),
        file: Cell::new(None),
        list: Cell::new(None),
        buffer: Cell::new(null_mut()),
        length: Cell::new(0),
        offset: Cell::new(0),
        notice: Notice::none(),
        progress: Cell::new(0),
        fd: Cell::new(-1),
        generation: Cell::new(0),
        vectors: Cell::new(-1),
        operation: Cell::new(Operation::Read),
        state: Cell::new(State::Ended),
        priority: Cell::new(0),
    };

    fn next_free(&self) -> Option<&'static Request> {
        self.next.get()
    }

    fn set_next_free(&self, next: Option<&'static Request>) {
        self.next.set(next);
    }
}

/// 128 bytes per pending request, with its share of the table of blocks.
const _: () = assert!(size_of::<Request>() + 2 * size_of::<usize>() <= 128);
