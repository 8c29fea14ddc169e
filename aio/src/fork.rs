// SPDX-License-Identifier: MIT OR Apache-2.0
//! fork(2): the child has the memory of the pending requests and none of the threads that run them. It forgets them. The
//! handlers are registered when the library is loaded: with the first request would be too late for a fork that meets
//! another thread's first request.

use crate::core::{CORE, Core};
use crate::event;
use crate::futex;
use crate::notifier;
use crate::pin;
use crate::request::Request;
use crate::status;
use crate::uring;
use crate::wait;

#[used]
#[unsafe(link_section = ".init_array")]
static AT_LOAD: extern "C" fn() = owfat_aio_at_load;

/// Runs when the library is loaded.
#[unsafe(no_mangle)]
extern "C" fn owfat_aio_at_load() {
    // SAFETY: the handlers are functions of the library, which is never unloaded.
    unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) };
    uring::thread::at_load();
}

/// How often a fork looks whether other threads have closed what they were about to close.
const ATTEMPTS: u32 = 100;

unsafe extern "C" fn prepare() {
    CORE.acquire();
    for _ in 0..ATTEMPTS {
        // A number that is neither a file's any more nor closed would stay open in the child.
        // SAFETY: the lock is held.
        if unsafe { (*CORE.value()).settling } == 0 {
            break;
        }
        CORE.release();
        futex::pause();
        CORE.acquire();
    }
    notifier::before_fork();
}

unsafe extern "C" fn parent() {
    notifier::after_fork();
    CORE.release();
}

unsafe extern "C" fn child() {
    status::in_child();
    notifier::in_child();
    event::in_child();
    uring::thread::in_child();
    // SAFETY: the lock is held, and the child has no other thread.
    forget(unsafe { &mut *CORE.value() });
    CORE.release();
    // A signal handler may have forked in the middle of a wait, which goes on in the child: nothing else would end it.
    wait::announce();
}

/// Nothing is pending in the child.
fn forget(core: &mut Core) {
    let mut chain: Option<&'static Request> = None;
    core.table.each(|request| {
        request.next.set(chain);
        chain = Some(request);
    });
    core.table.clear();
    while let Some(request) = chain {
        chain = request.next.take();
        request.notice.discard();
        if request.vectors.get() >= 0 && request.file.get().is_some() {
            // SAFETY: the array is the library's own copy, and is freed when the request lets go of its file.
            unsafe { libc::free(request.buffer.get().cast()) };
        }
        if let Some(list) = request.list.take()
            && list.end_in_child()
        {
            core.lists.give(list);
        }
        if let Some(file) = request.file.take()
            && file.pending.get() > 0
        {
            file.clear();
            if let Some(number) = core.files.close(file) {
                pin::close(number);
            }
        }
        core.requests.give(request);
    }
    core.files.close_parked();
    while core.run.pop().is_some() {}
    core.done.clear();
    core.poller.in_child();
    core.settling = 0;
    core.forget_threads();
}
