// SPDX-License-Identifier: MIT OR Apache-2.0
//! A ring: two queues in memory that is shared with the kernel. Belongs to the thread that made it.

use super::abi::*;
use crate::errno::{Errno, Result};
use crate::pin;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// How large a ring is.
pub(super) struct Size {
    /// Submissions that fit into the queue at a time.
    pub(super) submissions: u32,
    /// Completions that fit: more are never in flight.
    pub(super) completions: u32,
    /// The most of the kernel's threads that help it; 0 for as many as the calling thread's other rings have.
    pub(super) workers: u32,
}

/// The queues. The kernel forgets the ring itself when its thread ends.
pub(super) struct Ring {
    /// The place of the ring among the thread's registered rings.
    number: u32,
    submission_head: *const AtomicU32,
    submission_tail: *const AtomicU32,
    completion_head: *const AtomicU32,
    completion_tail: *const AtomicU32,
    submissions: *mut Submission,
    completions: *const Completion,
    submission_mask: u32,
    completion_mask: u32,
    /// Written and not handed over yet.
    unsubmitted: u32,
    /// Completions that fit.
    pub(super) capacity: u32,
    /// What the pointers point into.
    _mappings: [Mapping; 2],
}

/// What is shared with the kernel, while the ring is being made.
struct Mapping {
    address: *mut c_void,
    length: usize,
}

fn map(fd: c_int, length: usize, offset: i64) -> Result<Mapping> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_SHARED | libc::MAP_POPULATE;
    // SAFETY: a new mapping, wherever the kernel wants it.
    let address = unsafe { libc::mmap64(null_mut(), length, protection, flags, fd, offset) };
    if address == libc::MAP_FAILED {
        return Err(Errno::last());
    }
    // SAFETY: the mapping is ours. A forked child has no use for it.
    unsafe { libc::madvise(address, length, libc::MADV_DONTFORK) };
    Ok(Mapping { address, length })
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nothing refers to it when it is dropped.
        unsafe { libc::munmap(self.address, self.length) };
    }
}

fn setup(size: &Size) -> Result<(c_int, Parameters)> {
    let kinds = [SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN, SETUP_COOP_TASKRUN, 0];
    for kind in kinds {
        let mut parameters = Parameters {
            flags: kind | SETUP_CQSIZE | SETUP_CLAMP,
            completion_entries: size.completions,
            ..Parameters::default()
        };
        // SAFETY: `parameters` has the layout that the kernel reads and writes.
        let fd =
            unsafe { libc::syscall(libc::SYS_io_uring_setup, size.submissions, &mut parameters) } as c_int;
        if fd >= 0 {
            return Ok((fd, parameters));
        }
        if Errno::last() != Errno(libc::EINVAL) {
            break;
        }
    }
    Err(Errno::last())
}

fn register(fd: c_int, operation: u32, argument: *mut c_void, count: u32) -> bool {
    // SAFETY: the callers hand in what the operation reads and writes.
    unsafe { libc::syscall(libc::SYS_io_uring_register, fd, operation, argument, count) >= 0 }
}

impl Ring {
    /// A ring for this thread. The error says only that there is none.
    pub(super) fn new(size: &Size) -> Result<Ring> {
        let (fd, parameters) = setup(size)?;
        let ring = Ring::on(fd, &parameters, size.workers);
        if ring.is_err() {
            pin::close(fd);
        }
        ring
    }

    fn on(fd: c_int, parameters: &Parameters, workers: u32) -> Result<Ring> {
        let needed = FEATURE_SINGLE_MMAP | FEATURE_NODROP | FEATURE_CURRENT_POSITION;
        if parameters.features & needed != needed {
            return Err(Errno(libc::ENOSYS));
        }
        probe(fd)?;
        let (submission, completion) = (&parameters.submission, &parameters.completion);
        let submissions_end = submission.array as usize + parameters.submission_entries as usize * 4;
        let completions_end =
            completion.entry as usize + parameters.completion_entries as usize * size_of::<Completion>();
        let rings = map(fd, submissions_end.max(completions_end), OFFSET_RINGS)?;
        let entries_length = parameters.submission_entries as usize * size_of::<Submission>();
        let entries = map(fd, entries_length, OFFSET_SUBMISSIONS)?;
        let at = |offset: u32| rings.address.cast::<u8>().wrapping_add(offset as usize);
        // Slot n of the queue always names entry n.
        for index in 0..parameters.submission_entries {
            // SAFETY: the array has so many numbers, inside the mapping.
            unsafe { at(submission.array).cast::<u32>().add(index as usize).write(index) };
        }
        let mut limits = [workers, workers];
        register(fd, REGISTER_WORKERS, limits.as_mut_ptr().cast(), 2);
        // SAFETY: both masks are inside the mapping.
        let (submission_mask, completion_mask) =
            unsafe { (at(submission.mask).cast::<u32>().read(), at(completion.mask).cast::<u32>().read()) };
        let number = hide(fd)?;
        let ring = Ring {
            number,
            submission_head: at(submission.head).cast(),
            submission_tail: at(submission.tail).cast(),
            completion_head: at(completion.head).cast(),
            completion_tail: at(completion.tail).cast(),
            submissions: entries.address.cast(),
            completions: at(completion.entry).cast(),
            submission_mask,
            completion_mask,
            unsubmitted: 0,
            capacity: parameters.completion_entries,
            _mappings: [rings, entries],
        };
        Ok(ring)
    }

    /// Writes a submission; false if the queue is full, and [`Ring::enter`] has to come first.
    pub(super) fn push(&mut self, submission: &Submission) -> bool {
        // SAFETY: head and tail are words of the mapping; the kernel changes the head, this thread the tail.
        let (head, tail) =
            unsafe { ((*self.submission_head).load(Acquire), (*self.submission_tail).load(Relaxed)) };
        if tail.wrapping_sub(head) > self.submission_mask {
            return false;
        }
        // SAFETY: the entry is inside the mapping, and the kernel does not read it before the tail passes it.
        unsafe {
            self.submissions.add((tail & self.submission_mask) as usize).write(*submission);
            (*self.submission_tail).store(tail.wrapping_add(1), Release);
        }
        self.unsubmitted += 1;
        true
    }

    /// Hands submissions over and sleeps until there are so many completions.
    pub(super) fn enter(&mut self, awaited: u32) {
        // SAFETY: only numbers.
        let result = unsafe {
            libc::syscall(
                libc::SYS_io_uring_enter,
                self.number,
                self.unsubmitted,
                awaited,
                ENTER_REGISTERED_RING | ENTER_GETEVENTS,
                null_mut::<c_void>(),
                0_usize,
            )
        };
        // Errors are those of a moment: EINTR, EAGAIN (no memory), EBUSY. What is not handed over stays in the queue.
        if let Ok(count) = u32::try_from(result) {
            self.unsubmitted -= count.min(self.unsubmitted);
        }
    }

    /// Hands over what was written since nothing was in flight, and waits until it is complete: how many completions there are to
    /// take. What the kernel has not taken is taken back, and has none.
    pub(super) fn complete(&mut self) -> u32 {
        let written = self.unsubmitted;
        self.enter(written);
        // SAFETY: head and tail are words of the mapping. The kernel looks at the tail in a call of this thread alone, so what
        // is behind the head now it will not see.
        let taken_back = unsafe {
            let (head, tail) = ((*self.submission_head).load(Acquire), (*self.submission_tail).load(Relaxed));
            (*self.submission_tail).store(head, Release);
            tail.wrapping_sub(head)
        };
        self.unsubmitted = 0;
        let submitted = written - taken_back.min(written);
        // The program's buffers are the kernel's until then, so neither a signal nor an error is a reason to leave.
        while self.arrived() < submitted {
            self.enter(submitted);
        }
        submitted
    }

    fn arrived(&self) -> u32 {
        // SAFETY: head and tail are words of the mapping; the kernel changes the tail, this thread the head.
        unsafe { (*self.completion_tail).load(Acquire).wrapping_sub((*self.completion_head).load(Relaxed)) }
    }

    /// True if there is something to hand over.
    pub(super) fn has_unsubmitted(&self) -> bool {
        self.unsubmitted > 0
    }

    /// The next completion.
    pub(super) fn pop(&mut self) -> Option<Completion> {
        // SAFETY: head and tail are words of the mapping; the kernel changes the tail, this thread the head.
        let (head, tail) =
            unsafe { ((*self.completion_head).load(Relaxed), (*self.completion_tail).load(Acquire)) };
        if head == tail {
            return None;
        }
        // SAFETY: the entry is inside the mapping, and the kernel does not write it before the head passes it.
        unsafe {
            let completion = self.completions.add((head & self.completion_mask) as usize).read();
            (*self.completion_head).store(head.wrapping_add(1), Release);
            Some(completion)
        }
    }
}

/// Makes the thread find its ring without a number, so that the program cannot close it. Errors: ENOSYS.
fn hide(fd: c_int) -> Result<u32> {
    let mut update = Update { offset: u32::MAX, reserved: 0, data: fd as u64 };
    if !register(fd, REGISTER_RING_FDS, (&raw mut update).cast(), 1) {
        return Err(Errno(libc::ENOSYS));
    }
    pin::close(fd);
    Ok(update.offset)
}

/// Asks for the operations. Errors: ENOSYS if the kernel lacks one.
fn probe(fd: c_int) -> Result<()> {
    // SAFETY: the structure is made of numbers.
    let mut probe: Probe = unsafe { core::mem::zeroed() };
    let count = probe.operations.len() as u32;
    if !register(fd, REGISTER_PROBE, (&raw mut probe).cast(), count) {
        return Err(Errno(libc::ENOSYS));
    }
    let has = |operation: u8| probe.operations[usize::from(operation)].flags & SUPPORTED != 0;
    if [READV, WRITEV, FSYNC, READ, WRITE, FUTEX_WAIT].into_iter().all(has) {
        Ok(())
    } else {
        Err(Errno(libc::ENOSYS))
    }
}
