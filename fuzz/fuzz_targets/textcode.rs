//! `textcode.h`: every decoder on any text, and every encoder on any bytes, which have to come back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use owfat::capi::textcode::{decoders, encoders};
use owfat_fuzz::{start, string, written};
use std::ffi::c_char;
use std::ptr::{null, null_mut};

type Decoder = unsafe extern "C" fn(*const c_char, *mut c_char, *mut usize) -> usize;

/// Decodes a text: into nothing, into memory of exactly the right size, and in place. Returns what came of it, and how
/// much of the text was used.
fn decoded(decoder: Decoder, text: &[u8]) -> (Box<[u8]>, usize) {
    let mut place = string(text);
    let (mut length, mut again) = (0, 0);
    // SAFETY: a string, and a place for the length.
    let used = unsafe { decoder(start(&place), null_mut(), &mut length) };
    assert!(used < place.len() && length <= used, "{used} used of {}, {length} made", place.len() - 1);
    let mut dest = vec![0xaa; length].into_boxed_slice();
    // SAFETY: a string, as much room as was asked for, and a place for the length.
    assert_eq!(unsafe { decoder(start(&place), dest.as_mut_ptr().cast(), &mut again) }, used);
    assert_eq!(again, length);
    let whole = place.as_mut_ptr().cast();
    // SAFETY: a string that may be overwritten by what is decoded from it, which is never longer.
    assert_eq!(unsafe { decoder(whole, whole, &mut again) }, used, "in place");
    assert_eq!((again, &place[..length]), (length, &*dest), "in place");
    (dest, used)
}

/// Decoders, with their encoders and the further arguments of those.
macro_rules! codes {
    ($bytes:ident: $($decoder:ident $(, written by $encoder:ident($($argument:expr)?))*;)*) => {$(
        decoded(decoders::$decoder, $bytes);
        $({
            let source: Box<[u8]> = $bytes.into();
            // SAFETY: as many bytes; NULL, or as much room as was asked for.
            let text = written(|dest| unsafe { encoders::$encoder(dest, start(&source), source.len() $(, $argument)?) });
            let (back, used) = decoded(decoders::$decoder, &text);
            assert_eq!((&*back, used), (&*source, text.len()), "{}: {}", stringify!($encoder), text.escape_ascii());
        })*
    )*};
}

fuzz_target!(|bytes: &[u8]| {
    codes! { bytes:
        scan_urlencoded, written by fmt_urlencoded(), written by fmt_urlencoded2(c"/az".as_ptr());
        scan_urlencoded2, written by fmt_urlencoded(), written by fmt_urlencoded2(null());
        scan_hexdump, written by fmt_hexdump();
    }
});
