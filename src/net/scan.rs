//! Addresses from text.
//!
//! Every function takes the place where an address should begin, and gives it with the place behind it. What
//! stands there is the caller's business.

use super::cursor::Cursor;
use crate::sys::interface::{self, Name};
use core::net::{Ipv4Addr, Ipv6Addr};

/// Four decimal numbers from 0 to 255 with dots between. Leading zeros mean nothing.
pub fn ip4(start: Cursor<'_>) -> Option<(Ipv4Addr, Cursor<'_>)> {
    let mut octets = [0; 4];
    let mut at = start;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            at = at.after(b".")?;
        }
        (*octet, at) = decimal_octet(at)?;
    }
    Some((octets.into(), at))
}

fn decimal_octet(mut at: Cursor<'_>) -> Option<(u8, Cursor<'_>)> {
    let mut value = at.next_if(|byte| byte.is_ascii_digit())? - b'0';
    while let Some(digit) = at.next_if(|byte| byte.is_ascii_digit()) {
        value = value.checked_mul(10)?.checked_add(digit - b'0')?;
    }
    Some((value, at))
}

/// An IPv6 address: eight groups of up to four hexadecimal digits, `::` for some of them, dotted decimal for
/// the last two. A plain IPv4 address is taken too, as the IPv6 address it is mapped to.
pub fn ip6(start: Cursor<'_>) -> Option<(Ipv6Addr, Cursor<'_>)> {
    if let Some((ip, end)) = ip4(start) {
        return Some((ip.to_ipv6_mapped(), end));
    }
    let mut groups = Groups::default();
    let mut at = start;
    // What is consumed for certain: a colon counts only with a group behind it.
    let mut end = start;
    if let Some(behind) = at.after(b"::") {
        groups.gap = Some(0);
        (at, end) = (behind, behind);
    }
    loop {
        if groups.dotted_may_follow()
            && let Some((ip, behind)) = ip4(at)
        {
            let [a, b, c, d] = ip.octets();
            groups.push(u16::from_be_bytes([a, b]));
            groups.push(u16::from_be_bytes([c, d]));
            end = behind;
            break;
        }
        match hexadecimal_group(at) {
            Group::None if groups.gap.is_some() => break,
            Group::None | Group::TooLong => return None,
            Group::Some(value, behind) => {
                groups.push(value);
                (at, end) = (behind, behind);
            }
        }
        if groups.count == 8 {
            break;
        }
        match (groups.gap, at.after(b"::"), at.after(b":")) {
            (None, Some(behind), _) => {
                groups.gap = Some(groups.count);
                (at, end) = (behind, behind);
            }
            (_, _, Some(behind)) => at = behind,
            _ => break,
        }
    }
    Some((groups.address()?, end))
}

/// What has been read of an address.
#[derive(Default)]
struct Groups {
    list: [u16; 8],
    count: usize,
    /// How many groups stand before the `::`.
    gap: Option<usize>,
}

impl Groups {
    fn push(&mut self, group: u16) {
        if let Some(place) = self.list.get_mut(self.count) {
            *place = group;
            self.count += 1;
        }
    }

    /// Dotted decimal stands for the last two groups.
    fn dotted_may_follow(&self) -> bool {
        self.count == 6 || self.count < 6 && self.gap.is_some()
    }

    /// The groups behind the `::` go to the end, zeros take their place.
    fn address(mut self) -> Option<Ipv6Addr> {
        if self.count < 8 {
            let gap = self.gap?;
            self.list[gap..].rotate_right(8 - self.count);
        }
        Some(self.list.into())
    }
}

enum Group<'a> {
    None,
    TooLong,
    Some(u16, Cursor<'a>),
}

fn hexadecimal_group(mut at: Cursor<'_>) -> Group<'_> {
    let mut value = 0;
    let start = at.passed();
    while let Some(digit) = hexadecimal_digit(&mut at) {
        if at.passed() - start > 4 {
            return Group::TooLong;
        }
        value = value << 4 | u16::from(digit);
    }
    if at.passed() == start { Group::None } else { Group::Some(value, at) }
}

fn hexadecimal_digit(at: &mut Cursor<'_>) -> Option<u8> {
    Some(match at.next_if(|byte| byte.is_ascii_hexdigit())? {
        digit @ b'0'..=b'9' => digit - b'0',
        letter => (letter | 0x20) - b'a' + 10,
    })
}

/// An IPv6 address as exactly 32 hexadecimal digits.
pub fn ip6_flat(start: Cursor<'_>) -> Option<(Ipv6Addr, Cursor<'_>)> {
    let mut value = 0;
    let mut at = start;
    for _ in 0..32 {
        value = value << 4 | u128::from(hexadecimal_digit(&mut at)?);
    }
    Some((Ipv6Addr::from_bits(value), at))
}

/// As [`ip6`], and the index of the interface whose name may stand behind a `%`: 0 without one, or if the
/// machine has no such interface.
pub fn ip6_and_scope(start: Cursor<'_>) -> Option<(Ipv6Addr, u32, Cursor<'_>)> {
    let (ip, end) = ip6(start)?;
    let Some(mut name) = end.after(b"%") else { return Some((ip, 0, end)) };
    let mut behind = name;
    while behind.next_if(may_be_in_a_name).is_some() {}
    if behind.passed() == name.passed() {
        return Some((ip, 0, end));
    }
    let name = Name::from_bytes(core::iter::from_fn(|| name.next_if(may_be_in_a_name)));
    Some((ip, name.map_or(0, |name| interface::index_of(name.as_c_str())), behind))
}

fn may_be_in_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

#[cfg(test)]
mod tests;
