//! The prototypes in `include/libowfat/*.h`.

use super::page::plain;
use super::root;
use std::collections::BTreeMap;
use std::fs;

/// Prototypes by name. A name may have two: an inline function, and one for compilers without them.
pub(crate) type Prototypes = BTreeMap<String, Vec<String>>;

/// The prototypes in one header; none if there is no such header.
pub(crate) fn prototypes(name: &str) -> Prototypes {
    let path = root().join(format!("include/libowfat/{name}.h"));
    let mut found = Prototypes::new();
    for statement in without_directives(&fs::read_to_string(path).unwrap_or_default()).split(';') {
        // What comes behind the bracket that ends an inline function, or opens the block of prototypes.
        let statement = statement.rsplit(['{', '}']).next().unwrap();
        let prototype = plain(statement.trim_start().trim_start_matches("static inline "));
        if let Some((head, _)) = prototype.split_once('(') {
            let name = head.rsplit([' ', '*']).next().unwrap().to_string();
            found.entry(name).or_default().push(prototype);
        }
    }
    found
}

/// The text without comments and preprocessor lines.
fn without_directives(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
    }
    bare.push_str(rest);
    let mut continued = false;
    let lines = bare.lines().filter(|line| {
        let directive = continued || line.trim_start().starts_with('#');
        continued = directive && line.ends_with('\\');
        !directive
    });
    lines.collect::<Vec<_>>().join("\n")
}
