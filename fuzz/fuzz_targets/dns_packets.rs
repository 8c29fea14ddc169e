// SPDX-License-Identifier: MIT OR Apache-2.0
//! `dns.h`: everything that is read out of a packet, whatever that is: names at any place, and answers of all kinds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use owfat::abi::stralloc;
use owfat::capi::dns::{domains::*, packets::*};
use owfat::capi::stralloc::stralloc_free;
use owfat_fuzz::start;
use std::ffi::{c_char, c_int, c_uint};
use std::ptr::null_mut;

type Extract = unsafe extern "C" fn(*mut stralloc, *const c_char, c_uint) -> c_int;

/// What is taken out of a packet; `None` if that is malformed.
fn extracted(extract: Extract, packet: &[u8]) -> Option<Vec<u8>> {
    let mut out = stralloc::new();
    // SAFETY: a string, and as many bytes.
    let outcome = unsafe { extract(&mut out, start(packet), packet.len() as c_uint) };
    let found = out.as_slice().to_vec();
    // SAFETY: a string.
    unsafe { stralloc_free(&mut out) };
    assert!(outcome == 0 || outcome == -1);
    (outcome == 0).then_some(found)
}

/// The name at a place, which is passed over in the same way, and is a domain.
fn name(packet: &[u8], at: c_uint) {
    let length = packet.len() as c_uint;
    let mut domain = null_mut();
    // SAFETY: as many bytes; a place with NULL, and then with a domain in memory of its size.
    unsafe {
        let end = dns_packet_getname(start(packet), length, at, &mut domain);
        if end == 0 {
            return assert!(domain.is_null());
        }
        assert!(end <= length);
        assert_eq!(dns_packet_skipname(start(packet), length, at), end);
        assert!(dns_domain_length(domain) <= 255);
        let mut text = stralloc::new();
        assert_eq!(dns_domain_todot_cat(&mut text, domain), 1);
        assert!(text.as_slice().is_ascii());
        let mut back = null_mut();
        assert_eq!(dns_domain_fromdot(&mut back, text.s, text.len), 1);
        assert_eq!(dns_domain_equal(domain, back), 1);
        stralloc_free(&mut text);
        dns_domain_free(&mut back);
        dns_domain_free(&mut domain);
    }
}

/// Bytes at a place, or none if the packet ends before.
fn part(packet: &[u8], at: c_uint, count: c_uint) {
    let mut room = vec![0xaa; count as usize].into_boxed_slice();
    // SAFETY: as many bytes, and room for others.
    let end = unsafe {
        dns_packet_copy(start(packet), packet.len() as c_uint, at, room.as_mut_ptr().cast(), count)
    };
    let end_there = u64::from(at) + u64::from(count);
    match packet.get(at as usize..end_there as usize) {
        Some(bytes) => assert!(*room == *bytes && u64::from(end) == end_there),
        None if count == 0 => assert_eq!(end, at),
        None => assert!(end == 0 && room.iter().all(|byte| *byte == 0xaa)),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let packet: Box<[u8]> = bytes.into();
    let length = packet.len() as c_uint;
    for at in (0..length.min(64)).chain([length, length.wrapping_sub(1), c_uint::MAX, c_uint::MAX - 1]) {
        name(&packet, at);
        // SAFETY: as many bytes.
        unsafe { dns_packet_skipname(start(&packet), length, at) };
        part(&packet, at, packet.first().copied().unwrap_or(0).into());
        part(&packet, at, 2);
    }
    let ip4 = extracted(dns_ip4_packet, &packet);
    let ip6 = extracted(dns_ip6_packet, &packet);
    assert!(ip4.as_ref().is_none_or(|all| all.len() % 4 == 0 && all.len() <= packet.len()));
    assert!(ip6.as_ref().is_none_or(|all| all.len() % 16 == 0 && all.len() <= 2 * packet.len()));
    let texts = extracted(dns_txt_packet, &packet);
    assert!(
        texts.is_none_or(|all| all.iter().all(|byte| (32..127).contains(byte)) && all.len() < packet.len())
    );
    let pointed = extracted(dns_name_packet, &packet);
    assert!(pointed.is_none_or(|text| text.is_ascii() && text.len() < 1020));
    let exchangers = extracted(dns_mx_packet, &packet).unwrap_or_default();
    let mut rest = &*exchangers;
    while let Some((_, behind)) = rest.split_at_checked(2) {
        let end = behind.iter().position(|byte| *byte == 0).expect("a null byte behind every name");
        assert!(end > 0 && behind[..end].is_ascii());
        rest = &behind[end + 1..];
    }
    assert!(rest.is_empty());
});
