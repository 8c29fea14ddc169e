//! `buffer.h`: random calls on buffers whose operation follows a script. In the log is how often the operation was called,
//! with what descriptor and bytes, and every field of the buffer after each call.

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

#[derive(Clone, Debug)]
enum Put {
    Plain(Vec<u8>),
    Align(Vec<u8>),
    AndFlush(Vec<u8>),
    S(Vec<u8>),
    SAlign(Vec<u8>),
    SFlush(Vec<u8>),
    Flush,
    Space,
    NlFlush,
    Number(u8, u64),
    Error(c_int),
    Error2(c_int),
    Sa(Vec<u8>),
    SaFlush(Vec<u8>),
}

fn puts() -> impl Strategy<Value = Vec<Put>> {
    let pieces = prop_oneof![
        bytes(50).prop_map(Put::Plain),
        bytes(50).prop_map(Put::Align),
        bytes(50).prop_map(Put::AndFlush),
        string(50).prop_map(Put::S),
        string(50).prop_map(Put::SAlign),
        string(50).prop_map(Put::SFlush),
        bytes(50).prop_map(Put::Sa),
        bytes(50).prop_map(Put::SaFlush),
    ];
    let others = prop_oneof![
        Just(Put::Flush),
        Just(Put::Space),
        Just(Put::NlFlush),
        (0_u8..6, any::<u64>()).prop_map(|(kind, number)| Put::Number(kind, number)),
        (0_u8..6, 0_u64..70).prop_map(|(kind, number)| Put::Number(kind, number.wrapping_sub(5))),
        (-1..140).prop_map(Put::Error),
        prop_oneof![-1..140, any::<c_int>()].prop_map(Put::Error2),
    ];
    vec(prop_oneof![3 => pieces, 2 => others], 0..20)
}

fn stralloc_of(bytes: &mut [u8]) -> Stralloc {
    Stralloc { s: bytes.as_mut_ptr(), len: bytes.len(), a: bytes.len() }
}

/// errno without what is left of interrupted calls, which the C library does not wipe away when it repeats them.
fn last_errno() -> c_int {
    let Errno(number) = errno::errno();
    if number == libc::EINTR { 0 } else { number }
}

/// Calls that fail are left out: the C library takes a failed write for a success. So are empty buffers, on which
/// buffer_putalign of the C library never ends.
fn writing(engine: &mut Engine) {
    let mut family = engine.family::<Buffers>("buffer");
    let acts = vec(prop_oneof![2 => (1..40_usize).prop_map(Ok), 1 => Just(Err(libc::EINTR))], 0..30);
    family.compare("writing", (1..60_usize, acts, puts()), |c, memory, (size, acts, puts)| {
        memory.errno_may_differ("it is looked at after each call");
        let mut script = Script { acts: acts.clone(), ..Script::default() };
        let start = memory.room(*size);
        let mut buffer = Buffer { fd: 9, cookie: 9 as _, ..EMPTY };
        let b: *mut Buffer = &mut buffer;
        let mut log = Vec::new();
        // SAFETY: places for a buffer and its memory, strings, and as many bytes as promised.
        unsafe {
            match size % 2 {
                0 => c.buffer_init(b, write, 5, start, *size),
                _ => c.buffer_init_free(b, write, 5, start, *size),
            }
            assert!((*b).cookie.is_null());
            (*b).cookie = (&raw mut script).cast();
            for put in puts {
                let result = match put {
                    Put::Plain(bytes) => c.buffer_put(b, memory.bytes(bytes), bytes.len()),
                    Put::Align(bytes) => c.buffer_putalign(b, memory.bytes(bytes), bytes.len()),
                    Put::AndFlush(bytes) => c.buffer_putflush(b, memory.bytes(bytes), bytes.len()),
                    Put::S(string) => c.buffer_puts(b, memory.string(string)),
                    Put::SAlign(string) => c.buffer_putsalign(b, memory.string(string)),
                    Put::SFlush(string) => c.buffer_putsflush(b, memory.string(string)),
                    Put::Flush => c.buffer_flush(b),
                    Put::Space => c.buffer_putspace(b),
                    Put::NlFlush => c.buffer_putnlflush(b),
                    Put::Number(0, l) => c.buffer_putulong(b, *l),
                    Put::Number(1, l) => c.buffer_put8long(b, *l),
                    Put::Number(2, l) => c.buffer_putxlong(b, *l),
                    Put::Number(3, l) => c.buffer_putlong(b, *l as c_long),
                    Put::Number(4, l) => c.buffer_putlonglong(b, *l as c_longlong),
                    Put::Number(_, l) => c.buffer_putulonglong(b, *l),
                    Put::Error(number) => {
                        set_errno(Errno(*number));
                        c.buffer_puterror(b)
                    }
                    Put::Error2(number) => c.buffer_puterror2(b, *number),
                    Put::Sa(bytes) => c.buffer_putsa(b, &stralloc_of(&mut bytes.clone())),
                    Put::SaFlush(bytes) => c.buffer_putsaflush(b, &stralloc_of(&mut bytes.clone())),
                };
                log.push((result, last_errno(), fields(&*b, start)));
            }
        }
        (log, script.calls)
    });
}

const EMPTY: Buffer =
    Buffer { x: null_mut(), p: 0, n: 0, a: 0, op: None, cookie: null_mut(), deinit: None, fd: 0 };

#[derive(Clone, Debug)]
enum Get {
    Feed,
    Plain(usize),
    C,
    N(usize),
    Peek,
    Seek(usize),
    Token(usize, Vec<u8>),
    Line(usize),
    TokenPred(usize),
    TokenSa(Vec<u8>, bool),
    LineSa(bool),
    TokenSaPred(bool),
}

fn gets() -> impl Strategy<Value = Vec<Get>> {
    let set = || vec(prop_oneof![Just(b'a'), Just(b'\n'), Just(0xff)], 0..3);
    let plain = prop_oneof![
        Just(Get::Feed),
        (0..40_usize).prop_map(Get::Plain),
        Just(Get::C),
        (0..40_usize).prop_map(Get::N),
        Just(Get::Peek),
        prop_oneof![0..9_usize, usize::MAX - 9..=usize::MAX].prop_map(Get::Seek),
    ];
    let tokens = prop_oneof![
        (0..40_usize, set()).prop_map(|(len, set)| Get::Token(len, set)),
        (0..40_usize).prop_map(Get::Line),
        (0..40_usize).prop_map(Get::TokenPred),
        (set(), any::<bool>()).prop_map(|(set, new)| Get::TokenSa(set, new)),
        any::<bool>().prop_map(Get::LineSa),
        any::<bool>().prop_map(Get::TokenSaPred),
    ];
    vec(prop_oneof![plain, tokens], 0..20)
}

/// A token ends with an a.
unsafe extern "C" fn ends_with_a(x: *const u8, len: usize) -> c_int {
    // SAFETY: both libraries hand in a token of at least one byte.
    (unsafe { *x.add(len - 1) } == b'a').into()
}

/// A token ends with an a, and is given up at ff.
unsafe extern "C" fn sa_ends_with_a(sa: *mut Stralloc) -> c_int {
    // SAFETY: both libraries hand in a token of at least one byte.
    match unsafe { *(*sa).s.add((*sa).len - 1) } {
        b'a' => 1,
        b'b' => 2,
        0xff => -1,
        _ => 0,
    }
}

fn reading(engine: &mut Engine) {
    let mut family = engine.family::<Buffers>("buffer");
    let act = prop_oneof![
        4 => (1..40_usize).prop_map(Ok),
        2 => Just(Err(libc::EINTR)),
        1 => prop_oneof![Just(Err(libc::EAGAIN)), Just(Err(libc::EPIPE)), Just(Ok(0))],
    ];
    let byte = prop_oneof![Just(b'a'), Just(b'b'), Just(b'\n'), Just(0), Just(0xff)];
    let inputs = (1..60_usize, vec(act, 0..30), vec(byte, 0..200), gets());
    family.compare("reading", inputs, |c, memory, (size, acts, input, gets)| {
        memory.errno_may_differ("it is looked at after each call");
        let mut script = Script { acts: acts.clone(), input: input.clone(), ..Script::default() };
        let start = memory.room(*size);
        let mut buffer = EMPTY;
        let b: *mut Buffer = &mut buffer;
        let mut sa = Stralloc { s: null_mut(), len: 0, a: 0 };
        let mut log = Vec::new();
        // SAFETY: places for a buffer and its memory, strings, and as many bytes as promised.
        unsafe {
            c.buffer_init(b, read, 5, start, *size);
            (*b).cookie = (&raw mut script).cast();
            for get in gets {
                // With one delimiter the C library takes an error for an end, and stores no NUL at a real one.
                let one = matches!(get, Get::Token(_, set) if set.len() == 1) || matches!(get, Get::Line(_));
                if one {
                    (*(*b).cookie.cast::<Script>())
                        .acts
                        .retain(|act| !matches!(act, Err(e) if *e != libc::EINTR));
                }
                let (new, sa): (_, *mut Stralloc) = (|new: &bool| *new, &mut sa);
                let mut room = |len: &usize| {
                    let len = *len;
                    (memory.room(len), len)
                };
                set_errno(Errno(0));
                let result = match get {
                    Get::Feed => c.buffer_feed(b),
                    Get::Plain(len) => c.buffer_get(b, room(len).0, *len),
                    Get::C => c.buffer_getc(b, room(&1).0),
                    Get::N(len) => c.buffer_getn(b, room(len).0, *len),
                    Get::Peek => c.buffer_peek(b) as isize - start as isize,
                    Get::Seek(len) => {
                        c.buffer_seek(b, *len);
                        0
                    }
                    Get::Token(len, set) => {
                        let to = room(len).0;
                        let got = c.buffer_get_token(b, to, *len, set.as_ptr(), set.len());
                        if one && (0..*len as isize).contains(&got) {
                            let behind = to.offset(got);
                            if !set.contains(&*behind) {
                                *behind = 0;
                            }
                        }
                        got
                    }
                    Get::Line(len) => {
                        let to = room(len).0;
                        let got = c.buffer_getline(b, to, *len);
                        if (0..*len as isize).contains(&got) && *to.offset(got) != b'\n' {
                            *to.offset(got) = 0;
                        }
                        got
                    }
                    Get::TokenPred(len) => c.buffer_get_token_pred(b, room(len).0, *len, ends_with_a),
                    Get::TokenSa(set, n) if new(n) => {
                        c.buffer_get_new_token_sa(b, sa, set.as_ptr(), set.len()) as isize
                    }
                    Get::TokenSa(set, _) => c.buffer_get_token_sa(b, sa, set.as_ptr(), set.len()) as isize,
                    Get::LineSa(true) => c.buffer_getnewline_sa(b, sa) as isize,
                    Get::LineSa(false) => c.buffer_getline_sa(b, sa) as isize,
                    Get::TokenSaPred(true) => c.buffer_get_new_token_sa_pred(b, sa, sa_ends_with_a) as isize,
                    Get::TokenSaPred(false) => c.buffer_get_token_sa_pred(b, sa, sa_ends_with_a) as isize,
                };
                let text = match (*sa).s.is_null() {
                    true => Vec::new(),
                    false => slice::from_raw_parts((*sa).s, (*sa).len).to_vec(),
                };
                log.push((result, last_errno(), fields(&*b, start), text));
            }
            libc::free(sa.s.cast());
        }
        (log, script.calls)
    });
}

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
        (result, last_errno(), script.calls)
    });
}

pub(super) fn add(engine: &mut Engine) {
    writing(engine);
    reading(engine);
    memory_at_the_other_end(engine);
    stubborn(engine);
}
