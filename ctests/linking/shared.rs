// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sections that members share: the same wherever they are, once in a program, and known to nothing outside of it.

use crate::matrix::LINKERS;
use crate::support::{Skip, package};
use crate::{ARCHIVE, Test, includes, root, run};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const TESTS: &[(&str, Test)] = &[
    ("shared::is_the_same_in_every_member", is_the_same_in_every_member),
    ("shared::forks_are_noticed_once", forks_are_noticed_once),
    ("shared::stays_inside_a_plugin", stays_inside_a_plugin),
    ("shared::outlives_a_partial_link", outlives_a_partial_link),
    ("shared::is_there_once_with_the_whole_archive", is_there_once_with_the_whole_archive),
];

/// What the names of the sections begin with.
const SHARED: &str = "owfat_loop_";

fn is_the_same_in_every_member() -> Result<(), Skip> {
    if !cfg!(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "s390x")) {
        return Err(Skip("on this processor nothing is shared".into()));
    }
    let folder = tempfile::tempdir().unwrap();
    run(Command::new("ar").arg("x").arg(&*ARCHIVE).current_dir(folder.path()));
    let mut seen: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
    let mut members = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let member = entry.unwrap().path();
        let listing = run(Command::new("readelf").arg("-SW").arg(&member));
        let names = listing.lines().filter_map(|line| line.split(']').nth(1)?.split_whitespace().next());
        let names: Vec<&str> = names.filter(|name| name.starts_with(SHARED)).collect();
        if names.is_empty() {
            continue;
        }
        members += 1;
        assert_eq!(names.len(), 3, "{}: {names:?}", member.display());
        for name in names {
            let copy = folder.path().join("section");
            let dump = format!("--dump-section={name}={}", copy.display());
            run(Command::new("objcopy").arg(dump).arg(&member).arg("/dev/null"));
            seen.entry(name.to_string()).or_default().insert(fs::read(copy).unwrap());
        }
        // One group, of which one is kept; and the others refer to it by names that no dynamic linker sees.
        let groups = run(Command::new("readelf").arg("-gW").arg(&member));
        let group =
            groups.lines().find(|line| line.starts_with("COMDAT group section")).expect("there is one");
        assert!(group.contains(&format!("[{SHARED}")), "{groups}");
        let symbols = run(Command::new("readelf").arg("-sW").arg(&member));
        let outside = symbols.lines().filter(|line| line.contains("__start_"));
        assert!(outside.clone().count() > 0, "{}: {symbols}", member.display());
        assert!(outside.clone().all(|line| line.contains("HIDDEN") && line.contains("UND")), "{symbols}");
    }
    println!("members with shared sections: {members}");
    assert!(members > 10 && seen.len() == 3, "{members} members, {:?}", seen.keys());
    seen.retain(|_, contents| contents.len() > 1);
    assert!(seen.is_empty(), "{:?}", seen.keys());
    Ok(())
}

fn program() -> PathBuf {
    root().join("ctests/linking/program.c")
}

const COUNTS: &str = r"
static int calls;
int __wrap_pthread_atfork(void (*before)(void), void (*parent)(void), void (*child)(void)) {
  return (before || parent || child) ? ++calls, 0 : 0;
}
int registrations(void) { return calls; }
";

const FORKS: &str = r#"
#include <io.h>
#include <iob.h>
int registrations(void);
int main(void) {
  int64 d[2];
  io_batch batch = {0};
  if (!io_socketpair(d) || !iob_adds(&batch, "x") || iob_send(d[1], &batch) != 1) return 1;
  io_wantread(d[0]);
  io_timeouted();
  io_waituntil2(0);
  io_trywrite(d[1], (char *)d, 1);
  return registrations() != 1;
}
"#;

/// Every member has the constructor that registers the handlers of fork(2).
fn forks_are_noticed_once() -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    let (counts, forks) = (folder.path().join("counts.c"), folder.path().join("forks.c"));
    fs::write(&counts, COUNTS).unwrap();
    fs::write(&forks, FORKS).unwrap();
    for (linker, from) in LINKERS {
        package(from, &format!("/usr/bin/ld.{linker}"))?;
        let executable = folder.path().join(linker);
        let mut gcc = Command::new("gcc");
        gcc.arg(format!("-fuse-ld={linker}")).arg("-Wl,--wrap=pthread_atfork").args(includes()).arg("-o");
        run(gcc.arg(&executable).arg(&forks).arg(&counts).arg(&*ARCHIVE));
        run(&mut Command::new(&executable));
    }
    Ok(())
}

const LOADS: &str = r#"
#include <dlfcn.h>
int main(int n, char **v) {
  while (--n > 0) {
    void *plugin = dlopen(*++v, RTLD_NOW | RTLD_GLOBAL);
    int (*run)(void) = plugin ? (int (*)(void))dlsym(plugin, "plugin_main") : 0;
    if (!run || run()) return n;
  }
  return 0;
}
"#;

/// Two plugins with the archive in each have a loop each, and offer none of it to others.
fn stays_inside_a_plugin() -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    let (source, loads) = (folder.path().join("loads.c"), folder.path().join("loads"));
    fs::write(&source, LOADS).unwrap();
    run(Command::new("gcc").arg("-o").arg(&loads).arg(&source).arg("-ldl"));
    for (linker, from) in LINKERS {
        package(from, &format!("/usr/bin/ld.{linker}"))?;
        let plugins = ["one", "two"].map(|name| folder.path().join(format!("{name}_{linker}.so")));
        for plugin in &plugins {
            let mut gcc = Command::new("gcc");
            gcc.arg(format!("-fuse-ld={linker}")).args(["-shared", "-fPIC", "-Dmain=plugin_main", "-o"]);
            run(gcc.arg(plugin).args(includes()).arg(program()).arg(&*ARCHIVE));
            let offered = run(Command::new("nm").args(["-Dgj", "--defined-only"]).arg(plugin));
            assert!(!offered.contains(SHARED), "{linker}: {offered}");
        }
        assert_eq!(run(Command::new(&loads).args(&plugins)), "it works\nit works\n");
    }
    Ok(())
}

/// What was linked with `-r` is linked again: the sections are still there, and still one of each.
fn outlives_a_partial_link() -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    run(Command::new("gcc").arg("-c").args(includes()).arg("-o").arg(place("program.o")).arg(program()));
    for (linker, from) in LINKERS {
        package(from, &format!("/usr/bin/ld.{linker}"))?;
        let mut partial = Command::new(format!("ld.{linker}"));
        run(partial.arg("-r").arg("-o").arg(place("part.o")).arg(place("program.o")).arg(&*ARCHIVE));
        for last in ["bfd", "lld"] {
            let mut gcc = Command::new("gcc");
            gcc.arg(format!("-fuse-ld={last}")).arg("-o").arg(place("program")).arg(place("part.o"));
            run(gcc.arg(&*ARCHIVE));
            assert_eq!(run(&mut Command::new(place("program"))), "it works\n", "{linker}, then {last}");
        }
    }
    Ok(())
}

/// How large the section is of what is written to.
fn state_of(file: &Path) -> Vec<String> {
    let listing = run(Command::new("readelf").arg("-SW").arg(file));
    let lines = listing.lines().filter(|line| line.contains("_state ") && line.contains(SHARED));
    let sections = lines.filter(|line| !line.contains(".rela"));
    // "[29] NAME TYPE ADDRESS OFFSET SIZE …"
    sections
        .map(|line| line.split(']').nth(1).unwrap().split_whitespace().nth(4).unwrap().to_string())
        .collect()
}

fn is_there_once_with_the_whole_archive() -> Result<(), Skip> {
    let folder = tempfile::tempdir().unwrap();
    run(Command::new("ar").arg("x").arg(&*ARCHIVE).arg("io_canread.o").current_dir(folder.path()));
    let once = state_of(&folder.path().join("io_canread.o"));
    assert_eq!(once.len(), 1);
    for (linker, from) in LINKERS {
        package(from, &format!("/usr/bin/ld.{linker}"))?;
        for collected in ["-Wl,--no-gc-sections", "-Wl,--gc-sections"] {
            let executable = folder.path().join("program");
            let mut gcc = Command::new("gcc");
            gcc.arg(format!("-fuse-ld={linker}")).arg(collected).args(includes()).arg("-o").arg(&executable);
            gcc.arg(program()).arg("-Wl,--whole-archive").arg(&*ARCHIVE).arg("-Wl,--no-whole-archive");
            run(&mut gcc);
            assert_eq!(run(&mut Command::new(&executable)), "it works\n");
            assert_eq!(state_of(&executable), once, "{linker} {collected}");
        }
    }
    Ok(())
}
