// SPDX-License-Identifier: MIT OR Apache-2.0
//! The structs of our headers have the sizes, members and offsets that Debian's headers give them: a program of ours
//! measures them, and the compiler holds the C library's headers to what it found.

use super::root;
use crate::support::{libraries, needing, package_with};
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A struct: the header that defines it, what C calls its type, and its members.
pub(super) struct Struct {
    pub(super) header: String,
    name: String,
    members: Vec<String>,
}

/// One test, if Debian's headers are there or can be installed.
pub(crate) fn trial() -> Trial {
    let there = package_with("libowfat-dev", || debian_headers().is_some());
    needing(&there, Trial::test("layouts_are_those_of_the_c_library", compare))
}

/// Where Debian's headers are.
fn debian_headers() -> Option<PathBuf> {
    let places = ["/usr/include/libowfat", "/usr/include"];
    places.into_iter().map(PathBuf::from).find(|folder| folder.join("buffer.h").exists())
}

fn compare() -> Result<(), Failed> {
    let mut structs = structs();
    // Newer than the C library that is compared with.
    structs.retain(|found| found.header != "parse.h" && found.name != "struct libowfat_layout");
    for known in ["buffer", "critbit0_tree", "stralloc", "struct cdb", "struct cdb_make"] {
        assert!(structs.iter().any(|found| found.name == known), "struct {known} is gone");
    }
    let folder = tempfile::tempdir()?;
    let measured = measure(&structs, folder.path(), &libraries::compiler(), &[])?;
    let debian = debian_headers().ok_or("Debian's headers are gone")?;
    let mut wrong = String::new();
    for (header, asserts) in measured {
        let source = folder.path().join(format!("{header}.c"));
        fs::write(&source, format!("#include <stddef.h>\n#include <{header}>\n{asserts}"))?;
        let compiler = libraries::compiler();
        if let Err(said) = compile(&compiler, &["-fsyntax-only".as_ref()], &debian, &source) {
            wrong += &said;
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// By header, what a C compiler is to hold of its structs, as this one lays them out with these flags.
pub(super) fn measure(
    structs: &[Struct],
    folder: &Path,
    compiler: &cc::Tool,
    flags: &[&str],
) -> Result<BTreeMap<String, String>, Failed> {
    let mut program = String::from("#include <stdio.h>\n#include <stddef.h>\n");
    for found in structs {
        program += &format!("#include <libowfat/{}>\n", found.header);
    }
    program += "#define HOLD(header, what) printf(\"%s _Static_assert(%s == %zu, \\\"\\\");\\n\", header, #what, what)\nint main(void) {\n";
    for Struct { header, name, members } in structs {
        let mut hold = |what: String| program += &format!("  HOLD(\"{header}\", {what});\n");
        hold(format!("sizeof({name})"));
        hold(format!("_Alignof({name})"));
        for member in members {
            hold(format!("offsetof({name}, {member})"));
            hold(format!("sizeof((({name} *)0)->{member})"));
        }
    }
    program += "}\n";
    let (source, executable) = (folder.join("measure.c"), folder.join("measure"));
    fs::write(&source, program)?;
    let flags = flags.iter().map(OsStr::new);
    let arguments: Vec<&OsStr> = flags.chain(["-o".as_ref(), executable.as_os_str()]).collect();
    compile(compiler, &arguments, &root().join("include"), &source)?;
    let output = Command::new(executable).output()?;
    let mut by_header = BTreeMap::<String, String>::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let (header, assert) = line.split_once(' ').ok_or("no header")?;
        *by_header.entry(header.into()).or_default() += &format!("{assert}\n");
    }
    Ok(by_header)
}

fn compile(compiler: &cc::Tool, arguments: &[&OsStr], headers: &Path, source: &Path) -> Result<(), String> {
    let mut compiler = compiler.to_command();
    let output = compiler.arg("-std=gnu11").args(arguments).arg("-I").arg(headers).arg(source).output();
    let output = output.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(said) }
}

/// Every struct that our headers define.
pub(super) fn structs() -> Vec<Struct> {
    let mut headers: Vec<PathBuf> =
        fs::read_dir(root().join("include/libowfat")).unwrap().map(|entry| entry.unwrap().path()).collect();
    headers.sort();
    let mut found = Vec::new();
    for path in headers {
        let text = declarations(&fs::read_to_string(&path).unwrap());
        let header = path.file_name().unwrap().to_str().unwrap();
        let mut rest = text.as_str();
        while let Some(start) = rest.find("struct ") {
            let is_typedef = rest[..start].ends_with("typedef ");
            rest = &rest[start + "struct ".len()..];
            let Some((tag, body)) = rest.split_once('{') else { break };
            if tag.contains([';', '(', ')', '*', '}']) {
                continue;
            }
            let (body, behind) = block(body);
            let name = if is_typedef { behind.split(';').next().unwrap() } else { "" }.trim();
            let name = if name.is_empty() { format!("struct {}", tag.trim()) } else { name.to_string() };
            let members = without_blocks(body).split(';').flat_map(members).collect();
            found.push(Struct { header: header.into(), name, members });
            rest = behind;
        }
    }
    found
}

/// The members themselves, without what is inside of them.
fn without_blocks(body: &str) -> String {
    let mut depth = 0;
    body.chars()
        .filter(|c| {
            depth -= i32::from(*c == '}');
            let outside = depth == 0 && *c != '{' && *c != '}';
            depth += i32::from(*c == '{');
            outside
        })
        .collect()
}

/// What is in a block, and what follows it.
fn block(text: &str) -> (&str, &str) {
    let mut depth = 1;
    let end = text.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    });
    let end = end.unwrap_or_else(|| panic!("no end: {text}"));
    (&text[..end], &text[end + 1..])
}

/// The names of members that have an address and a size.
fn members(declaration: &str) -> Vec<String> {
    let declaration = declaration.trim();
    if declaration.is_empty() || declaration.ends_with("[]") || declaration.contains(['{', '}', ':']) {
        return Vec::new();
    }
    if let Some((_, pointer)) = declaration.split_once("(*") {
        return vec![pointer.split(')').next().unwrap().into()];
    }
    let names = declaration.split(',').map(|one| one.split('[').next().unwrap());
    names.map(|one| one.rsplit([' ', '*']).next().unwrap().to_string()).collect()
}

/// A header without comments and preprocessor lines.
fn declarations(text: &str) -> String {
    let mut parts = text.split("/*");
    let mut plain = parts.next().unwrap().to_string();
    parts.for_each(|part| plain += part.split_once("*/").unwrap().1);
    let joined = plain.replace("\\\n", " ");
    // What programs for newer versions see is not what is compared.
    let mut newer = false;
    let plain_lines = joined.lines().filter(|line| {
        newer |= line.starts_with("#if defined(OWFAT_API)");
        let seen = !newer && !line.starts_with('#');
        newer &= !line.starts_with("#endif");
        seen
    });
    plain_lines.map(|line| format!("{line}\n")).collect()
}
