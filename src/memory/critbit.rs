// SPDX-License-Identifier: MIT OR Apache-2.0
//! The set of strings: a crit-bit tree, after D. J. Bernstein.
//!
//! An inner node names a bit, by its number in the string, and has two children: the members in which that bit is 0, and
//! those in which it is 1. All members below a node agree in every bit before its own, and the bits grow from the root
//! down. So the members are in the order of their bytes from left to right, a lookup looks at one bit per node and
//! compares one string in the end, and all members with the same beginning are one subtree. A string counts as followed by
//! zeros behind its null byte.
//!
//! A tree may be as deep as its longest string has bits. Nothing here recurses, and only inserting takes memory.

use crate::abi::critbit0_tree;
use crate::errno::{Errno, Result};
use core::ffi::{CStr, c_char, c_void};
use core::ptr::null_mut;

mod visit;
pub(crate) use visit::visit;

/// An inner node.
struct Node {
    children: [Link; 2],
    /// The first bit in which the members below differ.
    bit: u64,
}

/// The way to a subtree: the address of a member, which is even because it comes from malloc, or that of a node plus one.
type Link = *mut c_void;

/// What a link leads to.
enum Place {
    Member(*mut c_char),
    Node(*mut Node),
}

fn place(link: Link) -> Place {
    if link.addr() & 1 == 1 {
        Place::Node(link.wrapping_byte_sub(1).cast())
    } else {
        Place::Member(link.cast())
    }
}

fn link(node: *mut Node) -> Link {
    node.cast::<c_void>().wrapping_byte_add(1)
}

/// The child of a node in which `string` is, if it is anywhere below.
fn side(string: &[u8], bit: u64) -> usize {
    let byte = usize::try_from(bit / 8).ok().and_then(|at| string.get(at));
    byte.map_or(0, |byte| usize::from(byte >> (7 - bit % 8) & 1))
}

/// The bytes of a member, without its null byte.
///
/// # Safety
/// It is a string, and stays one while the bytes are in use.
unsafe fn bytes<'a>(member: *const c_char) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(member) }.to_bytes()
}

/// Whether a member begins with `prefix`, which has no null byte: the member's own ends the comparison.
///
/// # Safety
/// It is a string.
unsafe fn starts_with(member: *const c_char, prefix: &[u8]) -> bool {
    // SAFETY: the caller's promise; the bytes before are those of the prefix, so none of them was null.
    prefix.iter().enumerate().all(|(at, byte)| unsafe { member.cast::<u8>().add(at).read() } == *byte)
}

/// A C program hands in a tree that is all zeros or was made here, and no other thread changes it during the call. The
/// SAFETY comments below lean on that: links lead to members and nodes that are alive, and no tree is empty below its root.
impl critbit0_tree {
    /// The member that agrees with `string` in the bits that the tree asks for; NULL in an empty tree.
    fn nearest(&self, string: &[u8]) -> *mut c_char {
        let mut at = self.root;
        loop {
            match place(at) {
                Place::Member(member) => return member,
                // SAFETY: the node is alive.
                Place::Node(node) => at = unsafe { (*node).children[side(string, (*node).bit)] },
            }
        }
    }

    /// Whether `string` is a member.
    pub fn contains(&self, string: &CStr) -> bool {
        let member = self.nearest(string.to_bytes());
        // SAFETY: a member is a string.
        !member.is_null() && unsafe { CStr::from_ptr(member) } == string
    }

    /// Adds a copy of `string`. False if it was a member already. Without memory (ENOMEM) nothing changes.
    pub fn insert(&mut self, string: &CStr) -> Result<bool> {
        let new = string.to_bytes_with_nul();
        let near = self.nearest(string.to_bytes());
        if near.is_null() {
            self.root = copy(new)?.cast();
            return Ok(true);
        }
        // SAFETY: a member is a string.
        let old = unsafe { CStr::from_ptr(near) }.to_bytes_with_nul();
        let Some((at, difference)) = first_difference(old, new) else { return Ok(false) };
        let bit = at as u64 * 8 + u64::from(difference.leading_zeros());

        // SAFETY: malloc takes any size.
        let node: *mut Node = unsafe { libc::malloc(size_of::<Node>()) }.cast();
        if node.is_null() {
            return Err(Errno(libc::ENOMEM));
        }
        // SAFETY: no other thread has seen the node.
        let member = copy(new).inspect_err(|_| unsafe { libc::free(node.cast()) })?;
        let mut way: *mut Link = &mut self.root;
        // SAFETY: `way` points to a link in the tree, whose nodes are alive; the new node has room for a node.
        unsafe {
            while let Place::Node(next) = place(*way)
                && (*next).bit < bit
            {
                way = &raw mut (*next).children[side(new, (*next).bit)];
            }
            let own = side(new, bit);
            let children = if own == 0 { [member.cast(), *way] } else { [*way, member.cast()] };
            node.write(Node { children, bit });
            *way = link(node);
        }
        Ok(true)
    }

    /// Removes a string. False if it was no member.
    ///
    /// # Safety
    /// It is a string; it may be the member itself.
    pub unsafe fn delete(&mut self, string: *const c_char) -> bool {
        // SAFETY: the caller's promise.
        let member = self.unlink(unsafe { bytes(string) });
        // SAFETY: nothing leads to the member any more, and nothing borrows it. NULL does no harm.
        unsafe { libc::free(member.cast()) };
        !member.is_null()
    }

    /// Takes a member out of the tree; NULL if `string` is none.
    fn unlink(&mut self, string: &[u8]) -> *mut c_char {
        if self.root.is_null() {
            return null_mut();
        }
        let mut way: *mut Link = &mut self.root;
        // The node above, and the way to it.
        let mut above: Option<(*mut Node, *mut Link)> = None;
        // SAFETY: `way` points to a link in the tree, whose nodes and members are alive until a node is freed here.
        unsafe {
            loop {
                match place(*way) {
                    Place::Node(node) => {
                        above = Some((node, way));
                        way = &raw mut (*node).children[side(string, (*node).bit)];
                    }
                    Place::Member(member) if bytes(member) != string => return null_mut(),
                    Place::Member(member) => {
                        match above {
                            None => self.root = null_mut(),
                            Some((node, way)) => {
                                let [left, right] = (*node).children;
                                *way = if left == member.cast() { right } else { left };
                                libc::free(node.cast());
                            }
                        }
                        return member;
                    }
                }
            }
        }
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        let mut at = core::mem::replace(&mut self.root, null_mut());
        // Rotates until the left child is a member, which goes, and its node with it.
        // SAFETY: nodes and members are alive until they are freed here; nothing else knows of them any more.
        unsafe {
            while let Place::Node(node) = place(at) {
                let [left, right] = (*node).children;
                match place(left) {
                    Place::Node(lower) => {
                        (*node).children = [(*lower).children[1], right];
                        (*lower).children[1] = at;
                        at = left;
                    }
                    Place::Member(member) => {
                        libc::free(member.cast());
                        libc::free(node.cast());
                        at = right;
                    }
                }
            }
            libc::free(at);
        }
    }

    /// The subtree of the members that start with `prefix`.
    fn below(&self, prefix: &[u8]) -> Option<Link> {
        let mut at = self.root;
        while let Place::Node(node) = place(at) {
            // SAFETY: the node is alive.
            let Node { children, bit } = unsafe { &*node };
            if *bit >= bits(prefix) {
                break;
            }
            // SAFETY: the bit is one of the prefix.
            let byte = unsafe { *prefix.get_unchecked((*bit / 8) as usize) };
            at = children[usize::from(byte << (*bit % 8) >> 7)];
        }
        // SAFETY: the subtree is alive.
        let member = unsafe { leftmost(at) };
        // SAFETY: a member is a string.
        (!member.is_null() && unsafe { starts_with(member, prefix) }).then_some(at)
    }

    /// The first member behind `member` of those with which it shares as many bits as `prefix` has.
    fn next(&self, member: &[u8], prefix: &[u8]) -> Option<*mut c_char> {
        let (mut at, mut behind) = (self.root, None);
        while let Place::Node(node) = place(at) {
            // SAFETY: the node is alive.
            let Node { children, bit } = unsafe { &*node };
            let side = side(member, *bit);
            if side == 0 && *bit >= bits(prefix) {
                behind = Some(children[1]);
            }
            at = children[side];
        }
        // SAFETY: the subtree is alive.
        behind.map(|subtree| unsafe { leftmost(subtree) })
    }
}

fn bits(prefix: &[u8]) -> u64 {
    prefix.len() as u64 * 8
}

/// The first member of a subtree; NULL in an empty tree.
///
/// # Safety
/// The subtree is alive.
unsafe fn leftmost(mut at: Link) -> *mut c_char {
    loop {
        match place(at) {
            Place::Member(member) => return member,
            // SAFETY: by the promise, the node is alive.
            Place::Node(node) => at = unsafe { (*node).children[0] },
        }
    }
}

/// Where two strings with their null bytes differ first, and in which bits; `None` if they are the same.
fn first_difference(a: &[u8], b: &[u8]) -> Option<(usize, u8)> {
    let differences = a.iter().zip(b).map(|(a, b)| a ^ b);
    differences.enumerate().find(|(_, difference)| *difference != 0)
}

fn copy(string: &[u8]) -> Result<*mut c_char> {
    // SAFETY: malloc takes any size.
    let block: *mut c_char = unsafe { libc::malloc(string.len()) }.cast();
    if block.is_null() {
        return Err(Errno(libc::ENOMEM));
    }
    // SAFETY: the new block has as many bytes.
    unsafe { block.copy_from_nonoverlapping(string.as_ptr().cast(), string.len()) };
    Ok(block)
}

#[cfg(test)]
mod tests;
