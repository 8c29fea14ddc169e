// SPDX-License-Identifier: MIT OR Apache-2.0
//! Programs that use the library, linked with both of its forms.

use crate::toolchain::{System, Toolchain};
use crate::{WARNINGS, root, succeed};
use libtest_mimic::{Failed, Trial};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folders of `ctests/` with C programs.
const FAMILIES: &[&str] = &["batch", "dns", "files", "loop", "memory", "net", "text"];

/// Programs that are about Linux, and why.
const ABOUT_LINUX: &[(&str, &str)] = &[
    ("accept4", "has seccomp refuse calls"),
    ("allocations", "stands in for glibc's malloc"),
    ("buffer_stralloc", "stands in for glibc's malloc"),
    ("cdb_memory", "stands in for glibc's malloc"),
    ("clock", "stands in for calls of the C library, by their numbers in Linux"),
    ("cloexec", "stands in for calls of the C library, by their numbers in Linux"),
    ("dns_clock", "has its server in a network namespace"),
    ("dns_servers", "has its server in a network namespace"),
    ("dns_transmit", "has its server in a network namespace"),
    ("errno", "has its server in a network namespace"),
    ("fairness", "opens 10,000 eventfds"),
    ("mux_extra", "stands in for epoll_ctl"),
    ("rearm", "stands in for epoll_ctl"),
    ("refused", "has seccomp refuse calls"),
    ("sandbox", "has seccomp refuse calls"),
    ("sharing", "has seccomp refuse calls"),
    ("short_reads", "stands in for epoll_wait"),
    ("socket_kernel", "stands in for calls of the C library, by their numbers in Linux"),
    ("stack", "has its server in a network namespace"),
    ("times", "sets a file's times by a call of Linux"),
];

/// Every program, and one that needs each name of the interface.
pub(crate) fn all(toolchain: &Arc<Toolchain>, system: &'static System) -> Vec<Trial> {
    let mut trials = Vec::new();
    for source in sources() {
        let name = source.file_stem().unwrap().to_str().unwrap().to_string();
        let full = format!("{}::program::{name}", system.name);
        if let Some((_, why)) = ABOUT_LINUX.iter().find(|(program, _)| *program == name) {
            let trial = Trial::test(full, || Err("it is ignored".into()));
            trials.push(trial.with_kind(format!("impossible: {why}")).with_ignored_flag(true));
            continue;
        }
        let toolchain = toolchain.clone();
        trials.push(Trial::test(full, move || link(&toolchain, system, &source, TEST_FLAGS)));
    }
    let of_example = toolchain.clone();
    trials.push(Trial::test(format!("{}::example::cdb", system.name), move || {
        link(&of_example, system, &root().join("examples/cdb.c"), &["-pedantic"])
    }));
    let toolchain = toolchain.clone();
    trials.push(Trial::test(format!("{}::every_name_is_there", system.name), move || {
        every_name_is_there(&toolchain, system)
    }));
    trials
}

fn c_files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "c")).collect()
}

fn sources() -> Vec<PathBuf> {
    let mut sources: Vec<PathBuf> =
        FAMILIES.iter().flat_map(|family| c_files(&root().join("ctests").join(family))).collect();
    sources.sort();
    let stems: Vec<_> = sources.iter().map(|source| source.file_stem().unwrap().to_str().unwrap()).collect();
    for (program, _) in ABOUT_LINUX {
        assert!(stems.contains(program), "there is no program {program}");
    }
    sources
}

/// What the programs of `ctests/` are compiled with. Arrays of bytes have no room for a string's end, on purpose.
const TEST_FLAGS: &[&str] = &["-D_GNU_SOURCE", "-Wno-unterminated-string-initialization"];

/// Compiles a program, and links it with either library.
fn link(toolchain: &Toolchain, system: &System, source: &Path, flags: &[&str]) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let object = folder.path().join("program.o");
    let mut compiler = toolchain.compiler(system, false);
    compiler.args(["-std=c11", "-O1", "-pthread", "-c", "-o"]).arg(&object).args(WARNINGS).args(flags);
    for include in ["include", "ctests/common"] {
        compiler.arg("-I").arg(root().join(include));
    }
    succeed(compiler.arg(source))?;
    // openpty is in a library of its own.
    let further: &[&str] = if system.name == "macos" { &[] } else { &["-lutil"] };
    for library in [toolchain.shared(system), toolchain.archive(system)] {
        let mut linker = toolchain.compiler(system, false);
        linker.arg("-pthread").arg("-o").arg(folder.path().join("program")).arg(&object).arg(library);
        succeed(linker.args(further))?;
    }
    Ok(())
}

/// A program that has the address of every name links, so each of them is exported.
fn every_name_is_there(toolchain: &Toolchain, system: &System) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let list = fs::read_to_string(root().join("ctests/symbols.txt"))?;
    let names: Vec<&str> = list.lines().map(|line| &line[2..]).collect();
    let declared: String = names
        .iter()
        .map(|name| format!("extern char own_{name}[] __asm__(\"{}{name}\");\n", system.prefix()))
        .collect();
    let used: String = names.iter().map(|name| format!("own_{name},")).collect();
    let source = folder.path().join("names.c");
    let main = "int main(int n, char **v) { (void)v; return all[n] == 0; }";
    fs::write(&source, format!("{declared}\nstatic char *volatile all[] = {{{used}}};\n{main}\n"))?;
    link(toolchain, system, &source, &[])
}
