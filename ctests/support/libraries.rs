// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two libraries that tests compare, and the compiler for what uses them.

use super::Skip;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs, iter};

/// Builds our shared library as it is shipped, or in the cargo profile that `OWFAT_PROFILE` names, and says
/// where it is.
pub(crate) fn ours() -> PathBuf {
    ours_in(&target(), &[])
}

/// Builds libowfat-aio in all its forms, and says in which folder they are.
pub(crate) fn aio() -> PathBuf {
    let mut make = Command::new("make");
    make.args(["--quiet", "aio"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    assert!(make.status().expect("make runs").success(), "make aio");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(target()).join("aio")
}

/// The folder in which cargo builds.
pub(crate) fn target() -> PathBuf {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    env::var_os("CARGO_TARGET_DIR").map_or_else(usual, PathBuf::from)
}

/// Our static library as it is installed: a member for each function, made of the archive that cargo has built beside
/// `shared`.
pub(crate) fn ours_static(shared: &Path) -> PathBuf {
    ours_static_with(shared, "")
}

/// The same with the tools of another machine, whose names begin with `cross`.
pub(crate) fn ours_static_with(shared: &Path, cross: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = shared.with_file_name("members");
    let (archive, result, names) =
        (shared.with_extension("a"), folder.join("libowfat.a"), folder.join("names"));
    let changed = |path: &Path| fs::metadata(path).and_then(|about| about.modified()).ok();
    let mut sources: Vec<PathBuf> =
        fs::read_dir(root.join("build/object")).unwrap().map(|entry| entry.unwrap().path()).collect();
    sources.extend(["ctests/symbols.txt", "build/members.sh", "build/whole.sh"].map(|file| root.join(file)));
    sources.push(archive.clone());
    if sources.iter().any(|source| changed(source) >= changed(&result)) {
        fs::create_dir_all(&folder).unwrap();
        let symbols = fs::read_to_string(root.join("ctests/symbols.txt")).unwrap();
        let listed: Vec<&str> = symbols.lines().map(|line| &line[2..]).collect();
        fs::write(&names, listed.join("\n") + "\n").unwrap();
        let mut members = Command::new(root.join("build/members.sh"));
        for tool in ["LD", "AR", "NM", "OBJCOPY", "READELF"] {
            if !cross.is_empty() {
                members.env(tool, format!("{cross}{}", tool.to_lowercase()));
            }
        }
        let status = members.args([&archive, &names, &result]).status();
        assert!(status.expect("sh runs").success());
    }
    result
}

/// The flags of Rust's compiler that make builds with when it is given these: with others, cargo and make would build all of it
/// anew in turns.
pub(crate) fn flags_of_make(given: &str) -> String {
    let mut make = Command::new("make");
    make.args(["--quiet", "--no-print-directory", "rustflags"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    make.env("RUSTFLAGS", given).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    let output = make.output().expect("make runs");
    assert!(output.status.success(), "make rustflags");
    String::from_utf8(output.stdout).unwrap().trim_end().to_string()
}

/// Gives the shared library the names that C alone defines, with these tools.
pub(crate) fn complete(shared: &Path, tools: &[(&str, &str)]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("build/shared.sh");
    let status = Command::new(script).arg(shared).envs(tools.iter().copied()).status();
    assert!(status.expect("sh runs").success());
}

/// [`ours`], built in a folder of its own with other environment variables.
pub(crate) fn ours_in(target: &Path, variables: &[(&str, String)]) -> PathBuf {
    let profile = env::var("OWFAT_PROFILE").unwrap_or_else(|_| "release".into());
    static FLAGS: OnceLock<String> = OnceLock::new();
    let flags = FLAGS.get_or_init(|| flags_of_make(&env::var("RUSTFLAGS").unwrap_or_default()));
    let status = Command::new(env!("CARGO"))
        .args(["build", "--lib", "--quiet", "--profile", &profile, "--target-dir"])
        .arg(target)
        .env("RUSTFLAGS", flags)
        .envs(variables.iter().cloned())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("cargo runs");
    assert!(status.success());
    let shared = target.join(if profile == "dev" { "debug" } else { &profile }).join("libowfat.so");
    complete(&shared, &[]);
    shared
}

/// The C compiler of this machine, found as build scripts find it.
pub(crate) fn compiler() -> cc::Tool {
    for_tests().get_compiler()
}

/// The C compiler of that name.
pub(crate) fn compiler_called(name: &str) -> cc::Tool {
    for_tests().compiler(name).get_compiler()
}

fn for_tests() -> cc::Build {
    let host = host();
    let mut build = cc::Build::new();
    build.target(&host).host(&host).opt_level(1).cargo_metadata(false);
    build
}

/// Rust's name for the kind of this machine.
pub(crate) fn host() -> String {
    let version = rustc(&["-vV"]);
    version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_string()
}

/// What Rust's compiler says about itself.
pub(crate) fn rustc(arguments: &[&str]) -> String {
    let output = Command::new("rustc").args(arguments).output().expect("rustc runs");
    String::from_utf8(output.stdout).unwrap().trim_end().to_string()
}

/// Debian's libowfat.so.0, version 0.32.
pub(crate) fn debian() -> Result<PathBuf, Skip> {
    // Where several packages may put it: Debian 12 in /usr/lib itself, others in a folder for each kind of processor.
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    let places = iter::once(PathBuf::from("/usr/lib")).chain(folders);
    let files: Vec<PathBuf> =
        places.map(|folder| folder.join("libowfat.so.0")).filter(|file| file.exists()).collect();
    if files.is_empty() {
        return Err(Skip("package libowfat0 is not installed".into()));
    }
    let genuine = files.into_iter().find(|file| is_the_c_library(file));
    genuine.ok_or(Skip("what is installed as libowfat.so.0 is not the C library 0.32".into()))
}

/// Whether a library exports the names of the C library 0.32, and no others. This one has names of its own, and may be
/// installed in the same place.
pub(crate) fn is_the_c_library(file: &Path) -> bool {
    let Ok(nm) = Command::new("nm").args(["-D", "--defined-only", "-P"]).arg(file).output() else {
        return false;
    };
    let first = |line: &str| line.split(' ').next().unwrap_or_default().to_string();
    let names: BTreeSet<String> = String::from_utf8_lossy(&nm.stdout).lines().map(first).collect();
    let list = concat!(env!("CARGO_MANIFEST_DIR"), "/ctests/debian-symbols.txt");
    let list = fs::read_to_string(list).unwrap();
    let wanted = list.lines().filter(|line| !line.starts_with('#')).map(|line| first(&line[2..]));
    names == wanted.collect()
}
