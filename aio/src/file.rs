// SPDX-License-Identifier: MIT OR Apache-2.0
//! The library's record of an open file description that requests are pending on, and its queues.

use crate::barrier::Barriers;
use crate::queue::Queue;
use crate::request::Request;
use crate::slab::Record;
use core::cell::Cell;
use core::ffi::c_int;

/// How the file's requests are served.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Not looked at yet.
    Unknown,
    /// Has positions: requests run in parallel, at their offsets.
    Seekable,
    /// A socket: one request at a time and direction.
    Socket,
    /// A pipe, terminal or the like: one request at a time and direction.
    Stream,
    /// A stream that the kernel cannot report readiness of: a thread or the kernel's workers wait in the call.
    Unpollable,
}

/// One direction of a stream.
pub(crate) struct Lane {
    /// The head is tried, waits or is being tried; the others wait for their turn.
    pub(crate) queue: Queue,
    /// A thread is trying the head.
    pub(crate) busy: Cell<bool>,
    /// The head waits for the kernel to report readiness.
    pub(crate) armed: Cell<bool>,
}

impl Lane {
    const fn new() -> Lane {
        Lane { queue: Queue::new(), busy: Cell::new(false), armed: Cell::new(false) }
    }

    /// True if the head could be tried now.
    pub(crate) fn is_runnable(&self) -> bool {
        !self.queue.is_empty() && !self.busy.get() && !self.armed.get()
    }
}

/// An open file description with pending requests.
pub(crate) struct File {
    /// The next file of the run queue, where a record may still be when it is free already, or used again.
    pub(crate) next: Cell<Option<&'static File>>,
    /// In the run queue.
    pub(crate) runnable: Cell<bool>,
    /// The next file among those not looked at yet, in the same bucket of those that have been, or of the free records.
    pub(crate) chained: Cell<Option<&'static File>>,
    /// Another one each time the record is used.
    pub(crate) serial: Cell<u32>,
    /// The number by which the library names the file.
    pub(crate) pin: Cell<c_int>,
    /// The number is the program's own, because the library may not have one.
    pub(crate) borrowed: Cell<bool>,
    pub(crate) kind: Cell<Kind>,
    /// O_APPEND: writes go one after the other.
    pub(crate) append: Cell<bool>,
    /// O_DIRECT: transfers are not copied.
    pub(crate) direct: Cell<bool>,
    pub(crate) device: Cell<u64>,
    pub(crate) inode: Cell<u64>,
    /// How many requests are pending on it.
    pub(crate) pending: Cell<u32>,
    /// How many of these are writes.
    pub(crate) writes: Cell<u32>,
    /// Held open without pending requests, so that the program keeps its locks.
    pub(crate) parked: Cell<bool>,
    /// When the number was last known to mean the file: see [`crate::numbers::tick`].
    pub(crate) seen: Cell<u32>,
    /// The kernel's queue of readiness knows the file.
    pub(crate) watched: Cell<bool>,
    /// Requests as they came, not looked at yet.
    pub(crate) incoming: Queue,
    /// Positional requests that may start.
    pub(crate) ready: Queue,
    /// Requests that the kernel or a thread works on, streams' excepted.
    pub(crate) started: Queue,
    /// Writes with O_APPEND.
    pub(crate) appends: Queue,
    /// A write with O_APPEND is under way.
    pub(crate) appending: Cell<bool>,
    /// aio_fsync's, waiting for what came before them.
    pub(crate) syncs: Queue,
    pub(crate) barriers: Barriers,
    /// Reading and writing of a stream.
    pub(crate) lanes: [Lane; 2],
}

// SAFETY: the fields are used under the library's lock only.
unsafe impl Sync for File {}

impl File {
    /// The lane that a stream's request belongs to.
    pub(crate) fn lane(&self, request: &Request) -> &Lane {
        &self.lanes[usize::from(!request.is_read())]
    }

    /// True if a file has directions and no positions.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.kind.get(), Kind::Socket | Kind::Stream | Kind::Unpollable)
    }

    /// True if there is something to start.
    pub(crate) fn has_work(&self) -> bool {
        !self.incoming.is_empty()
            || !self.ready.is_empty()
            || (!self.appends.is_empty() && !self.appending.get())
            || self.lanes.iter().any(Lane::is_runnable)
            || self.syncs.head().is_some_and(|sync| self.barriers.is_clear(sync.generation.get()))
    }

    /// Forgets all requests: in a forked child.
    pub(crate) fn clear(&self) {
        self.queues().iter().for_each(|queue| queue.clear());
        self.lanes.iter().for_each(|lane| {
            lane.busy.set(false);
            lane.armed.set(false);
        });
        self.appending.set(false);
        self.barriers.clear();
        self.pending.set(0);
        self.writes.set(0);
    }

    /// Every queue that pending requests can be in.
    pub(crate) fn queues(&self) -> [&Queue; 7] {
        let [read, write] = &self.lanes;
        [&self.incoming, &self.ready, &self.appends, &self.syncs, &read.queue, &write.queue, &self.started]
    }
}

impl Record for File {
    const FRESH: File = File {
        next: Cell::new(None),
        runnable: Cell::new(false),
        chained: Cell::new(None),
        serial: Cell::new(0),
        pin: Cell::new(-1),
        borrowed: Cell::new(false),
        kind: Cell::new(Kind::Unknown),
        append: Cell::new(false),
        direct: Cell::new(false),
        device: Cell::new(0),
        inode: Cell::new(0),
        pending: Cell::new(0),
        writes: Cell::new(0),
        parked: Cell::new(false),
        seen: Cell::new(0),
        watched: Cell::new(false),
        incoming: Queue::new(),
        ready: Queue::new(),
        started: Queue::new(),
        appends: Queue::new(),
        appending: Cell::new(false),
        syncs: Queue::new(),
        barriers: Barriers::new(),
        lanes: [Lane::new(), Lane::new()],
    };

    fn next_free(&self) -> Option<&'static File> {
        self.chained.get()
    }

    fn set_next_free(&self, next: Option<&'static File>) {
        self.chained.set(next);
    }
}

/// Files with something to start, one after the other, so that none waits for another's whole queue.
pub(crate) struct RunQueue {
    head: Option<&'static File>,
    tail: Option<&'static File>,
}

impl RunQueue {
    /// Nothing to start.
    pub(crate) const fn new() -> RunQueue {
        RunQueue { head: None, tail: None }
    }

    /// True if no file has anything to start.
    pub(crate) fn is_empty(&self) -> bool {
        self.head.is_none()
    }

    /// Appends a file unless it is in the queue.
    pub(crate) fn push(&mut self, file: &'static File) {
        if file.runnable.replace(true) {
            return;
        }
        file.next.set(None);
        match self.tail {
            Some(tail) => tail.next.set(Some(file)),
            None => self.head = Some(file),
        }
        self.tail = Some(file);
    }

    /// The next file.
    pub(crate) fn pop(&mut self) -> Option<&'static File> {
        let file = self.head?;
        self.head = file.next.take();
        if self.head.is_none() {
            self.tail = None;
        }
        file.runnable.set(false);
        Some(file)
    }
}
