// SPDX-License-Identifier: MIT OR Apache-2.0
//! `tai.h`, `taia.h`.

use super::engine::{Engine, functions};
use super::inputs::numbers;
use proptest::prelude::*;
use std::ffi::{c_char, c_int, c_long, c_uint};
use std::time::{SystemTime, UNIX_EPOCH};

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Taia {
    sec: u64,
    nano: u32,
    atto: u32,
}

functions! {
    Tai {
        fn tai_now(t: *mut u64);
        fn tai_add(t: *mut u64, a: *const u64, b: *const u64);
        fn tai_sub(t: *mut u64, a: *const u64, b: *const u64);
        fn tai_uint(t: *mut u64, u: c_uint);
        fn tai_pack(buf: *mut c_char, t: *const u64);
        fn tai_unpack(buf: *const c_char, t: *mut u64);
        fn taia_tai(source: *const Taia, dest: *mut u64);
        fn taia_now(t: *mut Taia);
        fn taia_approx(t: *const Taia) -> f64;
        fn taia_frac(t: *const Taia) -> f64;
        fn taia_add(dest: *mut Taia, a: *const Taia, b: *const Taia);
        fn taia_addsec(dest: *mut Taia, source: *const Taia, secs: c_long);
        fn taia_sub(dest: *mut Taia, a: *const Taia, b: *const Taia);
        fn taia_half(dest: *mut Taia, source: *const Taia);
        fn taia_less(a: *const Taia, b: *const Taia) -> c_int;
        fn taia_pack(buf: *mut c_char, t: *const Taia);
        fn taia_unpack(buf: *const c_char, t: *mut Taia);
        fn taia_uint(t: *mut Taia, s: c_uint);
    }
}

/// Stamps whose fractions are fractions: others are outside of the contract.
fn stamps() -> impl Strategy<Value = Taia> {
    let part = || prop_oneof![0..3_u32, 999_999_997..1_000_000_000_u32, 0..1_000_000_000_u32];
    (numbers(), part(), part()).prop_map(|(sec, nano, atto)| Taia { sec, nano, atto })
}

/// Two sources and a destination, which is the first or the second of them, or neither.
fn aliased<T: Copy>(
    memory: &mut super::memory::Memory,
    a: T,
    b: T,
    alias: u8,
) -> (*mut T, *const T, *const T) {
    let (a, b, other) = (memory.value(a), memory.value(b), memory.value(a));
    ([a, b, other][usize::from(alias)], a, b)
}

fn seconds_now() -> u64 {
    (1 << 62) + 10 + SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Tai>("tai");
    // The time goes on between the two calls: whether it is the present is what is compared.
    family.compare("tai_now", Just(()), |c, _, ()| {
        let (mut t, before) = (0, seconds_now());
        // SAFETY: a place for the result.
        unsafe { c.tai_now(&mut t) };
        // time() may lag behind by a tick of the kernel.
        (before - 1..=seconds_now()).contains(&t)
    });
    family.compare("taia_now", Just(()), |c, _, ()| {
        let (mut t, before) = (Taia { sec: 0, nano: 0, atto: 1 }, seconds_now());
        // SAFETY: a place for the result.
        unsafe { c.taia_now(&mut t) };
        ((before..=seconds_now()).contains(&t.sec), t.nano < 1_000_000_000, t.nano % 1000, t.atto)
    });
    family.compare("tai_add", (numbers(), numbers(), 0..3_u8), |c, memory, (a, b, alias)| {
        let (t, a, b) = aliased(memory, *a, *b, *alias);
        // SAFETY: valid values.
        unsafe { c.tai_add(t, a, b) }
    });
    family.compare("tai_sub", (numbers(), numbers(), 0..3_u8), |c, memory, (a, b, alias)| {
        let (t, a, b) = aliased(memory, *a, *b, *alias);
        // SAFETY: valid values.
        unsafe { c.tai_sub(t, a, b) }
    });
    family.compare("tai_uint", numbers(), |c, memory, number| {
        let t = memory.value(1_u64);
        // SAFETY: a place for the result.
        unsafe { c.tai_uint(t, *number as c_uint) }
    });
    family.compare("tai_pack", (numbers(), 0..8_usize), |c, memory, (number, offset)| {
        let (t, out) = (memory.value(*number), memory.room(16));
        // SAFETY: a value, and room for 8 bytes.
        unsafe { c.tai_pack(out.add(*offset).cast(), t) }
    });
    family.compare("tai_unpack", (any::<[u8; 16]>(), 0..8_usize), |c, memory, (bytes, offset)| {
        let (source, t) = (memory.bytes(bytes), memory.value(0_u64));
        // SAFETY: 8 bytes, and a place for the result.
        unsafe { c.tai_unpack(source.add(*offset).cast(), t) }
    });
    family.compare("taia_tai", stamps(), |c, memory, stamp| {
        let (source, dest) = (memory.value(*stamp), memory.value(0_u64));
        // SAFETY: a value, and a place for the result.
        unsafe { c.taia_tai(source, dest) }
    });
    family.compare("taia_approx", stamps(), |c, memory, stamp| {
        // SAFETY: a value.
        unsafe { c.taia_approx(memory.value(*stamp)) }.to_bits()
    });
    family.compare("taia_frac", stamps(), |c, memory, stamp| {
        // SAFETY: a value.
        unsafe { c.taia_frac(memory.value(*stamp)) }.to_bits()
    });
    family.compare("taia_add", (stamps(), stamps(), 0..3_u8), |c, memory, (a, b, alias)| {
        let (t, a, b) = aliased(memory, *a, *b, *alias);
        // SAFETY: valid values.
        unsafe { c.taia_add(t, a, b) }
    });
    family.compare("taia_sub", (stamps(), stamps(), 0..3_u8), |c, memory, (a, b, alias)| {
        let (t, a, b) = aliased(memory, *a, *b, *alias);
        // SAFETY: valid values.
        unsafe { c.taia_sub(t, a, b) }
    });
    family.compare("taia_addsec", (stamps(), numbers(), 0..3_u8), |c, memory, (a, secs, alias)| {
        let (t, a, _) = aliased(memory, *a, *a, *alias);
        // SAFETY: valid values.
        unsafe { c.taia_addsec(t, a, *secs as c_long) }
    });
    family.compare("taia_half", (stamps(), 0..3_u8), |c, memory, (a, alias)| {
        let (t, a, _) = aliased(memory, *a, *a, *alias);
        // SAFETY: valid values.
        unsafe { c.taia_half(t, a) }
    });
    let neighbours =
        (stamps(), stamps(), any::<[bool; 2]>()).prop_map(|(a, mut b, [same_sec, same_nano])| {
            b.sec = if same_sec { a.sec } else { b.sec };
            b.nano = if same_nano { a.nano } else { b.nano };
            (a, b)
        });
    family.compare("taia_less", neighbours, |c, memory, (a, b)| {
        let (a, b) = (memory.value(*a), memory.value(*b));
        // SAFETY: valid values.
        unsafe { c.taia_less(a, b) }
    });
    family.compare("taia_pack", (stamps(), 0..8_usize), |c, memory, (stamp, offset)| {
        let (t, out) = (memory.value(*stamp), memory.room(24));
        // SAFETY: a value, and room for 16 bytes.
        unsafe { c.taia_pack(out.add(*offset).cast(), t) }
    });
    family.compare("taia_unpack", (any::<[u8; 24]>(), 0..8_usize), |c, memory, (bytes, offset)| {
        let (source, t) = (memory.bytes(bytes), memory.value(Taia { sec: 0, nano: 0, atto: 0 }));
        // SAFETY: 16 bytes, and a place for the result.
        unsafe { c.taia_unpack(source.add(*offset).cast(), t) }
    });
    family.compare("taia_uint", (stamps(), numbers()), |c, memory, (before, number)| {
        let t = memory.value(*before);
        // SAFETY: a place for the result.
        unsafe { c.taia_uint(t, *number as c_uint) }
    });
}
