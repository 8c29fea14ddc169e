// SPDX-License-Identifier: MIT OR Apache-2.0
//! The thread that starts the threads of SIGEV_THREAD, and runs their functions itself where none can be started. It
//! exists from the first request that asks for a function, so it is there when memory is short.

use crate::abi::{Callback, Sigval};
use crate::errno::Result;
use crate::futex;
use crate::lock::Lock;
use crate::thread;
use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr::null_mut;
use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::SeqCst;
use libc::{pthread_attr_t, pthread_t, size_t};

unsafe extern "C" {
    safe fn owfat_aio_callback(argument: *mut c_void) -> *mut c_void;
    fn owfat_aio_call(function: Callback, value: Sigval, go_on: unsafe extern "C" fn(*mut c_void));
    fn pthread_attr_getdetachstate(attributes: *const pthread_attr_t, state: *mut c_int) -> c_int;
    fn pthread_attr_getstack(
        attributes: *const pthread_attr_t,
        address: *mut *mut c_void,
        size: *mut size_t,
    ) -> c_int;
    fn pthread_attr_setstack(attributes: *mut pthread_attr_t, address: *mut c_void, size: size_t) -> c_int;
    fn pthread_attr_getstacksize(attributes: *const pthread_attr_t, size: *mut size_t) -> c_int;
    fn pthread_attr_getguardsize(attributes: *const pthread_attr_t, size: *mut size_t) -> c_int;
    fn pthread_attr_setguardsize(attributes: *mut pthread_attr_t, size: size_t) -> c_int;
    fn pthread_attr_getschedpolicy(attributes: *const pthread_attr_t, policy: *mut c_int) -> c_int;
    fn pthread_attr_setschedpolicy(attributes: *mut pthread_attr_t, policy: c_int) -> c_int;
    fn pthread_attr_getschedparam(attributes: *const pthread_attr_t, param: *mut libc::sched_param) -> c_int;
    fn pthread_attr_setschedparam(attributes: *mut pthread_attr_t, param: *const libc::sched_param) -> c_int;
    fn pthread_attr_getinheritsched(attributes: *const pthread_attr_t, inherit: *mut c_int) -> c_int;
    fn pthread_attr_setinheritsched(attributes: *mut pthread_attr_t, inherit: c_int) -> c_int;
}

/// A function to call, in a thread with these attributes.
pub(crate) struct Call {
    /// What the thread's main function gets a copy of; first, as `cancellation.c` knows it.
    start: Start,
    next: *mut Call,
    attributes: MaybeUninit<pthread_attr_t>,
}

#[derive(Clone, Copy)]
#[repr(C)]
struct Start {
    function: Callback,
    value: Sigval,
}

impl Call {
    /// Copies what the program asks for, so that it may destroy `attributes` after the call; `None` if there is no memory.
    pub(crate) fn new(
        function: Callback,
        value: Sigval,
        attributes: *const pthread_attr_t,
    ) -> Option<*mut Call> {
        // SAFETY: malloc takes any size.
        let call: *mut Call = unsafe { libc::malloc(size_of::<Call>()) }.cast();
        if call.is_null() {
            return None;
        }
        // SAFETY: the block is large enough, and ours.
        unsafe {
            (&raw mut (*call).start).write(Start { function, value });
            (&raw mut (*call).next).write(null_mut());
            let ours: *mut pthread_attr_t = (&raw mut (*call).attributes).cast();
            if libc::pthread_attr_init(ours) != 0 {
                libc::free(call.cast());
                return None;
            }
            if attributes.is_null() {
                libc::pthread_attr_setdetachstate(ours, libc::PTHREAD_CREATE_DETACHED);
            } else {
                copy(attributes, ours);
            }
        }
        Some(call)
    }

    /// Frees a call that is not in the queue.
    pub(crate) fn free(call: *mut Call) {
        // SAFETY: the caller's pointer came from `new`, and nothing else refers to it.
        unsafe {
            libc::pthread_attr_destroy((&raw mut (*call).attributes).cast());
            libc::free(call.cast());
        }
    }
}

/// Copies the attributes one by one: the object is not made to be copied as a whole.
fn copy(from: *const pthread_attr_t, to: *mut pthread_attr_t) {
    let (mut number, mut size, mut stack) = (0, 0, null_mut());
    // SAFETY: sched_param is made of numbers.
    let mut param: libc::sched_param = unsafe { core::mem::zeroed() };
    // SAFETY: `from` is the program's initialised object, `to` ours, and the places for results are valid.
    unsafe {
        if pthread_attr_getdetachstate(from, &mut number) == 0 {
            libc::pthread_attr_setdetachstate(to, number);
        }
        if pthread_attr_getguardsize(from, &mut size) == 0 {
            pthread_attr_setguardsize(to, size);
        }
        if pthread_attr_getinheritsched(from, &mut number) == 0 {
            pthread_attr_setinheritsched(to, number);
        }
        if pthread_attr_getschedpolicy(from, &mut number) == 0 {
            pthread_attr_setschedpolicy(to, number);
        }
        if pthread_attr_getschedparam(from, &mut param) == 0 {
            pthread_attr_setschedparam(to, &param);
        }
        if pthread_attr_getstacksize(from, &mut size) == 0 {
            libc::pthread_attr_setstacksize(to, size);
        }
        // Without a stack of the program's, the address is that of nothing less the size.
        if pthread_attr_getstack(from, &mut stack, &mut size) == 0
            && !stack.is_null()
            && (stack as usize).wrapping_add(size) != 0
        {
            pthread_attr_setstack(to, stack, size);
        }
    }
}

/// The calls that wait for the thread.
struct Calls {
    first: *mut Call,
    last: *mut Call,
    started: bool,
}

static CALLS: Lock<Calls> = Lock::new(Calls { first: null_mut(), last: null_mut(), started: false });
/// How many calls there have been: what the thread sleeps on.
static SIGNAL: AtomicU32 = AtomicU32::new(0);

/// Makes sure that the thread exists. Errors: what pthread_create(3) lists.
pub(crate) fn ensure() -> Result<()> {
    let mut calls = CALLS.lock();
    if !calls.started {
        thread::start(main, null_mut())?;
        calls.started = true;
    }
    Ok(())
}

/// Hands a call to the thread.
pub(crate) fn call(call: *mut Call) {
    let mut calls = CALLS.lock();
    if calls.first.is_null() {
        calls.first = call;
    } else {
        // SAFETY: the last call of the queue is alive, because only the thread takes calls out, under the lock.
        unsafe { (*calls.last).next = call };
    }
    calls.last = call;
    drop(calls);
    SIGNAL.fetch_add(1, SeqCst);
    futex::wake(&SIGNAL, 1);
}

extern "C" fn main(_: *mut c_void) -> *mut c_void {
    thread::name_self();
    loop {
        let before = SIGNAL.load(SeqCst);
        let mut calls = CALLS.lock();
        let call = calls.first;
        if call.is_null() {
            drop(calls);
            futex::rest(&SIGNAL, before, None);
            continue;
        }
        // SAFETY: a call in the queue is alive.
        calls.first = unsafe { (*call).next };
        drop(calls);
        run(call);
    }
}

/// Starts a thread for a call, or makes the call.
fn run(call: *mut Call) {
    // SAFETY: the call is ours now. The copy of its beginning belongs to the new thread, which frees it.
    unsafe {
        let start: *mut Start = libc::malloc(size_of::<Start>()).cast();
        let mut thread = MaybeUninit::<pthread_t>::uninit();
        let fits = !start.is_null() && {
            start.write((*call).start);
            libc::pthread_create(
                thread.as_mut_ptr(),
                (&raw const (*call).attributes).cast(),
                owfat_aio_callback,
                start.cast(),
            ) == 0
        };
        let here = (*call).start;
        Call::free(call);
        if !fits {
            libc::free(start.cast());
            owfat_aio_call(here.function, here.value, go_on);
        }
    }
}

/// The function that was called here has ended this thread: another one takes its place, or where there is none to be had, this one
/// stays.
unsafe extern "C" fn go_on(argument: *mut c_void) {
    let mut all = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is initialised by the call that comes first.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), null_mut());
    }
    if thread::start(main, null_mut()).is_err() {
        main(argument);
    }
}

/// Holds the queue during a fork.
pub(crate) fn before_fork() {
    CALLS.acquire();
}

/// The parent goes on.
pub(crate) fn after_fork() {
    CALLS.release();
}

/// The child has no thread and nothing to call.
pub(crate) fn in_child() {
    // SAFETY: the lock is held, and the child has no other thread.
    let calls = unsafe { &mut *CALLS.value() };
    while !calls.first.is_null() {
        let call = calls.first;
        // SAFETY: a call in the queue is alive.
        calls.first = unsafe { (*call).next };
        Call::free(call);
    }
    calls.started = false;
    CALLS.release();
}
