// SPDX-License-Identifier: MIT OR Apache-2.0
//! Builds the library and the C programs.

use super::root;
use crate::support::fresh::{self, copy};
use crate::support::kqueue::{self, Ways};
use crate::support::{libraries, parallel};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The libraries that a program meets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Library {
    /// Our shared library.
    Shared,
    /// Our static library.
    Static,
    /// Our shared library for kqueue, under the program that was linked against the usual one.
    Kqueue,
    /// The same for libkqueue.
    Libkqueue,
    /// Debian's libowfat.so.0, under the program that was linked against our shared library.
    Debian,
    /// That of Debian's sid, version 0.34, likewise.
    Sid,
}

/// Where the libraries are, each alone in a folder so that `-lowfat` and the loader have no choice.
pub(crate) struct Libraries {
    folder: PathBuf,
    kqueue: Option<[PathBuf; 2]>,
}

/// How programs are compiled.
pub(crate) struct Compiler {
    tool: cc::Tool,
    /// The libraries that they are linked with.
    libraries: &'static [Library],
    /// Further arguments.
    compiling: Vec<OsString>,
    linking: Vec<OsString>,
}

impl Compiler {
    /// The usual one.
    pub(crate) fn usual() -> Compiler {
        Compiler {
            tool: libraries::compiler(),
            libraries: &[Library::Static, Library::Shared],
            compiling: Vec::new(),
            linking: Vec::new(),
        }
    }

    /// Another one, for the shared library alone.
    pub(crate) fn special(tool: cc::Tool, compiling: Vec<OsString>, linking: Vec<OsString>) -> Compiler {
        Compiler { tool, libraries: &[Library::Shared], compiling, linking }
    }

    /// One for another machine, for these libraries.
    pub(crate) fn for_target(
        tool: cc::Tool,
        libraries: &'static [Library],
        compiling: Vec<OsString>,
    ) -> Compiler {
        Compiler { tool, libraries, compiling, linking: Vec::new() }
    }
}

impl Libraries {
    /// Builds ours and lays them out.
    pub(crate) fn build() -> Libraries {
        let built = libraries::ours();
        let target = built.ancestors().nth(2).unwrap();
        let profile = built.parent().unwrap().file_name().unwrap();
        let mut libraries = Libraries::shared_alone(target.join("ctests").join(profile), &built);
        libraries.kqueue = Some([Ways::Bsd, Ways::Libkqueue].map(kqueue::build));
        let archive = libraries.folder_of(Library::Static).join("libowfat.a");
        copy(&libraries::ours_static(&built), &archive);
        libraries
    }

    /// Lays out nothing but a shared library of ours, in `folder`.
    pub(crate) fn shared_alone(folder: PathBuf, built: &Path) -> Libraries {
        let libraries = Libraries { folder, kqueue: None };
        let shared = libraries.folder_of(Library::Shared);
        copy(built, &shared.join("libowfat.so.0"));
        link("libowfat.so.0", &shared.join("libowfat.so"));
        libraries
    }

    /// Lays out a shared and a static library of ours, in `folder`.
    pub(crate) fn both(folder: PathBuf, shared: &Path, archive: &Path) -> Libraries {
        let libraries = Libraries::shared_alone(folder, shared);
        copy(archive, &libraries.folder_of(Library::Static).join("libowfat.a"));
        libraries
    }

    /// Lays out a C library, which is the file `original`.
    pub(crate) fn add(&self, library: Library, original: &Path) {
        copy(original, &self.folder_of(library).join("libowfat.so.0"));
    }

    /// What `LD_LIBRARY_PATH` has to name for a program to find `library`, or `-L` to link with it.
    pub(crate) fn folder_of(&self, library: Library) -> PathBuf {
        match library {
            Library::Shared => self.folder.join("shared"),
            Library::Static => self.folder.join("static"),
            Library::Kqueue => self.kqueue.clone().expect("it was built")[0].clone(),
            Library::Libkqueue => self.kqueue.clone().expect("it was built")[1].clone(),
            Library::Debian => self.folder.join("debian"),
            Library::Sid => self.folder.join("sid"),
        }
    }
}

/// A compiled program of this folder: `NAME.c`.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The program's name.
    pub(crate) name: String,
    /// Whether it is about the event loop, whose backends are several.
    pub(crate) event_loop: bool,
    shared: Option<PathBuf>,
    linked_in: Option<PathBuf>,
}

impl Program {
    /// The executable that uses `library`.
    pub(crate) fn executable(&self, library: Library) -> &Path {
        match library {
            Library::Static => self.linked_in.as_deref(),
            Library::Shared | Library::Kqueue | Library::Libkqueue | Library::Debian | Library::Sid => {
                self.shared.as_deref()
            }
        }
        .expect("it was linked")
    }
}

/// The folders of `ctests/` with C programs, one for each family of headers. Program names are unique across them.
const FAMILIES: &[&str] = &["batch", "dns", "files", "loop", "memory", "net", "text"];

/// Whether a program puts a malloc of its own in front of glibc's. A static glibc has all of it in one member, other
/// libraries have it under no other name.
pub(crate) fn needs_shared_glibc(source: &Path) -> bool {
    fs::read_to_string(source).unwrap().contains("__libc_realloc")
}

/// Whether a program puts a clock of its own in front of glibc's. On 32-bit machines a static glibc has the one for a time_t of
/// 64 bits under no other name.
pub(crate) fn has_a_clock(source: &Path) -> bool {
    fs::read_to_string(source).unwrap().contains("\"shifted_clock.h\"")
}

/// Whether a program starts threads, or is about fork.
pub(crate) fn is_concurrent(source: &Path) -> bool {
    let text = fs::read_to_string(source).unwrap();
    ["pthread_create(", "after(", "TEST(fork_"].iter().any(|word| text.contains(word))
}

/// Compiles the programs of every family, and links each once with either of our libraries.
pub(crate) fn programs(compiler: &Compiler, libraries: &Libraries) -> Vec<Program> {
    programs_of(sources(), compiler, libraries)
}

/// The sources of the programs.
pub(crate) fn sources() -> Vec<PathBuf> {
    let mut sources: Vec<PathBuf> = FAMILIES
        .iter()
        .flat_map(|family| fs::read_dir(root().join("ctests").join(family)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .collect();
    sources.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    if let Some(twin) = sources.windows(2).find(|pair| pair[0].file_name() == pair[1].file_name()) {
        panic!("two programs of one name: {twin:?}");
    }
    sources
}

/// [`programs`], of these sources.
pub(crate) fn programs_of(sources: Vec<PathBuf>, compiler: &Compiler, libraries: &Libraries) -> Vec<Program> {
    parallel::map(&sources, |source| compile(compiler, source, libraries))
}

/// Compiles a program that lies deeper in `ctests/`.
pub(crate) fn program(source: &str, compiler: &Compiler, libraries: &Libraries) -> Program {
    compile(compiler, &root().join("ctests").join(source), libraries)
}

fn compile(compiler: &Compiler, source: &Path, libraries: &Libraries) -> Program {
    let name = source.file_stem().unwrap().to_str().unwrap().to_string();
    let object = libraries.folder.join(format!("{name}.o"));
    let mut command = compiler.tool.to_command();
    command
        .args(["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-g", "-O1", "-pthread", "-c"])
        .args(&compiler.compiling)
        .arg("-I")
        .arg(root().join("include"))
        .arg("-I")
        .arg(root().join("ctests/common"))
        .arg("-o")
        .arg(&object)
        .arg(source);
    let sources: Vec<&Path> = fresh::headers().iter().map(PathBuf::as_path).chain([source]).collect();
    fresh::make(&mut command, &object, &sources);
    let link = |library: Library| {
        let folder = libraries.folder_of(library);
        let executable = folder.join(&name);
        let file = folder.join(if library == Library::Static { "libowfat.a" } else { "libowfat.so.0" });
        let mut command = compiler.tool.to_command();
        command.arg("-pthread").arg("-o").arg(&executable).arg(&object).arg("-L").arg(&folder).arg("-lowfat");
        // A program that asks for a function the C library lacks has to start with it all the same.
        command.args(&compiler.linking).args(["-ldl", "-Wl,-z,lazy"]);
        if library == Library::Static && !compiler.libraries.contains(&Library::Shared) {
            command.arg("-static");
        }
        fresh::make(&mut command, &executable, &[&object, &file]);
        executable
    };
    let text = fs::read_to_string(source).unwrap();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let event_loop = has(&["\"loop.h\"", "\"kinds.h\"", "\"batch.h\""]);
    let linked = |library| compiler.libraries.contains(&library).then(|| link(library));
    let (shared, linked_in) = (linked(Library::Shared), linked(Library::Static));
    Program { shared, linked_in, name, event_loop }
}

fn link(to: &str, path: &Path) {
    let _ = fs::remove_file(path);
    std::os::unix::fs::symlink(to, path).unwrap();
}
