// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files that stay open without pending requests, because the program has locks of fcntl(2) on them: closing any number of
//! a file gives up all locks that the process has on it.

use super::Files;
use crate::file::File;
use crate::pin;
use core::ffi::c_int;

/// Buckets that are looked at for parked files when another file is opened.
const LOOK_AT: usize = 16;

impl Files {
    /// Lets go of a file without pending requests, unless that cost the program its locks. The result is the number to
    /// close.
    pub(crate) fn release(&mut self, file: &'static File) -> Option<c_int> {
        let has_locks = !file.borrowed.get() && !file.is_stream() && pin::may_be_locked(file.pin.get());
        if file.parked.replace(has_locks) {
            self.parked -= 1;
        }
        if has_locks {
            self.parked += 1;
            return None;
        }
        self.close(file)
    }

    /// Lets go of some files whose locks are gone.
    pub(super) fn look_at_parked(&mut self) {
        for _ in 0..if self.parked > 0 { LOOK_AT } else { 0 } {
            self.hand = (self.hand + 1) % self.buckets.len();
            let mut at = self.buckets[self.hand];
            while let Some(file) = at {
                at = file.chained.get();
                if file.parked.get()
                    && file.pending.get() == 0
                    && let Some(pin) = self.release(file)
                {
                    pin::close(pin);
                }
            }
        }
    }

    /// Lets go of all parked files: in a forked child, which has no locks to lose.
    pub(crate) fn close_parked(&mut self) {
        for bucket in 0..self.buckets.len() {
            let mut at = self.buckets[bucket];
            while let Some(file) = at {
                at = file.chained.get();
                if file.parked.replace(false)
                    && let Some(pin) = self.close(file)
                {
                    pin::close(pin);
                }
            }
        }
        self.parked = 0;
    }
}
