// SPDX-License-Identifier: MIT OR Apache-2.0
//! `dns.h`, as far as it asks no server.

mod packets;

use super::engine::{Engine, functions};
use super::inputs::numbers;
use super::memory::Memory;
use super::stralloc::Stralloc;
use packets::{answers, domains, noise, related};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::ffi::{c_char, c_int, c_uint};
use std::ptr::null_mut;
use std::slice;

functions! {
    Dns {
        fn dns_domain_free(out: *mut *mut c_char);
        fn dns_domain_copy(out: *mut *mut c_char, source: *const c_char) -> c_int;
        fn dns_domain_length(domain: *const c_char) -> c_uint;
        fn dns_domain_equal(a: *const c_char, b: *const c_char) -> c_int;
        fn dns_domain_suffix(big: *const c_char, little: *const c_char) -> c_int;
        fn dns_domain_suffixpos(big: *const c_char, little: *const c_char) -> c_uint;
        fn dns_domain_fromdot(out: *mut *mut c_char, text: *const c_char, len: usize) -> c_int;
        fn dns_domain_todot_cat(out: *mut Stralloc, domain: *const c_char) -> c_int;
        fn dns_name4_domain(name: *mut c_char, ip: *const c_char);
        fn dns_name6_domain(name: *mut c_char, ip: *const c_char);
        fn dns_packet_copy(buf: *const c_char, len: c_uint, pos: c_uint, out: *mut c_char, outlen: c_uint) -> c_uint;
        fn dns_packet_getname(buf: *const c_char, len: c_uint, pos: c_uint, out: *mut *mut c_char) -> c_uint;
        fn dns_packet_skipname(buf: *const c_char, len: c_uint, pos: c_uint) -> c_uint;
        fn dns_ip4_packet(out: *mut Stralloc, buf: *const c_char, len: c_uint) -> c_int;
        fn dns_ip6_packet(out: *mut Stralloc, buf: *const c_char, len: c_uint) -> c_int;
        fn dns_name_packet(out: *mut Stralloc, buf: *const c_char, len: c_uint) -> c_int;
        fn dns_txt_packet(out: *mut Stralloc, buf: *const c_char, len: c_uint) -> c_int;
        fn dns_mx_packet(out: *mut Stralloc, buf: *const c_char, len: c_uint) -> c_int;
        fn dns_sortip(s: *mut c_char, n: c_uint);
        fn dns_sortip6(s: *mut c_char, n: c_uint);
        fn dns_random(n: c_uint) -> c_uint;
        fn dns_random_init(seed: *const c_char);
        fn dns_ip4(out: *mut Stralloc, name: *const Stralloc) -> c_int;
        fn dns_ip6(out: *mut Stralloc, name: *mut Stralloc) -> c_int;
        fn dns_ip4_qualify_rules(out: *mut Stralloc, fqdn: *mut Stralloc, name: *const Stralloc, rules: *const Stralloc) -> c_int;
        fn stralloc_copyb(sa: *mut Stralloc, source: *const c_char, len: usize) -> c_int;
        fn stralloc_free(sa: *mut Stralloc);
    }
}

/// A string of the library that holds these bytes.
fn string(c: Dns, bytes: &[u8]) -> Stralloc {
    let mut sa = Stralloc { s: null_mut(), len: 0, a: 0 };
    // SAFETY: an empty string, and readable bytes.
    assert_eq!(unsafe { c.stralloc_copyb(&mut sa, bytes.as_ptr().cast(), bytes.len()) }, 1);
    sa
}

/// The bytes of a string, which is freed.
fn taken(c: Dns, mut sa: Stralloc) -> Vec<u8> {
    // SAFETY: the string is valid, and has memory.
    let bytes = unsafe { slice::from_raw_parts(sa.s, sa.len) }.to_vec();
    // SAFETY: the same.
    unsafe { c.stralloc_free(&mut sa) };
    bytes
}

/// The bytes of a domain, if there is one, which is freed.
fn freed(c: Dns, mut domain: *mut c_char) -> Option<Vec<u8>> {
    if domain.is_null() {
        return None;
    }
    // SAFETY: a domain in memory from malloc.
    unsafe {
        let length = c.dns_domain_length(domain) as usize;
        let bytes = slice::from_raw_parts(domain.cast::<u8>(), length).to_vec();
        c.dns_domain_free(&mut domain);
        assert!(domain.is_null());
        Some(bytes)
    }
}

/// Elements in order, and the bytes behind them.
fn in_order(mut bytes: Vec<u8>, size: usize) -> Vec<u8> {
    let rest = bytes.split_off(bytes.len() / size * size);
    let mut elements: Vec<&[u8]> = bytes.chunks(size).collect();
    elements.sort();
    [elements.concat(), rest].concat()
}

type Extract = unsafe fn(&Dns, *mut Stralloc, *const c_char, c_uint) -> c_int;

/// What a function takes out of a packet; what an error leaves behind is anything.
fn extracted(c: Dns, extract: Extract, memory: &mut Memory, packet: &[u8]) -> Option<Vec<u8>> {
    let mut out = string(c, b"what was there");
    let buf = memory.bytes(packet).cast();
    // SAFETY: a valid string, and a packet.
    let result = unsafe { extract(&c, &mut out, buf, packet.len() as c_uint) };
    let found = taken(c, out);
    assert!(result == 0 || result == -1);
    (result == 0).then_some(found)
}

fn domain_functions(engine: &mut Engine) {
    let mut family = engine.family::<Dns>("dns");
    family.compare("dns_domain_length", domains(), |c, memory, domain| {
        let domain = memory.bytes(domain).cast();
        // SAFETY: a domain.
        unsafe { c.dns_domain_length(domain) }
    });
    family.compare("dns_domain_copy", domains(), |c, memory, domain| {
        let (domain, mut copy) = (memory.bytes(domain).cast(), null_mut());
        // SAFETY: a domain, and a place that is empty, and then has one.
        let results = unsafe { [c.dns_domain_copy(&mut copy, domain), c.dns_domain_copy(&mut copy, domain)] };
        (results, freed(c, copy))
    });
    family.compare("two domains", related(), |c, memory, (a, b)| {
        let (a, b) = (memory.bytes(a).cast(), memory.bytes(b).cast());
        // SAFETY: domains.
        unsafe { (c.dns_domain_equal(a, b), c.dns_domain_suffix(a, b), c.dns_domain_suffixpos(a, b)) }
    });
    let text = prop_oneof![
        6 => "([a-cA-Z0-9*_-]{0,5}\\.?|\\.|\\\\[0-7]{0,4}|\\\\.)*".prop_map(String::into_bytes),
        2 => vec(any::<u8>(), 0..80),
        1 => "[a.]{240,270}".prop_map(String::into_bytes),
        1 => "[a-z]{61,65}(\\.[a-z]{61,64}){0,3}".prop_map(String::into_bytes),
    ];
    family.compare_costly(2, "dns_domain_fromdot", text, |c, memory, text| {
        let (at, mut domain) = (memory.bytes(text).cast(), null_mut());
        // SAFETY: that many bytes, and a place that is empty.
        (unsafe { c.dns_domain_fromdot(&mut domain, at, text.len()) }, freed(c, domain))
    });
    family.compare("dns_domain_todot_cat", domains(), |c, memory, domain| {
        let (domain, mut out) = (memory.bytes(domain).cast(), string(c, b"="));
        // SAFETY: a domain, and a valid string.
        (unsafe { c.dns_domain_todot_cat(&mut out, domain) }, taken(c, out))
    });
    family.compare("dns_name4_domain", any::<[u8; 4]>(), |c, memory, ip| {
        let (ip, name) = (memory.bytes(ip).cast(), memory.room(31).cast());
        // SAFETY: 4 bytes, and room.
        unsafe { c.dns_name4_domain(name, ip) }
    });
    family.compare("dns_name6_domain", any::<[u8; 16]>(), |c, memory, ip| {
        let (ip, name) = (memory.bytes(ip).cast(), memory.room(75).cast());
        // SAFETY: 16 bytes, and room.
        unsafe { c.dns_name6_domain(name, ip) }
    });
}

fn packet_functions(engine: &mut Engine) {
    let mut family = engine.family::<Dns>("dns");
    let edge = || prop_oneof![5 => 0..24_u32, 1 => u32::MAX - 20..=u32::MAX];
    family.compare("dns_packet_copy", (noise(), edge(), 0..20_u32), |c, memory, (packet, pos, count)| {
        let out = memory.room(*count as usize);
        let buf = memory.bytes(packet).cast();
        // SAFETY: a packet, and room.
        let end = unsafe { c.dns_packet_copy(buf, packet.len() as c_uint, *pos, out.cast(), *count) };
        if end == 0 {
            // The C library has copied what there was.
            // SAFETY: the room.
            unsafe { out.write_bytes(b'.', *count as usize) };
        }
        end
    });
    family.compare("names", (prop_oneof![noise(), answers()], edge()), |c, memory, (packet, pos)| {
        let (buf, len) = (memory.bytes(packet).cast(), packet.len() as c_uint);
        let mut name = null_mut();
        // SAFETY: a packet, and a place that is empty.
        let end = unsafe { c.dns_packet_getname(buf, len, *pos, &mut name) };
        // SAFETY: the same.
        (end, freed(c, name), unsafe { c.dns_packet_skipname(buf, len, *pos) })
    });
    family.compare("dns_ip4_packet", answers(), |c, memory, packet| {
        extracted(c, Dns::dns_ip4_packet, memory, packet).map(|found| in_order(found, 4))
    });
    family.compare("dns_ip6_packet", answers(), |c, memory, packet| {
        extracted(c, Dns::dns_ip6_packet, memory, packet).map(|found| in_order(found, 16))
    });
    family.compare("dns_name_packet", answers(), |c, memory, packet| {
        extracted(c, Dns::dns_name_packet, memory, packet)
    });
    family.compare("dns_txt_packet", answers(), |c, memory, packet| {
        extracted(c, Dns::dns_txt_packet, memory, packet)
    });
    family.compare("dns_mx_packet", answers(), |c, memory, packet| {
        extracted(c, Dns::dns_mx_packet, memory, packet)
    });
}

fn random_functions(engine: &mut Engine) {
    let mut family = engine.family::<Dns>("dns");
    family.compare("dns_random", numbers(), |c, memory, n| {
        let (n, seed) = (*n as c_uint, memory.room(128).cast());
        // SAFETY: 128 bytes.
        let random = unsafe {
            c.dns_random_init(seed);
            c.dns_random(n)
        };
        if n == 0 { random == 0 } else { random < n }
    });
    family.compare("dns_sortip", vec(any::<u8>(), 0..90), |c, _, bytes| {
        let mut shuffled = [bytes.clone(), bytes.clone()];
        let [four, sixteen] = &mut shuffled;
        // SAFETY: that many bytes.
        unsafe {
            c.dns_sortip(four.as_mut_ptr().cast(), four.len() as c_uint);
            c.dns_sortip6(sixteen.as_mut_ptr().cast(), sixteen.len() as c_uint);
        }
        let [four, sixteen] = shuffled;
        (in_order(four, 4), in_order(sixteen, 16))
    });
}

fn literals(engine: &mut Engine) {
    let mut family = engine.family::<Dns>("dns");
    // Without numbers above 255, which the C library cuts.
    let odd = select(&["", "000", "007", "1[2", "[3]", "]"][..]);
    let number =
        prop_oneof![3 => any::<u8>().prop_map(|number| number.to_string()), 1 => odd.prop_map(String::from)];
    let numeric = vec(number, 1..10).prop_map(|numbers| numbers.join("."));
    family.compare("dns_ip4", numeric, |c, _, text| {
        let (name, mut out) = (string(c, text.as_bytes()), string(c, b"old"));
        // SAFETY: valid strings.
        let result = unsafe { c.dns_ip4(&mut out, &name) };
        taken(c, name);
        (result, taken(c, out))
    });
    // Without numbers alone, of which the C library makes pieces of addresses.
    let ip4 = any::<[u8; 4]>().prop_map(|[a, b, c, d]| format!("{a}.{b}.{c}.{d}"));
    let ip6 = any::<[u8; 16]>().prop_map(|ip| std::net::Ipv6Addr::from(ip).to_string());
    let short = select(&["::", "::1", "1::", "::ffff:1.2.3.4", "fe80::1:0:2"][..]).prop_map(String::from);
    let behind = prop_oneof![4 => Just(""), 1 => select(&["x", ".", "%lo", ".example"][..])];
    family.compare("dns_ip6", (prop_oneof![ip4, ip6, short], behind), |c, memory, (ip, behind)| {
        let text = format!("{ip}{behind}");
        let (mut name, mut out) = (string(c, text.as_bytes()), string(c, b"old"));
        // SAFETY: valid strings.
        let result = unsafe { c.dns_ip6(&mut out, &mut name) };
        if result != 0 {
            memory.errno_may_differ("the C library gives no reason");
        }
        let found = taken(c, out);
        (result, taken(c, name), (result == 0).then_some(found))
    });
    // What comes of these names is all zeros and dots, so that no server is asked.
    let of = |bytes: &'static str, most| {
        vec(select(bytes.as_bytes()), 0..most).prop_map(|bytes| String::from_utf8(bytes).unwrap())
    };
    let rule = (select(&["?", "=", "*", "-"][..]), of("0.", 4), of("0.+", 9))
        .prop_map(|(kind, suffix, new)| format!("{kind}{suffix}:{new}\0"));
    let rules = vec(prop_oneof![5 => rule, 1 => of("?=*x#-0.:\0", 6)], 0..5).prop_map(|rules| rules.concat());
    family.compare("dns_ip4_qualify_rules", (of("0.[+", 7), rules), |c, memory, (name, rules)| {
        let replacements = rules.split('\0').filter_map(|rule| rule.split_once(':'));
        if replacements.into_iter().any(|(_, new)| new.contains(|c| !"0.+".contains(c))) {
            return None;
        }
        memory.errno_may_differ("the C library sets it without a reason");
        let (name, rules) = (string(c, name.as_bytes()), string(c, rules.as_bytes()));
        let (mut out, mut fqdn) = (string(c, b"old"), string(c, b"older"));
        // SAFETY: valid strings.
        let result = unsafe { c.dns_ip4_qualify_rules(&mut out, &mut fqdn, &name, &rules) };
        taken(c, name);
        taken(c, rules);
        Some((result, taken(c, out), taken(c, fqdn)))
    });
}

pub(super) fn add(engine: &mut Engine) {
    domain_functions(engine);
    packet_functions(engine);
    random_functions(engine);
    literals(engine);
}
