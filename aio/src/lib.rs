// SPDX-License-Identifier: MIT OR Apache-2.0
//! # libowfat-aio: POSIX asynchronous I/O
//!
//! A request's way, from the call to the notification:
//!
//! | module | does |
//! |---|---|
//! | [`capi`] | the C functions: cast, check, one call into the core, C value out |
//! | `submit`, `listio`, `vectors` | read the block once, make a record of it, hold the file open |
//! | `cached` | reads that need no device: done inside the call, those of a list by a ring of the calling thread's own |
//! | `files`, `pin`, `numbers` | which open file description a number means, inside the call |
//! | `table`, `request`, `file`, `queue`, `barrier` | the records: by block, by file, in order |
//! | `dispatch` | what may start now |
//! | `engine`, `uring`, `pool` | what starts it: a thread with a ring, or a pool of threads |
//! | `stream`, `poller` | streams: try first, then wait for readiness |
//! | `disk` | files with positions, and flushes |
//! | `finish` | out of the queues, the file let go of, published, notified |
//! | `status`, `wait` | aio_error, aio_return, aio_suspend: no lock |
//! | `done`, `slots`, `event`, `complete` | completions for aio_waitcomplete, and the completion descriptor |
//! | `notify`, `notifier` | signals and functions |
//! | `cancel`, `fork` | aio_cancel; what a forked child forgets |
//! | `core`, `lock`, `futex`, `slab`, `thread` | one lock around the records, and what it is made of |
//!
//! Records live forever and are reused, so a reference to one is always valid; the lock, or the state of a request, says
//! which thread may use it.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

#[cfg(not(target_os = "linux"))]
compile_error!("libowfat-aio is for Linux: other systems have POSIX asynchronous I/O of their own kernel's");

pub mod abi;
mod barrier;
mod cached;
mod cancel;
pub mod capi;
mod complete;
mod core;
mod disk;
mod dispatch;
mod done;
mod engine;
#[path = "../../src/errno.rs"]
#[allow(dead_code)]
mod errno;
mod event;
mod file;
mod files;
mod finish;
mod fork;
mod futex;
mod list;
mod listio;
mod lock;
mod notifier;
mod notify;
mod numbers;
mod pin;
mod poller;
mod pool;
mod queue;
mod request;
#[path = "../../src/rt.rs"]
#[allow(dead_code)]
mod rt;
mod slab;
mod slots;
mod status;
mod stream;
mod submit;
mod table;
mod thread;
mod uring;
mod vectors;
mod wait;
