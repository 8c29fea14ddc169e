// SPDX-License-Identifier: MIT OR Apache-2.0
//! A ring: two queues in memory that is shared with the kernel. Belongs to the thread that made it.

use super::abi::*;
use crate::errno::{Errno, Result};
use crate::pin;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// Submissions that fit into the queue at a time.
const SUBMISSIONS: u32 = 128;
/// Completions that fit: more are never in flight.
const COMPLETIONS: u32 = 1024;

/// The queues. Not to be dropped: the thread that has it never ends.
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

fn setup() -> Result<(c_int, Parameters)> {
    let kinds = [SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN, SETUP_COOP_TASKRUN, 0];
    for kind in kinds {
        let mut parameters = Parameters {
            flags: kind | SETUP_CQSIZE | SETUP_CLAMP,
            completion_entries: COMPLETIONS,
            ..Parameters::default()
        };
        // SAFETY: `parameters` has the layout that the kernel reads and writes.
        let fd = unsafe { libc::syscall(libc::SYS_io_uring_setup, SUBMISSIONS, &mut parameters) } as c_int;
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
    /// A ring for this thread; at most `workers` of the kernel's threads help it. The error says only that there is none.
    pub(super) fn new(workers: u32) -> Result<Ring> {
        let (fd, parameters) = setup()?;
        let ring = Ring::on(fd, &parameters, workers);
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
        };
        core::mem::forget((rings, entries));
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

    /// Hands submissions over and, if `wait`, sleeps until there is a completion.
    pub(super) fn enter(&mut self, wait: bool) {
        // SAFETY: only numbers.
        let result = unsafe {
            libc::syscall(
                libc::SYS_io_uring_enter,
                self.number,
                self.unsubmitted,
                c_int::from(wait),
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
