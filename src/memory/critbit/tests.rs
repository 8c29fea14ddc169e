// SPDX-License-Identifier: MIT OR Apache-2.0
//! The set of strings against an ordered set.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;
use std::ffi::CString;

/// Frees the memory at the end of a test.
struct Tree(critbit0_tree);
impl Drop for Tree {
    fn drop(&mut self) {
        self.0.clear();
        assert!(self.0.root.is_null());
    }
}

impl Tree {
    fn delete(&mut self, string: &[u8]) -> bool {
        let string = CString::new(string).unwrap();
        // SAFETY: a string.
        unsafe { self.0.delete(string.as_ptr()) }
    }
}

fn of(members: &[&str]) -> Tree {
    let mut tree = Tree(critbit0_tree { root: null_mut() });
    for member in members {
        assert_eq!(tree.0.insert(&CString::new(*member).unwrap()), Ok(true));
    }
    tree
}

/// The members that start with `prefix`, at most `most` of them.
fn prefixed(tree: &Tree, prefix: &[u8], most: usize) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let handle = |member| {
        // SAFETY: a member is a string.
        found.push(unsafe { bytes(member) }.to_vec());
        found.len() < most
    };
    // SAFETY: a valid tree, which nothing changes.
    unsafe { visit(&tree.0, prefix, handle) };
    found
}

/// Every node's bit comes after that of the node above it, and the members below it differ there.
fn check(tree: &Tree) {
    let mut pending = vec![(tree.0.root, 0)];
    while let Some((at, from)) = pending.pop() {
        let Place::Node(node) = place(at) else { continue };
        // SAFETY: the node is alive.
        let Node { children, bit } = unsafe { &*node };
        assert!(*bit >= from);
        for (number, child) in children.iter().enumerate() {
            // SAFETY: a member is a string.
            assert_eq!(side(unsafe { bytes(leftmost(*child)) }, *bit), number);
            pending.push((*child, bit + 1));
        }
    }
}

#[test]
fn an_empty_tree_has_nothing() {
    let mut tree = of(&[]);
    assert!(!tree.0.contains(c"") && !tree.delete(b"") && !tree.delete(b"a"));
    assert!(prefixed(&tree, b"", 9).is_empty());
    tree.0.clear();
}

#[test]
fn the_empty_string_is_a_member_like_any_other() {
    let mut tree = of(&["", "a"]);
    assert!(tree.0.contains(c""));
    assert_eq!(prefixed(&tree, b"", 9), [b"".as_slice(), b"a"]);
    assert!(tree.delete(b"") && !tree.0.contains(c"") && tree.0.contains(c"a"));
}

#[test]
fn bytes_are_unsigned_and_a_prefix_comes_first() {
    let tree = of(&["\u{ff}", "b", "ab", "a", "a\u{e9}", "aa"]);
    assert_eq!(prefixed(&tree, b"", 9), ["a", "aa", "ab", "a\u{e9}", "b", "\u{ff}"].map(str::as_bytes));
    assert_eq!(prefixed(&tree, b"a", 9), ["a", "aa", "ab", "a\u{e9}"].map(str::as_bytes));
    assert_eq!(prefixed(&tree, b"a\xc3", 9), ["a\u{e9}"].map(str::as_bytes));
    assert!(prefixed(&tree, b"aaa", 9).is_empty() && prefixed(&tree, b"c", 9).is_empty());
    assert_eq!(prefixed(&tree, b"a", 2), ["a", "aa"].map(str::as_bytes));
}

/// Each string is the beginning of the next: a node below the other.
#[test]
fn a_tree_that_is_one_long_branch() {
    let longest = "x".repeat(500);
    let tree = of(&(0..500).map(|length| &longest[..length]).collect::<Vec<_>>());
    check(&tree);
    assert_eq!(prefixed(&tree, b"xxxx", usize::MAX).len(), 496);
    assert_eq!(prefixed(&tree, &longest.as_bytes()[..499], usize::MAX).len(), 1);
    assert_eq!(prefixed(&tree, longest.as_bytes(), usize::MAX).len(), 0);
}

#[test]
fn what_is_visited_may_be_deleted() {
    let names: Vec<String> = (0..500).map(|number| format!("{number:03}")).collect();
    let mut tree = of(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let inside: *mut critbit0_tree = &mut tree.0;
    let mut visited = 0;
    let handle = |member| {
        visited += 1;
        // SAFETY: nothing else borrows the tree, and the member is one.
        assert!(unsafe { (*inside).delete(member) });
        true
    };
    // SAFETY: the tree is valid; each member is deleted when it is visited.
    unsafe { visit(inside, b"1", handle) };
    assert_eq!(visited, 100);
    assert_eq!(prefixed(&tree, b"", 999).len(), 400);
    check(&tree);
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Vec<u8>),
    Delete(Vec<u8>),
    Contains(Vec<u8>),
    Prefixed(Vec<u8>, usize),
    Clear,
}

fn strings() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => vec(select(b"ab\x01\x7f\x80\xff".as_slice()), 0..5),
        1 => vec(1..=255_u8, 0..20),
        1 => (0..40_usize, 1..=255_u8).prop_map(|(length, last)| [vec![b'a'; length], vec![last]].concat()),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => strings().prop_map(Step::Insert),
        4 => strings().prop_map(Step::Delete),
        4 => strings().prop_map(Step::Contains),
        2 => (strings(), 1..30_usize).prop_map(|(prefix, most)| Step::Prefixed(prefix, most)),
        1 => Just(Step::Clear),
    ];
    vec(step, 0..120)
}

proptest! {
    #[test]
    fn like_an_ordered_set(steps in steps()) {
        let mut tree = of(&[]);
        let mut model = BTreeSet::new();
        for step in steps {
            match step {
                Step::Insert(string) => {
                    let text = CString::new(string.clone()).unwrap();
                    prop_assert_eq!(tree.0.insert(&text), Ok(model.insert(string)));
                }
                Step::Delete(string) => prop_assert_eq!(tree.delete(&string), model.remove(&string)),
                Step::Contains(string) => prop_assert_eq!(tree.0.contains(&CString::new(string.clone()).unwrap()), model.contains(&string)),
                Step::Prefixed(prefix, most) => {
                    let with = model.iter().filter(|string| string.starts_with(&prefix)).take(most);
                    prop_assert_eq!(prefixed(&tree, &prefix, most), with.cloned().collect::<Vec<_>>());
                }
                Step::Clear => {
                    tree.0.clear();
                    model.clear();
                }
            }
            check(&tree);
        }
        prop_assert_eq!(prefixed(&tree, b"", usize::MAX), model.into_iter().collect::<Vec<_>>());
    }
}
