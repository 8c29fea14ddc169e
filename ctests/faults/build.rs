// SPDX-License-Identifier: MIT OR Apache-2.0
//! The scripts, linked with a static library whose imports lead to the shim.

use crate::support::{Skip, libraries};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The scripts of this folder.
pub(crate) const PROGRAMS: &[&str] =
    &["batch", "buffers", "databases", "files", "loop", "memory", "mux", "names", "sockets"];

/// What a program ends with that cannot run on this machine (`../t.h`).
const SKIPPED: i32 = 77;

/// The headers whose functions the scripts have to use, all of them.
const HEADERS: &[&str] = &[
    "array",
    "buffer",
    "cdb",
    "cdb_make",
    "critbit",
    "dns",
    "errmsg",
    "iarray",
    "io",
    "iob",
    "iob_internal",
    "iopause",
    "mmap",
    "ndelay",
    "open",
    "openreadclose",
    "readclose",
    "socket",
    "stralloc",
];

/// What the library imports and what cannot fail, as it uses them, besides `mem*` and `str*`. (`__register_atfork` is
/// `pthread_atfork` in the static library; `shutdown` is for
/// Unix sockets.)
const CANNOT_FAIL: &[&str] = &[
    "__cxa_finalize",
    "__errno_location",
    "__gmon_start__",
    "__register_atfork",
    "__stack_chk_fail",
    "__xpg_strerror_r",
    "_ITM_deregisterTMCloneTable",
    "_ITM_registerTMCloneTable",
    "abort",
    "bcmp",
    "clock_gettime",
    "free",
    "getauxval",
    "getenv",
    "gethostname",
    "getpid",
    "isatty",
    "ppoll",
    "pthread_getspecific",
    "pthread_key_delete",
    "pthread_self",
    "shutdown",
    "sysconf",
    "time",
];

/// The programs, and what the library imports.
pub(crate) struct Programs {
    folder: PathBuf,
    imports: BTreeSet<String>,
    shimmed: BTreeSet<String>,
}

impl Programs {
    /// Builds all of them.
    pub(crate) fn build() -> Self {
        let shared = libraries::ours();
        let folder = libraries::target().join("faults").join(shared.parent().unwrap().file_name().unwrap());
        fs::create_dir_all(&folder).unwrap();
        let shim = folder.join("shim.o");
        compile(&["-c"], &[&source("shim.c")], &shim);
        let imports = names(&["-D", "--undefined-only"], &shared);
        let shimmed: BTreeSet<String> = names(&["--defined-only"], &shim)
            .into_iter()
            .filter_map(|name| name.strip_prefix("fault_").map(String::from))
            .collect();
        let renamed: String = shimmed.iter().map(|name| format!("{name} fault_{name}\n")).collect();
        fs::write(folder.join("renamed"), renamed).unwrap();
        let library = folder.join("libowfat.a");
        run(Command::new("objcopy")
            .arg(format!("--redefine-syms={}", folder.join("renamed").display()))
            .args([&shared.with_extension("a"), &library]));
        for program in PROGRAMS {
            let sources = [&source(&format!("{program}.c")), &shim, &library];
            compile(&[], &sources, &folder.join(program));
        }
        Programs { folder, imports, shimmed }
    }

    /// The command that starts a program, with the loop on this backend.
    pub(crate) fn command(&self, program: &str, backend: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        // Memory that was given back is not zero, and looks like nothing in particular.
        command.env("OWFAT_BACKEND", backend).env("MALLOC_PERTURB_", "165");
        command
    }

    /// The calls that can fail.
    pub(crate) fn calls(&self) -> Vec<String> {
        let output = self.command(PROGRAMS[0], "epoll").arg("--calls").output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().map(String::from).collect()
    }

    /// Every script of a program, once for each call that it makes.
    pub(crate) fn scripts(&self, program: &str, backend: &str) -> Result<Vec<(String, String)>, Skip> {
        let output = self.command(program, backend).arg("--list").output().unwrap();
        let reason = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(SKIPPED) {
            return Err(Skip(reason.trim().into()));
        }
        assert!(output.status.success(), "{program}: {reason}");
        let text = String::from_utf8(output.stdout).unwrap();
        let scripts = text.lines().filter_map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
            [script, call, _] => Some((script.to_string(), call.to_string())),
            _ => None,
        });
        Ok(scripts.collect())
    }

    /// Whatever the library imports either goes through the shim or is known not to fail.
    pub(crate) fn check_imports(&self) -> Result<(), String> {
        let stranger = self.imports.iter().find(|name| {
            let harmless = name.starts_with("mem") || name.starts_with("str");
            !harmless && !self.shimmed.contains(*name) && !CANNOT_FAIL.contains(&name.as_str())
        });
        stranger.map_or(Ok(()), |name| Err(format!("neither shim.c nor CANNOT_FAIL know {name}")))
    }
}

/// The scripts call every function of the headers.
pub(crate) fn check_functions() -> Result<(), String> {
    let scripts: String =
        PROGRAMS.iter().map(|program| fs::read_to_string(source(&format!("{program}.c"))).unwrap()).collect();
    let used: BTreeSet<&str> = scripts.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut missing = Vec::new();
    for header in HEADERS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("include/libowfat/{header}.h"));
        missing.extend(
            prototypes(&fs::read_to_string(path).unwrap()).filter(|name| !used.contains(name.as_str())),
        );
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("no script calls {missing:?}")) }
}

/// The functions that a header declares: what begins in the first column and has a name and a bracket.
fn prototypes(header: &str) -> impl Iterator<Item = String> {
    let outside_comments =
        header.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, rest)| rest));
    let text: String = outside_comments.collect();
    let lines: Vec<String> = text.lines().map(String::from).collect();
    lines.into_iter().filter_map(|line| {
        let head = line.split_once('(')?.0;
        let begins = line.starts_with(|c: char| c.is_ascii_lowercase());
        let name = head.rsplit([' ', '*']).next()?;
        let declares = head.contains(' ') && !head.starts_with("typedef") && !head.starts_with("static");
        (begins && declares).then(|| name.to_string())
    })
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ctests/faults").join(name)
}

fn compile(flags: &[&str], sources: &[&PathBuf], output: &Path) {
    run(libraries::compiler()
        .to_command()
        .args(["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-g", "-O1", "-pthread"])
        .args(flags)
        .arg("-I")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("include"))
        .arg("-I")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("ctests/common"))
        .arg("-o")
        .arg(output)
        .args(sources));
}

/// The names that nm lists.
fn names(flags: &[&str], file: &Path) -> BTreeSet<String> {
    let output = Command::new("nm").args(flags).arg(file).output().expect("nm runs");
    assert!(output.status.success(), "nm {}", file.display());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter_map(|line| line.split_whitespace().last())
        .map(|name| name.split('@').next().unwrap().to_string())
        .collect()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}
