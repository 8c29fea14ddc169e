// SPDX-License-Identifier: MIT OR Apache-2.0
//! From record to record, in the order of the file.

use super::narrow;
use crate::abi::cdb;
use crate::errno::Result;

impl cdb {
    /// Goes to the record at `position`, and says where the one behind is. `kpos`, `dpos` and `dlen` then tell where its key
    /// and its data are. `None` behind the last one.
    pub fn step(&mut self, position: u32) -> Result<Option<u32>> {
        // The first table is behind the last record.
        let reach = self.reach();
        let [end, _] = self.pair(0, reach)?;
        let key = u64::from(position) + 8;
        if key > end.into() {
            return Ok(None);
        }
        let [key_length, data_length] = self.pair(position.into(), reach)?;
        let data = key + u64::from(key_length);
        let next = narrow(data + u64::from(data_length))?;
        (self.kpos, self.dpos, self.dlen) = (narrow(key)?, narrow(data)?, data_length);
        Ok(Some(next))
    }

    /// Goes to the record behind the first one with this key. False if there is none with it, or none behind.
    pub fn successor(&mut self, key: &[u8]) -> Result<bool> {
        self.find_start();
        if !self.find_next(key)? {
            return Ok(false);
        }
        let next = narrow(u64::from(self.dpos) + u64::from(self.dlen))?;
        Ok(self.step(next)?.is_some())
    }
}
