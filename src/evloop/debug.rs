// SPDX-License-Identifier: MIT OR Apache-2.0
//! A description of what the library knows of a descriptor, for people.

use super::{Handle, lock};
use crate::abi::taia;
use core::fmt::{self, Write};

/// Text in a buffer of the caller's; what does not fit is left out.
struct Text<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let left = &mut self.buffer[self.length..];
        let length = text.len().min(left.len());
        left[..length].copy_from_slice(&text.as_bytes()[..length]);
        self.length += length;
        Ok(())
    }
}

/// [`describe`], with a null byte at the end, which is not counted. 0 also for an empty buffer.
pub(crate) fn describe_with_nul(d: i64, buffer: &mut [u8]) -> usize {
    let Some((_, for_text)) = buffer.split_last_mut() else { return 0 };
    let length = describe(d, for_text);
    buffer[length] = 0;
    length
}

/// Writes the description of a registered descriptor, without a null byte. Returns its length; 0 if the descriptor is not
/// registered.
pub(crate) fn describe(d: i64, buffer: &mut [u8]) -> usize {
    let state = lock();
    let Ok(Handle { entry, .. }) = Handle::find(d) else { return 0 };
    let mut text = Text { buffer, length: 0 };
    let backend = state.backend.map_or("none yet", |backend| backend.name());
    // Writing to Text does not fail.
    let _ = write!(text, "fd {d}: {:?} backend {backend}", entry.load());
    let cookie = entry.cookie();
    if !cookie.is_null() {
        let _ = write!(text, " cookie {cookie:p}");
    }
    if let Some(deadline) = state.deadlines.of(entry) {
        let _ = describe_deadline(&mut text, deadline.moment(), taia::now());
    }
    drop(state);
    text.length
}

fn describe_deadline(text: &mut Text, deadline: taia, now: taia) -> fmt::Result {
    let (to_come, passed) = (deadline.milliseconds_after(now), now.milliseconds_after(deadline));
    let tenths = to_come.max(passed).div_ceil(100);
    let (seconds, tenth) = (tenths / 10, tenths % 10);
    if passed == 0 {
        write!(text, " deadline in {seconds}.{tenth} s")
    } else {
        write!(text, " deadline {seconds}.{tenth} s ago")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evloop::word::{Direction, Word, forced_bit};

    /// What the manual promises to suffice.
    const ENOUGH: usize = 600;

    #[test]
    fn the_longest_description_fits() {
        let mut buffer = [0; 2 * ENOUGH];
        let mut text = Text { buffer: &mut buffer, length: 0 };
        let _ = write!(text, "fd {}: {:?} backend poll, as a fallback", i32::MAX, Word(u64::MAX));
        let _ = write!(text, " cookie {:p}", usize::MAX as *const u8);
        let _ = describe_deadline(&mut text, taia::from_seconds(u64::MAX), taia::from_seconds(0));
        assert!(text.length < ENOUGH, "{}", text.length);
    }

    /// No two states look the same, so every bit shows.
    #[test]
    fn every_bit_shows() {
        let looks: std::collections::HashSet<String> =
            (0..64).map(|bit| format!("{:?}", Word(1 << bit))).collect();
        assert_eq!(looks.len(), 64);
        assert!(format!("{:?}", Word(forced_bit(Direction::Write))).contains("Write(forced)"));
    }

    #[test]
    fn deadlines_are_told_from_now() {
        let now = taia::from_seconds(1000);
        for (seconds, wanted) in
            [(1001, " deadline in 1.0 s"), (1000, " deadline in 0.0 s"), (970, " deadline 30.0 s ago")]
        {
            let mut buffer = [0; 100];
            let mut text = Text { buffer: &mut buffer, length: 0 };
            describe_deadline(&mut text, taia::from_seconds(seconds), now).unwrap();
            let length = text.length;
            assert_eq!(std::str::from_utf8(&buffer[..length]), Ok(wanted));
        }
    }
}
