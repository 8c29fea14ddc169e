// SPDX-License-Identifier: MIT OR Apache-2.0
//! How the program learns of a completion: `struct sigevent`, read once during the call.

use crate::abi::{Callback, Sigevent, Sigval};
use crate::errno::{Errno, Result, unchanged};
use crate::notifier::{self, Call};
use core::cell::Cell;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;

/// The kinds of `sigev_notify` that do something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    /// A signal to the process.
    Signal,
    /// A signal to one thread.
    ThreadSignal,
    /// A function in a thread of its own.
    Function,
}

/// What to do at a completion; 16 bytes, because every pending request has one.
pub(crate) struct Notice {
    /// The value of a signal, or a [`Call`].
    value: Cell<*mut c_void>,
    thread: Cell<c_int>,
    signo: Cell<u8>,
    kind: Cell<Kind>,
}

impl Notice {
    /// Nothing to do.
    pub(crate) const fn none() -> Notice {
        Notice {
            value: Cell::new(null_mut()),
            thread: Cell::new(0),
            signo: Cell::new(0),
            kind: Cell::new(Kind::Nothing),
        }
    }

    /// Takes over another notice, which becomes none.
    pub(crate) fn take(&self, other: &Notice) {
        self.value.set(other.value.replace(null_mut()));
        self.thread.set(other.thread.get());
        self.signo.set(other.signo.get());
        self.kind.set(other.kind.replace(Kind::Nothing));
    }

    /// True if there is nothing to do.
    pub(crate) fn is_none(&self) -> bool {
        self.kind.get() == Kind::Nothing
    }

    /// True if `event` asks for something that there is.
    pub(crate) fn is_valid(event: &Sigevent) -> bool {
        match event.notify {
            libc::SIGEV_NONE => true,
            libc::SIGEV_SIGNAL | libc::SIGEV_THREAD_ID => (0..=libc::SIGRTMAX()).contains(&event.signo),
            libc::SIGEV_THREAD => event.function.is_some(),
            _ => false,
        }
    }

    /// What `event` asks for. Errors: EINVAL, and EAGAIN without memory or a thread to call the program's function.
    pub(crate) fn read(event: &Sigevent) -> Result<Notice> {
        if !Notice::is_valid(event) {
            return Err(Errno(libc::EINVAL));
        }
        let notice = Notice::none();
        match event.notify {
            // 0 is the signal of a zeroed `sigevent`, and none.
            libc::SIGEV_SIGNAL | libc::SIGEV_THREAD_ID if event.signo != 0 => {
                notice.value.set(event.value.0);
                notice.signo.set(event.signo as u8);
                notice.thread.set(event.thread_id());
                notice.kind.set(if event.notify == libc::SIGEV_SIGNAL {
                    Kind::Signal
                } else {
                    Kind::ThreadSignal
                });
            }
            libc::SIGEV_THREAD => {
                let function: Callback = event.function.ok_or(Errno(libc::EINVAL))?;
                let call = Call::new(function, event.value, event.attributes).ok_or(Errno(libc::EAGAIN))?;
                notice.value.set(call.cast());
                notice.kind.set(Kind::Function);
            }
            _ => {}
        }
        Ok(notice)
    }

    /// True if a thread has to be there that calls functions.
    pub(crate) fn needs_notifier(&self) -> bool {
        self.kind.get() == Kind::Function
    }

    /// Notifies the program, once. Not under the lock: a handler may run inside.
    pub(crate) fn deliver(&self) {
        match self.kind.replace(Kind::Nothing) {
            Kind::Nothing => {}
            Kind::Signal => send(None, c_int::from(self.signo.get()), Sigval(self.value.get())),
            Kind::ThreadSignal => {
                send(Some(self.thread.get()), c_int::from(self.signo.get()), Sigval(self.value.get()));
            }
            Kind::Function => notifier::call(self.value.replace(null_mut()).cast()),
        }
    }

    /// Forgets what there was to do.
    pub(crate) fn discard(&self) {
        if self.kind.replace(Kind::Nothing) == Kind::Function {
            Call::free(self.value.replace(null_mut()).cast());
        }
    }
}

/// What the kernel takes for a queued signal: `siginfo_t`, as sigqueue(3) fills it in.
#[repr(C)]
struct Information {
    signo: c_int,
    errno: c_int,
    code: c_int,
    #[cfg(target_pointer_width = "64")]
    gap: c_int,
    pid: libc::pid_t,
    uid: libc::uid_t,
    value: Sigval,
    rest: [u8; if cfg!(target_pointer_width = "64") { 96 } else { 104 }],
}

const _: () = assert!(size_of::<Information>() == 128);

/// Queues a signal for the process or one of its threads. It may be lost if the queue is full.
fn send(thread: Option<c_int>, signo: c_int, value: Sigval) {
    unchanged(|| {
        // SAFETY: neither has preconditions.
        let (pid, uid) = unsafe { (libc::getpid(), libc::getuid()) };
        let information = Information {
            signo,
            errno: 0,
            code: libc::SI_ASYNCIO,
            #[cfg(target_pointer_width = "64")]
            gap: 0,
            pid,
            uid,
            value,
            rest: [0; _],
        };
        // SAFETY: `information` has the size and layout of the kernel's siginfo_t.
        unsafe {
            match thread {
                None => libc::syscall(libc::SYS_rt_sigqueueinfo, pid, signo, &information),
                Some(thread) => libc::syscall(libc::SYS_rt_tgsigqueueinfo, pid, thread, signo, &information),
            }
        };
    });
}
