// SPDX-License-Identifier: MIT OR Apache-2.0
//! `ip4.h` and `ip6.h`: addresses from text and back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use owfat::capi::{ip4, ip6};
use owfat_fuzz::{scan_string, start, written};

/// Scans an address, and reads back what is written of it.
macro_rules! addresses {
    ($text:ident: $($scan:path as $bytes:literal bytes, written by $($write:path),*;)*) => {$({
        // SAFETY: a string, and room for the bytes.
        let scan = |text: &[u8]| scan_string(text, |a: [u8; $bytes], b| a == b, |text, ip| unsafe { $scan(text, ip.cast()) });
        if let Some((ip, _)) = scan($text) {
            $(
                // SAFETY: as many bytes; NULL, or as much room as was asked for.
                let text = written(|dest| unsafe { $write(dest, start(&ip)) });
                assert_eq!(scan(&text), Some((ip, text.len())), "{}", text.escape_ascii());
            )*
        }
    })*};
}

fuzz_target!(|text: &[u8]| {
    addresses! { text:
        ip4::scan_ip4 as 4 bytes, written by ip4::fmt_ip4;
        ip6::scan_ip6 as 16 bytes, written by ip6::fmt_ip6, ip6::fmt_ip6c;
        ip6::scan_ip6_flat as 16 bytes, written by ip6::fmt_ip6_flat;
    }
    let scoped = |text: &[u8]| {
        scan_string(
            text,
            |a: ([u8; 16], u32), b| a == b,
            |text, found| {
                // SAFETY: the place is valid.
                let (ip, scope) = unsafe { &mut *found };
                // SAFETY: a string, room for 16 bytes, and a place for the scope.
                unsafe { ip6::scan_ip6if(text, ip.as_mut_ptr().cast(), scope) }
            },
        )
    };
    if let Some(((ip, scope), _)) = scoped(text) {
        // SAFETY: 16 bytes; NULL, or as much room as was asked for.
        let text = written(|dest| unsafe { ip6::fmt_ip6if(dest, start(&ip), scope) });
        assert_eq!(scoped(&text), Some(((ip, scope), text.len())), "{}", text.escape_ascii());
        // SAFETY: as above.
        written(|dest| unsafe { ip6::fmt_ip6ifc(dest, start(&ip), scope) });
    }
});
