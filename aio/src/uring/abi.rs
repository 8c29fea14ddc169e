// SPDX-License-Identifier: MIT OR Apache-2.0
//! The kernel's side of io_uring, as io_uring_setup(2), io_uring_enter(2) and io_uring_register(2) describe it.

/// Where the parts of the submission queue are in its mapping.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct SubmissionOffsets {
    pub(super) head: u32,
    pub(super) tail: u32,
    pub(super) mask: u32,
    pub(super) entries: u32,
    pub(super) flags: u32,
    pub(super) dropped: u32,
    pub(super) array: u32,
    pub(super) reserved: u32,
    address: u64,
}

/// Where the parts of the completion queue are.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct CompletionOffsets {
    pub(super) head: u32,
    pub(super) tail: u32,
    pub(super) mask: u32,
    pub(super) entries: u32,
    pub(super) overflow: u32,
    pub(super) entry: u32,
    pub(super) flags: u32,
    pub(super) reserved: u32,
    address: u64,
}

/// `struct io_uring_params`.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct Parameters {
    pub(super) submission_entries: u32,
    pub(super) completion_entries: u32,
    pub(super) flags: u32,
    pub(super) poll_cpu: u32,
    pub(super) poll_idle: u32,
    pub(super) features: u32,
    pub(super) workers: u32,
    pub(super) reserved: [u32; 3],
    pub(super) submission: SubmissionOffsets,
    pub(super) completion: CompletionOffsets,
}

/// A submission: `struct io_uring_sqe`, with the members that are used here.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct Submission {
    pub(super) opcode: u8,
    pub(super) flags: u8,
    pub(super) priority: u16,
    pub(super) fd: i32,
    /// The offset, or the expected value of a futex.
    pub(super) offset: u64,
    pub(super) address: u64,
    pub(super) length: u32,
    pub(super) operation_flags: u32,
    pub(super) user_data: u64,
    pub(super) buffer: u16,
    pub(super) personality: u16,
    pub(super) other: i32,
    /// The mask of a futex.
    pub(super) third: u64,
    pub(super) padding: u64,
}

/// A completion: `struct io_uring_cqe`.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct Completion {
    pub(super) user_data: u64,
    /// A result, or an errno value, negative.
    pub(super) result: i32,
    flags: u32,
}

/// `struct io_uring_probe` with all its operations.
#[repr(C)]
pub(super) struct Probe {
    head: [u8; 16],
    pub(super) operations: [ProbedOperation; 64],
}

/// `struct io_uring_probe_op`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct ProbedOperation {
    operation: u8,
    pub(super) reserved: u8,
    pub(super) flags: u16,
    more: u32,
}

/// `struct io_uring_rsrc_update`.
#[repr(C)]
pub(super) struct Update {
    pub(super) offset: u32,
    pub(super) reserved: u32,
    pub(super) data: u64,
}

pub(super) const SETUP_CQSIZE: u32 = 1 << 3;
pub(super) const SETUP_CLAMP: u32 = 1 << 4;
pub(super) const SETUP_COOP_TASKRUN: u32 = 1 << 8;
pub(super) const SETUP_SINGLE_ISSUER: u32 = 1 << 12;
pub(super) const SETUP_DEFER_TASKRUN: u32 = 1 << 13;

pub(super) const FEATURE_SINGLE_MMAP: u32 = 1 << 0;
pub(super) const FEATURE_NODROP: u32 = 1 << 1;
pub(super) const FEATURE_CURRENT_POSITION: u32 = 1 << 3;

pub(super) const ENTER_GETEVENTS: u32 = 1 << 0;
pub(super) const ENTER_REGISTERED_RING: u32 = 1 << 4;

pub(super) const OFFSET_RINGS: i64 = 0;
pub(super) const OFFSET_SUBMISSIONS: i64 = 0x1000_0000;

pub(super) const REGISTER_PROBE: u32 = 8;
pub(super) const REGISTER_WORKERS: u32 = 19;
pub(super) const REGISTER_RING_FDS: u32 = 20;

pub(super) const READV: u8 = 1;
pub(super) const WRITEV: u8 = 2;
pub(super) const FSYNC: u8 = 3;
pub(super) const READ: u8 = 22;
pub(super) const WRITE: u8 = 23;
pub(super) const FUTEX_WAIT: u8 = 51;

/// The submission goes to the kernel's workers without an attempt.
pub(super) const ASYNC: u8 = 1 << 4;
/// The operation fails with EAGAIN instead of waiting.
pub(super) const NOWAIT: u32 = 8;
/// fdatasync instead of fsync.
pub(super) const FSYNC_DATASYNC: u32 = 1;
/// A futex of 32 bits that only this process uses.
pub(super) const FUTEX_PRIVATE_U32: i32 = 0x80 | 0x02;
/// The kernel has the operation.
pub(super) const SUPPORTED: u16 = 1;

const _: () = {
    assert!(size_of::<Parameters>() == 120 && size_of::<Submission>() == 64);
    assert!(size_of::<Completion>() == 16 && size_of::<Probe>() == 16 + 64 * 8);
};
