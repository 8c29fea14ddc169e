// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;
use crate::net::format;
use crate::net::format::tests::{any_ip6, shown};
use crate::text::input::tests::scanned;
use proptest::prelude::*;

/// What the scanner makes of the text, and how many bytes it takes.
fn run<T>(scanner: fn(&mut Text) -> Option<T>, text: &str) -> Option<(T, usize)> {
    scanned(text, scanner)
}

#[test]
fn ipv4() {
    let one_to_four = Ipv4Addr::new(1, 2, 3, 4);
    for text in ["1.2.3.4", "1.2.3.4.5", "1.2.3.4x", "1.2.3.4:80", "1.2.3.4 "] {
        assert_eq!(run(ip4, text), Some((one_to_four, 7)), "{text}");
    }
    assert_eq!(run(ip4, "255.255.255.255"), Some((Ipv4Addr::BROADCAST, 15)));
    assert_eq!(run(ip4, "010.000.0000.00255"), Some((Ipv4Addr::new(10, 0, 0, 255), 18)));
    for text in [
        "",
        "1",
        "1.2.3",
        "1.2.3.",
        "1.2.3.256",
        "1.2.3.2555",
        ".1.2.3",
        "1..2.3",
        " 1.2.3.4",
        "+1.2.3.4",
        "-1.2.3.4",
        "0x1.2.3.4",
        "1.2.3.4294967300",
        "1.2.3.18446744073709551620",
        "a.2.3.4",
    ] {
        assert_eq!(run(ip4, text), None, "{text}");
    }
}

#[test]
fn ipv6() {
    for (text, length, ip) in [
        ("1.2.3.4", 7, "::ffff:1.2.3.4"),
        ("1.2.3.4:80", 7, "::ffff:1.2.3.4"),
        ("1:2:3:4:5:6:7:8", 15, "1:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:7:8:9", 15, "1:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:7:8::", 15, "1:2:3:4:5:6:7:8"),
        ("ABCD:ef01:2:3:4:5:6:00aF", 24, "abcd:ef01:2:3:4:5:6:af"),
        ("::", 2, "::"),
        ("::1", 3, "::1"),
        ("::1:", 3, "::1"),
        ("::1]", 3, "::1"),
        ("[::1]", 0, ""),
        ("1::2::3", 4, "1::2"),
        (":::", 2, "::"),
        ("1:::2", 3, "1::"),
        ("1:2:3:4:5:6:7::", 15, "1:2:3:4:5:6:7:0"),
        ("1:2:3:4:5:6::8", 14, "1:2:3:4:5:6:0:8"),
        ("1::3:4:5:6:7:8", 14, "1:0:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:1.2.3.4", 19, "1:2:3:4:5:6:102:304"),
        ("1:2:3:4:5::1.2.3.4", 18, "1:2:3:4:5:0:102:304"),
        ("::ffff:1.2.3.4", 14, "::ffff:1.2.3.4"),
        ("::1.2.3.4", 9, "::102:304"),
        ("::1.2.3.4:5", 9, "::102:304"),
        ("::g", 2, "::"),
        ("::1:80", 6, "::1:80"),
        ("1::1.2.3", 4, "1::1"),
        ("::1.2.3.256", 3, "::1"),
        ("fe80::1%lo", 7, "fe80::1"),
    ] {
        let wanted = (length > 0).then(|| (ip.parse().unwrap(), length));
        assert_eq!(run(ip6, text), wanted, "{text}");
    }
}

#[test]
fn colons_that_stand_for_no_group() {
    for text in [
        "1:2:3:4:5:6:7::8",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6::0.7.0.8",
        "::1:2:3:4:5:6:0.7.0.8",
        "1::2:3:4:5:6:7:8:9",
        "::2:3:4:5:6:7:8:1.2.3.4",
    ] {
        assert_eq!(run(ip6, text), None, "{text}");
    }
}

#[test]
fn not_an_ipv6_address() {
    for text in [
        "",
        ":",
        "1:",
        "1",
        "g::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "1.2.3",
        "10.",
        "256.1.1.1",
        "1:2:3:4:5:6:1.2.3",
        "1:2:3:4:5:1.2.3.4",
        ":1:2:3:4:5:6:7:8",
        ":1::",
        "12345::",
        "::12345",
        "::1:23456",
        "00001:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:12345",
        "%lo",
    ] {
        assert_eq!(run(ip6, text), None, "{text}");
    }
}

#[test]
fn flat() {
    let digits = "20010DB8000000000000000000abcdef";
    let ip = "2001:db8::ab:cdef".parse().unwrap();
    assert_eq!(run(ip6_flat, digits), Some((ip, 32)));
    assert_eq!(run(ip6_flat, &format!("{digits}0")), Some((ip, 32)));
    assert_eq!(run(ip6_flat, &digits[1..]), None);
    assert_eq!(run(ip6_flat, &digits.replace('D', "g")), None);
    assert_eq!(run(ip6_flat, ""), None);
}

/// The length that `ip6_and_scope` takes, and the interface it finds.
fn scope_of(text: &str) -> Option<(u32, usize)> {
    run(|text| ip6_and_scope(text).map(|(_, scope)| scope), text)
}

#[test]
fn interfaces() {
    let lo = interface::index_of(c"lo");
    assert_eq!(scope_of("fe80::1"), Some((0, 7)));
    assert_eq!(scope_of("fe80::1%"), Some((0, 7)));
    assert_eq!(scope_of("fe80::1%%lo"), Some((0, 7)));
    assert_eq!(scope_of("fe80::1%lo"), Some((lo, 10)));
    assert_eq!(scope_of("fe80::1%lo]"), Some((lo, 10)));
    assert_eq!(scope_of("1.2.3.4%lo"), Some((lo, 10)));
    assert_eq!(scope_of("fe80::1%no-such_if.5/64"), Some((0, 20)));
    assert_eq!(scope_of("fe80::1%lo.5"), Some((0, 12)));
    assert_eq!(scope_of("fe80::1%lo\u{e4}"), Some((lo, 10)));
    let long = "lo".repeat(1000);
    assert_eq!(scope_of(&format!("fe80::1%{long}")), Some((0, 2008)));
    for text in ["%lo", "", "fe80:%lo", "12345::%lo"] {
        assert_eq!(scope_of(text), None, "{text}");
    }
}

/// What Rust rejects and C's users may write: superfluous zeros in dotted decimal.
fn rust_is_stricter(text: &str) -> bool {
    text.contains('.') && text.split(['.', ':']).any(|number| number.len() > 1 && number.starts_with('0'))
}

proptest! {
    #[test]
    fn what_was_formatted_is_read_back(ip in any_ip6()) {
        let text = ip.to_string();
        prop_assert_eq!(run(ip6, &text), Some((ip, text.len())));
        let compact = shown(|out| format::ip6_compact(out, ip));
        prop_assert_eq!(run(ip6, &compact), Some((ip, compact.len())));
        let flat = format!("{:032X}", ip.to_bits());
        prop_assert_eq!(run(ip6_flat, &flat), Some((ip, 32)));
    }

    #[test]
    fn rust_agrees_about_ipv4(text in "[0-9]{1,3}(\\.[0-9]{1,3}){2,4}") {
        let ours = run(ip4, &text).filter(|(_, length)| *length == text.len());
        if !rust_is_stricter(&text) {
            prop_assert_eq!(ours.map(|(ip, _)| ip), text.parse().ok());
        }
    }

    #[test]
    fn rust_agrees_about_ipv6(text in "(::)?([0-9aF]{1,4}(:|::)){0,7}([0-9aF]{1,5}|[0-9]{1,2}(\\.[0-9]{1,3}){3})?") {
        let ours = run(ip6, &text).filter(|(_, length)| *length == text.len());
        let plain = text.parse::<Ipv4Addr>().is_ok();
        if !plain && !rust_is_stricter(&text) {
            prop_assert_eq!(ours.map(|(ip, _)| ip), text.parse().ok(), "{}", text);
        }
    }

    #[test]
    fn what_follows_does_not_count(text in "[0-9a-f:.%l]{0,30}") {
        for scanner in [ip6, ip6_flat] as [fn(&mut Text) -> Option<Ipv6Addr>; 2] {
            if let Some((ip, length)) = run(scanner, &text) {
                prop_assert!(0 < length && length <= text.len());
                prop_assert_eq!(run(scanner, &text[..length]), Some((ip, length)));
            }
        }
    }
}
