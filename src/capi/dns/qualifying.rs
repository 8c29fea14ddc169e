// SPDX-License-Identifier: MIT OR Apache-2.0
//! Names that are not complete.

use crate::abi::stralloc;
use crate::dns::{qualify, rewrite};
use crate::errno::zero_or_minus_one;
use core::ffi::c_int;

/// Replaces the contents of *out by the rules for completing names, each with a null byte behind it: the lines of the file that
/// the variable DNSREWRITEFILE names, or else of /etc/dnsrewrite; if there is none, those that follow from the
/// domains in the variable LOCALDOMAIN, or else in the first search or domain line of /etc/resolv.conf, or else in the
/// name of the machine. What was found serves for 10 minutes or 10000 calls. Returns 0, or -1 with errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_resolvconfrewrite(out: *mut stralloc) -> c_int {
    // SAFETY: the caller hands in a valid stralloc.
    zero_or_minus_one(rewrite::find(unsafe { &mut *out }))
}

/// Completes the name in *in by these rules, replaces the contents of *fqdn by what comes of it, and those of *out
/// by the addresses of that, as dns_ip4 does. A rule is =, *, ? or -, a suffix, a colon, and a replacement. = asks for
/// the whole name, the others for its end, ? also for a name without dot and bracket before it; - replaces the whole
/// name, the others the suffix. Each rule is applied in turn. If there is a + then, what stands before it is completed
/// by what stands behind that and each further +, until there are addresses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_ip4_qualify_rules(
    out: *mut stralloc,
    fqdn: *mut stralloc,
    r#in: *const stralloc,
    rules: *const stralloc,
) -> c_int {
    // SAFETY: the caller hands in valid strallocs, of which fqdn and in may be the same.
    zero_or_minus_one(unsafe {
        qualify::by_rules(qualify::IP4, &mut *out, &mut *fqdn, (*r#in).bytes(), (*rules).as_slice())
    })
}

/// The same with the rules of dns_resolvconfrewrite.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_ip4_qualify(
    out: *mut stralloc,
    fqdn: *mut stralloc,
    r#in: *const stralloc,
) -> c_int {
    // SAFETY: as in dns_ip4_qualify_rules.
    zero_or_minus_one(unsafe { qualify::by_system(qualify::IP4, &mut *out, &mut *fqdn, (*r#in).bytes()) })
}

/// As dns_ip4_qualify_rules, with the addresses of dns_ip6; a ? keeps away from colons, too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_ip6_qualify_rules(
    out: *mut stralloc,
    fqdn: *mut stralloc,
    r#in: *const stralloc,
    rules: *const stralloc,
) -> c_int {
    // SAFETY: as in dns_ip4_qualify_rules.
    zero_or_minus_one(unsafe {
        qualify::by_rules(qualify::IP6, &mut *out, &mut *fqdn, (*r#in).bytes(), (*rules).as_slice())
    })
}

/// The same with the rules of dns_resolvconfrewrite.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_ip6_qualify(
    out: *mut stralloc,
    fqdn: *mut stralloc,
    r#in: *const stralloc,
) -> c_int {
    // SAFETY: as in dns_ip4_qualify_rules.
    zero_or_minus_one(unsafe { qualify::by_system(qualify::IP6, &mut *out, &mut *fqdn, (*r#in).bytes()) })
}
