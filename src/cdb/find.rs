// SPDX-License-Identifier: MIT OR Apache-2.0
//! Finding records by their keys.

use super::read::Reach;
use super::{hash, narrow};
use crate::abi::cdb;
use crate::errno::Result;
use core::mem::MaybeUninit;

impl cdb {
    /// Makes the next [`find_next`](Self::find_next) the first one.
    pub fn find_start(&mut self) {
        self.r#loop = 0;
    }

    /// Finds the first record of this key since [`find_start`](Self::find_start), or the next one of the same key. `dpos` and
    /// `dlen` then say where its data is.
    pub fn find_next(&mut self, key: &[u8]) -> Result<bool> {
        let reach = self.reach();
        if self.r#loop == 0 && !self.enter(hash(key), reach)? {
            return Ok(false);
        }
        while self.r#loop < self.hslots {
            let [hash, record] = self.pair(self.kpos.into(), reach)?;
            if record == 0 {
                return Ok(false);
            }
            self.r#loop += 1;
            self.kpos = self.slot_behind()?;
            if hash == self.khash && self.take(record.into(), key, reach)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Goes to the slot where a search for this hash value begins. False if its table has none.
    fn enter(&mut self, hash: u32, reach: Reach) -> Result<bool> {
        let [table, slots] = self.pair(u64::from(hash % 256) * 8, reach)?;
        self.hslots = slots;
        let Some(slot) = (hash / 256).checked_rem(slots) else { return Ok(false) };
        self.hpos = table;
        self.khash = hash;
        self.kpos = narrow(u64::from(table) + u64::from(slot) * 8)?;
        Ok(true)
    }

    /// The slot that follows the one at `kpos`; behind the last one it is the first.
    fn slot_behind(&self) -> Result<u32> {
        let next = u64::from(self.kpos) + 8;
        let end = u64::from(self.hpos) + u64::from(self.hslots) * 8;
        if next == end { Ok(self.hpos) } else { narrow(next) }
    }

    /// Takes the record at `position` as the one that was found, if it has this key.
    fn take(&mut self, position: u64, key: &[u8], reach: Reach) -> Result<bool> {
        let [key_length, data_length] = self.pair(position, reach)?;
        if key_length as usize != key.len() || !self.is_at(key, position + 8, reach)? {
            return Ok(false);
        }
        let data = position + 8 + u64::from(key_length);
        narrow(data + u64::from(data_length))?;
        self.dpos = narrow(data)?;
        self.dlen = data_length;
        Ok(true)
    }

    /// Whether this key is what stands at `position`.
    fn is_at(&self, key: &[u8], mut position: u64, reach: Reach) -> Result<bool> {
        let mut room = [MaybeUninit::uninit(); 128];
        for piece in key.chunks(room.len()) {
            let room = &mut room[..piece.len()];
            self.read(room, position, reach)?;
            // SAFETY: all of them have been read.
            if unsafe { core::slice::from_raw_parts(room.as_ptr().cast::<u8>(), room.len()) } != piece {
                return Ok(false);
            }
            position += piece.len() as u64;
        }
        Ok(true)
    }
}
