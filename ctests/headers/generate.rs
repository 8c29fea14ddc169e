// SPDX-License-Identifier: MIT OR Apache-2.0
//! Makes headers out of `src/abi` and `src/capi`.

use super::root;
use libtest_mimic::Failed;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

/// Names of the headers that cbindgen makes: those with a `src/capi/NAME.toml`.
fn generated() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join("src/capi"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_string())
        .collect();
    names.sort();
    names
}

/// `src/capi/NAME.toml` holds top-level keys of cbindgen, and some of ours:
///
/// - `types`: types that no prototype of this header mentions, to be defined all the same;
/// - `no_arguments`: functions, and pointers to such as `(*op)`, that are declared with `()`, as they always were;
/// - `anonymous`: structs without a tag;
/// - `inline`: inline functions that stand for the prototypes where the condition `inline_if` holds;
/// - `macros`: text for the end of the header, inside the include guard and the `extern "C"` block;
/// - `part`: prototypes of one module, and `macros`, that are there only if the condition `if` holds;
/// - `larger`: a `field` at the end of a `struct` for programs for which the condition `if` holds.
///
/// Every header includes compiler.h for programs that ask for libowfat 0.33 or newer.
fn generate(name: &str) -> String {
    let own = fs::read_to_string(root().join(format!("src/capi/{name}.toml"))).unwrap();
    let mut table: toml::Table = own.parse().unwrap();
    let no_arguments = strings(table.remove("no_arguments"));
    let anonymous = strings(table.remove("anonymous"));
    let types = strings(table.remove("types"));
    let macros = text(table.remove("macros"));
    let inline = text(table.remove("inline_if")).zip(text(table.remove("inline")));
    let parts = parts(table.remove("part"));
    let larger: Option<toml::Table> = table.remove("larger").map(|value| value.try_into().unwrap());
    let common: toml::Table = fs::read_to_string(root().join("cbindgen.toml")).unwrap().parse().unwrap();
    for (key, value) in common {
        table.entry(key).or_insert(value);
    }
    let guard = format!("LIBOWFAT_{}_H", name.to_uppercase());
    table.insert("include_guard".into(), guard.into());

    let mut config: cbindgen::Config = table.try_into().unwrap();
    config.export.include = types;
    let sources =
        sources(name).into_iter().filter(|path| !parts.iter().any(|part| path.ends_with(&part.file)));
    let mut text = bindings(&config, sources);
    if let Some((condition, functions)) = inline {
        let place = prototypes(&text);
        let both = format!("\n#if {condition}\n{functions}\n#else\n{}\n#endif\n", &text[place.clone()]);
        text.replace_range(place, &both);
    }
    for part in parts {
        let path = root().join("src/capi").join(name).join(part.file);
        let own = bindings(&config, [path]);
        let own = &own[prototypes(&own)];
        let end = prototypes(&text).end;
        let own = [own.trim_end(), part.macros.trim()].join("\n\n");
        let test = if part.condition.contains(' ') { "if" } else { "ifdef" };
        text.insert_str(end, &format!("\n#{test} {}\n\n{}\n\n#endif\n", part.condition, own.trim()));
    }
    if let Some(macros) = macros {
        // Without functions cbindgen leaves the `extern "C"` block out.
        let end = text.rfind("#ifdef __cplusplus\n}").or(text.rfind("#endif  /* LIBOWFAT_")).unwrap();
        text.insert_str(end, &format!("{}\n", macros.trim_start_matches('\n')));
    }
    if let Some(mut larger) = larger {
        let [name, condition, field] =
            ["struct", "if", "field"].map(|key| self::text(larger.remove(key)).unwrap());
        let end = text.find(&format!("\n}} {name};")).unwrap();
        text.insert_str(end, &format!("\n#if {condition}\n{}\n#endif", field.trim_start_matches('\n')));
    }
    let guard = format!("#define LIBOWFAT_{}_H\n", name.to_uppercase());
    let open = text.find(&guard).unwrap() + guard.len();
    text.insert_str(open, NEWER);
    for function in no_arguments {
        let prototype = format!("{function}(void)");
        assert!(text.contains(&prototype), "{name}.toml: no function {function}(void)");
        text = text.replace(&prototype, &format!("{function}()"));
    }
    for tag in anonymous {
        let head = format!("typedef struct {tag} {{");
        assert!(text.contains(&head), "{name}.toml: no struct {tag}");
        text = text.replace(&head, "typedef struct {");
    }
    format!("/* SPDX-License-Identifier: MIT OR Apache-2.0 */\n{text}")
}

/// What cbindgen makes of some files, but for the comments.
fn bindings(config: &cbindgen::Config, sources: impl IntoIterator<Item = PathBuf>) -> String {
    let builder = cbindgen::Builder::new().with_config(config.clone());
    let builder = sources.into_iter().fold(builder, |builder, source| builder.with_src(source));
    let mut bytes = Vec::new();
    builder.generate().unwrap().write(&mut bytes);
    let mut text = String::from_utf8(bytes).unwrap();
    // Comments in C99's own style are not C89's, and some programs still ask for that.
    for comment in ["  // extern \"C\"", "  // __cplusplus", " // __cplusplus"] {
        text = text.replace(comment, "");
    }
    one_line_comments(&text)
}

/// Where the prototypes of a header are.
fn prototypes(text: &str) -> Range<usize> {
    let start = text.find(EXTERN_C).unwrap() + EXTERN_C.len();
    start..text.rfind("\n#ifdef __cplusplus\n}").unwrap()
}

/// A part of a header that depends on a condition.
struct Part {
    /// The file in `src/capi/NAME/`.
    file: String,
    condition: String,
    macros: String,
}

fn parts(value: Option<toml::Value>) -> Vec<Part> {
    let tables: Vec<toml::Table> = value.map(|value| value.try_into().unwrap()).unwrap_or_default();
    let part = |mut table: toml::Table| Part {
        file: format!("{}.rs", text(table.remove("module")).unwrap()),
        condition: text(table.remove("if")).unwrap(),
        macros: text(table.remove("macros")).unwrap_or_default(),
    };
    tables.into_iter().map(part).collect()
}

/// What every header begins with.
pub(crate) const NEWER: &str = "
#if defined(OWFAT_API) && OWFAT_API >= 33
#include \"compiler.h\"
#endif
";

/// What opens the block of prototypes.
const EXTERN_C: &str = "#ifdef __cplusplus\nextern \"C\" {\n#endif\n";

/// The files that NAME.h is made of: its types, `src/capi/NAME.rs`, and the modules that this one consists of.
fn sources(name: &str) -> Vec<PathBuf> {
    let main = root().join(format!("src/capi/{name}.rs"));
    let text = fs::read_to_string(&main).unwrap_or_default();
    let modules = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let parts = modules.map(|module| root().join(format!("src/capi/{name}/{module}.rs")));
    let types = root().join(format!("src/abi/{name}_h.rs"));
    [types, main.clone()].into_iter().filter(|path| path.exists()).chain(parts).collect()
}

/// cbindgen spreads every comment over three lines or more.
fn one_line_comments(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < lines.len() {
        match lines[at..] {
            [open, body, close, ..] if open.trim() == "/*" && close.trim() == "*/" => {
                let indent = &open[..open.len() - 2];
                out.push_str(&format!("{indent}/* {} */\n", body.trim()));
                at += 3;
            }
            [line, ..] => {
                out.push_str(line);
                out.push('\n');
                at += 1;
            }
            [] => unreachable!(),
        }
    }
    out
}

fn text(value: Option<toml::Value>) -> Option<String> {
    value.map(|value| value.try_into().unwrap())
}

fn strings(value: Option<toml::Value>) -> Vec<String> {
    value.map(|value| value.try_into().unwrap()).unwrap_or_default()
}

fn path_of(name: &str) -> PathBuf {
    root().join(format!("include/libowfat/{name}.h"))
}

/// Writes the headers.
pub(crate) fn write_all() -> Result<(), Failed> {
    for name in generated() {
        fs::write(path_of(&name), generate(&name)).map_err(|error| format!("{name}.h: {error}"))?;
    }
    Ok(())
}

/// Compares the committed headers with fresh ones.
pub(crate) fn compare_all() -> Result<(), Failed> {
    let fresh = |name: &String| fs::read_to_string(path_of(name)).is_ok_and(|text| text == generate(name));
    match generated().into_iter().filter(|name| !fresh(name)).collect::<Vec<_>>() {
        stale if stale.is_empty() => Ok(()),
        stale => Err(format!("not what cbindgen makes today: {stale:?}; run `make headers`").into()),
    }
}
