// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be said of other systems without having one: `make check-link`. The compiler `zig cc` has the headers and the
//! libraries' names of FreeBSD, NetBSD, OpenBSD and macOS. With it every header is compiled in C and C++, the library is
//! linked, shared and static, and so are the C programs of `ctests/`. Nothing is run.

mod programs;
#[path = "../support/mod.rs"]
mod support;
mod toolchain;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use support::{needing, sanitizing};
use toolchain::{SYSTEMS, System, Toolchain};

fn main() {
    let arguments = Arguments::from_args();
    let built = sanitizing::source_of_core().and_then(|()| Toolchain::new()).map(Arc::new);
    let mut trials = Vec::new();
    for system in SYSTEMS {
        if let Ok(toolchain) = &built {
            trials.extend(headers(toolchain, system));
            trials.extend(programs::all(toolchain, system));
        } else {
            let all = Trial::test(format!("{}::all", system.name), || Err("it is skipped".into()));
            trials.push(needing(&built, all));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The standards that every header is compiled in. The oldest have neither `long long` nor macros with a variable number of
/// arguments, but their compilers offer both: there nothing is said about the standard.
const STANDARDS: &[(&str, &[&str])] = &[
    ("c89", &[]),
    ("c11", &["-pedantic"]),
    ("c2x", &["-pedantic"]),
    ("c++98", &[]),
    ("c++17", &["-pedantic"]),
    ("c++2b", &["-pedantic"]),
];

/// Each header alone, twice, with the one warning level that there is for programs; and the C file of the library.
fn headers(toolchain: &Arc<Toolchain>, system: &'static System) -> Vec<Trial> {
    let mut names: Vec<String> = fs::read_dir(root().join("include/libowfat"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".h"))
        .collect();
    names.sort();
    let mut trials = Vec::new();
    for (standard, further) in STANDARDS {
        let (toolchain, names) = (toolchain.clone(), names.clone());
        trials.push(Trial::test(format!("{}::headers::{standard}", system.name), move || {
            let folder = tempfile::tempdir()?;
            let suffix = if standard.starts_with("c++") { "cc" } else { "c" };
            // One call for all: a compiler takes longer to start than a header takes to compile.
            let files: Vec<PathBuf> = names
                .iter()
                .map(|name| {
                    let file = folder.path().join(name).with_extension(suffix);
                    let include = format!("#include <libowfat/{name}>\n");
                    fs::write(&file, format!("{include}{include}typedef int owfat_only_this;\n"))
                        .map(|()| file)
                })
                .collect::<Result<_, _>>()?;
            let mut compiler = toolchain.compiler(system, suffix == "cc");
            compiler.arg(format!("-std={standard}")).args(*further).args(WARNINGS).arg("-I");
            compiler.arg(root().join("include")).arg("-c").args(files).current_dir(&folder);
            succeed(&mut compiler)
        }));
    }
    let (kevent, variadic) = (toolchain.clone(), toolchain.clone());
    trials.push(Trial::test(format!("{}::kevent", system.name), move || {
        let folder = tempfile::tempdir()?;
        let mut compiler = kevent.compiler(system, false);
        compiler.args(WARNINGS).args(["-std=c11", "-c", "-o"]).arg(folder.path().join("kevent.o"));
        succeed(compiler.arg(root().join("ctests/systems/kevent.c")))
    }));
    trials.push(Trial::test(format!("{}::variadic", system.name), move || {
        let folder = tempfile::tempdir()?;
        let mut compiler = variadic.compiler(system, false);
        compiler.args(WARNINGS).args(["-O2", "-fPIC", "-c", "-o"]).arg(folder.path().join("variadic.o"));
        succeed(compiler.arg(root().join("src/variadic/variadic.c")))
    }));
    trials
}

/// Warnings are errors.
const WARNINGS: &[&str] = &["-Wall", "-Wextra", "-Werror"];

/// Runs a command that has to succeed.
fn succeed(command: &mut Command) -> Result<(), Failed> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}\n{}", String::from_utf8_lossy(&output.stderr)).into())
}

/// Writes a program for /bin/sh.
fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
