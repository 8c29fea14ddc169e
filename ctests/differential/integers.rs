// SPDX-License-Identifier: MIT OR Apache-2.0
//! `uint16.h`, `uint32.h`, `uint64.h`, `safemult.h`.

use super::engine::{Engine, functions};
use super::inputs::numbers;
use proptest::prelude::*;
use std::ffi::{c_char, c_int};

functions! {
    Integers {
        fn uint16_pack(out: *mut c_char, value: u16);
        fn uint16_pack_big(out: *mut c_char, value: u16);
        fn uint16_unpack(source: *const c_char, out: *mut u16);
        fn uint16_unpack_big(source: *const c_char, out: *mut u16);
        fn uint16_read(source: *const c_char) -> u16;
        fn uint16_read_big(source: *const c_char) -> u16;
        fn uint32_pack(out: *mut c_char, value: u32);
        fn uint32_pack_big(out: *mut c_char, value: u32);
        fn uint32_unpack(source: *const c_char, out: *mut u32);
        fn uint32_unpack_big(source: *const c_char, out: *mut u32);
        fn uint32_read(source: *const c_char) -> u32;
        fn uint32_read_big(source: *const c_char) -> u32;
        fn uint64_pack(out: *mut c_char, value: u64);
        fn uint64_pack_big(out: *mut c_char, value: u64);
        fn uint64_unpack(source: *const c_char, out: *mut u64);
        fn uint64_unpack_big(source: *const c_char, out: *mut u64);
        fn uint64_read(source: *const c_char) -> u64;
        fn uint64_read_big(source: *const c_char) -> u64;
        fn umult16(a: u16, b: u16, c: *mut u16) -> c_int;
        fn imult16(a: i16, b: i16, c: *mut i16) -> c_int;
        fn umult32(a: u32, b: u32, c: *mut u32) -> c_int;
        fn imult32(a: i32, b: i32, c: *mut i32) -> c_int;
        fn umult64(a: u64, b: u64, c: *mut u64) -> c_int;
        fn imult64(a: i64, b: i64, c: *mut i64) -> c_int;
    }
}

/// Compares the six functions that store or load one width, at an address of any alignment.
macro_rules! bytes_of {
    ($family:ident, $type:ty, $($pack:ident)*; $($unpack:ident)*; $($read:ident)*) => {
        $($family.compare(stringify!($pack), (0..8_usize, numbers()), |c, memory, (offset, value)| {
            let out = memory.room(offset + size_of::<$type>());
            // SAFETY: there is room for the value.
            unsafe { c.$pack(out.add(*offset).cast(), *value as $type) }
        });)*
        $($family.compare(stringify!($unpack), (0..8_usize, any::<[u8; 16]>()), |c, memory, (offset, bytes)| {
            let (source, out) = (memory.bytes(bytes), memory.value::<$type>(0));
            // SAFETY: there are as many bytes as the value has, and a place for it.
            unsafe { c.$unpack(source.add(*offset).cast(), out) }
        });)*
        $($family.compare(stringify!($read), (0..8_usize, any::<[u8; 16]>()), |c, memory, (offset, bytes)| {
            let source = memory.bytes(bytes);
            // SAFETY: there are as many bytes as the value has.
            unsafe { c.$read(source.add(*offset).cast()) }
        });)*
    };
}

/// Compares products. Where they overflow, the C library stores their lower bits, and its documentation
/// says that it stores nothing, as we do: then the result alone is compared.
macro_rules! products {
    ($family:ident, $($function:ident: $type:ty,)*) => {
        $($family.compare(stringify!($function), (numbers(), numbers()), |c, _, (a, b)| {
            let mut product = 0;
            // SAFETY: there is a place for the product.
            let fits = unsafe { c.$function(*a as $type, *b as $type, &mut product) };
            (fits, (fits != 0).then_some(product))
        });)*
    };
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Integers>("integers");
    bytes_of!(
        family, u16,
        uint16_pack uint16_pack_big;
        uint16_unpack uint16_unpack_big;
        uint16_read uint16_read_big
    );
    bytes_of!(
        family, u32,
        uint32_pack uint32_pack_big;
        uint32_unpack uint32_unpack_big;
        uint32_read uint32_read_big
    );
    bytes_of!(
        family, u64,
        uint64_pack uint64_pack_big;
        uint64_unpack uint64_unpack_big;
        uint64_read uint64_read_big
    );
    products!(
        family,
        umult16: u16,
        imult16: i16,
        umult32: u32,
        imult32: i32,
        umult64: u64,
        imult64: i64,
    );
}
