// SPDX-License-Identifier: MIT OR Apache-2.0
//! `array.h` and `iarray.h`: any sequence of calls on two arrays, against `Vec<u8>`, and on one whose elements never move.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::array;
use owfat::capi::array::*;
use owfat::capi::iarray::*;
use owfat_fuzz::{start, string};
use std::collections::HashMap;
use std::mem::MaybeUninit;

#[derive(Arbitrary, Debug)]
enum Call<'a> {
    Allocate(u8, u8),
    AllocateAnything(u64, i64),
    Get(u64, i64),
    Length(u64),
    CatBytes(&'a [u8]),
    CatString(&'a [u8], bool),
    CatPartOfSelf(u16, u16),
    CatNul,
    CatAbsurdly(u8),
    CatOther,
    CatSelf,
    CatRange { of_self: bool, from: i16, to: i16 },
    CatAnyRange(i64, i64),
    Truncate(u8, u8),
    TruncateAnyhow(u64, i64),
    TruncateToNothing,
    Shift(u8, u8),
    ShiftAnyhow(u64, u64),
    Chop(u8, u8),
    ChopAnyhow(u64, u64),
    Reset,
    Fail,
    Swap,
}

/// `None`: it has failed.
type Model = Option<Vec<u8>>;

fn content(array: &array) -> Model {
    // SAFETY: an array, and as many bytes as it has in use.
    unsafe {
        let length = usize::try_from(array_bytes(array)).ok()?;
        let start = array_start(array).cast::<u8>();
        Some(if length == 0 { Vec::new() } else { std::slice::from_raw_parts(start, length).to_vec() })
    }
}

/// The bytes of the first so many elements.
fn bytes(size: u64, elements: u64) -> u64 {
    size.saturating_mul(elements)
}

fn call(call: Call, x: &mut array, other: &mut array, model: &mut Model, other_model: &mut Model) {
    let held = model.as_ref().map_or(0, |model| model.len() as u64);
    // SAFETY: arrays, strings, or as many bytes as their length says; what lies in the array itself may be appended to it.
    unsafe {
        match call {
            Call::Allocate(size, position) => {
                let size = u64::from(size) + 1;
                let element = array_allocate(x, size, position.into());
                assert_eq!(element.is_null(), model.is_none());
                let end = size * (u64::from(position) + 1);
                if let Some(model) = model {
                    model.resize(model.len().max(end as usize), 0);
                    assert_eq!(element.cast::<u8>(), array_start(x).cast::<u8>().add((end - size) as usize));
                }
            }
            Call::AllocateAnything(size, position) => {
                let fits = position >= 0 && bytes(size, position as u64 + 1) <= held;
                if fits || position < 0 || bytes(size, position as u64 + 1) > 1 << 48 {
                    let element = array_allocate(x, size, position);
                    assert!(!element.is_null() || !fits || model.is_none() || held == 0);
                }
            }
            Call::Get(size, position) => {
                let there = position >= 0
                    && (position as u64).checked_add(1).is_some_and(|end| bytes(size, end) <= held);
                let element = array_get(x, size, position);
                assert!(element.is_null() || there);
                assert!(!element.is_null() || !there || held == 0);
            }
            Call::Length(size) => {
                let length = array_length(x, size);
                assert_eq!(
                    length,
                    if model.is_none() { -1 } else { held.checked_div(size).unwrap_or(0) as i64 }
                );
            }
            Call::CatBytes(bytes) => {
                let exact: Box<[u8]> = bytes.into();
                array_catb(x, start(&exact), exact.len() as u64);
                model.iter_mut().for_each(|model| model.extend(bytes));
            }
            Call::CatString(bytes, with_nul) => {
                let text = string(bytes);
                if with_nul {
                    array_cats0(x, start(&text))
                } else {
                    array_cats(x, start(&text))
                }
                model.iter_mut().for_each(|model| model.extend(&text[..text.len() - usize::from(!with_nul)]));
            }
            Call::CatPartOfSelf(at, length) => {
                if let Some(model) = model.as_mut().filter(|model| !model.is_empty()) {
                    let at = usize::from(at) % model.len();
                    let length = usize::from(length) % (model.len() - at + 1);
                    array_catb(x, array_start(x).cast::<i8>().add(at).cast(), length as u64);
                    model.extend_from_within(at..at + length);
                }
            }
            Call::CatNul => {
                array_cat0(x);
                model.iter_mut().for_each(|model| model.push(0));
            }
            Call::CatAbsurdly(less) => {
                array_catb(x, c"".as_ptr(), u64::MAX - u64::from(less));
                *model = None;
            }
            Call::CatOther => {
                array_cat(x, other);
                match (&mut *model, &*other_model) {
                    (Some(model), Some(other)) => model.extend(other),
                    _ => *model = None,
                }
            }
            Call::CatSelf => {
                array_cat(x, x);
                model.iter_mut().for_each(|model| model.extend_from_within(..));
            }
            Call::CatRange { of_self, from, to } => {
                let source: *const array = if of_self { x } else { other };
                let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
                let source_model = if of_self { &*model } else { &*other_model }.as_ref();
                let part = range.and_then(|(from, to)| Some(source_model?.get(from..to)?.to_vec()));
                array_cate(x, source, from.into(), to.into());
                match (&mut *model, part) {
                    (Some(model), Some(part)) => model.extend(part),
                    // Whether a range of nothing lies within is not asked here.
                    _ if from == to => *model = content(x),
                    _ => *model = None,
                }
            }
            Call::CatAnyRange(from, to) => {
                array_cate(x, other, from, to);
                let within = 0 <= from
                    && from <= to
                    && other_model.as_ref().is_some_and(|other| to as usize <= other.len());
                if within || from == to {
                    *model = content(x);
                } else {
                    *model = None;
                }
            }
            Call::Truncate(size, elements) => {
                array_truncate(x, size.into(), elements.into());
                truncated(model, size.into(), elements.into());
            }
            Call::TruncateAnyhow(size, elements) => {
                array_truncate(x, size, elements);
                if let Ok(elements) = elements.try_into() {
                    truncated(model, size, elements);
                }
            }
            Call::TruncateToNothing => {
                array_trunc(x);
                model.iter_mut().for_each(Vec::clear);
            }
            Call::Shift(size, elements) => {
                array_shift(x, size.into(), elements.into());
                shifted(model, size.into(), elements.into());
            }
            Call::ShiftAnyhow(size, elements) => {
                array_shift(x, size, elements);
                shifted(model, size, elements);
            }
            Call::Chop(size, elements) => {
                array_chop(x, size.into(), elements.into());
                chopped(model, size.into(), elements.into());
            }
            Call::ChopAnyhow(size, elements) => {
                array_chop(x, size, elements);
                chopped(model, size, elements);
            }
            Call::Reset => {
                array_reset(x);
                *model = Some(Vec::new());
            }
            Call::Fail => {
                array_fail(x);
                *model = None;
            }
            Call::Swap => {
                std::mem::swap(x, other);
                std::mem::swap(model, other_model);
            }
        }
    }
}

fn truncated(model: &mut Model, size: u64, elements: u64) {
    let length = bytes(size, elements);
    model
        .iter_mut()
        .filter(|model| length <= model.len() as u64)
        .for_each(|model| model.truncate(length as usize));
}

fn shifted(model: &mut Model, size: u64, elements: u64) {
    model.iter_mut().for_each(|model| drop(model.drain(..(bytes(size, elements) as usize).min(model.len()))));
}

fn chopped(model: &mut Model, size: u64, elements: u64) {
    model.iter_mut().for_each(|model| {
        model.truncate(model.len().saturating_sub(bytes(size, elements) as usize));
    });
}

fn elements_that_never_move(size: u16, positions: &[u16]) {
    let size = usize::from(size) % 3000;
    let mut place = MaybeUninit::uninit();
    let ia = place.as_mut_ptr();
    let mut known = HashMap::new();
    // SAFETY: room for an array, and then an array.
    unsafe {
        iarray_init(ia, size);
        for position in positions.iter().map(|position| usize::from(*position) % 3000) {
            let element = iarray_allocate(ia, position).cast::<u8>();
            assert_eq!(element.is_null(), size == 0);
            assert_eq!(iarray_get(ia, position).cast(), element);
            if size == 0 {
                continue;
            }
            let mark = position as u8 | 1;
            let before = known.insert(position, element);
            let expected = if before.is_some() { mark } else { 0 };
            assert!(before.is_none_or(|before| before == element));
            assert!(std::slice::from_raw_parts(element, size).iter().all(|byte| *byte == expected));
            element.write_bytes(mark, size);
        }
        assert_eq!(iarray_length(ia), known.keys().max().map_or(0, |last| last + 1));
        iarray_free(ia);
    }
}

fuzz_target!(|input: (Vec<Call>, u16, Vec<u16>)| {
    let (mut x, mut y, mut model, mut other) =
        (array::new(), array::new(), Some(Vec::new()), Some(Vec::new()));
    for one in input.0 {
        call(one, &mut x, &mut y, &mut model, &mut other);
        assert_eq!(content(&x), model);
        assert_eq!(content(&y), other);
        // SAFETY: arrays.
        assert_eq!(unsafe { array_equal(&x, &y) } != 0, model.is_some() && model == other);
        if model.as_ref().is_some_and(|model| model.len() > 1 << 16) {
            call(Call::TruncateToNothing, &mut x, &mut y, &mut model, &mut other);
        }
    }
    // SAFETY: arrays.
    unsafe {
        array_reset(&mut x);
        array_reset(&mut y);
    }
    elements_that_never_move(input.1, &input.2[..input.2.len().min(50)]);
});
