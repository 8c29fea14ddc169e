//! The only place that talks to the kernel.
//!
//! # What a backend must do
//!
//! The event loop knows one type, [`Backend`], chosen at compile time. A backend fulfils this contract:
//!
//! - `new() -> Result<Backend>`: an instance whose descriptors are close-on-exec. `Backend` is `Copy`;
//!   `close_if_ours()` gives the kernel's objects back, once, and leaves alone what the program has closed. A forked
//!   child makes one of its own.
//! - `add(fd, token)`: watches `fd` for reading and writing until the number is closed, edge-triggered: each
//!   change to ready is reported once, with the token; what is ready already is reported by the next wait. If
//!   the same open file is watched under this number already, the new token replaces the old one. Errors: EPERM
//!   and whatever else never changes (the loop counts the descriptor as always ready); ENOMEM, ENOSPC, EMFILE,
//!   ENFILE (the loop tries again later).
//! - `rearm(fd, token)`: whatever is ready now is reported by the next wait, reported before or not. ENOENT or
//!   EBADF if the number was closed since.
//! - `remove(fd)`: ends a registration; used where the open file may live on under another number.
//! - `wait(events, milliseconds)`: waits, in the thread that runs the loop, without the loop's lock. `add`, `rearm`,
//!   `remove` and `wake` may be called by other threads meanwhile and take effect at once.
//! - `wake()`: makes a wait that is under way, or else the next one, return early.
//! - An event may be spurious or stale; it must not be lost. Hang-up and error count as readable and writable.

macro_rules! syscall {
    ($name:ident($($argument:expr),* $(,)?)) => {{
        #[allow(unused_imports)]
        use crate::sys::IsFailure as _;
        // SAFETY: the callers of this macro hand in pointers that are valid for the call, or pass on a pointer
        // that the C caller vouches for, which the kernel checks.
        let result = unsafe { libc::$name($($argument),*) };
        if result.is_failure() { Err(crate::errno::Errno::last()) } else { Ok(result) }
    }};
}

/// "-1 with errno", in the integer types in which system calls answer.
pub(crate) trait IsFailure {
    /// True for -1.
    fn is_failure(&self) -> bool;
}

impl IsFailure for i32 {
    fn is_failure(&self) -> bool {
        *self == -1
    }
}

impl IsFailure for i64 {
    fn is_failure(&self) -> bool {
        *self == -1
    }
}

impl IsFailure for isize {
    fn is_failure(&self) -> bool {
        *self == -1
    }
}

/// What a backend reports of one registration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Event {
    /// The token of the registration.
    pub token: u64,
    /// A read would not wait.
    pub readable: bool,
    /// A write would not wait.
    pub writable: bool,
    /// What follows the bytes at hand may bring no event of its own.
    pub spent: bool,
    /// The descriptor may be a TCP socket, by a sign that costs nothing.
    pub stream_like: bool,
}

pub mod accept_filter;
pub mod clock;
pub mod fd;
pub mod file;
pub mod fork;
pub mod gather;
pub mod interface;
pub mod lock;
pub mod pages;
pub mod passing;
pub mod pause;
pub mod region;
pub mod signal;
pub mod socket;
pub mod socket_address;
pub mod socket_option;
pub mod thread_memory;

#[cfg(target_os = "linux")]
mod epoll;
#[cfg(target_os = "linux")]
mod epoll_once;
#[cfg(target_os = "linux")]
pub use epoll::{Backend, CAPACITY, Events};
#[cfg(target_os = "linux")]
pub use epoll_once::{Delivery, Dispatcher, Interest};

#[cfg(not(target_os = "linux"))]
compile_error!("no backend for this system yet");
