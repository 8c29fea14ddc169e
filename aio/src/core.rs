// SPDX-License-Identifier: MIT OR Apache-2.0
//! Everything that the library knows, under one lock.

use crate::done::Done;
use crate::engine::Engine;
use crate::file::RunQueue;
use crate::files::Files;
use crate::list::List;
use crate::lock::Lock;
use crate::poller::Poller;
use crate::request::Request;
use crate::slab::Slab;
use crate::table::Table;

/// The library's records.
pub(crate) struct Core {
    /// Pending requests by their blocks.
    pub(crate) table: Table,
    pub(crate) requests: Slab<Request>,
    pub(crate) lists: Slab<List>,
    /// Files with pending requests.
    pub(crate) files: Files,
    /// Those of them with something to start.
    pub(crate) run: RunQueue,
    /// How many threads have ended requests that they have not published yet, or numbers that they are about to close.
    pub(crate) settling: u32,
    /// Completions that were not collected.
    pub(crate) done: Done,
    /// The threads that start requests.
    pub(crate) engine: Engine,
    /// The thread that waits for streams.
    pub(crate) poller: Poller,
}

/// The library's records and their lock. Signal handlers that call aio_error, aio_return or aio_suspend do not need it.
pub(crate) static CORE: Lock<Core> = Lock::new(Core {
    table: Table::new(),
    requests: Slab::new(),
    lists: Slab::new(),
    files: Files::new(),
    run: RunQueue::new(),
    settling: 0,
    done: Done::new(),
    engine: Engine::new(),
    poller: Poller::new(),
});
