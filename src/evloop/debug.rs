// SPDX-License-Identifier: MIT OR Apache-2.0
//! A description of what the library knows of a descriptor, for humans.

use super::{Found, find, lock};
use crate::time::taia::FRACTION_DIGITS;
use core::fmt::{self, Write};

/// Text in a buffer of the caller's; what does not fit is left out.
struct Text<'a> {
    room: &'a mut [u8],
    length: usize,
}

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = &mut self.room[self.length..];
        let length = text.len().min(room.len());
        room[..length].copy_from_slice(&text.as_bytes()[..length]);
        self.length += length;
        Ok(())
    }
}

/// [`describe`], with a NUL at the end, which is not counted. 0 also for no room at all.
pub fn describe_with_nul(d: i64, room: &mut [u8]) -> usize {
    let Some((_, for_text)) = room.split_last_mut() else { return 0 };
    let length = describe(d, for_text);
    room[length] = 0;
    length
}

/// Writes the description of a known descriptor, without a NUL. Returns its length; 0 if the descriptor is unknown.
pub fn describe(d: i64, room: &mut [u8]) -> usize {
    let state = lock();
    let Some(Found { entry, .. }) = find(d) else { return 0 };
    let mut text = Text { room, length: 0 };
    // Writing to Text does not fail.
    let _ = write!(text, "fd {d}: {:?}", entry.load());
    let cookie = entry.cookie();
    if !cookie.is_null() {
        let _ = write!(text, " cookie {cookie:p}");
    }
    if let Some(deadline) = entry.deadline() {
        let digits: [u8; FRACTION_DIGITS] = deadline.fraction_digits();
        let fraction = core::str::from_utf8(&digits).unwrap_or("");
        let _ = write!(text, " deadline {}.{fraction}", deadline.sec.x);
    }
    drop(state);
    text.length
}
