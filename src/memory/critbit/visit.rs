// SPDX-License-Identifier: MIT OR Apache-2.0
//! All members with a common beginning, in their order.

use super::{Link, Place, bytes, place};
use crate::abi::critbit0_tree;
use core::ffi::c_char;
use core::mem::MaybeUninit;

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
    let mut pending = Pending::new();
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
struct Pending {
    subtrees: [MaybeUninit<Link>; Pending::MOST],
    /// So many of them are in use.
    count: usize,
    /// Whether some were forgotten.
    lost: bool,
}

impl Pending {
    const MOST: usize = 32;

    /// None. They are not filled: in a constant, the compiler would make zeros of them.
    #[inline(always)]
    fn new() -> Self {
        let mut pending = MaybeUninit::<Self>::uninit();
        let fields = pending.as_mut_ptr();
        // SAFETY: these are all but the subtrees, which need no value.
        unsafe {
            (&raw mut (*fields).count).write(0);
            (&raw mut (*fields).lost).write(false);
            pending.assume_init()
        }
    }

    #[inline(always)]
    fn push(&mut self, subtree: Link) {
        if self.count == Self::MOST {
            self.forget();
        }
        self.subtrees[self.count] = MaybeUninit::new(subtree);
        self.count += 1;
    }

    /// Forgets the farther half: so a deep tree rarely comes here.
    #[cold]
    #[inline(never)]
    fn forget(&mut self) {
        self.subtrees.copy_within(Self::MOST / 2.., 0);
        self.count = Self::MOST / 2;
        self.lost = true;
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<Link> {
        self.count = self.count.checked_sub(1)?;
        // SAFETY: as many were pushed.
        Some(unsafe { self.subtrees[self.count].assume_init() })
    }
}
