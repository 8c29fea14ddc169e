// SPDX-License-Identifier: MIT OR Apache-2.0
//! Addresses where a name was expected.

use super::answer::append;
use crate::abi::stralloc;
use crate::errno::{Errno, Result};
use crate::net::scan;
use crate::text::input::Text;

/// If the text has only digits, dots and brackets, it is no name: appends the IPv4 addresses in it, `prefix` before
/// each, and says true. Brackets and an address that is cut off mean nothing, and so does a digit that is missing
/// between dots. Errors: EINVAL for a number above 255, which is part of no address.
pub(super) fn numeric(out: &mut stralloc, text: &[u8], prefix: &[u8]) -> Result<bool> {
    if !text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'[' | b']')) {
        return Ok(false);
    }
    let mut ip = [0; 4];
    for (at, number) in text.split(|&byte| byte == b'.').enumerate() {
        let mut value = 0_u8;
        for digit in number.iter().filter(|byte| byte.is_ascii_digit()) {
            let next = value.checked_mul(10).and_then(|value| value.checked_add(digit - b'0'));
            value = next.ok_or(Errno(libc::EINVAL))?;
        }
        ip[at % 4] = value;
        if at % 4 == 3 {
            append(out, prefix)?;
            append(out, &ip)?;
        }
    }
    Ok(true)
}

/// If the text begins with an IPv6 address, or one that is mapped to IPv6, it is no name: appends that address, and says
/// true. Errors: EINVAL if anything stands behind it.
pub(super) fn ip6(out: &mut stralloc, text: &[u8]) -> Result<bool> {
    // SAFETY: the bytes of a slice are readable.
    let mut input = unsafe { Text::new(text.as_ptr().cast(), text.len()) };
    let Some(ip) = scan::ip6(&mut input) else { return Ok(false) };
    if input.used() != text.len() {
        return Err(Errno(libc::EINVAL));
    }
    append(out, &ip.octets())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(parse: impl FnOnce(&mut stralloc) -> Result<bool>) -> Result<Option<Vec<u8>>> {
        let mut out = stralloc::new();
        let outcome = parse(&mut out).map(|is_one| is_one.then(|| out.as_slice().to_vec()));
        out.free();
        outcome
    }

    #[test]
    fn numbers_and_dots() {
        for (text, addresses) in [
            ("1.2.3.4", vec![1, 2, 3, 4]),
            ("[1.2.3.4]", vec![1, 2, 3, 4]),
            ("1.2.3.4.5.6.7.8", vec![1, 2, 3, 4, 5, 6, 7, 8]),
            ("1.2.3.4.5.6.7", vec![1, 2, 3, 4]),
            ("1..3.", vec![1, 0, 3, 0]),
            ("...", vec![0, 0, 0, 0]),
            ("1[2.0003.]4.255", vec![12, 3, 4, 255]),
            ("1.2.3", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(found(|out| numeric(out, text.as_bytes(), b"")), Ok(Some(addresses)), "{text}");
        }
        for text in ["1.2.3.4a", "example.org", "::1", "1.2.3.4 "] {
            assert_eq!(found(|out| numeric(out, text.as_bytes(), b"")), Ok(None), "{text}");
        }
        for text in ["1.2.3.256", "300", "1.2.3.4.99999999999999999999"] {
            let einval = Err(Errno(libc::EINVAL));
            assert_eq!(found(|out| numeric(out, text.as_bytes(), b"")), einval, "{text}");
        }
        assert_eq!(found(|out| numeric(out, b"1.2.3.4.5", b"ab")), Ok(Some(vec![b'a', b'b', 1, 2, 3, 4])));
    }

    #[test]
    fn ip6_and_nothing_behind_it() {
        let ones = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        assert_eq!(found(|out| ip6(out, b"::1")), Ok(Some(ones.into())));
        let mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4];
        assert_eq!(found(|out| ip6(out, b"1.2.3.4")), Ok(Some(mapped.into())));
        assert_eq!(found(|out| ip6(out, b"example.org")), Ok(None));
        for text in [b"::1x".as_slice(), b"fe80::1%lo", b"1.2.3.4.5", b"::1\0"] {
            assert_eq!(found(|out| ip6(out, text)), Err(Errno(libc::EINVAL)));
        }
    }
}
