// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a program grows by that links the static library, with `gcc -static` and no further flag.

use crate::support::Skip;
use crate::{ARCHIVE, Test, includes, run};
use std::fs;
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("sizes::fmt_ulong", || grows_by("fmt_ulong", FMT_ULONG, 2_560)),
    ("sizes::scan_ulong", || grows_by("scan_ulong", SCAN_ULONG, 1_024)),
    ("sizes::six_lines_of_io", || grows_by("six lines of io.h", IO, 40 << 10)),
    ("sizes::io_with_writing", || grows_by("eight lines of io.h", WRITING, 46 << 10)),
    ("sizes::socket_tcp6", || grows_by("socket_tcp6", SOCKET_TCP6, 2_560)),
    ("sizes::dns_ip4", || grows_by("dns_ip4", DNS_IP4, 62 << 10)),
];

const NOTHING: &str = "int main(void) { return 0; }\n";
const FMT_ULONG: &str =
    "#include <fmt.h>\nint main(int n, char **v) { char s[64]; return fmt_ulong(s, n) + !v; }\n";
const SCAN_ULONG: &str = "#include <scan.h>\nint main(int n, char **v) { unsigned long u; return scan_ulong(v[n - 1], &u) + u; }\n";
const IO: &str = r#"#include <io.h>
int main(void) {
  char s[64];
  io_fd(0); io_wantread(0);
  do io_wait(); while (io_canread() != 0 || io_tryread(0, s, sizeof s) > 0);
  io_close(0);
}
"#;

const WRITING: &str = r#"#include <io.h>
int main(void) {
  char s[64];
  io_nonblock(0);
  io_fd(0); io_wantread(0);
  do io_wait(); while (io_canread() != 0 || io_tryread(0, s, sizeof s) > 0);
  io_trywrite(0, s, 1);
  io_close(0);
}
"#;
// It has the variable noipv6 in common with the functions of dns.h, and nothing else.
const SOCKET_TCP6: &str = "#include <socket.h>\nint main(void) { return socket_tcp6(); }\n";
const DNS_IP4: &str =
    "#include <dns.h>\nint main(void) { static stralloc to, name; return dns_ip4(&to, &name); }\n";

/// Text and data of a program, as `size` counts them.
fn size_of(program: &str) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let (source, executable) = (folder.path().join("program.c"), folder.path().join("program"));
    fs::write(&source, program).unwrap();
    let mut gcc = Command::new("gcc");
    gcc.args(["-O2", "-static", "-o"]).arg(&executable).args(includes()).arg(&source).arg(&*ARCHIVE);
    run(&mut gcc);
    let table = run(Command::new("size").arg(&executable));
    let numbers = table.lines().nth(1).unwrap().split_whitespace();
    numbers.take(2).map(|number| number.parse::<u64>().unwrap()).sum()
}

fn grows_by(what: &str, program: &str, limit: u64) -> Result<(), Skip> {
    let growth = size_of(program) - size_of(NOTHING);
    println!("{what}: {growth} bytes, of at most {limit}");
    assert!(growth <= limit, "{what}: {growth} bytes, of at most {limit}");
    Ok(())
}
