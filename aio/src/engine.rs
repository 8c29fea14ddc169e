// SPDX-License-Identifier: MIT OR Apache-2.0
//! The threads that start requests: one with a ring of the kernel's, or where there is none, a pool of threads, which grows as
//! requests wait. They sleep when there are none. `OWFAT_AIO=pool` in the environment does without the ring.

use crate::core::{CORE, Core};
use crate::errno::{Errno, Result};
use crate::file::RunQueue;
use crate::futex;
use crate::pool;
use crate::thread;
use crate::uring;
use core::ffi::{CStr, c_void};
use core::ptr::null_mut;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::SeqCst;

/// Threads, unless aio_init says otherwise.
const USUAL: u32 = 20;
/// Never more threads than this.
const MOST: u32 = 64;
/// Of these, the one that waits for streams and the one that calls the program's functions.
const OTHERS: u32 = 2;

/// What the threads are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A pool, or not known yet.
    Pool,
    /// One thread with a ring.
    Ring,
}

/// The threads and their state.
pub(crate) struct Engine {
    kind: Kind,
    /// The thread with the ring sleeps.
    asleep: bool,
    threads: u32,
    limit: u32,
    /// Threads that sleep and that nothing has woken yet.
    idle: u32,
    /// Threads that were woken and have not taken notice yet.
    woken: u32,
    /// Threads that are about to look for work: the first of them wakes the next if there is more.
    searching: u32,
}

/// What to do after the lock is given back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wake {
    /// Nothing.
    None,
    /// A thread sleeps on the word.
    Worker,
}

/// What sleeping threads of the pool sleep on.
static SIGNAL: AtomicU32 = AtomicU32::new(0);

/// Wakes the thread that [`Engine::wake_up`] has chosen.
pub(crate) fn wake(choice: Wake) {
    match choice {
        Wake::None => {}
        Wake::Worker => futex::wake(&SIGNAL, 1),
    }
}

impl Engine {
    /// No threads yet.
    pub(crate) const fn new() -> Engine {
        Engine { kind: Kind::Pool, asleep: false, threads: 0, limit: USUAL, idle: 0, woken: 0, searching: 0 }
    }

    /// aio_init: a hint, before the first request.
    pub(crate) fn set_limit(&mut self, threads: u32) {
        if self.threads == 0 {
            self.limit = threads.clamp(1, MOST);
        }
    }

    /// Makes sure that requests will be run. Errors: EAGAIN.
    pub(crate) fn ensure(&mut self) -> Result<()> {
        if self.threads > 0 {
            return Ok(());
        }
        let main = if wants_ring() { ring_or_pool } else { pool::main };
        if self.grow(main) { Ok(()) } else { Err(Errno(libc::EAGAIN)) }
    }

    fn grow(&mut self, main: thread::Main) -> bool {
        if self.threads >= self.limit.saturating_sub(OTHERS).max(1)
            || thread::start(main, null_mut()).is_err()
        {
            return false;
        }
        self.threads += 1;
        self.searching += 1;
        true
    }

    /// There is work in `run`: chooses a thread for it, unless one is on its way.
    pub(crate) fn wake_up(&mut self, run: &RunQueue) -> Wake {
        if run.is_empty() || self.searching > 0 {
            return Wake::None;
        }
        if self.kind == Kind::Ring {
            return self.wake_ring();
        }
        if self.idle == 0 {
            self.grow(pool::main);
            return Wake::None;
        }
        self.idle -= 1;
        self.woken += 1;
        self.searching += 1;
        SIGNAL.fetch_add(1, SeqCst);
        Wake::Worker
    }

    fn wake_ring(&mut self) -> Wake {
        if !core::mem::replace(&mut self.asleep, false) {
            return Wake::None;
        }
        SIGNAL.fetch_add(1, SeqCst);
        Wake::Worker
    }

    /// The calling thread, the only one so far, has a ring.
    pub(crate) fn become_ring(&mut self) {
        self.kind = Kind::Ring;
        self.searching = 0;
    }

    /// True if a thread with a ring starts requests.
    pub(crate) fn is_ring(&self) -> bool {
        self.kind == Kind::Ring
    }

    /// The thread with the ring is about to sleep; the word has this value now.
    pub(crate) fn fall_asleep(&mut self) -> u32 {
        self.asleep = true;
        SIGNAL.load(SeqCst)
    }

    /// The thread with the ring has slept.
    pub(crate) fn awake(&mut self) {
        self.asleep = false;
    }

    /// A thread has looked for work; if there is more, another one follows.
    pub(crate) fn found(&mut self, run: &RunQueue) -> Wake {
        self.searching -= 1;
        self.wake_up(run)
    }

    /// A thread has run a job and looks for the next one.
    pub(crate) fn search_on(&mut self) {
        self.searching += 1;
    }

    /// A thread has found nothing and will sleep; the word has this value now.
    pub(crate) fn retire(&mut self) -> u32 {
        self.searching -= 1;
        self.idle += 1;
        SIGNAL.load(SeqCst)
    }

    /// True if the calling thread, which has slept, is the one that was woken.
    pub(crate) fn is_woken(&mut self) -> bool {
        let woken = self.woken > 0;
        self.woken -= u32::from(woken);
        woken
    }
}

/// The main function of the first thread.
extern "C" fn ring_or_pool(argument: *mut c_void) -> *mut c_void {
    thread::name_self();
    let workers = CORE.lock().engine.limit;
    // Where there is no ring, whatever the reason, this is a thread of the pool.
    match uring::run(workers) {
        Ok(never) => match never {},
        Err(_) => pool::main(argument),
    }
}

/// False if the environment asks for the pool. In a set-user-ID program the environment is ignored.
fn wants_ring() -> bool {
    // SAFETY: neither changes the environment.
    unsafe {
        if libc::getauxval(libc::AT_SECURE) != 0 {
            return true;
        }
        // Valgrind, which shows itself so, lets no other thread run while one waits in io_uring_enter(2).
        let preloaded = libc::getenv(c"LD_PRELOAD".as_ptr());
        if !preloaded.is_null() && !libc::strstr(preloaded, c"vgpreload".as_ptr()).is_null() {
            return false;
        }
        let choice = libc::getenv(c"OWFAT_AIO".as_ptr());
        choice.is_null() || CStr::from_ptr(choice) != c"pool"
    }
}

/// Sleeps until the word is not `before` any more.
pub(crate) fn sleep(before: u32) {
    futex::rest(&SIGNAL, before, None);
}

impl Core {
    /// There may be work: chooses a thread for it. [`wake`] follows when the lock is given back.
    pub(crate) fn wake_up(&mut self) -> Wake {
        self.engine.wake_up(&self.run)
    }

    /// A forked child has no threads.
    pub(crate) fn forget_threads(&mut self) {
        let limit = self.engine.limit;
        self.engine = Engine { limit, ..Engine::new() };
    }
}

/// The word that threads of the pool sleep on.
pub(crate) fn signal() -> u32 {
    SIGNAL.load(SeqCst)
}

/// Where it is.
pub(crate) fn signal_word() -> &'static AtomicU32 {
    &SIGNAL
}
