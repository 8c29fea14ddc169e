// SPDX-License-Identifier: MIT OR Apache-2.0
//! `critbit.h`.

use super::engine::{Engine, functions};
use super::inputs::string;
use proptest::collection::vec;
use proptest::prelude::*;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

/// `critbit0_tree` of critbit.h.
#[repr(C)]
pub(super) struct Tree {
    root: *mut c_void,
}

type Handle = unsafe extern "C" fn(*const c_char, *mut c_void) -> c_int;

functions! {
    Critbits {
        fn critbit0_contains(t: *mut Tree, u: *const c_char) -> c_int;
        fn critbit0_insert(t: *mut Tree, u: *const c_char) -> c_int;
        fn critbit0_delete(t: *mut Tree, u: *const c_char) -> c_int;
        fn critbit0_clear(t: *mut Tree);
        fn critbit0_allprefixed(t: *mut Tree, prefix: *const c_char, handle: Handle, arg: *mut c_void) -> c_int;
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Vec<u8>),
    Delete(Vec<u8>),
    Contains(Vec<u8>),
    /// With what the function answers, from the n-th call on.
    Prefixed(Vec<u8>, usize, c_int),
    Clear,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => string(6).prop_map(Step::Insert),
        3 => string(3).prop_map(Step::Insert),
        3 => string(3).prop_map(Step::Delete),
        4 => string(3).prop_map(Step::Contains),
        3 => (string(2), 0..20_usize, -2..4).prop_map(|(prefix, n, answer)| Step::Prefixed(prefix, n, answer)),
    ];
    vec(prop_oneof![60 => step, 1 => Just(Step::Clear)], 0..60)
}

/// What a visit has seen, and how it goes on.
struct Visit {
    members: Vec<Vec<u8>>,
    stop_at: usize,
    answer: c_int,
}

unsafe extern "C" fn visit(member: *const c_char, arg: *mut c_void) -> c_int {
    // SAFETY: the address of a visit, handed in below, and a string.
    let (visit, member) = unsafe { (&mut *arg.cast::<Visit>(), CStr::from_ptr(member)) };
    visit.members.push(member.to_bytes().to_vec());
    if visit.members.len() > visit.stop_at { visit.answer } else { 1 }
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Critbits>("critbit");
    family.compare_costly(4, "sequences", steps(), |c, memory, steps| {
        let mut tree = Tree { root: null_mut() };
        let mut log = Vec::new();
        let mut look = |tree: &mut Tree, prefix: *const c_char, stop_at, answer| {
            let mut seen = Visit { members: Vec::new(), stop_at, answer };
            // SAFETY: a valid set, a string, and a function with its argument.
            let result = unsafe { c.critbit0_allprefixed(tree, prefix, visit, (&raw mut seen).cast()) };
            // Of a lone member, the C library returns what the function answered, whatever that is.
            log.push((if result == 0 || result == 1 { result } else { -1 }, seen.members));
        };
        for step in steps {
            // SAFETY: a valid set, and strings.
            let result = unsafe {
                match step {
                    Step::Insert(string) => c.critbit0_insert(&mut tree, memory.string(string)),
                    Step::Delete(string) => c.critbit0_delete(&mut tree, memory.string(string)),
                    Step::Contains(string) => c.critbit0_contains(&mut tree, memory.string(string)),
                    Step::Prefixed(prefix, n, answer) => {
                        look(&mut tree, memory.string(prefix), *n, *answer);
                        continue;
                    }
                    Step::Clear => {
                        c.critbit0_clear(&mut tree);
                        assert!(tree.root.is_null());
                        continue;
                    }
                }
            };
            look(&mut tree, c"a".as_ptr(), 0, result);
        }
        look(&mut tree, c"".as_ptr(), usize::MAX, 1);
        // SAFETY: a valid set.
        unsafe { c.critbit0_clear(&mut tree) };
        log
    });
}
