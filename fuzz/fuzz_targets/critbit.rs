// SPDX-License-Identifier: MIT OR Apache-2.0
//! `critbit.h`: any sequence of calls, against an ordered set.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::critbit0_tree;
use owfat::capi::critbit::*;
use owfat_fuzz::{start, string};
use std::collections::BTreeSet;
use std::ffi::{CStr, c_char, c_int, c_void};

#[derive(Arbitrary, Debug)]
enum Call<'a> {
    Insert(&'a [u8]),
    Delete(&'a [u8]),
    Contains(&'a [u8]),
    /// Visits so many with a prefix, and then answers what ends it.
    Visit(&'a [u8], u8, u8),
    /// Deletes every member with a prefix while it is visited.
    DeleteVisited(&'a [u8]),
    Clear,
}

struct Visit {
    tree: *mut critbit0_tree,
    found: Vec<Vec<u8>>,
    most: usize,
    last_answer: c_int,
    deletes: bool,
}

unsafe extern "C" fn visit(member: *const c_char, arg: *mut c_void) -> c_int {
    // SAFETY: a member is a string; the argument is the one below.
    let (text, visit) = unsafe { (CStr::from_ptr(member), &mut *arg.cast::<Visit>()) };
    visit.found.push(text.to_bytes().to_vec());
    if visit.deletes {
        // SAFETY: the tree, and its member.
        assert_eq!(unsafe { critbit0_delete(visit.tree, member) }, 1);
    }
    if visit.found.len() == visit.most { visit.last_answer } else { 1 }
}

fuzz_target!(|calls: Vec<Call>| {
    let mut tree = critbit0_tree { root: std::ptr::null_mut() };
    let tree = &raw mut tree;
    let mut model = BTreeSet::new();
    for call in calls {
        // SAFETY: a tree and strings, all the way.
        let answer = |call: unsafe extern "C" fn(*mut critbit0_tree, *const c_char) -> c_int, text: &[u8]| unsafe {
            call(tree, start(text))
        };
        let key = |bytes: &[u8]| {
            let text = string(bytes);
            (text[..text.len() - 1].to_vec(), text)
        };
        match call {
            Call::Insert(bytes) => {
                let (key, text) = key(bytes);
                assert_eq!(answer(critbit0_insert, &text), if model.insert(key) { 2 } else { 1 });
            }
            Call::Delete(bytes) => {
                let (key, text) = key(bytes);
                assert_eq!(answer(critbit0_delete, &text), model.remove(&key).into());
            }
            Call::Contains(bytes) => {
                let (key, text) = key(bytes);
                assert_eq!(answer(critbit0_contains, &text), model.contains(&key).into());
            }
            Call::Visit(bytes, most, last) => {
                let most = usize::from(most) + 1;
                visited(tree, &model, bytes, most, c_int::from(last) - 2, false);
            }
            Call::DeleteVisited(bytes) => {
                for member in visited(tree, &model, bytes, usize::MAX, 1, true) {
                    model.remove(&member);
                }
            }
            // SAFETY: a tree.
            Call::Clear => unsafe {
                critbit0_clear(tree);
                model.clear();
            },
        }
    }
    visited(tree, &model, b"", usize::MAX, 1, false);
    // SAFETY: a tree, whose memory goes.
    unsafe {
        critbit0_clear(tree);
        assert!((*tree).root.is_null());
    }
});

/// Visits members with a prefix, and holds them against the model.
fn visited(
    tree: *mut critbit0_tree,
    model: &BTreeSet<Vec<u8>>,
    prefix: &[u8],
    most: usize,
    last_answer: c_int,
    deletes: bool,
) -> Vec<Vec<u8>> {
    let text = string(prefix);
    let prefix = &text[..text.len() - 1];
    let mut all = Visit { tree, found: Vec::new(), most, last_answer, deletes };
    // SAFETY: a tree, a string, and a function with its argument.
    let outcome = unsafe { critbit0_allprefixed(tree, start(&text), Some(visit), (&raw mut all).cast()) };
    let ended = all.found.len() == most && last_answer != 1;
    let expected = model.iter().filter(|member| member.starts_with(prefix));
    let expected: Vec<_> = expected.take(if ended { most } else { usize::MAX }).cloned().collect();
    assert_eq!(all.found, expected);
    assert_eq!(
        outcome,
        if !ended {
            1
        } else if last_answer == 0 {
            0
        } else {
            -1
        }
    );
    all.found
}
