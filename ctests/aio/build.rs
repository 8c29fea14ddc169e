// SPDX-License-Identifier: MIT OR Apache-2.0
//! Builds libowfat-aio and the C programs, each in every form of linking.

use crate::root;
use crate::support::{Skip, fresh, libraries, parallel};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How a program comes by its asynchronous I/O.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// Linked with our shared library.
    Shared,
    /// Linked with our static library.
    Static,
    /// Built for the system's library, with our object preloaded.
    Preloaded,
    /// Built for the system's library, and run with it.
    Plain,
}

/// The libraries and the programs.
pub(crate) struct Built {
    /// Where `make aio` puts the libraries.
    pub(crate) libraries: PathBuf,
    programs: Vec<Program>,
}

/// A compiled program of this folder.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// Its name.
    pub(crate) name: String,
    /// Whether it uses names that the system's library does not have.
    pub(crate) ours_alone: bool,
    folder: PathBuf,
}

/// A test of a program, as the program's `--list` describes it.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    /// Its name.
    pub(crate) name: String,
    /// Whether it is one of those for valgrind.
    pub(crate) valgrind: bool,
    /// How long it may take, if it says so.
    pub(crate) limit: Option<Duration>,
}

impl Built {
    pub(crate) fn new() -> Self {
        let libraries = libraries::aio();
        let folder = libraries.join("programs");
        fs::create_dir_all(&folder).unwrap();
        let programs = parallel::map(&sources(), |source| compile(source, &libraries, &folder));
        Self { libraries, programs }
    }

    pub(crate) fn programs(&self) -> &[Program] {
        &self.programs
    }

    /// Sets the environment in which a program of this form runs.
    pub(crate) fn prepare(&self, command: &mut Command, form: Form) {
        command.env_remove("OWFAT_AIO").env_remove("LD_PRELOAD").stdin(Stdio::null());
        if matches!(form, Form::Shared | Form::Preloaded) {
            command.env("LD_LIBRARY_PATH", &self.libraries);
        }
        if form == Form::Preloaded {
            command.env("LD_PRELOAD", self.libraries.join("libowfat-aio-preload.so"));
        }
    }
}

impl Program {
    /// The program of that source, whose executables are to be in `folder`.
    pub(crate) fn new(source: &Path, folder: &Path) -> Self {
        let name = source.file_stem().unwrap().to_str().unwrap().to_string();
        let ours_alone = fs::read_to_string(source).unwrap().contains("<libowfat/aio.h>");
        Self { name, ours_alone, folder: folder.to_path_buf() }
    }

    /// The executable that is run in that form.
    pub(crate) fn executable(&self, form: Form) -> PathBuf {
        let ending = match form {
            Form::Shared => "shared",
            Form::Static => "static",
            Form::Preloaded | Form::Plain => "plain",
        };
        self.folder.join(format!("{}.{ending}", self.name))
    }

    /// Its tests. Listing them makes no request, so that it needs no library.
    pub(crate) fn tests(&self) -> Vec<Test> {
        self.tests_by(Command::new(self.executable(Form::Static)))
    }

    /// The same, with another command that starts the program.
    pub(crate) fn tests_by(&self, mut command: Command) -> Vec<Test> {
        let output = command.arg("--list").output().unwrap();
        assert!(output.status.success(), "{self:?} --list: {output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let tests = text.lines().filter_map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
            ["test", name, valgrind, seconds] => {
                let limit = Some(seconds.parse().unwrap()).filter(|seconds| *seconds != 0);
                let limit = limit.map(Duration::from_secs);
                Some(Test { name: name.into(), valgrind: valgrind == "1", limit })
            }
            _ => None,
        });
        tests.collect()
    }
}

/// The C programs.
pub(crate) fn sources() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("ctests/aio")).unwrap().map(|entry| entry.unwrap().path());
    let mut sources: Vec<PathBuf> =
        entries.filter(|path| path.extension() == Some(OsStr::new("c"))).collect();
    sources.sort();
    sources
}

/// How a program is compiled, whatever it is linked with.
pub(crate) fn flags(cc: &mut Command) {
    cc.args(["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-g", "-O1", "-pthread"]);
    cc.arg("-I").arg(root().join("ctests/common")).arg("-I").arg(root().join("aio/include"));
}

fn compile(source: &Path, place: &Path, folder: &Path) -> Program {
    let program = Program::new(source, folder);
    let ours_alone = program.ours_alone;
    let object = folder.join(format!("{}.o", program.name));
    let tool = libraries::compiler();
    let mut cc = tool.to_command();
    flags(&mut cc);
    make(cc.arg("-c").arg("-o").arg(&object).arg(source), &object, &[source]);
    let link = |form: Form, what: &[&OsStr], of: &[&Path]| {
        let executable = program.executable(form);
        let mut cc = tool.to_command();
        cc.arg("-pthread").arg("-o").arg(&executable).arg(&object).args(what).arg("-ldl");
        fresh::make(&mut cc, &executable, of);
    };
    let search = format!("-L{}", place.display());
    let shared = place.join("libowfat-aio.so");
    link(Form::Shared, &[OsStr::new(&search), OsStr::new("-lowfat-aio")], &[&object, &shared]);
    let archive = place.join("libowfat-aio.a");
    let exclude = OsStr::new("-Wl,--exclude-libs,libowfat-aio.a");
    link(Form::Static, &[archive.as_os_str(), exclude], &[&object, &archive]);
    if !ours_alone {
        link(Form::Plain, &[], &[&object]);
    }
    program
}

/// Has a compiler make `result` of sources, with any header, unless that is done.
pub(crate) fn make(command: &mut Command, result: &Path, sources: &[&Path]) {
    let headers = fresh::headers().iter().map(PathBuf::as_path);
    fresh::make(command, result, &headers.chain(sources.iter().copied()).collect::<Vec<_>>());
}

/// Whether this kernel and this sandbox have io_uring.
pub(crate) fn ring_is_allowed() -> Result<(), Skip> {
    // SAFETY: io_uring_setup with no parameters makes nothing; what it says tells whether the call is there.
    let outcome = unsafe { libc::syscall(libc::SYS_io_uring_setup, 0, std::ptr::null::<u8>()) };
    let error = std::io::Error::last_os_error();
    match (outcome, error.raw_os_error()) {
        (-1, Some(libc::ENOSYS | libc::EPERM | libc::EACCES)) => Err(Skip(format!("io_uring: {error}"))),
        _ => Ok(()),
    }
}
