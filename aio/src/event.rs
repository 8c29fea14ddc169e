// SPDX-License-Identifier: MIT OR Apache-2.0
//! The completion descriptor: an eventfd(2) that is readable while there is something to hand out.

use crate::errno::{Errno, Result, unchanged};
use crate::pin::{self, Pins};
use core::ffi::c_int;
use core::sync::atomic::AtomicI32;
use core::sync::atomic::Ordering::SeqCst;

static DESCRIPTOR: AtomicI32 = AtomicI32::new(-1);

/// The descriptor; `None` without one, or if its number means something else by now.
fn number() -> Option<c_int> {
    let fd = DESCRIPTOR.load(SeqCst);
    let is_ours = fd != -1 && pin::is_marked(fd);
    if !is_ours {
        let _ = DESCRIPTOR.compare_exchange(fd, -1, SeqCst, SeqCst);
    }
    is_ours.then_some(fd)
}

/// The descriptor, made by the first call. Under the library's lock. Errors: EMFILE, ENFILE, ENOMEM.
pub(crate) fn descriptor(pins: &mut Pins, is_live: impl Fn() -> bool) -> Result<c_int> {
    if let Some(known) = number() {
        return Ok(known);
    }
    // SAFETY: only numbers.
    let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
    if fd == -1 {
        return Err(Errno::last());
    }
    let fd = pins.lift(fd);
    pin::mark(fd);
    DESCRIPTOR.store(fd, SeqCst);
    if is_live() {
        raise();
    }
    Ok(fd)
}

/// Makes it readable, if it exists.
pub(crate) fn raise() {
    if let Some(fd) = number() {
        let one = 1_u64;
        // SAFETY: the buffer has the eight bytes that an eventfd takes.
        unchanged(|| unsafe { libc::write(fd, (&raw const one).cast(), size_of::<u64>()) });
    }
}

/// Makes it unreadable, unless something is there to hand out by then. Each addition that finds nothing there raises it,
/// so looking again afterwards loses none.
pub(crate) fn lower(is_live: impl Fn() -> bool) {
    if let Some(fd) = number() {
        let mut count = 0_u64;
        // SAFETY: the buffer has the eight bytes that an eventfd gives.
        unchanged(|| unsafe { libc::read(fd, (&raw mut count).cast(), size_of::<u64>()) });
        if is_live() {
            raise();
        }
    }
}

/// A forked child shares the eventfd with its parent, so it lets go of it.
pub(crate) fn in_child() {
    if let Some(fd) = number() {
        pin::close(fd);
        DESCRIPTOR.store(-1, SeqCst);
    }
}
