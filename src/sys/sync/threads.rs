// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether the process has a second thread: without one a lock needs no atomic instruction.

use core::sync::atomic::AtomicPtr;
use core::sync::atomic::Ordering::Relaxed;

/// What says "perhaps".
static UNKNOWN: u8 = 0;

/// Where it stands: 0 unless the process has one thread. Each lock has its own: one for all would be state that the members of the static
/// library with any lock share, and all of these would be one member.
pub(super) struct Threads(AtomicPtr<u8>);

impl Threads {
    pub(super) const fn new() -> Self {
        Threads(AtomicPtr::new((&raw const UNKNOWN).cast_mut()))
    }

    /// True if no other thread can run before the caller makes one by pthread_create. False says nothing.
    #[inline(always)]
    pub(super) fn is_only_one(&self) -> bool {
        // SAFETY: a static of this library or the C library's variable of one byte, which live as long as the process. The C library
        // writes to its own in pthread_create, before there is another thread, and when the last other one has ended.
        unsafe { self.0.load(Relaxed).read_volatile() != 0 }
    }

    /// Looks where the C library says so. glibc has `__libc_single_threaded` (single_threaded.h) since 2.32. The symbol is weak: of
    /// an older glibc, and of a static one that the program takes no threads from, the address is NULL, and locks stay atomic. So do
    /// they on other processors, where an atomic instruction takes less time than on x86: there, a lock takes three quarters of
    /// io_timeout's.
    pub(super) fn look(&self) {
        #[cfg(all(
            owfat_assembly,
            target_arch = "x86_64",
            target_pointer_width = "64",
            target_env = "gnu",
            not(miri)
        ))]
        {
            let flag: *mut u8;
            // SAFETY: it reads an entry of the global offset table, which does not change once the library is loaded.
            unsafe {
                core::arch::asm!(
                    ".weak __libc_single_threaded",
                    "mov {}, qword ptr [rip + __libc_single_threaded@GOTPCREL]",
                    out(reg) flag,
                    options(pure, nomem, nostack, preserves_flags),
                );
            }
            if !flag.is_null() {
                self.0.store(flag, Relaxed);
            }
        }
    }
}
