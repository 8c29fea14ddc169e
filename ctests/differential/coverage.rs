// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every function of our library is compared with the C library's, or excused.

use super::engine::Engine;
use libtest_mimic::Trial;
use std::fs;
use std::path::Path;

/// Functions that are not compared here, by the beginning of their names.
const EXCUSED: &[(&str, &str)] = &[
    ("array_chop", "the C library declares it and lacks it"),
    ("array_shift", "the C library declares it and lacks it"),
    ("bs_", "not in libowfat 0.32: ctests/memory/streams.c"),
    ("buffer_close", "system calls: ctests/files/buffer_*.c runs against both libraries"),
    ("buffer_free", "the C library frees the buffer itself: ctests/files/buffer_*.c"),
    ("buffer_init_allocbuf", "not in libowfat 0.32: ctests/files/buffer_initial.c"),
    ("buffer_init_read", "not in libowfat 0.32: ctests/files/buffer_initial.c"),
    ("buffer_init_staticcontents", "not in libowfat 0.32: ctests/files/buffer_initial.c"),
    ("buffer_init_write", "not in libowfat 0.32: ctests/files/buffer_initial.c"),
    ("buffer_m", "system calls: ctests/files/buffer_*.c runs against both libraries"),
    (
        "buffer_putm_internal",
        "a variable number of arguments: ctests/files/buffer_*.c runs against both libraries",
    ),
    ("buffer_peekc", "not in libowfat 0.32: ctests/files/buffer_initial.c"),
    ("byte_start", "not in libowfat 0.32: ctests/memory/api34.c"),
    ("dns_ip4_qualify", "system calls: ctests/dns/dns_transmit.c runs against both libraries"),
    ("dns_ip6_qualify", "system calls: ctests/dns/dns_transmit.c runs against both libraries"),
    ("dns_ip6_qualify_rules", "asks servers for most names: ctests/dns/dns.c runs against both libraries"),
    ("dns_mx", "system calls: ctests/dns/dns_servers.c runs against both libraries"),
    ("dns_name", "system calls: ctests/dns/dns_servers.c runs against both libraries"),
    ("dns_resol", "system calls: ctests/dns/dns_servers.c and dns_transmit.c run against both libraries"),
    ("dns_transmit_", "system calls: ctests/dns/dns_transmit.c runs against both libraries"),
    ("dns_txt", "system calls: ctests/dns/dns_servers.c runs against both libraries"),
    ("errmsg_", "system calls: ctests/text/errmsg.c runs against both libraries"),
    ("fmt_asn1derlength_scratch", "not in libowfat 0.32: ctests/memory/api33.c"),
    ("fmt_asn1dertag_scratch", "not in libowfat 0.32: ctests/memory/api33.c"),
    ("fmt_strm_internal", "a variable number of arguments: ctests/text/fmt.c runs against both libraries"),
    ("fmt_to_array2", "the C library declares it and lacks it"),
    ("fmt_to_sa2", "the C library declares it and lacks it"),
    ("fmt_tofrom_array2", "the C library declares it and lacks it"),
    ("fmt_utf8_scratch", "not in libowfat 0.32: ctests/memory/api33.c"),
    ("io_", "system calls and time: ctests/loop/*.c run against both libraries"),
    ("iopause", "system calls and time: ctests/loop/iopause.c runs against both libraries"),
    ("mmap_", "system calls: ctests/files/files.c runs against both libraries"),
    ("ndelay_", "system calls: ctests/net/socket.c runs against both libraries"),
    ("open", "system calls: ctests/files/files.c runs against both libraries"),
    ("owfat_version", "not in libowfat"),
    ("prs_", "not in libowfat 0.32: ctests/memory/streams.c"),
    ("readclose", "system calls: ctests/files/files.c runs against both libraries"),
    ("scan_to_array", "the C library writes elsewhere: ctests/text/textcode_growing.c"),
    ("scan_tofrom_array", "the C library writes elsewhere: ctests/text/textcode_growing.c"),
    ("socket_", "system calls: ctests/net/socket*.c run against both libraries"),
    ("stralloc_catlong0", "the C library writes no digits: ctests/memory/stralloc.c"),
    (
        "stralloc_catm_internal",
        "a variable number of arguments: ctests/memory/stralloc.c runs against both libraries",
    ),
    ("stralloc_catulong0", "the C library writes no digits: ctests/memory/stralloc.c"),
    ("taia_fmtfrac", "the C library declares it and lacks it"),
];

/// Families that have no module here yet.
const LATER: &[&str] = &["iob_", "iom_"];

pub(super) fn add(engine: &mut Engine) {
    let compared = engine.names().clone();
    engine.trial(Trial::test("every_function_is_compared", move || {
        let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("ctests/symbols.txt");
        let list = fs::read_to_string(list).map_err(|error| error.to_string())?;
        let functions = list.lines().filter_map(|line| line.strip_prefix("T "));
        let missing: Vec<&str> = functions
            .filter(|name| !compared.contains(name))
            .filter(|name| !EXCUSED.iter().any(|(beginning, _)| name.starts_with(beginning)))
            .filter(|name| !LATER.iter().any(|beginning| name.starts_with(beginning)))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("neither compared nor excused: {missing:?}").into())
        }
    }));
}
