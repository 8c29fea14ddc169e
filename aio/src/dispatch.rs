// SPDX-License-Identifier: MIT OR Apache-2.0
//! What may start now: requests go from their file's `incoming` to the queue that keeps their order, and from there to
//! the thread that runs them.

use crate::core::Core;
use crate::errno::{Errno, Result};
use crate::file::{File, Kind, Lane};
use crate::finish::Batch;
use crate::request::{Request, State};

/// Something to do.
#[derive(Clone, Copy)]
pub(crate) enum Job {
    /// A request that a system call may wait for the device, or the other side, in. Its state is `Started`.
    Call(&'static File, &'static Request),
    /// The head of a lane, to be tried without waiting. The lane is `busy`.
    Attempt(&'static File, &'static Request),
}

impl Core {
    /// The next thing to do. What ends at once is in `batch` then.
    pub(crate) fn next_job(&mut self, batch: &mut Batch) -> Option<Job> {
        while let Some(file) = self.run.pop() {
            // A record that was given back may still have been in the queue.
            if file.pending.get() == 0 {
                continue;
            }
            self.files.classify(file);
            while let Some(request) = file.incoming.pop() {
                self.place(batch, file, request);
            }
            self.make_sure_of(file);
            let job = start(file);
            if file.pending.get() > 0 && file.has_work() {
                self.run.push(file);
            }
            if job.is_some() {
                return job;
            }
        }
        None
    }

    /// Puts a request into the queue where it waits for its turn.
    pub(crate) fn place(&mut self, batch: &mut Batch, file: &'static File, request: &'static Request) {
        request.state.set(State::Queued);
        if let Err(error) = check(file, request) {
            return batch.end(self, request, Err(error));
        }
        if request.is_barrier() && !file.is_stream() {
            file.syncs.push(request);
        } else if file.is_stream() && !request.is_barrier() {
            file.lane(request).queue.push(request);
        } else if file.append.get() && !request.is_read() && !request.is_barrier() {
            file.appends.push(request);
        } else {
            file.ready.push(request);
        }
    }
}

/// What is wrong with a request, that the kernel would not say or would say otherwise.
fn check(file: &File, request: &Request) -> Result<()> {
    if request.is_barrier() {
        return Ok(());
    }
    let Ok(length) = isize::try_from(request.length.get()) else { return Err(Errno(libc::EINVAL)) };
    if file.kind.get() != Kind::Seekable {
        return Ok(());
    }
    let offset = request.offset.get();
    if offset < 0 || offset.checked_add(length as i64).is_none() {
        return Err(Errno(libc::EINVAL));
    }
    Ok(())
}

/// Takes something out of the file's queues that may start.
fn start(file: &'static File) -> Option<Job> {
    if let Some(request) = file.ready.pop() {
        return Some(begin(file, request));
    }
    if let Some(job) =
        file.lanes.iter().filter(|lane| lane.is_runnable()).find_map(|lane| attempt(file, lane))
    {
        return Some(job);
    }
    if !file.appending.get()
        && let Some(request) = file.appends.pop()
    {
        file.appending.set(true);
        return Some(begin(file, request));
    }
    let sync = file.syncs.head()?;
    if !file.barriers.is_clear(sync.generation.get()) {
        return None;
    }
    file.syncs.remove(sync);
    Some(begin(file, sync))
}

fn begin(file: &'static File, request: &'static Request) -> Job {
    request.state.set(State::Started);
    file.started.push(request);
    Job::Call(file, request)
}

/// Takes the right to the head of a lane that is runnable.
pub(crate) fn begin_attempt(lane: &Lane) -> Option<&'static Request> {
    let request = lane.queue.head()?;
    lane.busy.set(true);
    request.state.set(State::Started);
    Some(request)
}

fn attempt(file: &'static File, lane: &Lane) -> Option<Job> {
    let request = begin_attempt(lane)?;
    Some(if file.kind.get() == Kind::Unpollable {
        Job::Call(file, request)
    } else {
        Job::Attempt(file, request)
    })
}

impl Core {
    /// A request that was handed out as [`Job::Call`] has ended.
    pub(crate) fn end_call(
        &mut self,
        batch: &mut Batch,
        file: &'static File,
        request: &'static Request,
        outcome: Result<usize>,
    ) {
        if file.kind.get() == Kind::Unpollable && !request.is_barrier() {
            let lane = file.lane(request);
            lane.busy.set(false);
            lane.queue.remove(request);
        } else {
            file.started.remove(request);
            if file.append.get() && !request.is_read() && !request.is_barrier() {
                file.appending.set(false);
            }
        }
        batch.end(self, request, outcome);
    }

    /// A request that was handed out as [`Job::Attempt`] has ended, or has to wait if `outcome` is `None`.
    pub(crate) fn end_attempt(
        &mut self,
        batch: &mut Batch,
        file: &'static File,
        request: &'static Request,
        outcome: Option<Result<usize>>,
    ) {
        let lane = file.lane(request);
        lane.busy.set(false);
        let outcome = match outcome {
            Some(outcome) => outcome,
            None => {
                request.state.set(State::Waiting);
                lane.armed.set(true);
                match self.watch(file) {
                    Ok(()) => return,
                    Err(Errno(libc::EPERM)) => {
                        // The kernel does not tell when it is ready, so the next attempt waits in the call.
                        lane.armed.set(false);
                        request.state.set(State::Queued);
                        file.kind.set(Kind::Unpollable);
                        return self.run.push(file);
                    }
                    Err(error) => {
                        lane.armed.set(false);
                        Err(error)
                    }
                }
            }
        };
        lane.queue.remove(request);
        batch.end(self, request, outcome);
    }
}
