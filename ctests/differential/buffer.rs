// SPDX-License-Identifier: MIT OR Apache-2.0
//! `buffer.h`: random calls on buffers whose operation follows a script. In the log is how often the operation was called,
//! with what descriptor and bytes, and every field of the buffer after each call.

mod reading;
mod writing;

use super::engine::{Engine, functions};
use super::inputs::{bytes, string};
use super::stralloc::Stralloc;
use errno::{Errno, set_errno};
use proptest::collection::vec;
use proptest::prelude::*;
use std::ffi::{c_char, c_int, c_long, c_longlong, c_ulong, c_ulonglong, c_void};
use std::ptr::null_mut;
use std::slice;

/// `buffer` of buffer.h.
#[repr(C)]
struct Buffer {
    x: *mut u8,
    p: usize,
    n: usize,
    a: usize,
    op: Option<Operation>,
    cookie: *mut c_void,
    deinit: Option<unsafe extern "C" fn(*mut c_void)>,
    fd: c_int,
}

type Operation = unsafe extern "C" fn(c_int, *mut u8, usize, *mut Buffer) -> isize;
type StringPredicate = unsafe extern "C" fn(*const u8, usize) -> c_int;
type SaPredicate = unsafe extern "C" fn(*mut Stralloc) -> c_int;

functions! {
    Buffers {
        fn buffer_init(b: *mut Buffer, op: Operation, fd: c_int, y: *mut u8, ylen: usize);
        fn buffer_init_free(b: *mut Buffer, op: Operation, fd: c_int, y: *mut u8, ylen: usize);
        fn buffer_flush(b: *mut Buffer) -> c_int;
        fn buffer_put(b: *mut Buffer, x: *const u8, len: usize) -> c_int;
        fn buffer_putalign(b: *mut Buffer, x: *const u8, len: usize) -> c_int;
        fn buffer_putflush(b: *mut Buffer, x: *const u8, len: usize) -> c_int;
        fn buffer_puts(b: *mut Buffer, x: *const c_char) -> c_int;
        fn buffer_putsalign(b: *mut Buffer, x: *const c_char) -> c_int;
        fn buffer_putsflush(b: *mut Buffer, x: *const c_char) -> c_int;
        fn buffer_putspace(b: *mut Buffer) -> c_int;
        fn buffer_putnlflush(b: *mut Buffer) -> c_int;
        fn buffer_putulong(b: *mut Buffer, l: c_ulong) -> c_int;
        fn buffer_put8long(b: *mut Buffer, l: c_ulong) -> c_int;
        fn buffer_putxlong(b: *mut Buffer, l: c_ulong) -> c_int;
        fn buffer_putlong(b: *mut Buffer, l: c_long) -> c_int;
        fn buffer_putlonglong(b: *mut Buffer, l: c_longlong) -> c_int;
        fn buffer_putulonglong(b: *mut Buffer, l: c_ulonglong) -> c_int;
        fn buffer_puterror(b: *mut Buffer) -> c_int;
        fn buffer_puterror2(b: *mut Buffer, errnum: c_int) -> c_int;
        fn buffer_putsa(b: *mut Buffer, sa: *const Stralloc) -> c_int;
        fn buffer_putsaflush(b: *mut Buffer, sa: *const Stralloc) -> c_int;
        fn buffer_feed(b: *mut Buffer) -> isize;
        fn buffer_get(b: *mut Buffer, x: *mut u8, len: usize) -> isize;
        fn buffer_getc(b: *mut Buffer, x: *mut u8) -> isize;
        fn buffer_getn(b: *mut Buffer, x: *mut u8, len: usize) -> isize;
        fn buffer_peek(b: *mut Buffer) -> *mut u8;
        fn buffer_seek(b: *mut Buffer, len: usize);
        fn buffer_get_token(b: *mut Buffer, x: *mut u8, len: usize, set: *const u8, setlen: usize) -> isize;
        fn buffer_getline(b: *mut Buffer, x: *mut u8, len: usize) -> isize;
        fn buffer_get_token_pred(b: *mut Buffer, x: *mut u8, len: usize, p: StringPredicate) -> isize;
        fn buffer_get_token_sa(b: *mut Buffer, sa: *mut Stralloc, set: *const u8, setlen: usize) -> c_int;
        fn buffer_getline_sa(b: *mut Buffer, sa: *mut Stralloc) -> c_int;
        fn buffer_get_new_token_sa(b: *mut Buffer, sa: *mut Stralloc, set: *const u8, setlen: usize) -> c_int;
        fn buffer_getnewline_sa(b: *mut Buffer, sa: *mut Stralloc) -> c_int;
        fn buffer_get_token_sa_pred(b: *mut Buffer, sa: *mut Stralloc, p: SaPredicate) -> c_int;
        fn buffer_get_new_token_sa_pred(b: *mut Buffer, sa: *mut Stralloc, p: SaPredicate) -> c_int;
        fn buffer_frombuf(b: *mut Buffer, x: *const u8, l: usize);
        fn buffer_fromsa(b: *mut Buffer, sa: *const Stralloc);
        fn buffer_fromarray(b: *mut Buffer, a: *mut Array);
        fn buffer_tosa(b: *mut Buffer, sa: *mut Stralloc) -> c_int;
        fn buffer_stubborn(op: Operation, fd: c_int, x: *const u8, len: usize, cookie: *mut Buffer) -> c_int;
        fn buffer_stubborn_read(op: Operation, fd: c_int, x: *mut u8, len: usize, cookie: *mut Buffer) -> isize;
    }
}

/// `array` of array.h.
#[repr(C)]
#[derive(Clone, Copy)]
struct Array {
    p: *mut u8,
    allocated: i64,
    initialized: u64,
    headroom: usize,
}

/// What an operation does when it is called: moves up to so many bytes, or fails with an errno.
type Act = Result<usize, c_int>;

/// The script of a buffer, which its cookie leads to.
#[derive(Default)]
struct Script {
    acts: Vec<Act>,
    /// To be read.
    input: Vec<u8>,
    calls: Vec<(c_int, usize, Vec<u8>, Act)>,
}

impl Script {
    fn act(&mut self, len: usize) -> Act {
        let act = if self.acts.is_empty() { Ok(len) } else { self.acts.remove(0) };
        act.map(|most| most.min(len)).inspect_err(|error| set_errno(Errno(*error)))
    }
}

unsafe extern "C" fn write(fd: c_int, from: *mut u8, len: usize, b: *mut Buffer) -> isize {
    // SAFETY: both libraries hand in bytes to write and the buffer, whose cookie is its script.
    let (script, bytes) =
        unsafe { (&mut *(*b).cookie.cast::<Script>(), slice::from_raw_parts(from, len).to_vec()) };
    let act = script.act(len);
    script.calls.push((fd, len, bytes, act));
    act.map_or(-1, |moved| moved as isize)
}

unsafe extern "C" fn read(fd: c_int, to: *mut u8, len: usize, b: *mut Buffer) -> isize {
    // SAFETY: both libraries hand in the buffer.
    let script = unsafe { &mut *(*b).cookie.cast::<Script>() };
    let act = script.act(len.min(script.input.len()));
    script.calls.push((fd, len, Vec::new(), act));
    let Ok(moved) = act else { return -1 };
    // SAFETY: there is room for `len` bytes.
    unsafe { to.copy_from(script.input.as_ptr(), moved) };
    script.input.drain(..moved);
    moved as isize
}

/// The fields of a buffer, the memory relative to where it was.
fn fields(b: &Buffer, start: *const u8) -> (usize, usize, usize, usize, bool, c_int) {
    (b.x as usize - start as usize, b.p, b.n, b.a, b.deinit.is_some(), b.fd)
}

/// errno of a call with this result, which counts only if it failed: a call that succeeds leaves errno alone, whereas in the C
/// library it is 0 afterwards, or what an interrupted operation left behind. That is also left where a function of the caller
/// gives up, which is no matter of errno. `ctests/net/errno.c` tests what stays.
fn errno_of(result: isize) -> c_int {
    match errno::errno().0 {
        libc::EINTR => 0,
        number if result < 0 => number,
        _ => 0,
    }
}

const EMPTY: Buffer =
    Buffer { x: null_mut(), p: 0, n: 0, a: 0, op: None, cookie: null_mut(), deinit: None, fd: 0 };

fn memory_at_the_other_end(engine: &mut Engine) {
    let mut family = engine.family::<Buffers>("buffer");
    let inputs = (bytes(100), 0..4_u8, vec(0..40_usize, 0..9));
    family.compare("from_memory", inputs, |c, memory, (bytes, kind, gets)| {
        let start = memory.bytes(bytes);
        let len = bytes.len();
        let mut buffer = Buffer { fd: 9, p: 9, n: 9, ..EMPTY };
        let b: *mut Buffer = &mut buffer;
        // SAFETY: a place for a buffer, and as many bytes as promised.
        unsafe {
            match kind {
                0 => c.buffer_frombuf(b, start, len),
                1 => c.buffer_fromsa(b, &Stralloc { s: start, len, a: len }),
                _ => {
                    let mut a =
                        Array { p: start, allocated: len as i64 + 1, initialized: len as u64, headroom: 0 };
                    c.buffer_fromarray(b, &mut a);
                }
            }
            let mut log = vec![(0, fields(&*b, start))];
            for len in gets {
                log.push((c.buffer_get(b, memory.room(*len), *len), fields(&*b, start)));
            }
            log
        }
    });
    // Only what the C library does not lose: less than 1024 bytes, flushed at the end.
    family.compare("to_stralloc", vec(bytes(50), 0..20), |c, memory, pieces| {
        memory.errno_may_differ("nothing fails, and the C library sets errno to 0 nevertheless");
        let mut sa = Stralloc { s: null_mut(), len: 0, a: 0 };
        let mut buffer = EMPTY;
        let b: *mut Buffer = &mut buffer;
        // SAFETY: a place for a buffer, and as many bytes as promised.
        unsafe {
            let mut log = vec![c.buffer_tosa(b, &mut sa)];
            for piece in pieces {
                log.push(c.buffer_put(b, memory.bytes(piece), piece.len()));
            }
            log.push(c.buffer_flush(b));
            let text = slice::from_raw_parts(sa.s, sa.len).to_vec();
            libc::free(sa.s.cast());
            (log, text, (*b).p, (*b).n, (*b).a, (*b).fd)
        }
    });
}

/// Operations without a buffer. An operation that writes nothing and sets no errno is left out: EIO is ours.
fn stubborn(engine: &mut Engine) {
    let mut family = engine.family::<Buffers>("buffer");
    let act = prop_oneof![
        4 => (1..40_usize).prop_map(Ok),
        2 => Just(Err(libc::EINTR)),
        1 => prop_oneof![Just(libc::EAGAIN), Just(libc::EPIPE)].prop_map(Err),
    ];
    let inputs = (vec(act, 0..9), bytes(100), any::<bool>());
    family.compare("stubborn", inputs, |c, memory, (acts, bytes, reads)| {
        memory.errno_may_differ("it is looked at after the call");
        let mut script = Script { acts: acts.clone(), input: bytes.clone(), ..Script::default() };
        let mut buffer = Buffer { cookie: (&raw mut script).cast(), ..EMPTY };
        // SAFETY: as many bytes as promised, and what our operations want as a fourth argument.
        let result = unsafe {
            match reads {
                true => c.buffer_stubborn_read(read, 5, memory.room(bytes.len()), bytes.len(), &mut buffer),
                false => c.buffer_stubborn(write, 5, memory.bytes(bytes), bytes.len(), &mut buffer) as isize,
            }
        };
        (result, errno_of(result), script.calls)
    });
}

pub(super) fn add(engine: &mut Engine) {
    writing::writing(engine);
    reading::reading(engine);
    memory_at_the_other_end(engine);
    stubborn(engine);
}
