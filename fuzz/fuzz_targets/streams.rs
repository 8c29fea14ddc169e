// SPDX-License-Identifier: MIT OR Apache-2.0
//! `parse.h`: the same requests to a stream over memory, one over a buffer, and one inside of another. All answer the same, and as
//! a plain slice does.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::{buffer, bytestream};
use owfat::capi::buffer::memory::buffer_frombuf;
use owfat::capi::parse::{messages::*, streams::*};
use owfat_fuzz::start;
use std::mem::MaybeUninit;

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Request {
    Get,
    Peek,
    Skip(u8),
    Blob(u8),
    Short(bool),
    Long(bool),
    Longest(bool),
    String(u8),
    Field(u8),
    Check(u8),
    Assert(u8),
    Left,
    NoMore,
    Rest,
}

/// What a stream says: a number, and what it has stored.
type Answer = (u64, Vec<u8>);

/// SAFETY: a valid stream.
unsafe fn ask(bs: *mut bytestream, request: Request) -> Answer {
    let mut room = vec![b'#'; 256];
    let place = room.as_mut_ptr();
    // SAFETY: room for as much as is asked for, at most 255 bytes.
    let number = unsafe {
        match request {
            Request::Get => bs_get(bs).into(),
            Request::Peek => bs_peek(bs).into(),
            Request::Skip(n) => bs_skip(bs, n.into()) as u64,
            Request::Blob(n) => prs_readblob(bs, place, n.into()) as u64,
            Request::Short(big) => if big { prs_u16_big(bs) } else { prs_u16(bs) }.into(),
            Request::Long(big) => if big { prs_u32_big(bs) } else { prs_u32(bs) }.into(),
            Request::Longest(big) => {
                if big {
                    prs_u64_big(bs)
                } else {
                    prs_u64(bs)
                }
            }
            Request::String(n) => prs_asciiz(bs, place.cast(), n.into()) as u64,
            Request::Field(n) => prs_asciiz_fixedlen(bs, place.cast(), n.into()) as u64,
            Request::Check(n) => bs_capacitycheck(bs, n.into()) as u64,
            Request::Assert(n) => bs_capacityassert(bs, n.into()) as u64,
            Request::Left => bs_capacityleft(bs) as u64,
            Request::NoMore => bs_nomoredataassert(bs) as u64,
            Request::Rest => bs_consumeleftovers(bs) as u64,
        }
    };
    if matches!(request, Request::Blob(_)) && number == u64::MAX {
        // What is there then is undefined.
        room.clear();
    }
    (number, room)
}

/// The model: how many bytes are left, or an error.
fn model(rest: &mut Option<&[u8]>, request: Request) -> Option<u64> {
    let Some(bytes) = *rest else {
        let failed = matches!(request, Request::Blob(_) | Request::String(_) | Request::Field(_));
        return Some(if failed { u64::MAX } else { 0 });
    };
    let mut take = |n: usize| {
        *rest = bytes.get(n..);
        bytes.get(..n)
    };
    let number = |bytes: Option<&[u8]>, big: bool| {
        bytes.map(|bytes| {
            let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
            if big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
        })
    };
    // What is left of a number that is cut short is not the model's business.
    match request {
        Request::Get => Some(take(1).map_or(0, |byte| byte[0].into())),
        Request::Peek => Some(if bytes.is_empty() { take(1).map_or(0, |_| 0) } else { bytes[0].into() }),
        Request::Skip(n) => Some(take(n.into()).map_or(0, |_| n.into())),
        Request::Blob(n) => Some(take(n.into()).map_or(u64::MAX, |_| n.into())),
        Request::Short(big) => number(take(2), big),
        Request::Long(big) => number(take(4), big),
        Request::Longest(big) => number(take(8), big),
        Request::String(n) => {
            let end = bytes.iter().take(n.into()).position(|byte| *byte == 0);
            let taken = take(end.map_or(usize::MAX, |end| end + 1));
            Some(taken.map_or(u64::MAX, |string| string.len() as u64 - 1))
        }
        Request::Field(n) => {
            let field = take(usize::from(n).checked_sub(1).unwrap_or(usize::MAX));
            Some(field.map_or(u64::MAX, |field| {
                field.iter().position(|byte| *byte == 0).unwrap_or(field.len()) as u64
            }))
        }
        Request::Check(n) => Some((usize::from(n) <= bytes.len()).into()),
        Request::Assert(n) => {
            let holds = usize::from(n) <= bytes.len();
            *rest = rest.filter(|_| holds);
            Some(holds.into())
        }
        Request::Left => Some(bytes.len() as u64),
        Request::NoMore => {
            *rest = rest.filter(|rest| rest.is_empty());
            Some(bytes.is_empty().into())
        }
        Request::Rest => take(bytes.len()).map(|rest| rest.len() as u64),
    }
}

fuzz_target!(|input: (&[u8], Vec<Request>)| {
    let (bytes, requests) = input;
    let [mut memory, mut outer, mut inner, mut buffered, mut tail] =
        [const { MaybeUninit::<bytestream>::zeroed() }; 5];
    let mut b = MaybeUninit::<buffer>::uninit();
    let streams = [memory.as_mut_ptr(), inner.as_mut_ptr(), buffered.as_mut_ptr(), tail.as_mut_ptr()];
    let (copy, mut followed) = (bytes.to_vec(), Vec::new());
    // A stream that is a part has something behind it.
    followed.extend_from_slice(bytes);
    followed.extend_from_slice(b"behind");
    let mut other = MaybeUninit::<buffer>::uninit();
    // SAFETY: places for streams and buffers, and memory that stays.
    unsafe {
        bs_init_membuf(streams[0], start(&copy).cast(), copy.len());
        bs_init_membuf(outer.as_mut_ptr(), followed.as_ptr(), followed.len());
        bs_init_bstream_size(streams[1], outer.as_mut_ptr(), bytes.len());
        buffer_frombuf(b.as_mut_ptr(), start(&copy), copy.len());
        bs_init_iobuf_size(streams[2], b.as_mut_ptr(), copy.len());
        buffer_frombuf(other.as_mut_ptr(), followed.as_ptr().cast(), followed.len());
        bs_init_iobuf_size(streams[3], other.as_mut_ptr(), bytes.len());
    }
    let mut rest = Some(&copy[..]);
    for request in requests {
        // SAFETY: valid streams.
        let answers = streams.map(|bs| unsafe { ask(bs, request) });
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{request:?}: {answers:?}");
        if let Some(number) = model(&mut rest, request) {
            assert_eq!(answers[0].0, number, "{request:?}");
        }
        // SAFETY: valid streams.
        let errors = streams.map(|bs| unsafe { bs_err(bs) });
        assert_eq!(errors, [rest.is_none().into(); 4], "{request:?}");
        // SAFETY: likewise; the one around is never at fault.
        assert_eq!(unsafe { bs_err(outer.as_ptr()) }, 0);
    }
});
