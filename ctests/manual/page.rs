// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a page of the manual says of itself: the names it explains, its prototypes, the pages it points to.

use super::root;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

/// A page of `man/`, in mdoc.
#[derive(Clone)]
pub(crate) struct Page {
    /// The file.
    pub(crate) path: PathBuf,
    /// `io_fd` of `man/io_fd.3`.
    pub(crate) name: String,
    /// `3` of `man/io_fd.3`.
    pub(crate) section: String,
    /// Its lines.
    pub(crate) lines: Vec<String>,
}

/// Every page, sorted by name.
pub(crate) fn all() -> Vec<Page> {
    let mut pages: Vec<Page> = fs::read_dir(root().join("man"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let section = path.extension()?.to_str()?.to_string();
            let name = path.file_stem()?.to_str()?.to_string();
            let lines = fs::read_to_string(&path).ok()?.lines().map(str::to_string).collect();
            Some(Page { path, name, section, lines })
        })
        .collect();
    pages.sort_by(|a, b| a.name.cmp(&b.name));
    pages
}

impl Page {
    /// The lines between `.Sh title` and the next `.Sh`; empty if there is no such part.
    pub(crate) fn part(&self, title: &str) -> Range<usize> {
        let head = format!(".Sh {title}");
        let Some(start) = self.lines.iter().position(|line| *line == head) else { return 0..0 };
        let rest = self.lines[start + 1..].iter().position(|line| line.starts_with(".Sh "));
        start + 1..rest.map_or(self.lines.len(), |rest| start + 1 + rest)
    }

    fn macros(&self, title: &str, name: &str) -> Vec<Vec<String>> {
        self.lines[self.part(title)]
            .iter()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
            .map(words)
            .collect()
    }

    /// The names that `man NAME` finds this page under.
    pub(crate) fn names(&self) -> Vec<String> {
        self.macros("NAME", ".Nm").into_iter().map(|words| words[0].clone()).collect()
    }

    /// The headers that a program includes for it.
    pub(crate) fn headers(&self) -> Vec<String> {
        self.macros("SYNOPSIS", ".In").into_iter().map(|words| words[0].clone()).collect()
    }

    /// Every prototype of the synopsis, as `(name, "int io_fd(int64 d)")`.
    pub(crate) fn prototypes(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut result = String::new();
        for line in &self.lines[self.part("SYNOPSIS")] {
            if let Some(words_of) = line.strip_prefix(".Ft ").map(words) {
                result = words_of.join(" ");
            } else if let Some(words_of) = line.strip_prefix(".Fn ").map(words) {
                let arguments = words_of[1..].join(", ");
                found.push((words_of[0].clone(), format!("{result} {}({arguments})", words_of[0])));
            }
        }
        found.into_iter().map(|(name, prototype)| (name, plain(&prototype))).collect()
    }

    /// Every page that this one points to, as `(name, section)`.
    pub(crate) fn references(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for line in self.lines.iter().filter_map(|line| line.strip_prefix('.')) {
            let words = words(line);
            for at in words.iter().enumerate().filter(|(_, word)| *word == "Xr").map(|(at, _)| at) {
                let [name, section] = words.get(at + 1..at + 3).unwrap_or_else(|| panic!("{line}")) else {
                    continue;
                };
                found.push((name.clone(), section.clone()));
            }
        }
        found
    }

    /// Writes the page's file with new text in some places.
    pub(crate) fn rewrite(&self, mut places: Vec<(Range<usize>, Vec<String>)>) {
        places.sort_by_key(|(place, _)| place.start);
        let mut lines = self.lines.clone();
        // The last one first, so that the line numbers stay right.
        for (place, text) in places.into_iter().rev() {
            lines.splice(place, text);
        }
        if lines != self.lines {
            fs::write(&self.path, lines.join("\n") + "\n").unwrap();
        }
    }
}

/// The words of a macro's line; quotes keep words together.
fn words(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        found.push(word.to_string());
        rest = behind.trim_start();
    }
    found
}

/// A prototype with one notation for its spaces.
pub(crate) fn plain(prototype: &str) -> String {
    let mut text = prototype.split_whitespace().collect::<Vec<_>>().join(" ");
    for (from, to) in
        [("* ", "*"), (" *", "*"), ("*", " *"), ("* *", "**"), ("( ", "("), (" )", ")"), ("( *", "(*")]
    {
        text = text.replace(from, to);
    }
    text
}
