// SPDX-License-Identifier: MIT OR Apache-2.0
//! The packages for Debian: their fields, their files, what is made with them. `.ci/root` installs and removes them.

use crate::support::{self, Skip, another};
use crate::{Test, exported, make, root, run, target};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("deb::takes_the_place_of_the_c_library", takes_the_place_of_the_c_library),
    ("deb::holds_what_the_c_library_has", holds_what_the_c_library_has),
    ("deb::compiles_what_compiled_before", compiles_what_compiled_before),
    ("deb::programs_get_the_right_dependencies", programs_get_the_right_dependencies),
    ("deb::names_that_are_ours_alone", names_that_are_ours_alone),
    ("deb::lintian_finds_no_error", lintian_finds_no_error),
    ("deb::is_the_same_wherever_it_is_built", is_the_same_wherever_it_is_built),
];

/// The folder with the packages, which are built once.
fn packages() -> Result<PathBuf, Skip> {
    static BUILT: OnceLock<()> = OnceLock::new();
    support::package("dpkg-dev", "/usr/bin/dpkg-buildpackage")?;
    support::package("debhelper", "/usr/bin/dh")?;
    support::package("mandoc", "/usr/bin/mandoc")?;
    BUILT.get_or_init(|| make(&["deb"]));
    Ok(target().join("debian"))
}

/// A package of those.
fn package(name: &str) -> Result<PathBuf, Skip> {
    let begin = format!("{name}_");
    let files = fs::read_dir(packages()?).unwrap().map(|entry| entry.unwrap().path());
    let mut found = files.filter(|path| {
        let file = path.file_name().unwrap().to_str().unwrap();
        file.starts_with(&begin) && file.ends_with(".deb")
    });
    Ok(found.next().unwrap_or_else(|| panic!("no package {name}")))
}

fn field(package: &Path, name: &str) -> String {
    run(Command::new("dpkg-deb").arg("-f").arg(package).arg(name)).trim().to_string()
}

/// The library and the headers, unpacked into one folder.
fn unpacked() -> Result<tempfile::TempDir, Skip> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["libowfat0-rs", "libowfat-rs-dev"] {
        run(Command::new("dpkg-deb").arg("-x").arg(package(name)?).arg(folder.path()));
    }
    Ok(folder)
}

/// `usr/lib/KIND-OF-MACHINE`.
fn library_folder() -> PathBuf {
    let kind = run(Command::new("dpkg-architecture").arg("-qDEB_HOST_MULTIARCH"));
    Path::new("usr/lib").join(kind.trim())
}

fn takes_the_place_of_the_c_library() -> Result<(), Skip> {
    let runtime = package("libowfat0-rs")?;
    assert_eq!(field(&runtime, "Conflicts"), "libowfat0, libowfat0t64");
    assert_eq!(field(&runtime, "Replaces"), "libowfat0, libowfat0t64");
    assert_eq!(field(&runtime, "Provides"), "libowfat0 (= 0.32), libowfat0t64 (= 0.34)");
    assert_eq!(field(&runtime, "Multi-Arch"), "same");
    let depends = field(&runtime, "Depends");
    assert!(depends.starts_with("libc6 (>= 2.") && !depends.contains(','), "{depends}");
    // A machine with another package's cdb.h may have the library all the same.
    let dev = package("libowfat-rs-dev")?;
    assert_eq!(field(&dev, "Conflicts"), "libcdb-dev, libdjbdns1-dev, libowfat-dev, libudt-dev");
    assert_eq!(field(&dev, "Provides"), "libowfat-dev (= 0.32)");
    package("libowfat-rs-doc")?;
    package("libowfat0-rs-dbgsym")?;
    package("libowfat-aio0-dbgsym")?;
    Ok(())
}

/// What the C library's packages have is there, by the name that programs ask for.
fn holds_what_the_c_library_has() -> Result<(), Skip> {
    let root = unpacked()?;
    let library = root.path().join(library_folder());
    for file in ["libowfat.so.0", "libowfat.so", "libowfat.a", "pkgconfig/libowfat.pc"] {
        assert!(library.join(file).is_file(), "{file}");
    }
    for file in ["include/io.h", "include/libowfat/io.h", "share/man/man3/io_fd.3.gz"] {
        assert!(root.path().join("usr").join(file).is_file(), "{file}");
    }
    let doc = tempfile::tempdir().unwrap();
    run(Command::new("dpkg-deb").arg("-x").arg(package("libowfat-rs-doc")?).arg(doc.path()));
    assert!(doc.path().join("usr/share/doc/libowfat-rs-doc/html/index.html").is_file());
    Ok(())
}

/// With headers under the names that libowfat-dev has.
fn compiles_what_compiled_before() -> Result<(), Skip> {
    let root = unpacked()?;
    let library = root.path().join(library_folder());
    let source = root.path().join("program.c");
    fs::write(&source, "#include \"iob.h\"\n#include <taia.h>\nint main(void) { return iob_new(0) == 0; }\n")
        .unwrap();
    let program = root.path().join("program");
    let mut cc = Command::new("cc");
    cc.arg("-I").arg(root.path().join("usr/include")).arg("-L").arg(&library);
    run(cc.args(["-Wall", "-Wextra", "-Werror", "-o"]).arg(&program).arg(&source).arg("-lowfat"));
    run(Command::new(&program).env("LD_LIBRARY_PATH", &library));
    Ok(())
}

/// What dpkg-shlibdeps makes of a program that was built with the package.
fn programs_get_the_right_dependencies() -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    let built = folder.path().join("built");
    run(Command::new("dpkg-deb").arg("-R").arg(package("libowfat0-rs")?).arg(&built));
    let dev = unpacked()?;
    fs::create_dir(folder.path().join("debian")).unwrap();
    let control = "Source: program\n\nPackage: program\nArchitecture: any\n";
    fs::write(folder.path().join("debian/control"), control).unwrap();
    let dependencies = |call: &str| {
        let program = folder.path().join("program");
        let text = format!("#include <io.h>\nint main(void) {{ {call}; return 0; }}\n");
        fs::write(folder.path().join("program.c"), text).unwrap();
        let mut cc = Command::new("cc");
        cc.arg("-I").arg(dev.path().join("usr/include")).arg("-L").arg(dev.path().join(library_folder()));
        run(cc.arg("-o").arg(&program).arg(folder.path().join("program.c")).arg("-lowfat"));
        let mut shlibdeps = Command::new("dpkg-shlibdeps");
        shlibdeps.arg(format!("-S{}", built.display())).args(["-O", "-e"]).arg(&program);
        shlibdeps.arg(format!("-l{}", built.join(library_folder()).display()));
        run(shlibdeps.current_dir(folder.path()))
    };
    let usual = dependencies("io_wait()");
    assert!(usual.contains("libowfat0 (>= 0.32)") && !usual.contains("libowfat0-rs"), "{usual}");
    let newer = dependencies("extern int socket_accept4_flags(); socket_accept4_flags()");
    assert!(newer.contains("libowfat0t64 (>= 0.34)"), "{newer}");
    let ours = dependencies("io_queueforread(0)");
    assert!(ours.contains(&format!("libowfat0-rs (>= {})", env!("CARGO_PKG_VERSION"))), "{ours}");
    Ok(())
}

fn lintian_finds_no_error() -> Result<(), Skip> {
    support::package("lintian", "/usr/bin/lintian")?;
    let files = fs::read_dir(packages()?).unwrap().map(|entry| entry.unwrap().path());
    let changes = files.filter(|path| path.extension().is_some_and(|extension| extension == "changes"));
    run(Command::new("lintian").args(["--allow-root", "--fail-on", "error"]).args(changes));
    Ok(())
}

/// Built from its source package, with nothing but that, by another user in another folder, every package has the same bytes.
fn is_the_same_wherever_it_is_built() -> Result<(), Skip> {
    let first = packages()?;
    let second = tempfile::tempdir().unwrap();
    fs::set_permissions(second.path(), Permissions::from_mode(0o755)).unwrap();
    let folder = second.path().join("a/folder");
    let home = folder.join("home");
    fs::create_dir_all(&home).unwrap();
    for entry in fs::read_dir(&first).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "dsc" || extension == "xz") {
            fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
    }
    let mut build = another::by_another_user(&folder, "sh");
    let steps =
        "dpkg-source -x ./*.dsc elsewhere && cd elsewhere && exec dpkg-buildpackage -us -uc -b -d -j3";
    build.args(["-c", steps]).current_dir(&folder).env_remove("CARGO_TARGET_DIR").env("HOME", &home);
    // Tests of the same sources have run when the first ones were built.
    build.env("DEB_BUILD_OPTIONS", "nocheck");
    run(build.env_remove("MAKEFLAGS").env_remove("MAKELEVEL"));
    let mut compared = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            let same = fs::read(&path).unwrap() == fs::read(first.join(path.file_name().unwrap())).unwrap();
            assert!(same, "{}", path.display());
            compared += 1;
        }
    }
    let built = fs::read_dir(&first).unwrap().map(|entry| entry.unwrap().path());
    let built = built.filter(|path| path.extension().is_some_and(|extension| extension == "deb")).count();
    assert!(compared == built && built >= 4, "{compared} of {built}");
    Ok(())
}

/// `packaging/ours-alone.txt` and `packaging/since-0.34.txt`, of which those dependencies are made.
fn names_that_are_ours_alone() -> Result<(), Skip> {
    let theirs = support::libraries::debian()?;
    let listing = run(Command::new("nm").args(["--dynamic", "--defined-only", "-j"]).arg(theirs));
    let theirs: Vec<&str> = listing.lines().collect();
    let mut alone: Vec<String> =
        exported().into_iter().filter(|name| !theirs.contains(&name.as_str())).collect();
    alone.sort();
    let lists = ["ours-alone.txt", "since-0.34.txt"]
        .map(|list| fs::read_to_string(root().join("packaging").join(list)).unwrap());
    let mut listed: Vec<&str> = lists.iter().flat_map(|list| list.lines()).collect();
    listed.sort();
    assert_eq!(listed, alone);
    Ok(())
}
