// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing: the hash tables, and the header in the end.

use super::make::put;
use super::unpair;
use crate::abi::{cdb_hp, cdb_hplist, cdb_make};
use crate::errno::{Errno, Result};
use crate::sys::file;
use core::ptr::null_mut;

/// Writes the tables and the header, and gives all memory back, whatever comes of it. Errors: those of write(2) and
/// lseek(2); ENOMEM without memory, or if the file would be too long; EINVAL if the file is not where the records end,
/// or was finished before.
///
/// # Safety
/// As in [`start`](super::make::start).
pub(crate) unsafe fn finish(make: *mut cdb_make) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe {
        let outcome = write(make);
        libc::free((*make).split.cast());
        (*make).split = null_mut();
        (*make).hash = null_mut();
        while let Some(list) = (*make).head.as_ref() {
            let next = list.next;
            libc::free((*make).head.cast());
            (*make).head = next;
        }
        outcome
    }
}

/// SAFETY: as in [`finish`].
unsafe fn write(make: *mut cdb_make) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe {
        let file = (*make).b.fd.get();
        let there = file::tell(file)?.checked_add((*make).b.p.get() as u64);
        if there != Some((*make).pos.into()) || !count(make) {
            return Err(Errno(libc::EINVAL));
        }
        let slots = u64::from((*make).numentries) * 2;
        let end = u32::try_from(u64::from((*make).pos) + slots * 8).map_err(|_| Errno(libc::ENOMEM))?;
        write_tables(make)?;
        (*make).pos = end;
        (*make).b.flush()?;
        file::seek(file, 0)?;
        let header = &(*make).r#final;
        (*make).b.put_and_flush(header.as_ptr(), header.len())
    }
}

/// Counts the records of each table. False if there are not as many as were added.
///
/// SAFETY: as in [`finish`].
unsafe fn count(make: *mut cdb_make) -> bool {
    // SAFETY: the caller's promise; the lists were made by `add_end`.
    unsafe {
        let count = &mut (*make).count;
        let mut missing = (*make).numentries as usize;
        count.fill(0);
        let mut list = (*make).head;
        while let Some(part) = list.as_ref() {
            let entries = entries(part);
            let Some(left) = missing.checked_sub(entries.len()) else { return false };
            missing = left;
            entries.iter().for_each(|entry| count[usize::from(entry.h as u8)] += 1);
            list = part.next;
        }
        missing == 0
    }
}

/// The records of a list.
fn entries(list: &cdb_hplist) -> &[cdb_hp] {
    usize::try_from(list.num).ok().and_then(|used| list.hp.get(..used)).unwrap_or_default()
}

/// Writes the tables, and takes note of them in the header.
///
/// SAFETY: as in [`finish`]; [`count`] has counted.
unsafe fn write_tables(make: *mut cdb_make) -> Result<()> {
    // SAFETY: the caller's promise, and what each step says.
    unsafe {
        let total = (*make).numentries as usize;
        let counts = &(*make).count;
        let largest = counts.iter().copied().max().unwrap_or(0) as usize;
        // No more than 2^29 records are in a file: these sums fit.
        let block = libc::calloc(total + 2 * largest + 1, size_of::<cdb_hp>()).cast::<cdb_hp>();
        if block.is_null() {
            return Err(Errno(libc::ENOMEM));
        }
        (*make).split = block;
        (*make).hash = block.add(total);
        // The block is that long.
        let split = core::slice::from_raw_parts_mut(block, total);
        let table = core::slice::from_raw_parts_mut(block.add(total), 2 * largest);
        sort(make, split);

        let mut position = (*make).pos;
        let (starts, counts) = (&(*make).start, &(*make).count);
        let header = &mut (*make).r#final;
        for ((start, count), place) in starts.iter().zip(counts).zip(header.chunks_exact_mut(8)) {
            let (start, count) = (*start as usize, *count as usize);
            let records = split.get(start..start + count).unwrap_or_default();
            let table = table.get_mut(..2 * count).unwrap_or_default();
            fill(table, records);
            let bytes = unpair([position, table.len() as u32]);
            place.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte as _);
            for slot in table {
                put(&(*make).b, &unpair([slot.h, slot.p]))?;
            }
            position = position.wrapping_add(16 * count as u32);
        }
        Ok(())
    }
}

/// Sorts the records by table, and in a table by the order in which they were added.
///
/// SAFETY: as in [`write_tables`].
unsafe fn sort(make: *mut cdb_make, split: &mut [cdb_hp]) {
    // SAFETY: the caller's promise.
    unsafe {
        let starts = &mut (*make).start;
        let mut end = 0;
        for (start, count) in starts.iter_mut().zip(&(*make).count) {
            end += count;
            *start = end;
        }
        // The newest list comes first: from the end to the beginning.
        let mut list = (*make).head;
        while let Some(part) = list.as_ref() {
            for entry in entries(part).iter().rev() {
                let start = &mut starts[usize::from(entry.h as u8)];
                *start = start.wrapping_sub(1);
                if let Some(place) = split.get_mut(*start as usize) {
                    *place = *entry;
                }
            }
            list = part.next;
        }
    }
}

/// Makes the hash table of some records: each goes to the first free slot from its own on.
fn fill(table: &mut [cdb_hp], records: &[cdb_hp]) {
    table.fill(cdb_hp { h: 0, p: 0 });
    for record in records {
        let own = ((record.h / 256) as usize).checked_rem(table.len()).unwrap_or(0);
        let (before, from) = table.split_at_mut_checked(own).unwrap_or_default();
        if let Some(slot) = from.iter_mut().chain(before).find(|slot| slot.p == 0) {
            *slot = *record;
        }
    }
}
