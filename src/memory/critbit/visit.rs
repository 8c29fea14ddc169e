// SPDX-License-Identifier: MIT OR Apache-2.0
//! All members with a common beginning, in their order.

use super::{Link, Place, bytes, place};
use crate::abi::critbit0_tree;
use core::ffi::c_char;

/// Calls `handle` for all members that start with `prefix`, in their order, until it returns false. It may delete the
/// member that it gets.
///
/// # Safety
/// `tree` is valid, and `handle` changes it in no other way.
pub(crate) unsafe fn visit(
    tree: *const critbit0_tree,
    prefix: &[u8],
    mut handle: impl FnMut(*const c_char) -> bool,
) {
    // SAFETY: by the promise, the tree is valid before and after each call of `handle`; nothing is borrowed during one.
    let mut next = unsafe { (*tree).below(prefix) };
    let mut pending = Pending::default();
    while let Some(mut at) = next {
        let member = loop {
            match place(at) {
                Place::Member(member) => break member,
                // SAFETY: the node is alive.
                Place::Node(node) => unsafe {
                    pending.push((*node).children[1]);
                    at = (*node).children[0];
                },
            }
        };
        // If `handle` deletes this member, a node above it goes, too; but none of the subtrees behind it.
        next = pending.pop().or_else(|| {
            // SAFETY: as above; a member is a string.
            let behind = if pending.lost { unsafe { (*tree).next(bytes(member), prefix) } } else { None };
            behind.map(|member| member.cast())
        });
        if !handle(member) {
            return;
        }
    }
}

/// The subtrees that are still to be visited, the nearest last. In a tree that is deeper than this remembers, it forgets the
/// farthest, for which the way from the root has to be gone again.
#[derive(Default)]
struct Pending {
    subtrees: [Link; Pending::MOST],
    count: usize,
    /// Where the next one goes.
    end: usize,
    /// Whether some were forgotten.
    lost: bool,
}

impl Pending {
    const MOST: usize = 32;

    fn push(&mut self, subtree: Link) {
        self.lost |= self.count == Self::MOST;
        self.subtrees[self.end] = subtree;
        self.end = (self.end + 1) % Self::MOST;
        self.count = (self.count + 1).min(Self::MOST);
    }

    fn pop(&mut self) -> Option<Link> {
        self.count = self.count.checked_sub(1)?;
        self.end = (self.end + Self::MOST - 1) % Self::MOST;
        Some(self.subtrees[self.end])
    }
}
