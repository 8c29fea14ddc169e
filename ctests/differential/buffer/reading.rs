// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading.

use super::*;

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
        (0..40_usize).prop_map(Get::Seek),
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

pub(super) fn reading(engine: &mut Engine) {
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
                // With one delimiter the C library takes an error for an end, and stores no null byte at a real one.
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
                        // Behind what is buffered the C library stops, and ours reads on, as that of 0.34 does:
                        // ctests/files/buffer_initial.c, as are lengths that no result can tell.
                        c.buffer_seek(b, (*len).min((*b).n - (*b).p));
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
                log.push((result, errno_of(result), fields(&*b, start), text));
            }
            libc::free(sa.s.cast());
        }
        (log, script.calls)
    });
}
