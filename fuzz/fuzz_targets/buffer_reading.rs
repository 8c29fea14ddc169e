// SPDX-License-Identifier: MIT OR Apache-2.0
//! `buffer.h`: any sequence of reads from an operation that follows a script, and from memory. Every byte is read once and in
//! its turn, whatever fails in between.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::{array, buffer, stralloc};
use owfat::capi::array::{array_catb, array_reset};
use owfat::capi::buffer::{buffer_init, input::*, memory::*};
use owfat::capi::stralloc::{stralloc_copyb, stralloc_free};
use owfat_fuzz::script::{Act, FD, SCRIPT, Script, places, reading};
use owfat_fuzz::start;
use std::cell::Cell;
use std::ffi::{c_char, c_int};
use std::mem::MaybeUninit;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    from: Source,
    bytes: Vec<u8>,
    acts: Vec<Act>,
    before: &'a [u8],
    calls: Vec<Call<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Source {
    Script(u8),
    Memory,
    String,
    Array,
}

#[derive(Arbitrary, Debug)]
enum Call<'a> {
    Feed,
    Get(u16),
    GetByte,
    Seek(u16),
    SeekAnywhere(usize),
    Token(u16, &'a [u8]),
    Line(u16),
    TokenUntil(u16, Ends),
    AppendToken(bool, &'a [u8]),
    AppendLine(bool),
    AppendTokenUntil(bool, Ends),
}

/// The bytes after which a predicate says that a token is complete, and that it gives up.
#[derive(Arbitrary, Clone, Copy, Debug, Default)]
struct Ends(u8, u8);

thread_local! {
    static ENDS: Cell<Ends> = Cell::default();
}

fn answer(last: u8) -> c_int {
    let Ends(complete, give_up) = ENDS.get();
    if last == complete { 1 } else { -c_int::from(last == give_up) }
}

unsafe extern "C" fn string_ends(text: *const c_char, length: usize) -> c_int {
    // SAFETY: as many bytes, and at least one.
    answer(unsafe { *text.add(length - 1) } as u8)
}

unsafe extern "C" fn stralloc_ends(sa: *mut stralloc) -> c_int {
    // SAFETY: a string with at least one byte.
    answer(unsafe { *(*sa).as_slice().last().unwrap() })
}

struct Reader {
    buffer: Box<buffer>,
    bytes: Vec<u8>,
    scripted: bool,
}

impl Reader {
    /// How many bytes were read.
    fn position(&self) -> usize {
        let (next, end) = places(&self.buffer);
        let moved = if self.scripted { SCRIPT.with_borrow(|script| script.moved) } else { self.bytes.len() };
        moved - (end - next)
    }

    /// Calls, and says which bytes were passed over, and whether there was an end.
    fn call<T>(&mut self, call: impl FnOnce(*mut buffer) -> T) -> (T, Vec<u8>, bool) {
        let before = self.position();
        SCRIPT.with_borrow_mut(|script| script.ended = false);
        let outcome = call(&mut *self.buffer);
        let ended = !self.scripted || SCRIPT.with_borrow(|script| script.ended);
        (outcome, self.bytes[before..self.position()].to_vec(), ended)
    }

    /// Reads to memory of exactly that length. The result is the length of what was read, less a delimiter, if the
    /// bytes before the last meet this condition; or else -1.
    fn read(
        &mut self,
        length: usize,
        call: impl FnOnce(*mut buffer, *mut c_char) -> isize,
        ends: impl Fn(u8) -> bool,
    ) {
        let mut room = vec![0xaa; length].into_boxed_slice();
        let (outcome, part, ended) = self.call(|b| call(b, room.as_mut_ptr().cast()));
        assert_eq!(room[..part.len()], part);
        let complete = complete(&part, ends);
        match outcome {
            -1 => assert!(!complete && part.len() < length && !(ended && self.scripted)),
            _ if complete => assert_eq!(outcome as usize, part.len() - 1),
            _ => assert!(outcome as usize == part.len() && (part.len() == length || ended)),
        }
    }

    /// Appends to a string.
    fn append(
        &mut self,
        (sa, anew): (&mut stralloc, bool),
        call: impl FnOnce(*mut buffer, *mut stralloc) -> c_int,
        ends: impl Fn(u8) -> bool,
    ) -> (c_int, Vec<u8>, bool) {
        let before = if anew { Vec::new() } else { sa.as_slice().to_vec() };
        let (outcome, part, ended) = self.call(|b| call(b, sa));
        assert_eq!(sa.as_slice(), [&*before, &*part].concat());
        complete(&part, ends);
        (outcome, part, ended)
    }
}

/// Whether a token ends with its last byte. It does not end before.
fn complete(part: &[u8], ends: impl Fn(u8) -> bool) -> bool {
    let Some((last, others)) = part.split_last() else { return false };
    assert!(!others.iter().any(|byte| ends(*byte)));
    ends(*last)
}

fn step(call: Call, reader: &mut Reader, sa: &mut stralloc) {
    let never = |_| false;
    let of = |set: &[u8]| {
        let set = set.to_vec();
        move |byte| set.contains(&byte)
    };
    // SAFETY: a buffer, strings, functions, and as many bytes as their length says, all the way.
    unsafe {
        match call {
            Call::Feed => {
                let (outcome, part, ended) = reader.call(|b| buffer_feed(b));
                let (next, end) = places(&reader.buffer);
                assert!(part.is_empty() && (outcome > 0 || next == end));
                assert!(outcome == -1 || outcome as usize == end - next);
                assert!(outcome != 0 || ended);
                let at_hand = &reader.bytes[reader.position()..][..end - next];
                let place = buffer_peek(&mut *reader.buffer).cast::<u8>();
                assert!(at_hand.iter().enumerate().all(|(at, byte)| *place.add(at) == *byte));
            }
            Call::Get(length) => reader.read(length.into(), |b, to| buffer_get(b, to, length.into()), never),
            Call::GetByte => reader.read(1, |b, to| buffer_getc(b, to), never),
            Call::Seek(length) => seek(reader, length.into()),
            Call::SeekAnywhere(length) => seek(reader, length),
            Call::Token(length, set) => {
                let (exact, length): (Box<[u8]>, usize) = (set.into(), length.into());
                let call = |b, to| buffer_get_token(b, to, length, start(&exact), exact.len());
                reader.read(length, call, of(set))
            }
            Call::Line(length) => {
                reader.read(length.into(), |b, to| buffer_getline(b, to, length.into()), of(b"\n"))
            }
            Call::TokenUntil(length, ends) => {
                ENDS.set(ends);
                let length = usize::from(length);
                let mut room = vec![0xaa; length].into_boxed_slice();
                let call = |b| buffer_get_token_pred(b, room.as_mut_ptr().cast(), length, Some(string_ends));
                let (outcome, part, ended) = reader.call(call);
                assert_eq!(room[..part.len()], part);
                complete(&part, |byte| answer(byte) != 0);
                match part.last().map_or(0, |last| answer(*last)) {
                    1 => assert_eq!(outcome as usize, part.len() - 1),
                    0 if part.len() == length || ended => assert_eq!(outcome as usize, part.len()),
                    _ => assert_eq!(outcome, -1),
                }
            }
            Call::AppendToken(anew, set) => {
                let exact: Box<[u8]> = set.into();
                let call = if anew { buffer_get_new_token_sa } else { buffer_get_token_sa };
                token(
                    reader.append((sa, anew), |b, sa| call(b, sa, start(&exact), exact.len()), of(set)),
                    of(set),
                )
            }
            Call::AppendLine(anew) => {
                let call = if anew { buffer_getnewline_sa } else { buffer_getline_sa };
                token(reader.append((sa, anew), |b, sa| call(b, sa), of(b"\n")), of(b"\n"))
            }
            Call::AppendTokenUntil(anew, ends) => {
                ENDS.set(ends);
                let call = if anew { buffer_get_new_token_sa_pred } else { buffer_get_token_sa_pred };
                let call = |b, sa| call(b, sa, Some(stralloc_ends));
                let (outcome, part, ended) = reader.append((sa, anew), call, |byte| answer(byte) != 0);
                let expected = match part.last().map_or(0, |last| answer(*last)) {
                    1 => 0,
                    0 if ended => 0,
                    _ => -1,
                };
                assert_eq!(outcome, expected);
            }
        }
    }
}

/// Whether a token was appended, is what was answered.
fn token((outcome, part, ended): (c_int, Vec<u8>, bool), ends: impl Fn(u8) -> bool) {
    let complete = part.last().is_some_and(|last| ends(*last));
    assert_eq!(outcome, if complete { 1 } else { c_int::from(ended) - 1 });
}

fn seek(reader: &mut Reader, length: usize) {
    // SAFETY: a buffer.
    let (outcome, part, ended) = reader.call(|b| unsafe { buffer_seek(b, length) });
    if isize::try_from(length).is_err() {
        assert!(outcome == -1 && part.is_empty());
    } else if outcome == -1 {
        assert!(part.len() < length);
    } else {
        assert!(outcome as usize == length && (part.len() == length || ended));
    }
}

fuzz_target!(|input: Input| {
    let Input { from, bytes, acts, before, calls } = input;
    let mut memory =
        vec![0xaa; if let Source::Script(size) = from { size.into() } else { 0 }].into_boxed_slice();
    let exact = bytes.clone().into_boxed_slice();
    let (mut from_sa, mut from_array, mut sa) = (stralloc::new(), array::new(), stralloc::new());
    let mut place = Box::new(MaybeUninit::<buffer>::uninit());
    let b = place.as_mut_ptr();
    // SAFETY: a place for a buffer, and memory that stays.
    let buffer = unsafe {
        stralloc_copyb(&mut sa, start(before), before.len());
        match from {
            Source::Script(size) => buffer_init(b, reading(), FD, memory.as_mut_ptr().cast(), size.into()),
            Source::Memory => buffer_frombuf(b, start(&exact), exact.len()),
            Source::String => {
                stralloc_copyb(&mut from_sa, start(&exact), exact.len());
                buffer_fromsa(b, &from_sa)
            }
            Source::Array => {
                array_catb(&mut from_array, start(&exact), exact.len() as u64);
                buffer_fromarray(b, &mut from_array)
            }
        }
        place.assume_init()
    };
    let scripted = matches!(from, Source::Script(_));
    SCRIPT.set(Script { acts, bytes: bytes.clone(), ..Script::default() });
    let mut reader = Reader { buffer, bytes, scripted };
    for call in calls {
        step(call, &mut reader, &mut sa);
    }
    // SAFETY: strings and arrays.
    unsafe {
        stralloc_free(&mut sa);
        stralloc_free(&mut from_sa);
        array_reset(&mut from_array);
    }
});
