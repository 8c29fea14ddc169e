// SPDX-License-Identifier: MIT OR Apache-2.0
//! Addresses as text.

use crate::sys::socket::interface::{self, Name};
use crate::text::fmt_int::{padded, unsigned};
use crate::text::out::Out;
use core::ffi::CStr;
use core::net::{Ipv4Addr, Ipv6Addr};

/// What stands for the name of an interface that does not exist.
pub(crate) const UNKNOWN_INTERFACE: &CStr = c"[unknown]";

/// `1.2.3.4`
#[inline(never)]
pub(crate) fn ip4(out: &mut Out, ip: Ipv4Addr) {
    for (index, octet) in ip.octets().into_iter().enumerate() {
        if index > 0 {
            out.byte(b'.');
        }
        unsigned::<10>(out, octet.into());
    }
}

/// `2001:db8::1`, and mapped addresses as `::ffff:1.2.3.4`.
#[inline(never)]
pub(crate) fn ip6(out: &mut Out, ip: Ipv6Addr) {
    if let Some(mapped) = ip.to_ipv4_mapped() {
        out.bytes(b"::ffff:");
        return ip4(out, mapped);
    }
    let groups = ip.segments();
    let (from, to) = longest_zeros(&groups);
    for (index, group) in groups.into_iter().enumerate() {
        if index == from {
            out.bytes(b"::");
        }
        if (from..to).contains(&index) {
            continue;
        }
        if index > 0 && index != to {
            out.byte(b':');
        }
        unsigned::<16>(out, group.into());
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

/// As [`ip6`], but mapped addresses as `1.2.3.4`.
pub(crate) fn ip6_compact(out: &mut Out, ip: Ipv6Addr) {
    match ip.to_ipv4_mapped() {
        Some(mapped) => ip4(out, mapped),
        None => ip6(out, ip),
    }
}

/// As [`ip6`], and unless `scope` is 0, `%` and the name of the interface with that index.
pub(crate) fn ip6_and_scope(out: &mut Out, ip: Ipv6Addr, scope: u32) {
    ip6(out, ip);
    if scope != 0 {
        out.byte(b'%');
        out.bytes(interface::name_of(scope).as_ref().map_or(UNKNOWN_INTERFACE, Name::as_c_str).to_bytes());
    }
}

/// As [`ip6_and_scope`], but mapped addresses as `1.2.3.4`, without the interface.
pub(crate) fn ip6_and_scope_compact(out: &mut Out, ip: Ipv6Addr, scope: u32) {
    match ip.to_ipv4_mapped() {
        Some(mapped) => ip4(out, mapped),
        None => ip6_and_scope(out, ip, scope),
    }
}

/// Thirty-two hexadecimal digits.
pub(crate) fn ip6_flat(out: &mut Out, ip: Ipv6Addr) {
    for group in ip.segments() {
        padded::<16>(out, group.into(), 4);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::text::out::tests::written;
    use proptest::prelude::*;

    /// What the formatter writes, as Rust's own text.
    pub(crate) fn shown(format: impl Fn(&mut Out)) -> String {
        String::from_utf8(written(format)).unwrap()
    }

    /// `fmt_ip6`'s text for the eight groups.
    fn groups(groups: [u16; 8]) -> String {
        shown(|out| ip6(out, groups.into()))
    }

    #[test]
    fn ipv4() {
        for ip in [[0, 0, 0, 0], [9, 10, 99, 100], [255, 255, 255, 255], [127, 0, 0, 1]] {
            assert_eq!(shown(|out| ip4(out, ip.into())), Ipv4Addr::from(ip).to_string());
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
        assert_eq!(shown(|out| ip6(out, mapped)), "::ffff:1.2.3.4");
        assert_eq!(shown(|out| ip6_compact(out, mapped)), "1.2.3.4");
        assert_eq!(shown(|out| ip6_and_scope_compact(out, mapped, 1)), "1.2.3.4");
        assert_eq!(groups([0, 0, 0, 0, 0, 0, 0x102, 0x304]), "::102:304");
        assert_eq!(shown(|out| ip6_compact(out, Ipv6Addr::LOCALHOST)), "::1");
    }

    #[test]
    fn the_scope_is_an_interface() {
        let ip = Ipv6Addr::LOCALHOST;
        assert_eq!(shown(|out| ip6_and_scope(out, ip, 0)), "::1");
        assert_eq!(shown(|out| ip6_and_scope(out, ip, u32::MAX)), "::1%[unknown]");
        assert_eq!(shown(|out| ip6_and_scope_compact(out, ip, u32::MAX)), "::1%[unknown]");
        if cfg!(target_os = "linux") {
            assert_eq!(shown(|out| ip6_and_scope(out, ip, interface::index_of(c"lo"))), "::1%lo");
        }
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
            prop_assert_eq!(shown(|out| ip6(out, ip)), ip.to_string());
            prop_assert_eq!(shown(|out| ip6_flat(out, ip)), format!("{:032x}", ip.to_bits()));
        }

        #[test]
        fn as_rust_formats_ipv4(ip in any::<[u8; 4]>()) {
            prop_assert_eq!(shown(|out| ip4(out, ip.into())), Ipv4Addr::from(ip).to_string());
        }
    }
}
