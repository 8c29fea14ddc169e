// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the requests of one lio_listio have in common: a record of the library's own, never anything of the caller's.

use crate::core::CORE;
use crate::notify::Notice;
use crate::slab::Record;
use core::cell::Cell;
use core::ffi::c_void;
use core::sync::atomic::Ordering::{Acquire, Relaxed, SeqCst};
use core::sync::atomic::{AtomicBool, AtomicU32};

/// One lio_listio.
pub(crate) struct List {
    /// The next list, of those that are free or about to be.
    pub(crate) next: Cell<Option<&'static List>>,
    /// Pending requests, and one for the call itself.
    users: AtomicU32,
    failed: AtomicBool,
    /// What to do when all are complete.
    pub(crate) notice: Notice,
}

// SAFETY: `next` and `notice` are used under the lock, or by the one thread that has ended the last user.
unsafe impl Sync for List {}

impl List {
    /// Begins with the call as the only user.
    pub(crate) fn begin(&self, notice: &Notice) {
        self.users.store(1, Relaxed);
        self.failed.store(false, Relaxed);
        self.notice.take(notice);
    }

    /// One more request.
    pub(crate) fn add(&self) {
        self.users.fetch_add(1, Relaxed);
    }

    /// A request, or the call, is done with the list. The last one delivers the notice; true means that the record is
    /// to be given back.
    pub(crate) fn end_one(&self, failed: bool) -> bool {
        if failed {
            self.failed.store(true, Relaxed);
        }
        let last = self.users.fetch_sub(1, SeqCst) == 1;
        if last {
            self.notice.deliver();
        }
        last
    }

    /// A request that a forked child forgets; true if the record is to be given back.
    pub(crate) fn end_in_child(&self) -> bool {
        self.failed.store(true, Relaxed);
        let last = self.users.fetch_sub(1, Relaxed) == 1;
        if last {
            self.notice.discard();
        }
        last
    }

    /// True if the call is the only user left.
    pub(crate) fn is_complete(&self) -> bool {
        self.users.load(Acquire) == 1
    }

    /// True if a request has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Relaxed)
    }
}

/// The call is done with the list.
pub(crate) fn leave(list: &'static List) {
    if list.end_one(false) {
        CORE.lock().lists.give(list);
    }
}

/// [`leave`] for a thread that is cancelled while it waits.
pub(crate) unsafe extern "C" fn abandon(list: *mut c_void) {
    // SAFETY: the argument is a list that the cancelled call has begun; records live forever.
    leave(unsafe { &*list.cast::<List>() });
}

impl Record for List {
    const FRESH: List = List {
        next: Cell::new(None),
        users: AtomicU32::new(0),
        failed: AtomicBool::new(false),
        notice: Notice::none(),
    };

    fn next_free(&self) -> Option<&'static List> {
        self.next.get()
    }

    fn set_next_free(&self, next: Option<&'static List>) {
        self.next.set(next);
    }
}
