// SPDX-License-Identifier: MIT OR Apache-2.0
//! The end of requests: out of the queues, the file let go of, the status published, the program notified; in this order.

use crate::core::{CORE, Core};
use crate::done;
use crate::engine;
use crate::errno::{Errno, Result};
use crate::list::List;
use crate::lock::Guard;
use crate::pin;
use crate::request::{Request, State};
use crate::status;
use crate::wait;
use core::ffi::{c_int, c_void};

/// Requests that have ended and are not published yet.
pub(crate) struct Batch {
    first: Option<&'static Request>,
    last: Option<&'static Request>,
    /// Numbers to close.
    pins: [c_int; 32],
    count: usize,
}

impl Batch {
    /// None yet.
    pub(crate) const fn new() -> Batch {
        Batch { first: None, last: None, pins: [-1; 32], count: 0 }
    }

    /// True if no request has ended.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// A request, which is in no queue any more, has ended like this.
    pub(crate) fn end(&mut self, core: &mut Core, request: &'static Request, outcome: Result<usize>) {
        let (status, value) = match outcome {
            Ok(bytes) => (0, bytes as i64),
            Err(Errno(status)) => (status, -1),
        };
        request.state.set(State::Ended);
        request.progress.set(status as u32);
        request.offset.set(value);
        if request.vectors.get() >= 0 {
            // SAFETY: the array is the library's own copy, and nothing reads it any more.
            unsafe { libc::free(request.buffer.get().cast::<c_void>()) };
        }
        if let Some(file) = request.file.take() {
            file.barriers.end(request.generation.get());
            if request.is_write() {
                file.writes.set(file.writes.get() - 1);
            }
            file.pending.set(file.pending.get() - 1);
            if file.pending.get() == 0 {
                if !core.poller.forget(file) {
                    core.drop_number(file);
                }
                if let Some(number) = core.files.release(file) {
                    self.close_later(number);
                }
            } else if file.has_work() {
                core.run.push(file);
            }
        }
        request.next.set(None);
        match self.last {
            Some(last) => last.next.set(Some(request)),
            None => {
                self.first = Some(request);
                core.settling += 1;
            }
        }
        self.last = Some(request);
    }

    fn close_later(&mut self, number: c_int) {
        match self.pins.get_mut(self.count) {
            Some(place) => {
                *place = number;
                self.count += 1;
            }
            None => pin::close(number),
        }
    }

    /// The end of a call that held the lock: settles what has ended, and wakes a thread for what is left to do.
    pub(crate) fn conclude(self, mut core: Guard<'_, Core>) {
        let wake = core.wake_up();
        self.settle(core);
        engine::wake(wake);
    }

    /// Publishes, notifies and wakes. Numbers are closed first, so that a program which sees the status finds its
    /// descriptors as they were; not under the lock, because closing may take time.
    pub(crate) fn settle(mut self, mut core: Guard<'_, Core>) {
        let Some(first) = self.first.take() else { return };
        if self.count > 0 {
            drop(core);
            self.pins[..self.count].iter().for_each(|number| pin::close(*number));
            core = CORE.lock();
        }
        let mut notices: Option<&'static Request> = None;
        let mut countable = 0;
        let mut at = Some(first);
        while let Some(request) = at {
            at = request.next.take();
            core.table.remove(request);
            let block = request.block();
            countable += usize::from(core.done.push(block));
            status::publish(block, request.progress.get() as c_int, request.offset.get() as isize);
            if request.notice.is_none() && request.list.get().is_none() {
                core.requests.give(request);
            } else {
                request.next.set(notices);
                notices = Some(request);
            }
        }
        core.settling = core.settling.saturating_sub(1);
        drop(core);
        (0..countable).for_each(|_| done::count());
        deliver(reversed(notices));
        wait::announce();
    }
}

fn reversed(mut chain: Option<&'static Request>) -> Option<&'static Request> {
    let mut turned = None;
    while let Some(request) = chain {
        chain = request.next.replace(turned);
        turned = Some(request);
    }
    turned
}

/// Notifies the program of what is published.
fn deliver(notices: Option<&'static Request>) {
    if notices.is_none() {
        return;
    }
    let mut at = notices;
    let mut lists: Option<&'static List> = None;
    while let Some(request) = at {
        at = request.next.get();
        request.notice.deliver();
        if let Some(list) = request.list.take()
            && list.end_one(request.progress.get() != 0)
        {
            list.next.set(lists);
            lists = Some(list);
        }
    }
    let mut core = CORE.lock();
    let mut at = notices;
    while let Some(request) = at {
        at = request.next.get();
        core.requests.give(request);
    }
    while let Some(list) = lists {
        lists = list.next.take();
        core.lists.give(list);
    }
}
