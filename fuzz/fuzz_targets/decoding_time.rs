// SPDX-License-Identifier: MIT OR Apache-2.0
//! `textcode.h`: no text that a peer may choose makes a decoder slow. What it takes per byte is held against a plain loop over
//! the same bytes, so that neither the machine nor the sanitizer counts; four times the text takes about four times as long.
#![no_main]

use libfuzzer_sys::fuzz_target;
use owfat_fuzz::codes::{DECODERS, Decoder};
use owfat_fuzz::{start, string};
use std::hint::black_box;
use std::time::Duration;

/// How long the shorter text is; the longer one is four times that.
const SIZE: usize = 4096;

/// How often the plain loop could have looked at each byte.
const MOST: u32 = 60;

/// What the clock and an interrupt may take.
const NOISE: Duration = Duration::from_micros(100);

/// A measurement that is too long is taken again so often: other processes take their share.
const ATTEMPTS: usize = 10;

/// Processor time of this thread for one run.
fn time(mut run: impl FnMut()) -> Duration {
    let now = || {
        let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: a place for the time.
        assert_eq!(unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut now) }, 0);
        Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
    };
    let before = now();
    run();
    now() - before
}

/// What an instrumented loop takes that looks at each byte.
fn plain(text: &[u8]) -> Duration {
    time(|| {
        let mut sum = 0_u8;
        for byte in text {
            sum = black_box(sum.wrapping_add(*byte));
        }
    })
}

fn decoding(decoder: Decoder, text: &[u8], dest: &mut [u8]) -> Duration {
    let mut length = 0;
    // SAFETY: a string, room for as many bytes, and a place for the length.
    time(|| _ = black_box(unsafe { decoder(start(text), dest.as_mut_ptr().cast(), &mut length) }))
}

fuzz_target!(|bytes: &[u8]| {
    let mut dest = vec![0; 4 * SIZE + 1];
    for decoder in DECODERS {
        // A piece that the decoder understands; if that is nothing, the first bytes.
        let piece = string(bytes);
        let mut length = 0;
        // SAFETY: a string, which is only counted.
        let used = unsafe { decoder(start(&piece), std::ptr::null_mut(), &mut length) };
        let piece = &piece[..if used > 0 { used } else { piece.len().min(2) - 1 }];
        if piece.is_empty() {
            continue;
        }
        let of_size = |size: usize| string(&piece.iter().copied().cycle().take(size).collect::<Vec<_>>());
        let (short, long) = (of_size(SIZE), of_size(4 * SIZE));
        let mut slow = || {
            let few = decoding(decoder, &short, &mut dest);
            let many = decoding(decoder, &long, &mut dest);
            many > few * 8 + NOISE || many > plain(&long) * MOST + NOISE
        };
        assert!(!(0..ATTEMPTS).all(|_| slow()), "{}", piece.escape_ascii());
    }
});
