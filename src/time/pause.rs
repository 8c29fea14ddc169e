// SPDX-License-Identifier: MIT OR Apache-2.0
//! Waiting for descriptors, until a moment.

use crate::abi::{iopause_fd, taia};
use crate::errno::unchanged;
use crate::sys::pause;

/// The longest wait, in milliseconds: clocks are set, and callers check again.
const LONGEST: u64 = 1_000_000;

/// Waits until one of the descriptors is ready or the deadline has come, `now` being the caller's current
/// time.
pub(crate) fn pause(list: &mut [iopause_fd], deadline: &taia, now: &taia) {
    unchanged(|| pause::poll(list, milliseconds(deadline, now) as i32));
}

/// How long to wait. A deadline that has come, but is not past, is worth a millisecond: a caller that checks
/// whether it is past would wait again at once.
fn milliseconds(deadline: &taia, now: &taia) -> u64 {
    if deadline < now { 0 } else { deadline.milliseconds_after(*now).clamp(1, LONGEST) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::tai;
    use std::io::{Write, pipe};
    use std::os::fd::AsRawFd;
    use std::time::Instant;

    fn label(sec: u64, nano: u32, atto: u32) -> taia {
        taia { sec: tai { x: sec }, nano, atto }
    }

    #[test]
    fn never_too_short_and_never_too_long() {
        let now = label(100, 500_000_000, 7);
        assert_eq!(milliseconds(&label(100, 500_000_000, 6), &now), 0);
        assert_eq!(milliseconds(&label(0, 0, 0), &now), 0);
        assert_eq!(milliseconds(&now, &now), 1);
        assert_eq!(milliseconds(&label(100, 501_000_000, 7), &now), 1);
        assert_eq!(milliseconds(&label(100, 501_000_000, 8), &now), 2);
        assert_eq!(milliseconds(&label(101, 500_000_000, 7), &now), 1000);
        assert_eq!(milliseconds(&label(u64::MAX, 0, 0), &now), LONGEST);
        assert_eq!(milliseconds(&label(5, u32::MAX, u32::MAX), &label(5, 0, u32::MAX)), 4295);
    }

    #[test]
    fn says_who_is_ready_and_who_is_not() {
        let (reader, mut writer) = pipe().unwrap();
        let mut list =
            [reader.as_raw_fd(), writer.as_raw_fd(), -1].map(|fd| iopause_fd { fd, events: 1, revents: 99 });
        let start = Instant::now();
        pause(&mut list, &label(100, 30_000_000, 0), &label(100, 0, 0));
        assert!(start.elapsed().as_millis() >= 30);
        assert_eq!(list.map(|entry| entry.revents), [0, 0, 0]);
        writer.write_all(b"x").unwrap();
        pause(&mut list, &label(200, 0, 0), &label(100, 0, 0));
        assert_eq!(list.map(|entry| entry.revents), [1, 0, 0]);
    }
}
