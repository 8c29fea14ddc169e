// SPDX-License-Identifier: MIT OR Apache-2.0
//! Queues of pending requests: doubly linked through the requests themselves, each of which is in one queue at most.

use crate::request::Request;
use core::cell::Cell;

/// A queue; the fields are `Cell`s because queues live in records that are shared under the lock.
pub(crate) struct Queue {
    head: Cell<Option<&'static Request>>,
    tail: Cell<Option<&'static Request>>,
}

impl Queue {
    /// An empty queue.
    pub(crate) const fn new() -> Queue {
        Queue { head: Cell::new(None), tail: Cell::new(None) }
    }

    /// The request that has waited longest.
    pub(crate) fn head(&self) -> Option<&'static Request> {
        self.head.get()
    }

    /// True if there is no request.
    pub(crate) fn is_empty(&self) -> bool {
        self.head.get().is_none()
    }

    /// Appends a request that is in no queue.
    pub(crate) fn push(&self, request: &'static Request) {
        request.next.set(None);
        request.previous.set(self.tail.get());
        match self.tail.get() {
            Some(tail) => tail.next.set(Some(request)),
            None => self.head.set(Some(request)),
        }
        self.tail.set(Some(request));
    }

    /// Takes a request out that is in this queue.
    pub(crate) fn remove(&self, request: &'static Request) {
        match request.previous.get() {
            Some(previous) => previous.next.set(request.next.get()),
            None => self.head.set(request.next.get()),
        }
        match request.next.get() {
            Some(next) => next.previous.set(request.previous.get()),
            None => self.tail.set(request.previous.get()),
        }
        request.next.set(None);
        request.previous.set(None);
    }

    /// Forgets the requests, which are dealt with elsewhere.
    pub(crate) fn clear(&self) {
        self.head.set(None);
        self.tail.set(None);
    }

    /// Takes the head out.
    pub(crate) fn pop(&self) -> Option<&'static Request> {
        let head = self.head.get()?;
        self.remove(head);
        Some(head)
    }
}
