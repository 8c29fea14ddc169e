// SPDX-License-Identifier: MIT OR Apache-2.0
//! `ip4.h`, `ip6.h`.

use super::engine::{Engine, functions};
use super::memory::Memory;
use proptest::prelude::*;
use proptest::sample::select;
use std::ffi::c_char;
use std::ptr;

functions! {
    Ip {
        fn fmt_ip4(dest: *mut c_char, ip: *const c_char) -> usize;
        fn fmt_ip6(dest: *mut c_char, ip: *const c_char) -> usize;
        fn fmt_ip6c(dest: *mut c_char, ip: *const c_char) -> usize;
        fn fmt_ip6if(dest: *mut c_char, ip: *const c_char, scope: u32) -> usize;
        fn fmt_ip6ifc(dest: *mut c_char, ip: *const c_char, scope: u32) -> usize;
        fn fmt_ip6_flat(dest: *mut c_char, ip: *const c_char) -> usize;
        fn scan_ip4(text: *const c_char, ip: *mut c_char) -> usize;
        fn scan_ip6(text: *const c_char, ip: *mut c_char) -> usize;
        fn scan_ip6if(text: *const c_char, ip: *mut c_char, scope: *mut u32) -> usize;
        fn scan_ip6_flat(text: *const c_char, ip: *mut c_char) -> usize;
    }
}

/// IPv6 addresses, with many zero groups, many of them IPv4-mapped.
fn addresses() -> impl Strategy<Value = [u8; 16]> {
    let group = prop_oneof![3 => Just(0_u16), 1 => 1..20_u16, 1 => any::<u16>()];
    let groups = proptest::array::uniform8(group).prop_map(|groups| {
        let mut ip = [0; 16];
        for (place, group) in ip.chunks_exact_mut(2).zip(groups) {
            place.copy_from_slice(&group.to_be_bytes());
        }
        ip
    });
    let mapped =
        any::<[u8; 4]>().prop_map(|[a, b, c, d]| [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d]);
    prop_oneof![5 => groups, 1 => mapped]
}

/// Without those of which the C library decides by the two bytes behind them: a single zero group at the end.
fn formatted_alike() -> impl Strategy<Value = [u8; 16]> {
    addresses().prop_filter("reads behind the address", |ip| ip[14..] != [0, 0] || ip[12..14] == [0, 0])
}

/// Interfaces: none, some that there are, one that there is not.
fn scopes() -> impl Strategy<Value = u32> {
    select(vec![0, 1, 2, 3, 4, 0x7fff_ffff])
}

/// Room for every text, or NULL.
fn dest(memory: &mut Memory, null: bool) -> *mut c_char {
    if null { ptr::null_mut() } else { memory.room(64).cast() }
}

/// Texts that are nearly addresses.
fn texts() -> impl Strategy<Value = String> {
    let hexadecimal = "(::?)?([0-9a-fA-F]{1,4}(:|:|:|::)){0,8}([0-9a-f]{1,4})?";
    let dotted = "(::|(0:){5,7}|((0|[1-9a-f]):){0,6}|1::|::ffff:|[1-9]::2:)[0-9]{1,3}(\\.[0-9]{1,3}){0,4}";
    let plain = "[0-9]{1,4}(\\.[0-9]{1,4}){2,4}";
    let text = prop_oneof![5 => hexadecimal, 3 => dotted, 2 => plain, 1 => "[0-9a-fA-F:.]{0,12}"];
    (text, "[]:./ g%x+-]{0,3}").prop_map(|(text, rest)| text + &rest)
}

/// Without what the C library takes and ours does not: groups of more than four digits, a single colon in front, and `::`
/// that stands for no group.
fn scanned_alike() -> impl Strategy<Value = String> {
    texts()
        .prop_filter("a single colon in front", |text| !text.starts_with(':') || text.starts_with("::"))
        .prop_filter("no group left for ::", |text| {
            let dotted = usize::from(text.contains('.'));
            !text.contains("::") || text.split(':').filter(|part| !part.is_empty()).count() + dotted < 8
        })
        .prop_filter("more than four digits", |text| {
            text.split(|c: char| !c.is_ascii_hexdigit()).all(|group| group.len() <= 4)
        })
}

/// Counts errno for a call that failed, of which 0 is the result. One that succeeds leaves errno alone, and the C library leaves
/// behind what asking for an interface in vain has set. `ctests/net/errno.c` tests what is left.
fn with_errno_unless(used: usize, memory: &mut Memory) -> usize {
    if used != 0 {
        memory.errno_may_differ("it succeeded");
    }
    used
}

/// The C library leaves parts behind of what turns out to be no address.
fn forget_unless(used: usize, ip: *mut u8, fresh: &[u8]) -> usize {
    if used == 0 {
        // SAFETY: the room was of this size.
        unsafe { ip.copy_from(fresh.as_ptr(), fresh.len()) };
    }
    used
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Ip>("ip");
    family.compare("fmt_ip4", (any::<[u8; 4]>(), any::<bool>()), |c, memory, (ip, null)| {
        let (ip, dest) = (memory.bytes(ip).cast(), dest(memory, *null));
        // SAFETY: 4 bytes, and room for the text.
        unsafe { c.fmt_ip4(dest, ip) }
    });
    family.compare("fmt_ip6", (formatted_alike(), any::<bool>()), |c, memory, (ip, null)| {
        let (ip, dest) = (memory.bytes(ip).cast(), dest(memory, *null));
        // SAFETY: 16 bytes, and room for the text.
        unsafe { c.fmt_ip6(dest, ip) }
    });
    family.compare("fmt_ip6c", (formatted_alike(), any::<bool>()), |c, memory, (ip, null)| {
        let (ip, dest) = (memory.bytes(ip).cast(), dest(memory, *null));
        // SAFETY: 16 bytes, and room for the text.
        unsafe { c.fmt_ip6c(dest, ip) }
    });
    family.compare("fmt_ip6_flat", (addresses(), any::<bool>()), |c, memory, (ip, null)| {
        let (ip, dest) = (memory.bytes(ip).cast(), dest(memory, *null));
        // SAFETY: 16 bytes, and room for the text.
        unsafe { c.fmt_ip6_flat(dest, ip) }
    });
    // The length that the C library announces for a text with an interface lacks the percent sign.
    let with_scope = || {
        (formatted_alike(), scopes(), any::<bool>())
            .prop_map(|(ip, scope, null)| (ip, scope, null && scope == 0))
    };
    family.compare_costly(4, "fmt_ip6if", with_scope(), |c, memory, (ip, scope, null)| {
        let (ip, dest) = (memory.bytes(ip).cast(), dest(memory, *null));
        // SAFETY: 16 bytes, and room for the text.
        with_errno_unless(unsafe { c.fmt_ip6if(dest, ip, *scope) }, memory)
    });
    family.compare_costly(4, "fmt_ip6ifc", with_scope(), |c, memory, (ip, scope, null)| {
        let (ip, dest) = (memory.bytes(ip).cast(), dest(memory, *null));
        // SAFETY: 16 bytes, and room for the text.
        with_errno_unless(unsafe { c.fmt_ip6ifc(dest, ip, *scope) }, memory)
    });
    let numbers = "[0-9]{1,3}(\\.(0{0,9}[0-9]{1,3}|[0-9]{1,25})){2,4}[0-9a-f. ]{0,2}";
    let texts4 = prop_oneof![2 => texts(), 1 => numbers];
    family.compare("scan_ip4", texts4, |c, memory, text| {
        let (text, fresh) = (memory.string(text.as_bytes()), [1; 4]);
        let ip = memory.bytes(&fresh);
        // SAFETY: a string, and room for 4 bytes.
        forget_unless(unsafe { c.scan_ip4(text, ip.cast()) }, ip, &fresh)
    });
    family.compare("scan_ip6", scanned_alike(), |c, memory, text| {
        let (text, fresh) = (memory.string(text.as_bytes()), [1; 16]);
        let ip = memory.bytes(&fresh);
        // SAFETY: a string, and room for 16 bytes.
        forget_unless(unsafe { c.scan_ip6(text, ip.cast()) }, ip, &fresh)
    });
    let flat = prop_oneof![3 => "[0-9a-fA-F]{30,34}", 1 => "[0-9a-fA-F]{0,32}[g:]?[0-9a-f]{0,32}"];
    family.compare("scan_ip6_flat", flat, |c, memory, text| {
        let (text, fresh) = (memory.string(text.as_bytes()), [1; 16]);
        let ip = memory.bytes(&fresh);
        // SAFETY: a string, and room for 16 bytes.
        forget_unless(unsafe { c.scan_ip6_flat(text, ip.cast()) }, ip, &fresh)
    });
    let named = (scanned_alike(), "(%(lo|eth0|[a-z0-9]{0,15})([]%/: \u{e4}].?)?)?")
        .prop_map(|(address, name)| address + &name)
        .prop_filter("the C library cuts names at dots, dashes and underscores", |text| {
            let name = text.split_once('%').map_or("", |(_, name)| name);
            !name.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).starts_with(['.', '-', '_'])
        });
    family.compare_costly(4, "scan_ip6if", named, |c, memory, text| {
        let text = memory.string(text.as_bytes());
        let (ip, scope) = (memory.room(16), memory.value(4711_u32));
        // SAFETY: a string, and room for 16 bytes.
        if unsafe { c.scan_ip6(text, [0; 16].as_mut_ptr()) } == 0 {
            // The C library looks for a name even behind what is no address.
            return 0;
        }
        // SAFETY: a string, and places for the results.
        with_errno_unless(unsafe { c.scan_ip6if(text, ip.cast(), scope) }, memory)
    });
}
