//! Lists of descriptors, threaded through the table's entries: in and out in constant time, no memory.
//!
//! A descriptor is in at most one list per direction, marked by its link bit. Who leaves before its turn (by
//! io_close, say) is not unlinked but passed over when its turn comes.

use super::table::Table;
use super::word::{Direction, linked_bit};
use core::sync::atomic::Ordering::Relaxed;

const NONE: u32 = u32::MAX;

/// A first-in, first-out list. Used under the loop's lock only.
pub struct List {
    direction: Direction,
    first: u32,
    last: u32,
}

impl List {
    /// An empty list for one direction.
    pub const fn new(direction: Direction) -> Self {
        List { direction, first: NONE, last: NONE }
    }

    /// Appends a descriptor and marks it as linked. The caller has seen that it is not.
    pub fn push(&mut self, table: &Table, fd: u32) {
        let Some(entry) = table.get(fd) else { return };
        entry.update(|word| word.with(linked_bit(self.direction)));
        entry.next[self.direction as usize].store(NONE, Relaxed);
        match table.get(self.last) {
            Some(last) if self.first != NONE => last.next[self.direction as usize].store(fd, Relaxed),
            _ => self.first = fd,
        }
        self.last = fd;
    }

    /// The descriptor whose turn it is.
    pub fn first(&self) -> Option<u32> {
        (self.first != NONE).then_some(self.first)
    }

    /// Takes the first descriptor out; its mark stays for the caller to change.
    pub fn pop(&mut self, table: &Table) -> Option<u32> {
        let fd = self.first()?;
        self.first = match table.get(fd) {
            Some(entry) => entry.next[self.direction as usize].load(Relaxed),
            None => NONE,
        };
        Some(fd)
    }

    /// Empties this list and returns what was in it.
    pub fn take(&mut self) -> List {
        core::mem::replace(self, List::new(self.direction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_in_first_out() {
        let table = Table::new();
        let mut list = List::new(Direction::Write);
        for fd in [3, 1, 4, 1500, 9] {
            table.grow(fd).unwrap();
            list.push(&table, fd);
            assert!(table.get(fd).unwrap().load().has(linked_bit(Direction::Write)));
        }
        let mut taken = list.take();
        assert_eq!(list.pop(&table), None);
        let order: Vec<u32> = std::iter::from_fn(|| taken.pop(&table)).collect();
        assert_eq!(order, [3, 1, 4, 1500, 9]);
        list.push(&table, 4);
        assert_eq!((list.first(), list.pop(&table), list.pop(&table)), (Some(4), Some(4), None));
        // SAFETY: this test alone knows the table.
        unsafe { table.clear() };
    }
}
