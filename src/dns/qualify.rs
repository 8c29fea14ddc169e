// SPDX-License-Identifier: MIT OR Apache-2.0
//! Completing names by rules.
//!
//! A rule is `?`, `=`, `*` or `-`, a suffix, a colon, and what to put in its place. `=` asks for the whole name, the
//! others for its end; `-` replaces all of it; `?` does not apply to names that have a dot or a bracket before the
//! suffix. All rules are applied in turn; what is no rule is skipped.

use super::answer::append;
use super::domain::are_equal;
use super::{resolve, rewrite};
use crate::abi::stralloc;
use crate::errno::Result;
use core::mem::swap;

/// What kind of address is looked up.
#[derive(Clone, Copy)]
pub(crate) struct Family {
    look_up: fn(out: &mut stralloc, name: &mut stralloc) -> Result<()>,
    /// What shows that a name is complete, or an address.
    complete: &'static [u8],
}

/// IPv4 addresses.
pub(crate) const IP4: Family =
    Family { look_up: |out, name| resolve::ip4(out, name.as_slice()), complete: b".[]" };
/// IPv6 addresses, and IPv4 addresses as such.
pub(crate) const IP6: Family = Family { look_up: resolve::ip6, complete: b".[]:" };

/// Completes the name `input`, which gives `fqdn`, and puts the addresses of that into `out`. If there are several ways
/// to complete it, the first counts that leads to an address, or else the last.
///
/// # Safety
/// `input` can be read; it may be what is in `fqdn`.
pub(crate) unsafe fn by_rules(
    family: Family,
    out: &mut stralloc,
    fqdn: &mut stralloc,
    input: *const [u8],
    rules: &[u8],
) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe { fqdn.assign(input.cast(), input.len()) }?;
    complete(family.complete, fqdn, rules)?;
    let Some(plus) = fqdn.as_slice().iter().position(|&byte| byte == b'+') else {
        return (family.look_up)(out, fqdn);
    };
    let mut candidate = stralloc::new();
    let outcome = try_each(family, out, &mut candidate, fqdn.as_slice().split_at(plus));
    swap(fqdn, &mut candidate);
    candidate.free();
    outcome
}

/// As [`by_rules`], with the rules that the system has.
///
/// # Safety
/// As in [`by_rules`].
#[inline(never)]
pub(crate) unsafe fn by_system(
    family: Family,
    out: &mut stralloc,
    fqdn: &mut stralloc,
    input: *const [u8],
) -> Result<()> {
    let mut rules = stralloc::new();
    let found = rewrite::find(&mut rules);
    // SAFETY: the caller's promise.
    let outcome = found.and_then(|()| unsafe { by_rules(family, out, fqdn, input, rules.as_slice()) });
    rules.free();
    outcome
}

/// Tries the base with each of the alternatives, which begin with a plus.
fn try_each(
    family: Family,
    out: &mut stralloc,
    candidate: &mut stralloc,
    (base, alternatives): (&[u8], &[u8]),
) -> Result<()> {
    for alternative in alternatives.split(|&byte| byte == b'+').skip(1) {
        candidate.len = 0;
        append(candidate, base)?;
        append(candidate, alternative)?;
        (family.look_up)(out, candidate)?;
        if !out.as_slice().is_empty() {
            break;
        }
    }
    Ok(())
}

/// Applies all rules, each of which has a null byte behind it.
fn complete(complete: &[u8], fqdn: &mut stralloc, rules: &[u8]) -> Result<()> {
    let mut rest = rules;
    while let Some(end) = rest.iter().position(|&byte| byte == 0) {
        let (rule, behind) = rest.split_at(end);
        if let Some((kept, replacement)) = apply(complete, fqdn.as_slice(), rule) {
            fqdn.len = kept;
            append(fqdn, replacement)?;
        }
        rest = behind.get(1..).unwrap_or_default();
    }
    Ok(())
}

/// What a rule makes of a name, if it applies: how many bytes stay, and what comes behind them.
fn apply<'a>(complete: &[u8], name: &[u8], rule: &'a [u8]) -> Option<(usize, &'a [u8])> {
    let (kind, rest) = rule.split_first()?;
    let (suffix, replacement) = rest.split_at_checked(rest.iter().position(|&byte| byte == b':')?)?;
    let replacement = replacement.get(1..)?;
    let (base, end) = name.split_at_checked(name.len().checked_sub(suffix.len())?)?;
    if !are_equal(end, suffix) {
        return None;
    }
    match kind {
        b'=' if !base.is_empty() => None,
        b'?' if base.iter().any(|byte| complete.contains(byte)) => None,
        b'=' | b'?' | b'*' => Some((base.len(), replacement)),
        b'-' => Some((0, replacement)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(family: Family, input: &str, rules: &str) -> String {
        let mut fqdn = stralloc::new();
        append(&mut fqdn, input.as_bytes()).unwrap();
        complete(family.complete, &mut fqdn, rules.replace('|', "\0").as_bytes()).unwrap();
        let text = String::from_utf8(fqdn.as_slice().to_vec()).unwrap();
        fqdn.free();
        text
    }

    #[test]
    fn each_kind_of_rule() {
        for (input, rules, fqdn) in [
            ("a", "?:.foo.bar|", "a.foo.bar"),
            ("a.b", "?:.foo.bar|", "a.b"),
            ("[a", "?:.foo.bar|", "[a"),
            ("a.heaven", "?.heaven:.af.mil|", "a.af.mil"),
            ("a.b.heaven", "?.heaven:.af.mil|", "a.b.heaven"),
            ("a.b.HEAVEN", "*.heaven:.af.mil|", "a.b.af.mil"),
            ("a.b.", "*.:|", "a.b"),
            ("me", "=me:127.0.0.1|", "127.0.0.1"),
            ("me.too", "=too:x|", "me.too"),
            ("a.local", "-.local:me|", "me"),
            ("a", "?:.b|?:.c|*.b:.d|", "a.d"),
            ("a", "x:b|?.c|||*:.d|", "a.d"),
            ("a", "*:.not.ended", "a"),
            ("a", "*longer:x|", "a"),
            ("a", "*:b:c|", "ab:c"),
            ("", "=:x|", "x"),
        ] {
            assert_eq!(completed(IP4, input, rules), fqdn, "{input} {rules}");
        }
        assert_eq!(completed(IP4, "a:b", "?:.c|"), "a:b.c");
        assert_eq!(completed(IP6, "a:b", "?:.c|"), "a:b");
    }

    #[test]
    fn alternatives_are_tried_in_turn() {
        for (input, rules, fqdn, addresses) in [
            ("1", "?:+.2.3+.5.6.7+.8.9.10|", "1.5.6.7", vec![1, 5, 6, 7]),
            ("1.2+.3+.4", "", "1.2.4", vec![]),
            ("1+", "", "1", vec![]),
            ("+", "", "", vec![]),
            ("1.2.3.4", "", "1.2.3.4", vec![1, 2, 3, 4]),
        ] {
            let (mut out, mut found) = (stralloc::new(), stralloc::new());
            let rules = rules.replace('|', "\0");
            // SAFETY: the input is elsewhere.
            unsafe { by_rules(IP4, &mut out, &mut found, input.as_bytes(), rules.as_bytes()) }.unwrap();
            assert_eq!((found.as_slice(), out.as_slice()), (fqdn.as_bytes(), &addresses[..]), "{input}");
            found.free();
            out.free();
        }
    }

    #[test]
    fn the_name_may_be_where_the_result_comes() {
        let (mut out, mut fqdn) = (stralloc::new(), stralloc::new());
        append(&mut fqdn, b"1").unwrap();
        let input = fqdn.bytes();
        // SAFETY: the input is what is in the string.
        unsafe { by_rules(IP4, &mut out, &mut fqdn, input, b"?:+.2.3.4+.5.6.7\0") }.unwrap();
        assert_eq!((fqdn.as_slice(), out.as_slice()), (b"1.2.3.4".as_slice(), [1, 2, 3, 4].as_slice()));
        fqdn.free();
        out.free();
    }

    #[test]
    fn an_error_ends_the_search() {
        let (mut out, mut fqdn) = (stralloc::new(), stralloc::new());
        // SAFETY: the input is elsewhere.
        assert!(unsafe { by_rules(IP6, &mut out, &mut fqdn, b"::1+x+", b"") }.is_err());
        assert_eq!(fqdn.as_slice(), b"::1x");
        fqdn.free();
        out.free();
    }
}
