// SPDX-License-Identifier: MIT OR Apache-2.0
//! Addresses from text.
//!
//! Every function consumes an address. What follows it is left to the caller, and so is what was
//! consumed of something that is no address.

use crate::errno::unchanged;
use crate::sys::socket::interface::{self, Name};
use crate::text::input::Text;
use crate::text::scan_int::{hex_value, unsigned};
use core::net::{Ipv4Addr, Ipv6Addr};

/// Four decimal numbers from 0 to 255 with dots between. Leading zeros mean nothing.
pub(crate) fn ip4(text: &mut Text) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 && !text.eat(b'.') {
            return None;
        }
        *octet = unsigned(text, 10, u8::MAX.into())? as u8;
        // One digit more, and the number would be too big.
        if text.peek().is_ascii_digit() {
            return None;
        }
    }
    Some(octets.into())
}

/// An IPv6 address: eight groups of up to four hexadecimal digits, `::` for one or more of them, dotted decimal for
/// the last two. A plain IPv4 address is taken too, as the IPv6 address it is mapped to.
pub(crate) fn ip6(text: &mut Text) -> Option<Ipv6Addr> {
    let mut groups = Groups::default();
    if attempt(text, double_colon).is_some() {
        groups.gap = Some(0);
    }
    // A colon is consumed only with a group behind it, so it is passed on a copy.
    let mut ahead = text.clone();
    loop {
        let start = ahead.used();
        let group = hexadecimal_group(&mut ahead);
        // What was read is also the beginning of dotted decimal, if it is that.
        if ahead.peek() == b'.' && groups.dotted_may_follow() {
            let mut dotted = ahead.clone();
            dotted.rewind(start);
            if let Some(ip) = ip4(&mut dotted) {
                *text = dotted;
                if groups.gap.is_none() && groups.count == 0 {
                    return Some(ip.to_ipv6_mapped());
                }
                let [a, b, c, d] = ip.octets();
                groups.push(u16::from_be_bytes([a, b]));
                groups.push(u16::from_be_bytes([c, d]));
                break;
            }
        }
        match group {
            Group::None if groups.gap.is_some() => break,
            Group::None | Group::TooLong => return None,
            Group::Some(value) => groups.push(value),
        }
        *text = ahead.clone();
        if groups.count == 8 {
            break;
        }
        if groups.gap.is_none() && attempt(&mut ahead, double_colon).is_some() {
            groups.gap = Some(groups.count);
            *text = ahead.clone();
        } else if !ahead.eat(b':') {
            break;
        }
    }
    groups.address()
}

/// Consumes only what `parse` understands.
fn attempt<T>(text: &mut Text, parse: impl FnOnce(&mut Text) -> Option<T>) -> Option<T> {
    let mut ahead = text.clone();
    let value = parse(&mut ahead)?;
    *text = ahead;
    Some(value)
}

fn double_colon(text: &mut Text) -> Option<()> {
    (text.eat(b':') && text.eat(b':')).then_some(())
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

    /// Dotted decimal stands for the last two groups, or for the whole address.
    fn dotted_may_follow(&self) -> bool {
        self.count == 6 || self.count < 6 && self.gap.is_some() || self.count == 0
    }

    /// The groups behind the `::` go to the end, zeros take their place. There is no address without all eight groups, nor
    /// with eight and a `::`, which stands for one group or more.
    fn address(mut self) -> Option<Ipv6Addr> {
        match self.gap {
            Some(gap) if self.count < 8 => self.list[gap..].rotate_right(8 - self.count),
            None if self.count == 8 => {}
            _ => return None,
        }
        Some(self.list.into())
    }
}

enum Group {
    None,
    TooLong,
    Some(u16),
}

fn hexadecimal_group(text: &mut Text) -> Group {
    let start = text.used();
    let Some(value) = unsigned(text, 16, u16::MAX.into()) else { return Group::None };
    if text.used() - start > 4 || hex_value(text.peek()).is_some() {
        return Group::TooLong;
    }
    Group::Some(value as u16)
}

/// An IPv6 address as exactly 32 hexadecimal digits.
pub(crate) fn ip6_flat(text: &mut Text) -> Option<Ipv6Addr> {
    let mut value = 0;
    for _ in 0..32 {
        value = value << 4 | u128::from(hex_value(text.peek())?);
        text.next_if(|_| true)?;
    }
    Some(Ipv6Addr::from_bits(value))
}

/// As [`ip6`], and the index of the interface whose name may stand behind a `%`: 0 without one, or if the
/// machine has no such interface.
pub(crate) fn ip6_and_scope(text: &mut Text) -> Option<(Ipv6Addr, u32)> {
    Some((ip6(text)?, attempt(text, scope).unwrap_or(0)))
}

fn scope(text: &mut Text) -> Option<u32> {
    if !text.eat(b'%') {
        return None;
    }
    let mut name = text.clone();
    if text.skip(may_be_in_a_name) == 0 {
        return None;
    }
    let name = Name::from_bytes(core::iter::from_fn(|| name.next_if(may_be_in_a_name)));
    // An interface that is not there has number 0, which is no failure.
    Some(name.map_or(0, |name| unchanged(|| interface::index_of(name.as_c_str()))))
}

fn may_be_in_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

#[cfg(test)]
mod tests;
