// SPDX-License-Identifier: MIT OR Apache-2.0
//! C programs that are built from what was installed.

use crate::support::{self, Skip};
use crate::tree::{Installation, PREFIX};
use crate::{Test, root, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("programs::shared_by_pkg_config", shared_by_pkg_config),
    ("programs::static_by_pkg_config", static_by_pkg_config),
    ("programs::static_by_hand", static_by_hand),
    ("programs::beside_another_rust_library", beside_another_rust_library),
    ("programs::beside_another_library_like_ours", beside_another_library_like_ours),
];

/// A conversation with oneself. The headers are named in both ways that programs use.
pub(crate) const PROGRAM: &str = r#"
#include <io.h>
#include <libowfat/iob.h>
#include <stdio.h>

int main(void) {
  int64 d[2];
  char buf[16];
  io_batch batch = {0};
  if (!io_socketpair(d) || !iob_adds(&batch, "it works")) return 1;
  io_wantread(d[0]);
  if (iob_send(d[1], &batch) != 8) return 2;
  io_wait();
  if (io_canread() != d[0] || io_tryread(d[0], buf, sizeof buf) != 8) return 3;
  printf("%.8s\n", buf);
  return 0;
}
"#;

fn flags(there: &Installation, arguments: &[&str]) -> Result<Vec<String>, Skip> {
    flags_in(there.root(), arguments)
}

/// What pkg-config says of the library that was installed below [`PREFIX`] in another root.
pub(crate) fn flags_in(root: &Path, arguments: &[&str]) -> Result<Vec<String>, Skip> {
    support::package("pkg-config", "/usr/bin/pkg-config")?;
    let mut tool = Command::new("pkg-config");
    tool.args(arguments).arg("libowfat").env("PKG_CONFIG_SYSROOT_DIR", root);
    let said = run(tool.env("PKG_CONFIG_LIBDIR", root.join(&PREFIX[1..]).join("lib/pkgconfig")));
    Ok(said.split_whitespace().map(str::to_string).collect())
}

/// Compiles a program. Warnings are errors, those of the linker too.
fn compile(folder: &Path, program: &str, flags: &[String]) -> PathBuf {
    let source = folder.join("program.c");
    fs::write(&source, program).unwrap();
    let executable = folder.join("program");
    let mut cc = Command::new("cc");
    cc.args(["-Wall", "-Wextra", "-Werror", "-Wl,--fatal-warnings", "-o"]).arg(&executable).arg(source);
    run(cc.args(flags));
    executable
}

fn shared_by_pkg_config() -> Result<(), Skip> {
    let there = Installation::new(&[]);
    assert_eq!(flags(&there, &["--modversion"])?, ["0.34"]);
    let program = compile(there.root(), PROGRAM, &flags(&there, &["--cflags", "--libs"])?);
    let library = there.path("lib/libowfat.so.0");
    let with_library =
        |command: &mut Command| run(command.arg(&program).env("LD_LIBRARY_PATH", library.parent().unwrap()));
    assert!(with_library(&mut Command::new("ldd")).contains(library.to_str().unwrap()));
    assert_eq!(with_library(&mut Command::new("env")), "it works\n");
    Ok(())
}

fn static_by_pkg_config() -> Result<(), Skip> {
    runs_statically(Installation::new(&[]).root())
}

/// A program that needs no library to run.
pub(crate) fn runs_statically(root: &Path) -> Result<(), Skip> {
    let mut all = flags_in(root, &["--static", "--cflags", "--libs"])?;
    all.push("-static".into());
    let program = compile(root, PROGRAM, &all);
    assert_eq!(run(&mut Command::new(&program)), "it works\n");
    let listing = run(Command::new("readelf").arg("-d").arg(&program));
    assert!(!listing.contains("NEEDED"), "{listing}");
    Ok(())
}

/// What a user types that has the static library alone.
fn by_hand(there: &Installation) -> Vec<String> {
    fs::remove_file(there.path("lib/libowfat.so")).unwrap();
    let include = there.path("include");
    ["".into(), "/libowfat".into()]
        .map(|folder: String| format!("-I{}{folder}", include.display()))
        .into_iter()
        .chain([format!("-L{}", there.path("lib").display()), "-lowfat".into()])
        .collect()
}

fn static_by_hand() -> Result<(), Skip> {
    let there = Installation::new(&[]);
    let program = compile(there.root(), PROGRAM, &by_hand(&there));
    assert_eq!(run(&mut Command::new(&program)), "it works\n");
    let listing = run(Command::new("readelf").arg("-d").arg(&program));
    assert!(!listing.contains("libowfat"), "{listing}");
    Ok(())
}

/// A library with Rust's whole standard library in it, as other projects ship them.
fn beside_another_rust_library() -> Result<(), Skip> {
    let there = Installation::new(&[]);
    let source = there.root().join("other.rs");
    let other = there.root().join("libother.a");
    let text = "#[unsafe(no_mangle)] pub extern \"C\" fn other(n: u32) -> u32 { \
                std::panic::catch_unwind(|| (0..n).map(|i| vec![i; 3].len() as u32).sum()).unwrap_or(0) }";
    fs::write(&source, text).unwrap();
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--crate-type=staticlib", "-O", "-o"]).arg(&other).arg(&source);
    run(&mut rustc);
    let program = PROGRAM.replace(
        "int main(void) {",
        "unsigned other(unsigned);\nint main(void) {\n  if (other(4) != 12) return 4;",
    );
    let mut all = by_hand(&there);
    for first in [true, false] {
        let place = if first { 0 } else { all.len() };
        all.insert(place, other.display().to_string());
        let with_system = [&all[..], &["-lpthread".into(), "-ldl".into(), "-lm".into()]].concat();
        assert_eq!(run(&mut Command::new(compile(there.root(), &program, &with_system))), "it works\n");
        all.remove(place);
    }
    Ok(())
}

/// Two copies of our own library under other names, as components of a program that each brought one along: three loops.
fn beside_another_library_like_ours() -> Result<(), Skip> {
    let there = Installation::new(&[]);
    for prefix in ["other_", "third_"] {
        let mut copy = Command::new(root().join("packaging/second-copy.sh"));
        copy.arg(there.path("lib/libowfat.a")).arg(prefix);
        run(copy.arg(there.path(&format!("lib/lib{prefix}.a"))));
    }
    let program = PROGRAM.replace(
        "int main(void) {",
        "int other_io_pipe(int64 *d);\nvoid other_io_wantread(int64 d);\nint64 other_io_canread();\n\
         int64 third_io_tryread(int64 d, char *buf, int64 length);\n\
         int main(void) {\n  int64 e[2];\n  if (!other_io_pipe(e)) return 4;\n  other_io_wantread(e[0]);\n\
         \x20 if (other_io_canread() != -1 || io_tryread(e[0], (char *)e, 1) != -3) return 5;\n\
         \x20 if (third_io_tryread(e[0], (char *)e, 1) != -3) return 6;",
    );
    let mut all = by_hand(&there);
    all.extend(["-lother_", "-lthird_"].map(String::from));
    for linker in ["bfd", "gold", "lld", "mold"] {
        support::package(linker, &format!("/usr/bin/ld.{linker}"))?;
        let all = [&all[..], &[format!("-fuse-ld={linker}")]].concat();
        assert_eq!(run(&mut Command::new(compile(there.root(), &program, &all))), "it works\n", "{linker}");
    }
    Ok(())
}
