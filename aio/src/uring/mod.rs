// SPDX-License-Identifier: MIT OR Apache-2.0
//! The engine on io_uring: one thread hands requests to the kernel, which runs them side by side, and publishes what
//! comes back. It tries streams itself, without waiting; the poller waits for them.
//!
//! Callers only queue. They wake this thread if it sleeps, through a futex that the ring waits for. So the ring has no
//! descriptor at all that the program could close or take for its own; kernels before 6.7, which lack that, get the pool. No
//! more requests are in flight than completions fit into the ring.

mod abi;
mod ring;
pub(crate) mod thread;

use crate::core::{CORE, Core};
use crate::disk;
use crate::dispatch::Job;
use crate::engine;
use crate::errno::{Errno, Result};
use crate::file::{File, Kind};
use crate::finish::Batch;
use crate::lock::Guard;
use crate::request::{Operation, Request};
use crate::stream::{self, LARGEST};
use abi::Submission;
use core::convert::Infallible;
use ring::{Ring, Size};

/// Buffered transfers above this are copied by the kernel's workers, so that this thread is free for others.
const LARGE: usize = 64 * 1024;
/// What marks the completion of the wake-up.
const WAKE_UP: u64 = 1;
/// Streams that are tried in a round before completions are looked at.
const ATTEMPTS: usize = 16;

/// The thread's state.
struct Uring {
    ring: Ring,
    in_flight: u32,
    /// The ring waits for the wake-up.
    armed: bool,
    /// What did not fit into the queue.
    waiting: Option<(&'static File, &'static Request)>,
}

/// Serves requests forever; the error says that there is no ring.
pub(crate) fn run(workers: u32) -> Result<Infallible> {
    // A fork waits until the ring has no number any more, which its child would keep.
    CORE.lock().settling += 1;
    let ring = Ring::new(&Size { submissions: 128, completions: 1024, workers });
    let mut core = CORE.lock();
    core.settling = core.settling.saturating_sub(1);
    let ring = ring?;
    core.engine.become_ring();
    let mut uring = Uring { ring, in_flight: 0, armed: false, waiting: None };
    loop {
        core = uring.turn(core);
    }
}

impl Uring {
    /// Hands over what may start, tries streams, publishes what has ended, and sleeps if there was nothing.
    fn turn(&mut self, mut core: Guard<'static, Core>) -> Guard<'static, Core> {
        let mut batch = Batch::new();
        let mut attempts: [Option<(&'static File, &'static Request)>; ATTEMPTS] = [None; ATTEMPTS];
        let mut count = 0;
        if let Some((file, request)) = self.waiting.take() {
            self.begin(file, request);
        }
        while self.waiting.is_none() && self.in_flight + 2 < self.ring.capacity && count < ATTEMPTS {
            match core.next_job(&mut batch) {
                Some(Job::Call(file, request)) => self.begin(file, request),
                Some(Job::Attempt(file, request)) => {
                    attempts[count] = Some((file, request));
                    count += 1;
                }
                None => break,
            }
        }
        let full = self.in_flight + 2 >= self.ring.capacity;
        let nothing_new = core.run.is_empty() && self.waiting.is_none();
        if count == 0 && batch.is_empty() && (nothing_new || full) {
            return self.rest(core);
        }
        core = settle(core, batch);
        let mut batch = Batch::new();
        for (file, request) in attempts.into_iter().flatten() {
            drop(core);
            let outcome = stream::attempt(file, request);
            core = CORE.lock();
            core.end_attempt(&mut batch, file, request, outcome);
        }
        core = settle(core, batch);
        if self.ring.has_unsubmitted() || self.in_flight > 0 {
            drop(core);
            self.ring.enter(0);
            core = CORE.lock();
        }
        self.publish(core)
    }

    /// Sleeps until something is complete, or something new is there.
    fn rest(&mut self, mut core: Guard<'static, Core>) -> Guard<'static, Core> {
        let before = core.engine.fall_asleep();
        drop(core);
        self.arm(before);
        self.ring.enter(1);
        core = CORE.lock();
        core.engine.awake();
        self.publish(core)
    }

    /// Has the ring wait for the wake-up, once.
    fn arm(&mut self, before: u32) {
        if self.armed {
            return;
        }
        let submission = Submission {
            opcode: abi::FUTEX_WAIT,
            fd: abi::FUTEX_PRIVATE_U32,
            offset: u64::from(before),
            third: u64::from(u32::MAX),
            address: engine::signal_word().as_ptr() as usize as u64,
            user_data: WAKE_UP,
            ..Submission::default()
        };
        self.armed = self.ring.push(&submission);
        while !self.armed {
            self.ring.enter(0);
            self.armed = self.ring.push(&submission);
        }
    }

    /// Publishes everything that is complete.
    fn publish(&mut self, mut core: Guard<'static, Core>) -> Guard<'static, Core> {
        let mut batch = Batch::new();
        while let Some(completion) = self.ring.pop() {
            if completion.user_data == WAKE_UP {
                self.armed = false;
                continue;
            }
            // SAFETY: what is submitted with an address is a request, and records of requests live forever.
            let request: &'static Request = unsafe { &*(completion.user_data as usize as *const Request) };
            self.in_flight -= 1;
            let Some(file) = request.file.get() else { continue };
            if completion.result == -libc::EINTR && self.waiting.is_none() {
                self.begin(file, request);
                continue;
            }
            let outcome = usize::try_from(completion.result).map_err(|_| Errno(-completion.result));
            core.end_call(&mut batch, file, request, outcome);
        }
        settle(core, batch)
    }

    /// Writes a request into the queue; if that is full, it waits for the next turn.
    fn begin(&mut self, file: &'static File, request: &'static Request) {
        if self.ring.push(&describe(file, request)) {
            self.in_flight += 1;
        } else {
            self.waiting = Some((file, request));
        }
    }
}

fn settle(core: Guard<'static, Core>, batch: Batch) -> Guard<'static, Core> {
    if batch.is_empty() {
        return core;
    }
    batch.settle(core);
    CORE.lock()
}

/// A request in the kernel's words.
fn describe(file: &File, request: &Request) -> Submission {
    let address: *const Request = request;
    let mut submission = Submission {
        fd: file.pin.get(),
        user_data: address as usize as u64,
        priority: disk::priority(request.priority.get()),
        ..Submission::default()
    };
    match request.operation.get() {
        Operation::Sync => submission.opcode = abi::FSYNC,
        Operation::DataSync => {
            submission.opcode = abi::FSYNC;
            submission.operation_flags = abi::FSYNC_DATASYNC;
        }
        operation => {
            let is_read = operation == Operation::Read;
            let length = request.length.get();
            submission.address = request.buffer.get() as usize as u64;
            submission.offset = request.offset.get() as u64;
            if request.vectors.get() >= 0 {
                submission.opcode = if is_read { abi::READV } else { abi::WRITEV };
                submission.length = request.vectors.get() as u32;
            } else {
                submission.opcode = if is_read { abi::READ } else { abi::WRITE };
                submission.length = length.min(LARGEST) as u32;
            }
            if file.kind.get() == Kind::Unpollable {
                submission.offset = u64::MAX;
                submission.flags |= abi::ASYNC;
            } else if length > LARGE && !file.direct.get() {
                submission.flags |= abi::ASYNC;
            }
        }
    }
    submission
}
