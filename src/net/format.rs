//! Addresses as text.

use crate::sys::interface::{self, Name};
use core::ffi::{CStr, c_char};
use core::net::{Ipv4Addr, Ipv6Addr};

/// The longest text of this file: an IPv6 address, `%`, and the name of an interface.
const LONGEST: usize = 39 + 1 + interface::NAME_ROOM;

/// What stands for the name of an interface that does not exist.
pub const UNKNOWN_INTERFACE: &CStr = c"[unknown]";

/// A short text on the stack.
pub struct Text {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Text {
    const EMPTY: Self = Self { bytes: [0; LONGEST], length: 0 };

    /// The bytes of the text.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Writes the text to `dest` without a NUL, unless `dest` is NULL, and gives its length.
    ///
    /// # Safety
    ///
    /// `dest` is NULL or has room for the text.
    pub unsafe fn copy_to(&self, dest: *mut c_char) -> usize {
        let bytes = self.as_bytes();
        if !dest.is_null() {
            // SAFETY: the caller promises the room; the text is on the stack, apart from it.
            unsafe { dest.copy_from_nonoverlapping(bytes.as_ptr().cast(), bytes.len()) };
        }
        bytes.len()
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn extend(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.push(byte);
        }
    }

    fn decimal(&mut self, number: u8) {
        if number >= 100 {
            self.push(b'0' + number / 100);
        }
        if number >= 10 {
            self.push(b'0' + number / 10 % 10);
        }
        self.push(b'0' + number % 10);
    }

    /// The lowest `digits` hexadecimal digits of `number`.
    fn hexadecimal(&mut self, number: u16, digits: u32) {
        for place in (0..digits).rev() {
            match (number >> (4 * place) & 15) as u8 {
                digit @ 0..=9 => self.push(b'0' + digit),
                digit => self.push(b'a' - 10 + digit),
            }
        }
    }

    fn ip4(&mut self, ip: Ipv4Addr) {
        let [first, rest @ ..] = ip.octets();
        self.decimal(first);
        for octet in rest {
            self.push(b'.');
            self.decimal(octet);
        }
    }

    fn ip6(&mut self, ip: Ipv6Addr) {
        if let Some(mapped) = ip.to_ipv4_mapped() {
            self.extend(b"::ffff:");
            return self.ip4(mapped);
        }
        let groups = ip.segments();
        let (from, to) = longest_zeros(&groups);
        for (index, &group) in groups.iter().enumerate() {
            if index == from {
                self.extend(b"::");
            }
            if (from..to).contains(&index) {
                continue;
            }
            if index > 0 && index != to {
                self.push(b':');
            }
            self.hexadecimal(group, (u16::BITS - group.leading_zeros()).div_ceil(4).max(1));
        }
    }
}

/// Where the leftmost longest run of two or more zero groups begins and ends; outside of the address if there
/// is none.
fn longest_zeros(groups: &[u16; 8]) -> (usize, usize) {
    let mut longest = (8, 9);
    let mut start = 0;
    for (index, &group) in groups.iter().enumerate() {
        if group != 0 {
            start = index + 1;
        } else if index + 1 - start > longest.1 - longest.0 {
            longest = (start, index + 1);
        }
    }
    longest
}

/// `1.2.3.4`
pub fn ip4(ip: Ipv4Addr) -> Text {
    let mut text = Text::EMPTY;
    text.ip4(ip);
    text
}

/// `2001:db8::1`, and mapped addresses as `::ffff:1.2.3.4`.
pub fn ip6(ip: Ipv6Addr) -> Text {
    let mut text = Text::EMPTY;
    text.ip6(ip);
    text
}

/// As [`ip6`], but mapped addresses as `1.2.3.4`.
pub fn ip6_compact(ip: Ipv6Addr) -> Text {
    ip.to_ipv4_mapped().map_or_else(|| ip6(ip), ip4)
}

/// As [`ip6`], and unless `scope` is 0, `%` and the name of the interface with that index.
pub fn ip6_and_scope(ip: Ipv6Addr, scope: u32) -> Text {
    let mut text = ip6(ip);
    if scope != 0 {
        text.push(b'%');
        text.extend(interface::name_of(scope).as_ref().map_or(UNKNOWN_INTERFACE, Name::as_c_str).to_bytes());
    }
    text
}

/// As [`ip6_and_scope`], but mapped addresses as `1.2.3.4`, without the interface.
pub fn ip6_and_scope_compact(ip: Ipv6Addr, scope: u32) -> Text {
    ip.to_ipv4_mapped().map_or_else(|| ip6_and_scope(ip, scope), ip4)
}

/// Thirty-two hexadecimal digits.
pub fn ip6_flat(ip: Ipv6Addr) -> Text {
    let mut text = Text::EMPTY;
    for group in ip.segments() {
        text.hexadecimal(group, 4);
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The text as Rust's own.
    pub(crate) fn shown(text: Text) -> String {
        String::from_utf8(text.as_bytes().to_vec()).unwrap()
    }

    /// `fmt_ip6`'s text for the eight groups.
    fn groups(groups: [u16; 8]) -> String {
        shown(ip6(groups.into()))
    }

    #[test]
    fn ipv4() {
        for ip in [[0, 0, 0, 0], [9, 10, 99, 100], [255, 255, 255, 255], [127, 0, 0, 1]] {
            assert_eq!(shown(ip4(ip.into())), Ipv4Addr::from(ip).to_string());
        }
    }

    #[test]
    fn zeros_are_compressed_where_the_rules_say() {
        assert_eq!(groups([0; 8]), "::");
        assert_eq!(groups([0, 0, 0, 0, 0, 0, 0, 1]), "::1");
        assert_eq!(groups([1, 0, 0, 0, 0, 0, 0, 0]), "1::");
        assert_eq!(groups([1, 0, 0, 2, 0, 0, 0, 3]), "1:0:0:2::3");
        assert_eq!(groups([0, 1, 2, 3, 4, 5, 6, 7]), "0:1:2:3:4:5:6:7");
        assert_eq!(groups([1, 2, 3, 4, 5, 6, 0, 0]), "1:2:3:4:5:6::");
        assert_eq!(groups([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0]), "2001:db8::");
        assert_eq!(groups([1, 0, 0, 1, 0, 0, 1, 1]), "1::1:0:0:1:1");
    }

    #[test]
    fn a_single_zero_group_at_the_end_stays() {
        assert_eq!(groups([0x2001, 0xdb8, 5, 6, 1, 2, 3, 0]), "2001:db8:5:6:1:2:3:0");
        assert_eq!(groups([0x2001, 0xdb8, 0, 0, 1, 2, 3, 0]), "2001:db8::1:2:3:0");
        assert_eq!(groups([1, 2, 3, 4, 5, 6, 7, 0]), "1:2:3:4:5:6:7:0");
    }

    #[test]
    fn only_mapped_addresses_are_dotted() {
        let mapped = Ipv4Addr::new(1, 2, 3, 4).to_ipv6_mapped();
        assert_eq!(shown(ip6(mapped)), "::ffff:1.2.3.4");
        assert_eq!(shown(ip6_compact(mapped)), "1.2.3.4");
        assert_eq!(shown(ip6_and_scope_compact(mapped, 1)), "1.2.3.4");
        assert_eq!(groups([0, 0, 0, 0, 0, 0, 0x102, 0x304]), "::102:304");
        assert_eq!(shown(ip6_compact(Ipv6Addr::LOCALHOST)), "::1");
    }

    #[test]
    fn the_scope_is_an_interface() {
        let ip = Ipv6Addr::LOCALHOST;
        assert_eq!(shown(ip6_and_scope(ip, 0)), "::1");
        assert_eq!(shown(ip6_and_scope(ip, u32::MAX)), "::1%[unknown]");
        assert_eq!(shown(ip6_and_scope_compact(ip, u32::MAX)), "::1%[unknown]");
        if cfg!(target_os = "linux") {
            assert_eq!(shown(ip6_and_scope(ip, interface::index_of(c"lo"))), "::1%lo");
        }
    }

    #[test]
    fn nothing_is_written_to_null_and_no_nul_elsewhere() {
        let text = ip6(Ipv6Addr::LOCALHOST);
        let mut place = *b"......";
        // SAFETY: NULL is allowed, and six bytes are enough for three.
        unsafe {
            assert_eq!(text.copy_to(core::ptr::null_mut()), 3);
            assert_eq!(text.copy_to(place.as_mut_ptr().cast()), 3);
        }
        assert_eq!(&place, b"::1...");
    }

    /// Addresses with many zero groups, and others.
    pub(crate) fn any_ip6() -> impl Strategy<Value = Ipv6Addr> {
        let group = prop_oneof![3 => Just(0), 1 => 1u16..20, 1 => any::<u16>()];
        prop_oneof![
            8 => proptest::array::uniform8(group).prop_map(Ipv6Addr::from),
            1 => any::<[u8; 4]>().prop_map(|ip| Ipv4Addr::from(ip).to_ipv6_mapped()),
        ]
    }

    proptest! {
        #[test]
        fn as_rust_formats_it(ip in any_ip6()) {
            prop_assert_eq!(shown(ip6(ip)), ip.to_string());
            prop_assert_eq!(shown(ip6_flat(ip)), format!("{:032x}", ip.to_bits()));
        }

        #[test]
        fn as_rust_formats_ipv4(ip in any::<[u8; 4]>()) {
            prop_assert_eq!(shown(ip4(ip.into())), Ipv4Addr::from(ip).to_string());
        }
    }
}
