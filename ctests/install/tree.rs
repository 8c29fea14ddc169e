// SPDX-License-Identifier: MIT OR Apache-2.0
//! The files themselves: all in place, all gone afterwards.

use crate::support::Skip;
use crate::{Test, exported, root, run};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("tree::files_are_in_place", files_are_in_place),
    ("tree::every_name_has_its_page", every_name_has_its_page),
    ("tree::folders_may_be_named", folders_may_be_named),
    ("tree::nothing_is_left", nothing_is_left),
    ("tree::relative_folders_are_refused", relative_folders_are_refused),
    ("tree::what_others_put_there_stays", what_others_put_there_stays),
    ("tree::it_says_what_went_where", it_says_what_went_where),
    ("tree::old_compilers_are_named", old_compilers_are_named),
    ("tree::the_static_library_defines_c_names_only", the_static_library_defines_c_names_only),
];

/// Where the tests install: no folder that tools search by themselves.
pub(crate) const PREFIX: &str = "/opt/owfat";

/// An installation below a folder of its own.
pub(crate) struct Installation {
    folder: tempfile::TempDir,
}

impl Installation {
    pub(crate) fn new(variables: &[&str]) -> Self {
        let installation = Self { folder: tempfile::tempdir().unwrap() };
        installation.make("install", variables);
        installation
    }

    pub(crate) fn make(&self, goal: &str, variables: &[&str]) {
        let destination = format!("DESTDIR={}", self.root().display());
        let prefix = format!("PREFIX={PREFIX}");
        // With an umask that would close folders and texts to others.
        let mut make = Command::new("sh");
        make.args(["-c", "umask 077 && exec make --quiet \"$@\"", "sh", goal, &destination, &prefix])
            .args(variables);
        run(make.current_dir(root()).env_remove("MAKEFLAGS").env_remove("MAKELEVEL"));
    }

    /// What stands for the root of the file system.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A path below PREFIX.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root().join(&PREFIX[1..]).join(below)
    }
}

/// Every file, link and folder below `folder`.
pub(crate) fn everything_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(everything_below(&path));
        }
        found.push(path);
    }
    found
}

fn files_are_in_place() -> Result<(), Skip> {
    let there = Installation::new(&[]);
    let library = there.path("lib/libowfat.so.0.32.0");
    assert!(library.is_file() && !library.is_symlink());
    for link in ["lib/libowfat.so.0", "lib/libowfat.so"] {
        assert_eq!(fs::read_link(there.path(link)).unwrap(), Path::new("libowfat.so.0.32.0"));
    }
    assert!(there.path("lib/libowfat.a").is_file());
    for header in fs::read_dir(root().join("include/libowfat")).unwrap() {
        let header = header.unwrap().path();
        let copy = there.path("include/libowfat").join(header.file_name().unwrap());
        assert_eq!(fs::read(&header).unwrap(), fs::read(copy).unwrap());
    }
    for file in ["libowfat-aio.so.0", "libowfat-aio.so", "libowfat-aio.a", "libowfat-aio-preload.so"] {
        assert!(there.path("lib").join(file).is_file(), "{file}");
    }
    assert!(
        there.path("include/libowfat/aio.h").is_file()
            && there.path("lib/pkgconfig/libowfat-aio.pc").is_file()
    );
    let pc = fs::read_to_string(there.path("lib/pkgconfig/libowfat.pc")).unwrap();
    let version = format!("owfat_version={}\n", env!("CARGO_PKG_VERSION"));
    assert!(!pc.contains('@') && pc.contains(&version), "{pc}");
    assert!(pc.contains(&format!("prefix={PREFIX}\nlibdir=${{prefix}}/lib\n")), "{pc}");
    for path in everything_below(there.root()) {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_library = fs::canonicalize(&path).unwrap() == library.canonicalize().unwrap()
            || name.starts_with("libowfat-aio") && name.contains(".so");
        let wanted = if path.is_dir() || is_library { 0o755 } else { 0o644 };
        assert_eq!(mode & 0o777, wanted, "{}", path.display());
    }
    Ok(())
}

/// `man NAME` finds a page for every function, and every link leads to a page.
fn every_name_has_its_page() -> Result<(), Skip> {
    let there = Installation::new(&[]);
    let pages = there.path("share/man");
    let loop_functions =
        exported().into_iter().filter(|name| name.starts_with("io_") || name.starts_with("iob_"));
    for name in loop_functions {
        assert!(pages.join(format!("man3/{name}.3")).is_file(), "{name}(3)");
    }
    for path in everything_below(&pages).into_iter().filter(|path| path.is_file()) {
        let text = fs::read_to_string(&path).unwrap();
        if let Some(to) = text.strip_prefix(".so ") {
            let page = fs::read_to_string(pages.join(to.trim())).unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(page.contains(&format!("\n.Nm {name}")), "{}", path.display());
        }
    }
    Ok(())
}

fn folders_may_be_named() -> Result<(), Skip> {
    let variables = ["LIBDIR=/opt/owfat/lib64", "INCLUDEDIR=/usr/include/c", "MANDIR=/usr/share/manual"];
    let there = Installation::new(&variables);
    assert!(there.path("lib64/libowfat.so.0").is_file() && !there.path("lib").exists());
    assert!(there.root().join("usr/include/c/libowfat/io.h").is_file());
    assert!(there.root().join("usr/share/manual/man3/io_fd.3").is_file());
    let pc = fs::read_to_string(there.path("lib64/pkgconfig/libowfat.pc")).unwrap();
    assert!(pc.contains("libdir=${prefix}/lib64\nincludedir=/usr/include/c\n"), "{pc}");
    there.make("uninstall", &variables);
    assert_eq!(everything_below(there.root()), Vec::<PathBuf>::new());
    Ok(())
}

/// Uninstalling takes away what was installed, and no other files.
fn nothing_is_left() -> Result<(), Skip> {
    let there = Installation::new(&[]);
    fs::write(there.path("lib/libother.so"), "").unwrap();
    fs::write(there.path("share/man/man3/other.3"), "").unwrap();
    // A second time over the first, as after an update.
    there.make("install", &[]);
    there.make("uninstall", &[]);
    let left: BTreeSet<PathBuf> =
        everything_below(there.root()).into_iter().filter(|path| path.is_file()).collect();
    assert_eq!(left, BTreeSet::from([there.path("lib/libother.so"), there.path("share/man/man3/other.3")]));
    assert!(!there.path("include").exists() && !there.path("lib/pkgconfig").exists());
    Ok(())
}

fn relative_folders_are_refused() -> Result<(), Skip> {
    for variable in ["PREFIX", "LIBDIR", "INCLUDEDIR", "MANDIR", "PKGCONFIGDIR", "DESTDIR"] {
        let mut make = Command::new("make");
        make.args(["--quiet", "install", &format!("{variable}=some/where")]).current_dir(root());
        let output = make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let complaint = format!("{variable}=some/where: this has to be an absolute path");
        assert!(!output.status.success() && said.contains(&complaint), "{said}");
    }
    assert!(!root().join("some").exists());
    Ok(())
}

/// Files of the same names that are another library's.
fn what_others_put_there_stays() -> Result<(), Skip> {
    let there = Installation::new(&[]);
    let link = there.path("lib/libowfat.so.0");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("libowfat.so.0.31", &link).unwrap();
    let files =
        ["lib/libowfat.a", "include/libowfat/io.h", "share/man/man3/io_fd.3"].map(|path| there.path(path));
    for file in &files {
        fs::write(file, "of another library\n").unwrap();
    }
    there.make("uninstall", &[]);
    let left = everything_below(there.root());
    let left: BTreeSet<&PathBuf> = left.iter().filter(|path| !path.is_dir()).collect();
    assert_eq!(left, files.iter().chain([&link]).collect());
    Ok(())
}

fn it_says_what_went_where() -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    let mut make = Command::new("make");
    let prefix = format!("PREFIX={}", folder.path().display());
    make.args(["--quiet", "install", &prefix]).current_dir(root());
    let said = run(make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL"));
    for place in [
        "lib: libowfat.so.0.32.0",
        "lib: libowfat-aio.so.",
        "lib/pkgconfig: libowfat.pc",
        "include/libowfat: ",
        "share/man: ",
    ] {
        let line = format!("{}/{place}", folder.path().display());
        assert!(said.contains(&line), "{line} in {said}");
    }
    assert!(said.contains("is not searched by the system"), "{said}");
    Ok(())
}

/// Debian 12's own cargo does not understand Cargo.toml, and its message does not help.
fn old_compilers_are_named() -> Result<(), Skip> {
    for (variable, tool) in [("CARGO", "cargo"), ("RUSTC", "rustc")] {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join(tool);
        fs::write(&old, format!("#!/bin/sh\necho {tool} 1.65.0\n")).unwrap();
        fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();
        let mut make = Command::new("make");
        make.args(["--quiet", "all", &format!("{variable}={}", old.display())]).current_dir(root());
        let make = make.env(variable, &old).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
        let output = make.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let wanted = format!("Rust {} or later: this is {tool} 1.65.0", env!("CARGO_PKG_RUST_VERSION"));
        assert!(!output.status.success() && said.contains(&wanted), "{said}");
        let advice = if Path::new("/etc/debian_version").exists() { "rustc-web cargo-web" } else { "rustup" };
        assert!(said.contains(advice), "{said}");
    }
    Ok(())
}

fn the_static_library_defines_c_names_only() -> Result<(), Skip> {
    let there = Installation::new(&[]);
    let library = there.path("lib/libowfat.a");
    let listing = run(Command::new("nm").args(["--extern-only", "--defined-only", "-j"]).arg(&library));
    let names: BTreeSet<&str> =
        listing.lines().filter(|line| !line.is_empty() && !line.ends_with(':')).collect();
    let exported = exported();
    assert_eq!(names, exported.iter().map(String::as_str).collect());
    // A linker that has LLVM's plugin looks at intermediate code instead of at the code, and finds no names.
    let sections = run(Command::new("readelf").arg("-SW").arg(&library));
    assert!(!sections.contains(".llvmbc"));
    let size = fs::metadata(&library).unwrap().len();
    assert!(size < 3_500_000, "{size} bytes");
    Ok(())
}
