// SPDX-License-Identifier: MIT OR Apache-2.0
//! Findings, such as the list of servers, that are valid for a while.

use super::answer::append;
use crate::abi::stralloc;
use crate::sys::clock;
use crate::sys::lock::Lock;

/// How often a finding serves, the time it was made included.
const USES: u32 = 10_000;
/// How many milliseconds it serves.
const LIFE: u64 = 600_000;

/// A finding that serves for 600 seconds or 10000 calls. Never blocks: on contention a thread does its own lookup.
pub(super) struct Cache(Lock<Entry>);

/// What was found.
pub(super) struct Entry {
    bytes: stralloc,
    uses: u32,
    end: u64,
}

// SAFETY: the memory belongs to the string, and to no thread.
unsafe impl Send for Entry {}

impl core::ops::Deref for Cache {
    type Target = Lock<Entry>;

    fn deref(&self) -> &Lock<Entry> {
        &self.0
    }
}

impl Cache {
    /// No finding yet.
    pub(super) const fn new() -> Self {
        Cache(Lock::new(Entry { bytes: stralloc::new(), uses: 0, end: 0 }))
    }

    /// Has `read` look at what was found out, if it still serves, and says whether it does.
    #[inline(never)]
    pub(super) fn recall(&self, read: &mut dyn FnMut(&[u8])) -> bool {
        self.recall_at(clock::monotonic_milliseconds(), read)
    }

    fn recall_at(&self, now: u64, read: &mut dyn FnMut(&[u8])) -> bool {
        let Some(mut entry) = self.0.try_lock() else { return false };
        let serves = entry.uses > 0 && now < entry.end;
        if serves {
            entry.uses -= 1;
            read(entry.bytes.as_slice());
        }
        serves
    }

    /// Keeps what was found out just now, if there is memory for it.
    #[inline(never)]
    pub(super) fn remember(&self, found: &[u8]) {
        self.remember_at(clock::monotonic_milliseconds(), found);
    }

    fn remember_at(&self, now: u64, found: &[u8]) {
        if let Some(mut entry) = self.0.try_lock() {
            entry.bytes.len = 0;
            entry.uses = if append(&mut entry.bytes, found).is_ok() { USES - 1 } else { 0 };
            entry.end = now.saturating_add(LIFE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recalled(cache: &Cache, now: u64) -> Option<Vec<u8>> {
        let mut found = Vec::new();
        cache.recall_at(now, &mut |bytes| found = bytes.to_vec()).then_some(found)
    }

    #[test]
    fn serves_for_600_seconds() {
        let cache = Cache::new();
        assert_eq!(recalled(&cache, 0), None);
        cache.remember_at(5, b"first");
        cache.remember_at(5, b"second");
        assert_eq!(recalled(&cache, 5), Some(b"second".to_vec()));
        assert_eq!(recalled(&cache, 600_004), Some(b"second".to_vec()));
        assert_eq!(recalled(&cache, 600_005), None);
    }

    #[test]
    fn serves_10000_times() {
        let cache = Cache::new();
        cache.remember(b"");
        let served = (0..20_000).filter(|_| cache.recall(&mut |_| ())).count();
        assert_eq!(served, 9_999);
    }

    #[test]
    fn no_thread_waits() {
        let cache = Cache::new();
        cache.remember(b"old");
        let guard = cache.0.try_lock();
        assert!(guard.is_some());
        assert!(!cache.recall(&mut |_| ()));
        cache.remember(b"new");
        drop(guard);
        assert_eq!(recalled(&cache, 1), Some(b"old".to_vec()));
    }
}
