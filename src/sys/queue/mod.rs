// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the loop waits on.
//!
//! # What a backend must do
//!
//! The event loop knows one type, [`Backend`]: the kernel's own queue (epoll, kqueue; chosen when the library is
//! built), or [`poll`], which serves where there is none, where a sandbox forbids it, and for want of descriptors.
//! Each fulfils this contract:
//!
//! - `new()`: an instance whose descriptors are close-on-exec. `Backend` is `Copy`; `close_if_ours()` gives the
//!   kernel's objects back, once, and leaves alone what the program has closed. A forked child makes one of its own.
//!   If `is_fallback()`, the loop makes another one after the next wait.
//! - `add(fd, token, watch_mode)`: watches `fd` for reading and writing until the number is closed, edge-triggered: each
//!   change to ready is reported once, with the token; what is ready already is reported by the next wait. A backend that
//!   `has_watch_modes()` does less, or does it more often, where the [`WatchMode`] says so; the others are never asked to. If
//!   the same open file is watched under this number already, the new token replaces the old one. The lower half of
//!   a token is the descriptor. Errors: EPERM and whatever else never changes (the loop counts the descriptor as
//!   always ready); ENOMEM, ENOSPC, EMFILE, ENFILE, and EAGAIN where the program has closed the instance (the loop tries
//!   again later). What is [`Unsupported`] of one direction alone counts as ready in that direction.
//! - `rearm(fd, token, watch_mode)`: whatever is ready now is reported by the next wait, reported before or not. ENOENT or
//!   EBADF if the number was closed since; after any other error the loop counts the descriptor as not watched.
//! - `remove(fd)`: ends a registration; used where the open file may live on under another number.
//! - `wait(events, milliseconds, watches)`: waits, in the thread that runs the loop, without the loop's lock. `add`,
//!   `rearm`, `remove` and `wake` may be called by other threads during a wait and take effect at once.
//! - `wake()`: makes a wait that is under way, or else the next one, return early.
//! - An event may be spurious or stale; it must not be lost. Hang-up and error count as readable and writable; an error
//!   alone is marked as such, because it may last while every read gives EAGAIN.
//!
//! # A backend without edges
//!
//! poll(2) sees what is ready, never what changed, so it has to be told at each wait which directions not to look
//! at. The loop knows: those that it has marked as ready or stale, which are its own business until it calls
//! `rearm`, or learns of an EAGAIN, and forgets the mark. Everything else that is watched it lists in `watches`,
//! an iterator over the table; a backend with edges ignores it, and the optimiser drops it. So poll needs no memory of its own, and
//! `add`, `rearm` and `remove` are nothing to it.
//!
//! What remains is a wait under way while another thread registers a descriptor, or learns of an EAGAIN and then
//! interest: the list of that wait is out of date. A change of interest or a registration therefore ends with `wake()` when
//! `is_level_triggered()`; that is the whole price, and backends with edges do not pay it.

mod backend;
mod delivery;
mod dispatcher;
#[cfg(owfat_kernel = "epoll")]
mod epoll;
mod event;
#[cfg(owfat_kernel = "kqueue")]
mod kqueue;
#[cfg(owfat_kernel = "none")]
mod none;
mod poll;
mod self_pipe;

#[cfg(owfat_kernel = "epoll")]
use epoll as kernel;
#[cfg(owfat_kernel = "kqueue")]
use kqueue as kernel;
#[cfg(owfat_kernel = "none")]
use none as kernel;

pub(crate) use backend::{Backend, Events, is_level_triggered};
pub(crate) use delivery::{Delivery, Interest, Places};
pub(crate) use dispatcher::{Dispatcher, Parts};
use event::descriptor_of;
pub(crate) use event::{Event, Readiness, Unsupported, Watch, WatchMode};
