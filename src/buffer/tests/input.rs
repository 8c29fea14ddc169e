// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading.

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Get(usize),
    Seek(usize),
    Token(usize, Vec<u8>),
    TokenUntil(usize),
    AppendToken(Vec<u8>),
    AppendTokenUntil,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let set = || prop::collection::vec(prop_oneof![Just(b'a'), Just(b'\n'), Just(0xff)], 0..3);
    prop::collection::vec(
        prop_oneof![
            (0_usize..20).prop_map(Step::Get),
            prop_oneof![0_usize..9, Just(usize::MAX)].prop_map(Step::Seek),
            (0_usize..20, set()).prop_map(|(len, set)| Step::Token(len, set)),
            (0_usize..20).prop_map(Step::TokenUntil),
            set().prop_map(Step::AppendToken),
            Just(Step::AppendTokenUntil),
        ],
        0..30,
    )
}

/// Tokens of `TokenUntil` end with an a.
unsafe extern "C" fn ends_with_a(x: *const c_char, len: usize) -> c_int {
    // SAFETY: a token has at least one byte.
    (unsafe { *x.add(len - 1) } == b'a' as c_char).into()
}

unsafe extern "C" fn sa_ends_with_a(sa: *mut stralloc) -> c_int {
    // SAFETY: a valid stralloc.
    (unsafe { (*sa).as_slice().last() } == Some(&b'a')).into()
}

fn token(model: &[u8], len: usize, set: &[u8]) -> (usize, bool) {
    let len = len.min(model.len());
    match model[..len].iter().position(|byte| set.contains(byte)) {
        Some(at) => (at + 1, true),
        None => (len, false),
    }
}

proptest! {
    /// Every byte comes once and in order, and tokens end where they should, however the input is cut.
    #[test]
    fn reads_what_there_is(
        size in 1_usize..20,
        mut acts in acts(),
        bytes in prop::collection::vec(prop_oneof![Just(b'a'), Just(b'\n'), Just(0xff), Just(0)], 0..200),
        steps in steps(),
    ) {
        acts.retain(|act| !matches!(act, Act::Fail(_)));
        let b = Scripted::new(read, size, acts, &bytes);
        let mut model = &bytes[..];
        let mut sa = stralloc::new();
        for step in steps {
            let mut room = [b'#'; 20];
            let to = room.as_mut_ptr().cast();
            sa.len = 0;
            let taken = match step {
                Step::Get(len) => {
                    // SAFETY: there is room.
                    let got = unsafe { b.buffer.get(to, len) }.unwrap();
                    prop_assert_eq!(got, len.min(model.len()));
                    prop_assert_eq!(&room[..got], &model[..got]);
                    got
                }
                Step::Seek(len) => {
                    let there = b.buffer.n.get() - b.buffer.p.get();
                    b.buffer.seek(len);
                    if len == usize::MAX && b.buffer.p.get() + there == b.buffer.n.get() { 0 } else { len.min(there) }
                }
                Step::Token(len, _) | Step::TokenUntil(len) => {
                    let set = if let Step::Token(_, set) = &step { &set[..] } else { b"a" };
                    // SAFETY: there is room.
                    let got = unsafe {
                        match &step {
                            Step::Token(..) => b.buffer.get_token(to, len, set),
                            _ => b.buffer.get_token_until(to, len, Some(ends_with_a)),
                        }
                    };
                    let (taken, complete) = token(model, len, set);
                    prop_assert_eq!(got, Ok(taken - usize::from(complete)));
                    prop_assert_eq!(&room[..taken], &model[..taken]);
                    let ended = matches!(step, Step::Token(..)) && !complete && taken < len;
                    let behind = if ended { 0 } else { b'#' };
                    prop_assert!(taken == 20 || room[taken] == behind);
                    taken
                }
                Step::AppendToken(_) | Step::AppendTokenUntil => {
                    let set = if let Step::AppendToken(set) = &step { &set[..] } else { b"a" };
                    let (taken, complete) = token(model, usize::MAX, set);
                    // SAFETY: a valid stralloc.
                    unsafe {
                        match &step {
                            Step::AppendToken(_) => prop_assert_eq!(b.buffer.append_token(&mut sa, set), Ok(complete)),
                            _ => b.buffer.append_token_until(&mut sa, Some(sa_ends_with_a)).unwrap(),
                        }
                    }
                    prop_assert_eq!(sa.as_slice(), &model[..taken]);
                    taken
                }
            };
            model = &model[taken..];
        }
        sa.free();
    }

    /// A token that is appended survives any number of errors.
    #[test]
    fn appending_goes_on_after_an_error(size in 1_usize..20, acts in acts(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let b = Scripted::new(read, size, acts, &bytes);
        let mut sa = stralloc::new();
        let complete = loop {
            // SAFETY: a valid stralloc.
            match unsafe { b.buffer.append_token(&mut sa, b"\n") } {
                Ok(complete) => break complete,
                Err(error) => prop_assert!(matches!(error, Errno(libc::EAGAIN | libc::EPIPE))),
            }
        };
        let (taken, found) = token(&bytes, usize::MAX, b"\n");
        prop_assert_eq!((sa.as_slice(), complete), (&bytes[..taken], found));
        sa.free();
    }
}

#[test]
fn errors_are_told() {
    let mut room = [0; 20];
    let to = room.as_mut_ptr();
    let broken =
        || Scripted::new(read, 4, vec![Act::Move(3), Act::Signal, Act::Fail(libc::EPIPE)], b"abcdef");
    // SAFETY: there is room.
    unsafe {
        assert_eq!(broken().buffer.get(to, 20), Err(Errno(libc::EPIPE)));
        assert_eq!(broken().buffer.get_token(to, 20, b"\n"), Err(Errno(libc::EPIPE)));
        assert_eq!(broken().buffer.get_token(to, 20, b"\n "), Err(Errno(libc::EPIPE)));
        assert_eq!(broken().buffer.get_token_until(to, 20, Some(no)), Err(Errno(libc::EPIPE)));
        let b = broken();
        assert_eq!(b.buffer.feed(), Ok(3));
        b.buffer.seek(3);
        assert_eq!(b.buffer.feed(), Err(Errno(libc::EPIPE)));
        assert_eq!(b.buffer.feed(), Ok(3));
    }
}

unsafe extern "C" fn no(_: *const c_char, _: usize) -> c_int {
    0
}

#[test]
fn predicates_may_give_up() {
    unsafe extern "C" fn never(_: *const c_char, _: usize) -> c_int {
        Errno(libc::EDOM).set();
        -1
    }
    unsafe extern "C" fn never_sa(_: *mut stralloc) -> c_int {
        Errno(libc::EDOM).set();
        -1
    }
    let b = buffer::over(c"abc".as_ptr(), 3);
    let mut sa = stralloc::new();
    let mut room = [0; 4];
    // SAFETY: there is room.
    unsafe {
        assert_eq!(b.get_token_until(room.as_mut_ptr(), 4, Some(never)), Err(Errno(libc::EDOM)));
        assert_eq!(b.append_token_until(&mut sa, Some(never_sa)), Err(Errno(libc::EDOM)));
        assert_eq!((sa.as_slice(), b.feed()), (&b"b"[..], Ok(1)));
        assert_eq!(b.get_token_until(room.as_mut_ptr(), 4, None), Err(Errno(libc::EINVAL)));
        assert_eq!(b.append_token_until(&mut sa, None), Err(Errno(libc::EINVAL)));
    }
    sa.free();
}
