// SPDX-License-Identifier: MIT OR Apache-2.0
//! Settings from the environment, and the name of the machine.

use crate::errno::Result;
use core::ffi::CStr;
use core::sync::atomic::AtomicU8;
use core::sync::atomic::Ordering::Relaxed;

/// A setting that is read once: the program may change its environment, and another thread with it.
struct Setting {
    name: &'static CStr,
    value: &'static CStr,
    answer: AtomicU8,
}

impl Setting {
    const UNREAD: u8 = 0;
    const NO: u8 = 1;
    const YES: u8 = 2;

    const fn new(name: &'static CStr, value: &'static CStr) -> Self {
        Setting { name, value, answer: AtomicU8::new(Setting::UNREAD) }
    }

    /// True if the variable has this value. Relaxed suffices: nothing but the answer is published, and two threads that both
    /// read the variable find the same.
    #[inline(never)]
    fn is_set(&self) -> bool {
        if self.answer.load(Relaxed) == Setting::UNREAD {
            let asked = variable(self.name).is_some_and(|value| value == self.value);
            self.answer.store(if asked { Setting::YES } else { Setting::NO }, Relaxed);
        }
        self.answer.load(Relaxed) == Setting::YES
    }
}

/// True for `OWFAT_BACKEND=poll`.
pub(super) fn asks_for_poll() -> bool {
    static POLL: Setting = Setting::new(c"OWFAT_BACKEND", c"poll");
    POLL.is_set()
}

/// True for `OWFAT_SIGNALS=interrupt`: io_wait and io_waituntil return after a signal handler ran.
pub(crate) fn signals_interrupt() -> bool {
    static INTERRUPT: Setting = Setting::new(c"OWFAT_SIGNALS", c"interrupt");
    INTERRUPT.is_set()
}

/// A variable of the environment, unless the process has more rights than its caller. Valid until the environment changes.
pub(crate) fn variable(name: &CStr) -> Option<&CStr> {
    if has_more_rights_than_its_caller() {
        return None;
    }
    // SAFETY: the name is a C string. The C library asks programs not to change the environment beside a reader.
    let value = unsafe { libc::getenv(name.as_ptr()) };
    // SAFETY: as before; the value is compared at once.
    (!value.is_null()).then(|| unsafe { CStr::from_ptr(value) })
}

/// The name of this machine, in `room`, cut if it is longer.
pub(crate) fn host_name(room: &mut [u8; 256]) -> Result<&[u8]> {
    syscall!(gethostname(room.as_mut_ptr().cast(), room.len() as _))?;
    Ok(room.split(|&byte| byte == 0).next().unwrap_or_default())
}

/// A set-user-id program, or one that the kernel counts with those.
#[cfg(target_os = "linux")]
fn has_more_rights_than_its_caller() -> bool {
    // SAFETY: getauxval has no preconditions.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

#[cfg(owfat_issetugid)]
fn has_more_rights_than_its_caller() -> bool {
    // SAFETY: issetugid has no preconditions.
    unsafe { libc::issetugid() != 0 }
}

#[cfg(not(any(target_os = "linux", owfat_issetugid)))]
fn has_more_rights_than_its_caller() -> bool {
    // SAFETY: these functions have no preconditions.
    unsafe { libc::getuid() != libc::geteuid() || libc::getgid() != libc::getegid() }
}
