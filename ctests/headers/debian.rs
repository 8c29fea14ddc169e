// SPDX-License-Identifier: MIT OR Apache-2.0
//! What Debian's headers declare can be used with ours, with the same types and values: a program that was written for
//! them compiles.

use super::root;
use crate::support::{needing, package, package_with};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const FOLDER: &str = "/usr/include";

/// Declared there, and in no library.
const NOWHERE: &[&str] = &["io_starteventloopthread", "fmt_base85", "scan_base85"];

/// With a result from 0.33 on.
const NEWER: &[&str] = &["buffer_seek"];

/// Two headers there contradict each other.
const AMBIGUOUS: &[(&str, &str)] = &[("ip4.h", "fmt_ip4"), ("ip4.h", "scan_ip4")];

/// Parts of macros that no program has a use for.
const PRIVATE: &[(&str, &str)] = &[("compiletimeassert.h", "__X"), ("compiletimeassert.h", "__Y")];

/// Ours is larger, because theirs is too small for what it is meant for.
const GREATER: &[&str] = &["FMT_UTF8"];

/// One test for each header that both sides have.
pub(crate) fn trials() -> Vec<Trial> {
    let there = package_with("libowfat-dev", is_theirs).and_then(|()| package("clang", "/usr/bin/clang"));
    let names = fs::read_dir(root().join("include/libowfat")).unwrap();
    let mut names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let trials = names.into_iter().map(|name| {
        let title = format!("debian::{}", name.trim_end_matches(".h"));
        needing(&there, Trial::test(title, move || compare(&name)))
    });
    let layouts = needing(&there, Trial::test("debian::layout", compare_layouts));
    trials.chain([layouts]).collect()
}

/// Whether the headers there are the C library's. Ours, which may be installed in the same place, name their licence.
fn is_theirs() -> bool {
    fs::read_to_string(Path::new(FOLDER).join("io.h"))
        .is_ok_and(|text| text.contains("io_canread") && !text.contains("SPDX-License-Identifier"))
}

/// One program, compiled with their headers and with ours, says the same.
fn compare_layouts() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let said = |headers: &Path| -> Result<String, Failed> {
        let program = folder.path().join("layout");
        let output = Command::new("gcc")
            .args(["-std=gnu11", "-w", "-I"])
            .args([headers, &root().join("ctests/headers/layout.c"), Path::new("-o"), &program])
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(String::from_utf8(Command::new(program).output()?.stdout)?)
    };
    let (theirs, ours) = (said(Path::new(FOLDER))?, said(&root().join("include/libowfat"))?);
    let differences: Vec<_> =
        theirs.lines().zip(ours.lines()).filter(|(theirs, ours)| theirs != ours).collect();
    if differences.is_empty() && theirs.contains("sizeof(io_batch) = ") {
        return Ok(());
    }
    Err(format!("(theirs, ours): {differences:#?}").into())
}

fn compare(header: &str) -> Result<(), Failed> {
    let path = Path::new(FOLDER).join(header);
    if !path.exists() {
        return Ok(());
    }
    let theirs = fs::read_to_string(&path)?;
    let mut program = format!("#include <libowfat/{header}>\n");
    for (at, (name, kind)) in declarations(&path)?.iter().enumerate() {
        // Macros call what is the compiler's or the system's.
        let is_theirs = words(&theirs).any(|word| word == name) && !name.starts_with("__") && name != "exit";
        let left_out = NOWHERE.contains(&&**name) || NEWER.contains(&&**name);
        if is_theirs && !left_out && !AMBIGUOUS.contains(&(header, &**name)) {
            let Some((result, arguments)) = split(kind) else {
                program += &format!("{};\n", variable(kind, &format!("(*pointer{at})"), &format!("&{name}")));
                continue;
            };
            program += &format!("{result} (*pointer{at}){arguments} = {name};\n");
        }
    }
    for (name, body) in macros(&path)? {
        let own_business =
            name.ends_with("_H") || name.ends_with("_H_") || PRIVATE.contains(&(header, &*name));
        let defined_here = theirs.contains(&format!("define {name}"));
        if own_business || !defined_here {
            continue;
        }
        program += &format!("#ifndef {name}\n#error \"{name} is missing\"\n#endif\n");
        if body.parse::<i64>().is_ok() {
            let relation = if GREATER.contains(&&*name) { ">" } else { "==" };
            program += &format!("_Static_assert(({name}) {relation} {body}, \"{name}\");\n");
        }
    }
    for compiler in ["gcc", "clang"] {
        let include = format!("-I{}", root().join("include").display());
        let arguments = ["-std=gnu11", "-Wall", "-Werror", "-fsyntax-only", &include, "-xc", "-"];
        let output = feed(compiler, &arguments, &format!("{program}int main(void);\n"))?;
        if !output.status.success() {
            return Err(format!("{}\n{program}", String::from_utf8_lossy(&output.stderr)).into());
        }
    }
    Ok(())
}

/// Functions and variables that a header declares, with their types, as clang tells them.
fn declarations(header: &Path) -> Result<Vec<(String, String)>, Failed> {
    // One of them forgets what it needs.
    let text = format!("#include <stddef.h>\n#include \"{}\"\n", header.display());
    let arguments =
        ["-std=gnu11", "-w", "-fsyntax-only", "-Xclang", "-ast-dump", "-fno-color-diagnostics", "-xc", "-"];
    let output = feed("clang", &arguments, &text)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Some(line) = line.strip_prefix("|-").or(line.strip_prefix("`-")) else { continue };
        if !line.starts_with("FunctionDecl ") && !line.starts_with("VarDecl ") {
            continue;
        }
        let mut parts = line.split('\'');
        let name = parts.next().and_then(|head| head.split_whitespace().last()).unwrap_or_default();
        if let Some(kind) = parts.next().filter(|_| seen.insert(name.to_string())) {
            found.push((name.to_string(), kind.replace("struct __va_list_tag *", "va_list")));
        }
    }
    Ok(found)
}

/// The macros that a header defines, beyond what every C program has.
fn macros(header: &Path) -> Result<Vec<(String, String)>, Failed> {
    let definitions = |text: &str| -> Result<Vec<String>, Failed> {
        let output = feed("gcc", &["-std=gnu11", "-w", "-E", "-dM", "-xc", "-"], text)?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect())
    };
    let usual = definitions("")?;
    let all = definitions(&format!("#include \"{}\"\n", header.display()))?;
    let new =
        all.iter().filter(|line| !usual.contains(line)).filter_map(|line| line.strip_prefix("#define "));
    let parts = new.map(|definition| {
        let end = definition.find([' ', '(']).unwrap_or(definition.len());
        (definition[..end].to_string(), definition[end..].trim().to_string())
    });
    Ok(parts.collect())
}

/// The type of a function, cut between its result and its arguments.
fn split(kind: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    let open = kind.strip_suffix(')')?.len();
    for (at, c) in kind[..=open].char_indices().rev() {
        depth += i32::from(c == ')') - i32::from(c == '(');
        if depth == 0 {
            return Some((&kind[..at], &kind[at..]));
        }
    }
    None
}

/// A declaration of `name` with the type of a variable, an array's brackets behind the name.
fn variable(kind: &str, name: &str, value: &str) -> String {
    let at = kind.find('[').unwrap_or(kind.len());
    format!("{} {name}{} = {value}", &kind[..at], &kind[at..])
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// What a program says about a text.
fn feed(program: &str, arguments: &[&str], text: &str) -> std::io::Result<Output> {
    let file = tempfile::NamedTempFile::new()?;
    fs::write(file.path(), text)?;
    Command::new(program).args(arguments).stdin(file.reopen()?).output()
}
