// SPDX-License-Identifier: MIT OR Apache-2.0
//! Streams over memory, over a buffer whose input comes in pieces, and inside of another one: each gives what a slice does.

use super::*;
use crate::abi::bytestream;
use core::ffi::c_uchar;

#[derive(Clone, Copy, Debug)]
enum Request {
    Get,
    Peek,
    Skip(usize),
    Blob(usize),
    Short,
    Long,
    Longest,
    String(usize),
    Field(usize),
    Has(usize),
    Demand(usize),
    Left,
    Rest,
}

/// Lengths, those included that no address space has.
fn lengths() -> impl Strategy<Value = usize> {
    let edge = isize::MAX as usize;
    prop_oneof![8 => 0_usize..20, 1 => Just(usize::MAX), 1 => Just(edge), 1 => Just(edge + 1)]
}

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let request = prop_oneof![
        Just(Request::Get),
        Just(Request::Peek),
        lengths().prop_map(Request::Skip),
        (0_usize..20).prop_map(Request::Blob),
        Just(Request::Short),
        Just(Request::Long),
        Just(Request::Longest),
        (0_usize..20).prop_map(Request::String),
        (0_usize..20).prop_map(Request::Field),
        lengths().prop_map(Request::Has),
        lengths().prop_map(Request::Demand),
        Just(Request::Left),
        Just(Request::Rest),
    ];
    prop::collection::vec(request, 0..30)
}

fn some_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![2 => Just(0), 5 => 1_u8..=255], 0..60)
}

/// What a request is answered with: bytes, or a number's; `None` if it is refused.
type Answer = Option<Vec<u8>>;

fn number(number: usize) -> Answer {
    Some(number.to_le_bytes().into())
}

fn ask(stream: &bytestream, request: Request) -> Answer {
    let mut room = vec![b'#'; 32];
    let place: *mut c_uchar = room.as_mut_ptr();
    // SAFETY: the stream and what it leads to are valid, and no request has more than 20 bytes stored.
    unsafe {
        match request {
            Request::Get => stream.get().ok().map(|byte| vec![byte]),
            Request::Peek => stream.peek().ok().map(|byte| vec![byte]),
            Request::Skip(n) => stream.take(n, &mut |_, _| ()).ok().map(|()| Vec::new()),
            Request::Blob(n) => stream.blob(place, n).ok().map(|n| room[..n].into()),
            Request::Short => Some(stream.integer::<2>().into()),
            Request::Long => Some(stream.integer::<4>().into()),
            Request::Longest => Some(stream.integer::<8>().into()),
            Request::String(n) => stream.string(place.cast(), n).ok().map(|length| room[..=length].into()),
            Request::Field(n) => stream
                .field(place.cast(), n)
                .ok()
                .map(|length| [&length.to_le_bytes()[..], &room[..n]].concat()),
            Request::Has(n) => number(stream.has(n).into()),
            Request::Demand(n) => number(stream.demand(stream.has(n)).into()),
            Request::Left => number(stream.left()),
            Request::Rest => stream.take_rest().map_or(None, number),
        }
    }
}

/// The same, of the bytes that are left; `None` stands for a stream in error.
fn model(rest: &mut Option<&[u8]>, request: Request) -> Answer {
    let bytes = rest.unwrap_or_default();
    let in_error = rest.is_none();
    let mut take = |n: usize| {
        *rest = rest.and_then(|rest| rest.get(n..));
        rest.map(|_| bytes[..n].to_vec())
    };
    let mut integer = |n: usize| {
        let mut padded = take(n).unwrap_or_else(|| bytes.into());
        padded.resize(n, 0);
        Some(padded)
    };
    match request {
        Request::Get => take(1),
        Request::Peek => match bytes.first() {
            Some(byte) => Some(vec![*byte]),
            None => take(1),
        },
        Request::Skip(n) => take(n).map(|_| Vec::new()),
        Request::Blob(n) => take(n),
        Request::Short => integer(2),
        Request::Long => integer(4),
        Request::Longest => integer(8),
        Request::String(n) => {
            let end = bytes.iter().take(n).position(|byte| *byte == 0);
            take(end.map_or(usize::MAX, |end| end + 1))
        }
        Request::Field(n) => {
            let field = take(n.checked_sub(1).unwrap_or(usize::MAX))?;
            let length = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
            Some([&length.to_le_bytes()[..], &field, &[0]].concat())
        }
        Request::Has(n) => number((!in_error && n <= bytes.len()).into()),
        Request::Demand(n) => {
            let holds = !in_error && n <= bytes.len();
            *rest = rest.filter(|_| holds);
            number(holds.into())
        }
        Request::Left => number(bytes.len()),
        Request::Rest => take(bytes.len()).and_then(|rest| number(rest.len())),
    }
}

proptest! {
    /// However the input is cut, and however many streams there are around it.
    #[test]
    fn a_stream_gives_what_a_slice_does(
        bytes in some_bytes(),
        part in 0_usize..60,
        size in 1_usize..20,
        mut acts in acts(),
        requests in requests(),
    ) {
        acts.retain(|act| matches!(act, Act::Move(_)));
        let limit = part.min(bytes.len());
        let (b, other) =
            (Scripted::new(read, size, acts.clone(), &bytes), Scripted::new(read, size, acts, &bytes));
        let outer = bytestream::over_memory(bytes.as_ptr(), bytes.len());
        let around = bytestream::over_buffer(&*other.buffer, usize::MAX);
        let middle = bytestream::within(&around, limit);
        let streams = [
            bytestream::over_memory(bytes.as_ptr(), limit),
            bytestream::over_buffer(&*b.buffer, limit),
            bytestream::within(&outer, limit),
            bytestream::within(&middle, limit),
        ];
        let mut rest = Some(&bytes[..limit]);
        for request in requests {
            let expected = model(&mut rest, request);
            for stream in &streams {
                prop_assert_eq!(&ask(stream, request), &expected, "{:?}", request);
                prop_assert_eq!(stream.is_in_error(), rest.is_none(), "{:?}", request);
            }
            // Only the stream whose limit it was is in error, and no byte beyond that is taken.
            prop_assert!(!outer.is_in_error() && !around.is_in_error() && !middle.is_in_error());
            prop_assert!(outer.left() >= bytes.len() - limit);
        }
    }

    /// Once a read fails, nothing comes any more, and what came before was right.
    #[test]
    fn a_stream_over_an_input_that_fails(bytes in some_bytes(), size in 1_usize..20, acts in acts()) {
        let b = Scripted::new(read, size, acts, &bytes);
        let stream = bytestream::over_buffer(&*b.buffer, usize::MAX);
        let mut came = Vec::new();
        while let Some(byte) = ask(&stream, Request::Get) {
            came.extend(byte);
        }
        prop_assert!(bytes.starts_with(&came));
        prop_assert!(stream.is_in_error() && stream.left() == 0 && !stream.has(0));
        prop_assert_eq!(ask(&stream, Request::Rest), None);
        prop_assert_eq!(ask(&stream, Request::Longest), Some(vec![0; 8]));
    }

    /// Memory ends where addresses do.
    #[test]
    fn memory_that_wraps_around(base in prop_oneof![Just(0_usize), any::<usize>()], len in lengths()) {
        let stream = bytestream::over_memory(std::ptr::without_provenance(base), len);
        let is_possible = base.checked_add(len).is_some() && (base != 0 || len == 0);
        prop_assert_eq!(stream.is_in_error(), !is_possible);
        prop_assert_eq!(stream.left(), if is_possible { len } else { 0 });
    }

    /// A stream inside of another has no more than that one has left.
    #[test]
    fn a_stream_larger_than_the_one_around_it(bytes in some_bytes(), skipped in 0_usize..60, len in lengths()) {
        let outer = bytestream::over_memory(bytes.as_ptr(), bytes.len());
        ask(&outer, Request::Skip(skipped.min(bytes.len())));
        let left = outer.left();
        let inner = bytestream::within(&outer, len);
        prop_assert_eq!(inner.is_in_error(), len > left);
        prop_assert_eq!(outer.is_in_error(), len > left);
    }
}
