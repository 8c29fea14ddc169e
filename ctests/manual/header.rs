// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a header of `include/libowfat/` declares, and what it says about that.

use super::page::plain;
use super::root;
use std::fs;

/// Something that programs use by its name.
pub(crate) struct Item {
    /// The name.
    pub(crate) name: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// What the header says about it, if it says so right before it.
    pub(crate) comment: Option<String>,
}

/// What an item is.
pub(crate) enum Kind {
    /// A function: its prototype, in the notation of [`plain`].
    Function(String),
    /// A type of functions: its declaration.
    Type(String),
    /// A variable: its declaration.
    Variable(String),
    /// A macro with arguments: their list in brackets.
    Macro(String),
    /// A macro without arguments.
    Constant,
}

/// Where the headers of the two libraries are.
const FOLDERS: [&str; 2] = ["include/libowfat", "aio/include/libowfat"];

/// Names of all headers, without `.h`.
pub(crate) fn all() -> Vec<String> {
    let mut names: Vec<String> = FOLDERS
        .iter()
        .flat_map(|folder| fs::read_dir(root().join(folder)).unwrap())
        .filter_map(|entry| Some(entry.unwrap().file_name().to_str()?.strip_suffix(".h")?.to_string()))
        .collect();
    names.sort();
    names
}

/// Everything that one header declares, in its order; nothing if there is no such header. A name may come twice: as
/// an inline function, and as one for compilers without them.
pub(crate) fn items(name: &str) -> Vec<Item> {
    let text = FOLDERS
        .iter()
        .find_map(|folder| fs::read_to_string(root().join(folder).join(format!("{name}.h"))).ok());
    let text = text.unwrap_or_default().replace("\\\n", " ");
    let mut rest = text.as_str();
    let mut comment = None;
    let mut items = Vec::new();
    while !rest.is_empty() {
        let line = rest.lines().next().unwrap();
        if line.trim().is_empty() {
            comment = None;
            rest = behind_line(rest);
        } else if let Some(begun) = rest.trim_start().strip_prefix("/*") {
            let (inside, behind) = begun.split_once("*/").unwrap();
            comment = Some(words_of(inside));
            rest = behind.strip_prefix('\n').unwrap_or(behind);
        } else if line.starts_with('#') {
            items.extend(definition(line).map(|(name, kind)| Item { name, kind, comment: comment.clone() }));
            rest = behind_line(rest);
        } else {
            let end = rest.find([';', '{']).unwrap_or(rest.len());
            let statement = plain(rest[..end].split("__attribute__").next().unwrap());
            let is_block = rest[end..].starts_with('{');
            let is_type = ["typedef ", "struct ", "enum "].iter().any(|word| statement.starts_with(word));
            let declared = if is_type && !statement.ends_with(')') { None } else { declaration(&statement) };
            items.extend(declared.map(|(name, kind)| Item { name, kind, comment: comment.clone() }));
            rest = match (is_block, statement.as_str()) {
                (true, "extern \"C\"") | (false, _) => behind_line(&rest[end..]),
                (true, _) => behind_line(behind_block(&rest[end..])),
            };
        }
    }
    items
}

/// `#define NAME(arguments)` or `#define NAME`, unless the name is the header's own business.
fn definition(line: &str) -> Option<(String, Kind)> {
    let definition = line.trim_start_matches('#').trim_start().strip_prefix("define ")?;
    let end = definition.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(definition.len());
    let (name, rest) = definition.split_at(end);
    let private = name.starts_with('_') || name.starts_with("LIBOWFAT_");
    let kind = match rest.strip_prefix('(') {
        Some(rest) => Kind::Macro(format!("({})", rest.split(')').next().unwrap().replace(',', ", "))),
        None => Kind::Constant,
    };
    (!private).then(|| (name.to_string(), kind))
}

/// A prototype, or the declaration of a type or a variable.
fn declaration(statement: &str) -> Option<(String, Kind)> {
    let last_word = |text: &str| text.rsplit([' ', '*']).next().unwrap().to_string();
    if let Some(variable) = statement.strip_prefix("extern ").filter(|rest| !rest.contains('(')) {
        let name = last_word(variable.split('[').next().unwrap());
        return (!name.starts_with('"')).then(|| (name, Kind::Variable(statement.to_string())));
    }
    if let Some((_, name)) = statement.strip_prefix("typedef ").and_then(|rest| rest.split_once("(*")) {
        return Some((name.split(')').next().unwrap().to_string(), Kind::Type(statement.to_string())));
    }
    let prototype = statement.trim_start_matches("static __inline ");
    let (head, _) = prototype.split_once('(')?;
    Some((last_word(head), Kind::Function(prototype.to_string())))
}

fn behind_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, behind)| behind)
}

/// What follows the bracket that closes the one at the beginning.
fn behind_block(text: &str) -> &str {
    let mut depth = 0;
    let end = text.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    });
    &text[end.map_or(text.len(), |end| end + 1)..]
}

/// A comment in one line, without the stars at the beginning of its lines.
fn words_of(comment: &str) -> String {
    let lines = comment.lines().map(|line| {
        let line = line.trim();
        line.strip_prefix("* ").unwrap_or(line)
    });
    lines.filter(|line| *line != "*").collect::<Vec<_>>().join(" ").trim().to_string()
}
