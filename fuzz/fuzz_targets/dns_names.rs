// SPDX-License-Identifier: MIT OR Apache-2.0
//! `dns.h`: domains from text and back, parents of domains, names of addresses, and rules that complete names.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::stralloc;
use owfat::capi::dns::{domains::*, qualifying::*};
use owfat::capi::stralloc::{stralloc_copyb, stralloc_free};
use owfat_fuzz::start;
use std::ffi::c_char;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ptr::null_mut;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    text: &'a [u8],
    other: &'a [u8],
    rules: &'a [u8],
    ip: [u8; 16],
}

/// A domain in memory of its size.
struct Domain(*mut c_char);

impl Domain {
    fn of(text: &[u8]) -> Option<Self> {
        let (text, mut domain): (Box<[u8]>, _) = (text.into(), null_mut());
        // SAFETY: a place with NULL, and as many bytes.
        let made = unsafe { dns_domain_fromdot(&mut domain, start(&text), text.len()) };
        assert_eq!(made, i32::from(!domain.is_null()));
        (made == 1).then_some(Domain(domain))
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: a domain, which has as many bytes.
        unsafe { std::slice::from_raw_parts(self.0.cast(), dns_domain_length(self.0) as usize) }
    }

    fn text(&self) -> Vec<u8> {
        let mut text = stralloc::new();
        // SAFETY: a string and a domain.
        unsafe {
            assert_eq!(dns_domain_todot_cat(&mut text, self.0), 1);
            let bytes = text.as_slice().to_vec();
            stralloc_free(&mut text);
            bytes
        }
    }

    fn equals(&self, other: &Self) -> bool {
        let mut copy = null_mut();
        // SAFETY: domains, and a place with NULL.
        unsafe {
            assert_eq!(dns_domain_copy(&mut copy, other.0), 1);
            let equal = dns_domain_equal(self.0, copy) == 1;
            dns_domain_free(&mut copy);
            assert!(copy.is_null());
            equal
        }
    }
}

impl Drop for Domain {
    fn drop(&mut self) {
        // SAFETY: a place with a domain.
        unsafe { dns_domain_free(&mut self.0) }
    }
}

/// What a text without backslashes stands for, if its labels and all of them together are short enough.
fn expected(text: &[u8]) -> Option<Vec<u8>> {
    let labels = text.split(|byte| *byte == b'.').filter(|label| !label.is_empty());
    let mut domain = Vec::new();
    for label in labels {
        domain.push(u8::try_from(label.len()).ok().filter(|length| *length < 64)?);
        domain.extend(label);
    }
    domain.push(0);
    (domain.len() <= 255).then_some(domain)
}

/// Each parent begins where it is found.
fn parents(domain: &Domain, other: &Domain) {
    let bytes = domain.bytes();
    let mut at = 0;
    loop {
        // SAFETY: domains, of which one begins within the other.
        unsafe {
            let parent = domain.0.add(at);
            assert_eq!(dns_domain_suffix(domain.0, parent), 1);
            assert!(dns_domain_suffixpos(domain.0, parent) as usize <= at);
        }
        match bytes[at] {
            0 => break,
            label => at += 1 + usize::from(label),
        }
    }
    // SAFETY: domains.
    unsafe {
        let at = dns_domain_suffixpos(domain.0, other.0) as usize;
        if dns_domain_suffix(domain.0, other.0) == 1 {
            assert!(bytes[at..].eq_ignore_ascii_case(other.bytes()));
        } else {
            assert_eq!(at, 0);
        }
    }
}

/// Rules of any kind, and behind them one that makes an address of every name, so that no server is asked.
fn complete(text: &[u8], rules: &[u8]) {
    let (mut name, mut all, mut fqdn, mut out) =
        (stralloc::new(), stralloc::new(), stralloc::new(), stralloc::new());
    let rules = [rules, b"\0-:127.0.0.1\0"].concat();
    // SAFETY: strings.
    unsafe {
        stralloc_copyb(&mut name, start(text), text.len());
        stralloc_copyb(&mut all, start(&rules), rules.len());
        assert_eq!(dns_ip4_qualify_rules(&mut out, &mut fqdn, &name, &all), 0);
        assert_eq!((fqdn.as_slice(), out.as_slice()), (b"127.0.0.1".as_slice(), [127, 0, 0, 1].as_slice()));
        let name_and_fqdn = &raw mut name;
        assert_eq!(dns_ip6_qualify_rules(&mut out, name_and_fqdn, name_and_fqdn, &all), 0);
        assert_eq!((name.as_slice(), out.as_slice().last()), (b"127.0.0.1".as_slice(), Some(&1)));
        [name, all, fqdn, out].iter_mut().for_each(|sa| stralloc_free(sa));
    }
}

fn addresses(ip: [u8; 16]) {
    let (mut short, mut long) = (vec![0xaa; 31].into_boxed_slice(), vec![0xaa; 75].into_boxed_slice());
    let ip4 = [ip[0], ip[1], ip[2], ip[3]];
    // SAFETY: DNS_NAME4_DOMAIN and DNS_NAME6_DOMAIN bytes, and addresses.
    unsafe {
        dns_name4_domain(short.as_mut_ptr().cast(), start(&ip4));
        dns_name6_domain(long.as_mut_ptr().cast(), start(&ip));
        let [a, b, c, d] = Ipv4Addr::from(ip4).octets();
        let expected = Domain::of(format!("{d}.{c}.{b}.{a}.in-addr.arpa").as_bytes()).unwrap();
        assert_eq!(dns_domain_equal(short.as_ptr().cast(), expected.0), 1);
        let digits = format!("{:032x}", Ipv6Addr::from(ip).to_bits());
        let labels: Vec<String> = digits.chars().rev().map(String::from).collect();
        let expected = Domain::of(format!("{}.ip6.arpa", labels.join(".")).as_bytes()).unwrap();
        assert_eq!(dns_domain_equal(long.as_ptr().cast(), expected.0), 1);
    }
}

fuzz_target!(|input: Input| {
    if !input.text.contains(&b'\\') {
        assert_eq!(Domain::of(input.text).map(|domain| domain.bytes().to_vec()), expected(input.text));
    }
    if let Some(domain) = Domain::of(input.text) {
        assert!(domain.bytes().len() <= 255 && domain.bytes().ends_with(&[0]));
        let back = Domain::of(&domain.text()).expect("a domain's text is one of a domain");
        assert!(domain.equals(&back) && back.text() == domain.text());
        if let Some(other) = Domain::of(input.other) {
            assert_eq!(domain.equals(&other), domain.text() == other.text());
            parents(&domain, &other);
        }
    }
    complete(input.text, input.rules);
    addresses(input.ip);
});
