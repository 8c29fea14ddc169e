// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the loop waits on.
//!
//! | file | holds |
//! |---|---|
//! | [`contract`] | what a backend provides: [`EventQueue`](contract::EventQueue), [`OneShotQueue`](contract::OneShotQueue) |
//! | [`event`], [`delivery`] | what the loop and `iom_*` ask for, and what they are told |
//! | [`backend`], [`dispatcher`] | the one in use: the kernel's own, or poll(2) where it is missing or forbidden |
//! | `epoll/`, `kqueue/`, `none` | the kernel's own, chosen by build.rs: the queue, and in `once` the dispatcher |
//! | [`poll`] | poll(2), on every system |
//! | [`self_pipe`] | a pipe that wakes, where the kernel offers nothing better |
//!
//! # How to add a backend
//!
//! 1. `event_queue` in build.rs says which systems have it: `cfg(owfat_kernel = "ports")`. The two lists at the end of
//!    this file get a line each.
//! 2. `ports/mod.rs`: a copy of `none.rs`, in which [`EventQueue`](contract::EventQueue) is implemented for `Kernel`, and
//!    [`EventList`](contract::EventList) for `Events`. Its comment lists the kernel's quirks and where each is answered, as
//!    those of the others do.
//! 3. `ports/once.rs`: [`OneShotQueue`](contract::OneShotQueue) for `Dispatcher`. Until it exists, the one of `none.rs` will do:
//!    `iom_*` are on poll(2) then.
//! 4. `cargo test --lib sys::queue` tries the contract on the backends of the system that it runs on; the programs in
//!    `ctests/loop/` see what C programs see. The target goes into `.ci/check-bsd`.
//!
//! A kernel that forgets a registration with its event, as event ports do, is one without edges: `add` only finds out what
//! can be watched, `rearm` and `remove` do nothing, and each wait registers what `watches` lists.
//!
//! # A backend without edges
//!
//! poll(2) sees what is ready, never what changed, so it has to be told at each wait which directions not to look
//! at. The loop knows: those that it has marked as ready or stale, which are its own business until it calls
//! `rearm`, or learns of an EAGAIN, and clears the mark. It lists everything else that is watched in `watches`,
//! an iterator over the table; a backend with edges ignores it, and the optimiser drops it. So poll needs no memory of its own,
//! and its `add`, `rearm` and `remove` do nothing.
//!
//! What remains is a wait under way while another thread registers a descriptor, or learns of an EAGAIN and then
//! interest: the list of that wait is out of date. A change of interest or a registration therefore ends with `wake()` when
//! [`is_level_triggered`]; that is the whole price, and backends with edges do not pay it.

mod backend;
mod contract;
mod delivery;
mod dispatcher;
mod event;
mod poll;
mod self_pipe;
#[cfg(test)]
mod tests;

#[cfg(owfat_kernel = "epoll")]
mod epoll;
#[cfg(owfat_kernel = "kqueue")]
mod kqueue;
#[cfg(owfat_kernel = "none")]
mod none;

#[cfg(owfat_kernel = "epoll")]
use epoll as kernel;
#[cfg(owfat_kernel = "kqueue")]
use kqueue as kernel;
#[cfg(owfat_kernel = "none")]
use none as kernel;

pub(crate) use backend::{Backend, Events, is_level_triggered};
use contract::{EventList, EventQueue, OneShotQueue};
pub(crate) use delivery::{Delivery, Interest, Places};
pub(crate) use dispatcher::{Dispatcher, Parts};
use event::descriptor_of;
pub(crate) use event::{Event, Readiness, Unsupported, Watch, WatchMode};
