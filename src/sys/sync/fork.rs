// SPDX-License-Identifier: MIT OR Apache-2.0
//! fork(2): every lock of the library is held while the process is copied.
//!
//! The program may have fork handlers of its own, which call the library. The C library runs the handlers in the order of
//! registration, those before the fork in the reverse order. Ours are registered when the library is loaded: a handler that is
//! registered at the first use comes too late for a fork that another thread has begun. So ours usually run closest to the
//! fork. Handlers of the program that were registered even earlier run while the locks are held:
//!
//! - Each lock is reserved for the thread that forks, which passes ([`Forks::pass`]); all others wait.
//! - In the child, a thread that finds a lock reserved opens it, as our handler would do a moment later.
//!
//! Each lock has handlers and a constructor of its own, so that a program that links the library statically gets those of the
//! locks that it uses.

use crate::errno::{Errno, Result};
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicUsize};

/// Functions for pthread_atfork(3).
#[derive(Clone, Copy)]
pub(crate) struct Handlers {
    /// Runs before the fork.
    pub before: extern "C" fn(),
    /// Runs after it, in the parent.
    pub parent: extern "C" fn(),
    /// Runs after it, in the child.
    pub child: extern "C" fn(),
}

/// What a lock knows of forks.
pub(crate) struct Forks {
    registered: AtomicBool,
    /// The handler of the child, once a fork has begun.
    child_handler: AtomicPtr<()>,
    /// The thread that forks, 0 for none. Relaxed suffices for it and for what follows: a thread finds its own number here only
    /// if it has stored that itself, and the child of a fork has one thread.
    thread: AtomicUsize,
    /// How many forks that thread is in, besides the first: a handler may fork itself.
    nested: AtomicUsize,
    /// The process that forks.
    parent: AtomicI32,
    /// The newest child in which the lock has been opened.
    child: AtomicI32,
}

impl Forks {
    /// None yet.
    pub(super) const fn new() -> Self {
        Forks {
            registered: AtomicBool::new(false),
            child_handler: AtomicPtr::new(core::ptr::null_mut()),
            thread: AtomicUsize::new(0),
            nested: AtomicUsize::new(0),
            parent: AtomicI32::new(0),
            child: AtomicI32::new(0),
        }
    }

    /// Registers the handlers unless they are. Errors: ENOMEM.
    pub(super) fn register(&self, Handlers { before, parent, child }: Handlers) -> Result<()> {
        if self.registered.load(Acquire) {
            return Ok(());
        }
        self.child_handler.store(child as *mut (), Release);
        // SAFETY: the three functions live as long as the library. The shared one is never unmapped (-z nodelete); when a
        // plugin that contains the static one is unloaded, the C library drops the plugin's handlers.
        match unsafe {
            libc::pthread_atfork(Some(as_unsafe(before)), Some(as_unsafe(parent)), Some(as_unsafe(child)))
        } {
            0 => self.registered.store(true, Release),
            // There is no other reason; musl before 1.2.4 answers -1.
            _ => return Err(Errno(libc::ENOMEM)),
        }
        Ok(())
    }

    /// True if the calling thread forks, so that the reserved lock is its own. In the child the lock is opened first, and
    /// the answer is false: it can be taken.
    #[cold]
    pub(super) fn pass(&self) -> bool {
        if self.thread.load(Relaxed) != this_thread() {
            return false;
        }
        if self.parent.load(Relaxed) == this_process() {
            return true;
        }
        let handler = self.child_handler.load(Acquire);
        if !handler.is_null() {
            // SAFETY: `register` has stored a function of this type.
            unsafe { core::mem::transmute::<*mut (), extern "C" fn()>(handler)() };
        }
        false
    }

    /// Before a fork: true if a handler of the program forks, while the lock is held already.
    pub(super) fn nests(&self) -> bool {
        let nests = self.pass();
        self.nested.fetch_add(usize::from(nests), Relaxed);
        nests
    }

    /// The calling thread, which holds the lock, forks.
    pub(super) fn begin(&self) {
        self.parent.store(this_process(), Relaxed);
        self.thread.store(this_thread(), Relaxed);
    }

    /// In the parent: true if this was the fork that the lock is held for.
    pub(super) fn ends(&self) -> bool {
        if self.thread.load(Relaxed) != this_thread() {
            return false;
        }
        let nested = self.nested.load(Relaxed);
        self.nested.store(nested.saturating_sub(1), Relaxed);
        nested == 0
    }

    /// In a child: true at the first time.
    pub(super) fn is_new_child(&self) -> bool {
        self.nested.store(0, Relaxed);
        let process = this_process();
        self.child.swap(process, Relaxed) != process
    }

    /// Before the lock is opened: the next one may fork.
    pub(super) fn clear(&self) {
        self.thread.store(0, Relaxed);
    }
}

fn as_unsafe(function: extern "C" fn()) -> unsafe extern "C" fn() {
    function
}

fn this_thread() -> usize {
    // SAFETY: pthread_self has no preconditions. The thread of a child has its parent's value.
    unsafe { libc::pthread_self() as usize }
}

fn this_process() -> i32 {
    // SAFETY: getpid has no preconditions.
    unsafe { libc::getpid() }
}

/// Has fork handlers hold a lock: `survives_fork!(static LOCK in ".init_array.00101")`. The functions `count` and `child`, if
/// there are any, run with the lock held: the one in the parent before and after the fork, the other in the child. Each
/// lock has a section of its own: build/members.sh tells the constructors apart by it. They run before the program's, also
/// where the library is linked statically: 101 is the first priority that is not reserved.
macro_rules! survives_fork {
    (static $lock:ident in $section:literal) => {
        crate::sys::fork::survives_fork!(static $lock in $section, count: || (), child: || ());
    };
    (static $lock:ident in $section:literal, count: $count:expr, child: $child:expr) => {
        /// Registers the handlers unless they are. Errors: ENOMEM.
        pub(crate) fn ensure_fork_handlers() -> crate::errno::Result<()> {
            extern "C" fn before() {
                $lock.before_fork($count);
            }
            extern "C" fn parent() {
                $lock.after_fork_in_parent($count);
            }
            extern "C" fn child() {
                $lock.after_fork_in_child($child);
            }
            $lock.ensure_handlers(crate::sys::fork::Handlers { before, parent, child })
        }

        #[cfg(not(miri))]
        const _: () = {
            extern "C" fn loaded() {
                let _ = ensure_fork_handlers();
            }
            #[used]
            #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = $section))]
            #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
            static CONSTRUCTOR: extern "C" fn() = loaded;
        };
    };
}

pub(crate) use survives_fork;
