// SPDX-License-Identifier: MIT OR Apache-2.0
//! The programs in the pages' EXAMPLES, and the output that the pages show for them.

use super::page::Page;
use super::root;
use crate::support::libraries;
use crate::timed::{self, Outcome};
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

/// Enough for every example on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// Where a program and its output stand in the page.
pub(crate) struct Example {
    program: Range<usize>,
    output: Range<usize>,
}

/// Every example of a page: displays that hold a `main`, each with the display that follows.
pub(crate) fn of(page: &Page) -> Vec<Example> {
    let mut displays = Vec::new();
    let part = page.part("EXAMPLES");
    let mut start = None;
    for at in part {
        match page.lines[at].as_str() {
            line if line.starts_with(".Bd -literal") => start = Some(at + 1),
            ".Ed" => displays.extend(start.take().map(|start| start..at)),
            _ => {}
        }
    }
    let is_program = |display: &Range<usize>| page.lines[display.clone()].iter().any(|l| l.contains("main("));
    let mut found = Vec::new();
    let mut displays = displays.into_iter();
    while let Some(program) = displays.next() {
        assert!(is_program(&program), "{}: a display in EXAMPLES that belongs to no program", page.name);
        let output = displays.next().filter(|output| !is_program(output));
        let output = output.unwrap_or_else(|| panic!("{}: a program without its output", page.name));
        found.push(Example { program, output });
    }
    found
}

impl Example {
    /// Compiles the program in `folder` and runs it, with each backend of the event loop. Returns what it printed.
    pub(crate) fn run(&self, page: &Page, folder: &Path, library: &Path) -> Result<String, String> {
        let length = self.program.len();
        if !(15..=50).contains(&length) {
            return Err(format!("a program of {length} lines; 15 to 50 are wanted"));
        }
        let text: Vec<String> = page.lines[self.program.clone()].iter().map(|line| read(line)).collect();
        if let Some(line) = text.iter().find(|line| line.len() > 72) {
            return Err(format!("too long for a page: {line}"));
        }
        // The last brace is that of main, which says how it ended.
        let last = text.iter().rev().nth(1).map_or("", |line| line.trim());
        if !last.starts_with("return ") && !last.starts_with("exit(") {
            return Err(format!("main ends with `{last}`, and not with a status"));
        }
        let source = folder.join("example.c");
        let program = folder.join("example");
        fs::write(&source, text.join("\n") + "\n").unwrap();
        let mut cc = Command::new(env::var_os("CC").unwrap_or("cc".into()));
        cc.args(["-Wall", "-Wextra", "-Werror", "-O1", "-g", "-I"]).arg(root().join("include"));
        cc.arg("-I").arg(root().join("aio/include"));
        cc.arg(&source).arg("-o").arg(&program).arg("-L").arg(library).arg("-lowfat");
        if text.iter().any(|line| line.contains("aio.h>")) {
            cc.arg("-lowfat-aio");
        }
        let (outcome, said) = timed::run(&mut cc, 4 * LIMIT);
        if outcome != Outcome::Passes {
            return Err(format!("does not compile:\n{said}"));
        }
        let mut printed = Vec::new();
        for (backend, engine) in [("", ""), ("poll", "pool")] {
            let mut command = Command::new(&program);
            command.env("LD_LIBRARY_PATH", library).env("OWFAT_BACKEND", backend).env("OWFAT_AIO", engine);
            let folder = tempfile::tempdir().unwrap();
            match timed::run(command.current_dir(folder.path()).stdin(Stdio::null()), LIMIT) {
                (Outcome::Passes, said) => printed.push(said),
                (outcome, said) => return Err(format!("backend {backend:?}: {outcome}\n{said}")),
            }
        }
        match &printed[..] {
            [said, poll] if said == poll => Ok(said.clone()),
            _ => Err(format!("the backends differ: {printed:?}")),
        }
    }

    /// The output that the page shows.
    pub(crate) fn shown(&self, page: &Page) -> String {
        page.lines[self.output.clone()].iter().map(|line| read(line) + "\n").collect()
    }

    /// The two displays as they are to be written in the page, given the output.
    pub(crate) fn written(&self, page: &Page, output: &str) -> [(Range<usize>, Vec<String>); 2] {
        let program = page.lines[self.program.clone()].iter().map(|line| write(&read(line))).collect();
        [(self.program.clone(), program), (self.output.clone(), output.lines().map(write).collect())]
    }
}

/// What a formatter would otherwise turn into typographic characters, which no compiler takes.
const ESCAPES: &[(&str, &str)] =
    &[("-", "\\-"), ("'", "\\(aq"), ("`", "\\(ga"), ("^", "\\(ha"), ("~", "\\(ti")];

/// A line of a display as text. A backslash that begins none of our escapes is taken as it is.
pub(crate) fn read(line: &str) -> String {
    let mut text = line.strip_prefix("\\&").unwrap_or(line).to_string();
    for (plain, escape) in ESCAPES {
        text = text.replace(escape, plain);
    }
    text.replace("\\e", "\\")
}

/// A line of text for a display.
pub(crate) fn write(text: &str) -> String {
    let mut line = text.replace('\\', "\\e");
    for (plain, escape) in ESCAPES {
        line = line.replace(plain, escape);
    }
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
}

/// The shared libraries, where programs can be linked with them and find them: alone in `folder`, under both names each.
pub(crate) fn library(folder: &Path) {
    let built = libraries::ours();
    for name in ["libowfat.so", "libowfat.so.0"] {
        fs::copy(&built, folder.join(name)).unwrap();
    }
    for name in ["libowfat-aio.so", "libowfat-aio.so.0"] {
        fs::copy(libraries::aio().join("libowfat-aio.so"), folder.join(name)).unwrap();
    }
}
