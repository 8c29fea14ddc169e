// SPDX-License-Identifier: MIT OR Apache-2.0
//! The recipes for Alpine and FreeBSD, as far as they are tried on Debian: versions, lists of files, and what reads them.

use crate::support::machine::BUILD_CORE;
use crate::support::{self, Skip};
use crate::tree::everything_below;
use crate::{Test, make, root, run, target};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("recipes::have_the_version", have_the_version),
    ("recipes::freebsd_lists_what_is_installed", freebsd_lists_what_is_installed),
    ("recipes::freebsd_makefile_is_read", freebsd_makefile_is_read),
    ("recipes::alpine_is_plain_shell", alpine_is_plain_shell),
    ("recipes::alpine_builds_on_musl", alpine_builds_on_musl),
];

fn have_the_version() -> Result<(), Skip> {
    let version = env!("CARGO_PKG_VERSION");
    for (file, line) in [
        ("alpine/APKBUILD", format!("\npkgver={version}\n")),
        ("freebsd/Makefile", format!("\nDISTVERSION=\t{version}\n")),
        ("debian/changelog", format!("owfat ({version}-")),
    ] {
        let text = fs::read_to_string(root().join("packaging").join(file)).unwrap();
        assert!(text.contains(&line), "packaging/{file} is not about {version}");
    }
    Ok(())
}

/// The files and links below a folder, relative to it.
fn files_below(folder: &Path) -> BTreeSet<String> {
    let all = everything_below(folder).into_iter().filter(|path| path.is_symlink() || path.is_file());
    all.map(|path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_string()).collect()
}

/// The folders that the port names.
const PORT_PLACES: [&str; 3] =
    ["PREFIX=/usr/local", "MANDIR=/usr/local/share/man", "PKGCONFIGDIR=/usr/local/libdata/pkgconfig"];

/// What `make install` installs as the port calls it, for a system that is not Linux. Pages of the manual are compressed by the
/// ports system. OWFAT_WRITE_PLIST=1 writes the list anew.
fn freebsd_lists_what_is_installed() -> Result<(), Skip> {
    let stage = tempfile::tempdir().unwrap();
    let destination = format!("DESTDIR={}", stage.path().display());
    make(&[&["install", "AIO_HERE=", &destination], &PORT_PLACES[..]].concat());
    let compressed = |file: String| if file.starts_with("share/man/") { file + ".gz" } else { file };
    let installed: BTreeSet<String> =
        files_below(&stage.path().join("usr/local")).into_iter().map(compressed).collect();
    let plist = root().join("packaging/freebsd/pkg-plist");
    if std::env::var_os("OWFAT_WRITE_PLIST").is_some() {
        let lines: Vec<String> = installed.iter().map(|file| format!("{file}\n")).collect();
        fs::write(&plist, lines.concat()).unwrap();
    }
    let text = fs::read_to_string(plist).unwrap();
    let listed: BTreeSet<String> = text.lines().map(str::to_string).collect();
    let odd: Vec<&String> = listed.symmetric_difference(&installed).collect();
    assert!(odd.is_empty(), "packaging/freebsd/pkg-plist, OWFAT_WRITE_PLIST=1 writes it anew: {odd:?}");
    Ok(())
}

/// BSD make reads the port, with an empty file in the place of the ports system.
fn freebsd_makefile_is_read() -> Result<(), Skip> {
    support::package("bmake", "/usr/bin/bmake")?;
    let system = tempfile::tempdir().unwrap();
    fs::write(system.path().join("bsd.port.mk"), "").unwrap();
    let bmake = |arguments: &[&str]| {
        let mut bmake = Command::new("bmake");
        bmake.arg("-m").arg(system.path()).args(["-m", "/usr/share/bmake/mk-bmake"]).args(arguments);
        bmake.current_dir(root().join("packaging/freebsd")).env("PREFIX", "/usr/local");
        run(bmake.env("WRKDIR", "/work-folder").env_remove("MAKEFLAGS").env_remove("MAKELEVEL"))
    };
    let value = |variable: &str| bmake(&["-V", &format!("${{{variable}}}")]).trim().to_string();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(value("DISTNAME"), format!("owfat_{version}.orig"));
    assert_eq!(value("WRKSRC"), format!("/work-folder/owfat-{version}"));
    let places: Vec<String> = value("MAKE_ARGS").split_whitespace().map(str::to_string).collect();
    assert_eq!(places, PORT_PLACES);
    let commands = bmake(&["-n", "do-test", "post-patch", "post-install"]);
    assert!(commands.contains("ctests/text/*.c") && commands.contains(".cargo/config.toml"), "{commands}");
    Ok(())
}

fn alpine_is_plain_shell() -> Result<(), Skip> {
    run(Command::new("sh").arg("-n").arg(root().join("packaging/alpine/APKBUILD")));
    Ok(())
}

/// Runs the functions of the APKBUILD as abuild does, with `amove` as it is described, and says what is in which package.
const ABUILD: &str = r#"
set -e
amove() {
  mkdir -p "$subpkgdir"
  cd "$pkgdir"
  for pattern; do
    for file in $pattern; do
      mkdir -p "$subpkgdir/${file%/*}"
      mv "$file" "$subpkgdir/$file"
    done
  done
}
. packaging/alpine/APKBUILD
build
check
package
subpkgdir="$pkgdir-aio"
(_aio)
"#;

/// `build`, `check`, `package` and `_aio`, with Debian's musl and Rust's core compiled for it. `prepare` asks for a folder of
/// crates, and what abuild does by itself is not here.
fn alpine_builds_on_musl() -> Result<(), Skip> {
    support::package("musl-tools", "/usr/bin/musl-gcc")?;
    support::sanitizing::source_of_core()?;
    let place = tempfile::tempdir().unwrap();
    let package = place.path().join("package");
    let mut sh = Command::new("sh");
    sh.args(["-c", ABUILD]).current_dir(root()).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    sh.env("pkgdir", &package).env("CARGO_TARGET_DIR", target().join("alpine")).env("CC", "musl-gcc");
    sh.env("CARGO_BUILD_TARGET", "x86_64-unknown-linux-musl").env("RUSTFLAGS", "-C link-self-contained=no");
    sh.env(BUILD_CORE.1, "1").env("CARGOFLAGS", format!("--quiet {}", BUILD_CORE.0));
    run(&mut sh);
    let (rest, aio) = (files_below(&package), files_below(&place.path().join("package-aio")));
    let has = |files: &BTreeSet<String>, name: &str| files.contains(&format!("usr/{name}"));
    for file in ["lib/libowfat.so.0", "lib/libowfat.a", "lib/libowfat-aio.so", "include/libowfat/io.h"] {
        assert!(has(&rest, file) && !has(&aio, file), "{file}: {rest:?}");
    }
    for file in ["lib/libowfat-aio.so.0", "lib/libowfat-aio-preload.so"] {
        assert!(has(&aio, file) && !has(&rest, file), "{file}: {aio:?}");
    }
    Ok(())
}
