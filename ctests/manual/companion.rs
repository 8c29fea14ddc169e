// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parts of a page that the header itself writes. A page asks for one with a comment, and ends it with another:
//!
//! ```text
//! .\" names of fmt.h
//! .\" end
//! ```
//!
//! `names` go into NAME, `prototypes` into SYNOPSIS, and `descriptions`, which are the header's comments, into
//! DESCRIPTION. What is around them is written by hand.

use super::header::{self, Item, Kind};
use super::page::Page;
use std::ops::Range;

/// Where something of the header belongs, and the lines that are to stand there.
pub(crate) fn parts(page: &Page) -> Vec<(Range<usize>, Vec<String>)> {
    let mut found = Vec::new();
    for (at, line) in page.lines.iter().enumerate() {
        let Some((what, headers)) = line.strip_prefix(".\\\" ").and_then(|line| line.split_once(" of "))
        else {
            continue;
        };
        let write = match what {
            "names" => names,
            "prototypes" => prototypes,
            "descriptions" => descriptions,
            _ => continue,
        };
        let length = page.lines[at + 1..].iter().position(|line| line == ".\\\" end");
        let end = at + 1 + length.unwrap_or_else(|| panic!("{}: no end of {line}", page.name));
        let items = items(headers);
        found.push((at + 1..end, write(&items)));
    }
    found
}

/// What some headers declare, each name once.
fn items(headers: &str) -> Vec<Item> {
    let names = headers.split_whitespace().map(|header| header.strip_suffix(".h").unwrap());
    let mut items: Vec<Item> = Vec::new();
    for item in names.flat_map(header::items) {
        match items.iter_mut().find(|known| known.name == item.name) {
            Some(known) => known.comment = known.comment.take().or(item.comment),
            None => items.push(item),
        }
    }
    assert!(!items.is_empty(), "{headers} declares nothing");
    items
}

fn names(items: &[Item]) -> Vec<String> {
    let named = items.iter().filter(|item| !matches!(item.kind, Kind::Constant | Kind::Type(_)));
    let mut lines: Vec<String> = named.map(|item| format!(".Nm {} ,", item.name)).collect();
    if let Some(last) = lines.last_mut() {
        *last = last.trim_end_matches(" ,").to_string();
    }
    lines
}

fn prototypes(items: &[Item]) -> Vec<String> {
    let mut lines = Vec::new();
    for item in items {
        match &item.kind {
            Kind::Function(prototype) => {
                let (result, arguments) = prototype.split_once(&format!("{}(", item.name)).unwrap();
                let arguments = arguments.strip_suffix(')').unwrap();
                let quoted: Vec<String> = split(arguments).iter().map(|a| format!(" \"{a}\"")).collect();
                lines.push(format!(".Ft {}", result.trim_end()));
                lines.push(format!(".Fn {}{}", item.name, quoted.concat()));
            }
            Kind::Type(declaration) => lines.push(format!(".Vt \"{declaration};\"")),
            Kind::Variable(declaration) => lines.push(format!(".Vt {declaration};")),
            Kind::Macro(arguments) => lines.push(format!(".Fd #define {}{arguments}", item.name)),
            Kind::Constant => lines.push(format!(".Fd #define {}", item.name)),
        }
    }
    lines
}

/// A list of those that have a comment, or share that of those before them.
fn descriptions(items: &[Item]) -> Vec<String> {
    let mut lines = vec![".Bl -tag -width Ds".to_string()];
    let items: Vec<&Item> = items.iter().filter(|item| item.comment.is_some()).collect();
    for (at, item) in items.iter().enumerate() {
        lines.push(match &item.kind {
            Kind::Function(prototype) => {
                let arguments = prototype.split_once(&format!("{}(", item.name)).unwrap().1;
                let names = split(arguments.strip_suffix(')').unwrap()).into_iter().filter_map(argument_name);
                format!(".It Fn {}{}", item.name, names.map(|name| format!(" {name}")).collect::<String>())
            }
            Kind::Macro(arguments) => {
                let names = arguments.trim_matches(['(', ')']).replace(',', "");
                format!(".It Fn {} {names}", item.name).trim_end().to_string()
            }
            Kind::Type(_) => format!(".It Vt {}", item.name),
            Kind::Variable(_) => format!(".It Va {}", item.name),
            Kind::Constant => format!(".It Dv {}", item.name),
        });
        let shared = items.get(at + 1).is_some_and(|next| next.comment == item.comment);
        if !shared {
            lines.extend(prose(item.comment.as_deref().unwrap_or_default()));
        }
    }
    lines.push(".El".into());
    lines
}

/// The arguments of a prototype. Commas inside of brackets separate none.
fn split(arguments: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut depth = 0;
    for c in arguments.chars() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if c == ',' && depth == 0 {
            found.push(String::new());
        } else {
            found.last_mut().unwrap().push(c);
        }
    }
    found.retain(|argument| !argument.trim().is_empty());
    found.iter().map(|argument| argument.trim().to_string()).collect()
}

/// `buf` of `const char *buf` and of `int (*buf)(void)`; none of `void`.
fn argument_name(argument: String) -> Option<String> {
    let pointer = argument.split_once("(*").and_then(|(_, rest)| rest.split_once(')')).map(|(name, _)| name);
    let name = pointer.unwrap_or_else(|| argument.rsplit([' ', '*']).next().unwrap());
    (argument != "void").then(|| name.split('[').next().unwrap().to_string())
}

/// A comment as running text: a line or more for each sentence, nothing that a formatter would take for its own.
fn prose(comment: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut after_sentence = false;
    for word in comment.split_whitespace() {
        let starts = after_sentence && word.starts_with(|c: char| c.is_uppercase());
        let word = word.replace('\\', "\\e").replace('-', "\\-");
        let line = lines.last_mut().unwrap();
        if !line.is_empty() && (starts || line.len() + word.len() > 76) {
            lines.push(String::new());
        }
        let line = lines.last_mut().unwrap();
        if line.is_empty() {
            *line = if word.starts_with(['.', '\'']) { format!("\\&{word}") } else { word.clone() };
        } else {
            *line += &format!(" {word}");
        }
        after_sentence = word.ends_with(['.', '?', '!']);
    }
    lines
}
