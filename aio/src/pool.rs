// SPDX-License-Identifier: MIT OR Apache-2.0
//! A thread of the pool: takes a job, wakes the next thread if there are more, and does it.

use crate::core::{CORE, Core};
use crate::disk;
use crate::dispatch::Job;
use crate::engine;
use crate::finish::Batch;
use crate::lock::Guard;
use crate::stream;
use crate::thread;
use core::ffi::c_void;
use core::ptr::null_mut;

/// The main function of a thread of the pool, which never ends.
pub(crate) extern "C" fn main(_: *mut c_void) -> *mut c_void {
    thread::name_self();
    let mut core = CORE.lock();
    loop {
        core = turn(core);
    }
    #[allow(unreachable_code)]
    null_mut()
}

/// One job, or one sleep.
fn turn(mut core: Guard<'static, Core>) -> Guard<'static, Core> {
    let mut batch = Batch::new();
    let Some(job) = core.next_job(&mut batch) else {
        if !batch.is_empty() {
            batch.settle(core);
            return CORE.lock();
        }
        return sleep(core);
    };
    let Core { engine, run, .. } = &mut *core;
    let wake = engine.found(run);
    if batch.is_empty() {
        drop(core);
    } else {
        batch.settle(core);
    }
    engine::wake(wake);
    let mut batch = Batch::new();
    let mut core = match job {
        Job::Call(file, request) => {
            let outcome = disk::run(file, request);
            let mut core = CORE.lock();
            core.end_call(&mut batch, file, request, outcome);
            core
        }
        Job::Attempt(file, request) => {
            let outcome = stream::attempt(file, request);
            let mut core = CORE.lock();
            core.end_attempt(&mut batch, file, request, outcome);
            core
        }
    };
    core.engine.search_on();
    if batch.is_empty() {
        return core;
    }
    batch.settle(core);
    CORE.lock()
}

fn sleep(mut core: Guard<'static, Core>) -> Guard<'static, Core> {
    let mut before = core.engine.retire();
    loop {
        drop(core);
        engine::sleep(before);
        core = CORE.lock();
        if core.engine.is_woken() {
            return core;
        }
        before = engine::signal();
    }
}
