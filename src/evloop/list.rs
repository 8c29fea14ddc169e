// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists of descriptors, threaded through the table's entries: in and out in constant time, no memory.
//!
//! A descriptor is in at most one list per direction, marked by its queued bit. One that is to leave before its turn (by
//! io_close, say) stays where it is and is passed over when its turn comes.

use super::TABLE;
use super::table::Entry;
use super::word::Direction;
use core::sync::atomic::Ordering::Relaxed;

const NONE: u32 = u32::MAX;

/// The last entry of a list that is empty.
static NO_ENTRY: Entry = Entry::new();

/// A first-in, first-out list of one direction. Used under the loop's lock only.
pub(crate) struct List {
    first: u32,
    /// Of no consequence where there is no first one.
    last: &'static Entry,
}

impl List {
    /// An empty list.
    pub(crate) const fn new() -> Self {
        List { first: NONE, last: &NO_ENTRY }
    }

    /// Appends a descriptor, which the caller has marked as queued and which is in no other list of this direction.
    #[inline(always)]
    pub(crate) fn push(&mut self, direction: Direction, fd: u32, entry: &'static Entry) {
        entry.next[direction as usize].store(NONE, Relaxed);
        if self.first == NONE {
            self.first = fd;
        } else {
            self.last.next[direction as usize].store(fd, Relaxed);
        }
        self.last = entry;
    }

    /// The descriptor whose turn it is.
    #[inline(always)]
    pub(crate) fn first(&self) -> Option<u32> {
        (self.first != NONE).then_some(self.first)
    }

    /// Takes the first descriptor out, of which this is the entry; its mark stays for the caller to change.
    #[inline(always)]
    pub(crate) fn advance(&mut self, direction: Direction, entry: &Entry) {
        self.first = entry.next[direction as usize].load(Relaxed);
    }

    /// This list and behind it another one of the same direction.
    pub(crate) fn followed_by(self, direction: Direction, other: List) -> List {
        if self.first == NONE {
            return other;
        }
        if other.first == NONE {
            return self;
        }
        self.last.next[direction as usize].store(other.first, Relaxed);
        List { first: self.first, last: other.last }
    }

    /// The first descriptor, and its entry.
    #[inline(always)]
    pub(super) fn front(&self) -> Option<(u32, &'static Entry)> {
        let fd = self.first()?;
        Some((fd, TABLE.get(fd)?))
    }

    /// Takes the first descriptor out.
    #[inline(always)]
    pub(super) fn pop(&mut self, direction: Direction) -> Option<(u32, &'static Entry)> {
        let (fd, entry) = self.front()?;
        self.advance(direction, entry);
        Some((fd, entry))
    }

    /// Empties this list and returns what was in it.
    pub(crate) fn take(&mut self) -> List {
        core::mem::replace(self, List::new())
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Table;
    use super::*;

    #[test]
    fn first_in_first_out() {
        static TABLE: Table = Table::new();
        const WAY: Direction = Direction::Write;
        let mut list = List::new();
        let push = |list: &mut List, fd| list.push(WAY, fd, TABLE.grow(fd).unwrap());
        let pop = |list: &mut List| {
            let fd = list.first()?;
            list.advance(WAY, TABLE.get(fd).unwrap());
            Some(fd)
        };
        for fd in [3, 1, 4, 1500, 9] {
            push(&mut list, fd);
        }
        let mut taken = list.take();
        assert_eq!(list.first(), None);
        let order: Vec<u32> = std::iter::from_fn(|| pop(&mut taken)).collect();
        assert_eq!(order, [3, 1, 4, 1500, 9]);
        push(&mut list, 4);
        push(&mut list, 1);
        assert_eq!([pop(&mut list), pop(&mut list), pop(&mut list)], [Some(4), Some(1), None]);
        push(&mut list, 7);
        let (mut empty, mut other) = (List::new(), List::new());
        push(&mut other, 8);
        let mut all = empty.take().followed_by(WAY, list).followed_by(WAY, empty).followed_by(WAY, other);
        push(&mut all, 2);
        let order: Vec<u32> = std::iter::from_fn(|| pop(&mut all)).collect();
        assert_eq!(order, [7, 8, 2]);
    }
}
