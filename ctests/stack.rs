// SPDX-License-Identifier: MIT OR Apache-2.0
//! How much stack each exported function may take, over its whole call graph: read from the instructions of the shared library.
//! What libc takes besides is measured by `ctests/dns/stack.c` and `ctests/batch/stack_use.c`, for each function that takes much.

#[path = "support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Bytes of stack that a function may take.
const LIMIT: u64 = 8192;
/// Functions that take more than this are measured, too.
const MUCH: u64 = 1024;

/// What a function does to the stack by itself, and which functions it calls or continues in.
#[derive(Default)]
struct Function {
    name: String,
    frame: u64,
    calls: BTreeSet<u64>,
}

fn number(text: &str) -> Option<u64> {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).ok()
}

/// Bytes by which an instruction of a prologue grows the frame. A large frame may be probed page by page, up to a register that
/// is set first: then the steps of the loop do not count.
fn growth(instruction: &str, probed: &mut bool) -> u64 {
    let mut words = instruction.split_whitespace();
    let within = |text: &str, start: &str, end: &str| {
        text.strip_prefix(start).and_then(|text| text.strip_suffix(end)).and_then(number)
    };
    match (words.next(), words.next()) {
        (Some("push"), _) => 8,
        (Some("sub"), Some(operands)) => match within(operands, "$", ",%rsp") {
            Some(0x1000) if core::mem::take(probed) => 0,
            size => size.unwrap_or(0),
        },
        (Some("lea"), Some(operands)) => {
            let size = within(operands, "-", "(%rsp),%r11");
            *probed |= size.is_some();
            size.unwrap_or(0)
        }
        _ => 0,
    }
}

fn functions(library: &Path) -> BTreeMap<u64, Function> {
    let objdump = Command::new("objdump").args(["-d", "--no-show-raw-insn"]).arg(library).output().unwrap();
    let mut found: BTreeMap<u64, Function> = BTreeMap::new();
    let (mut at, mut probed) = (0, false);
    for line in String::from_utf8_lossy(&objdump.stdout).lines() {
        if let Some((address, name)) = line.strip_suffix(">:").and_then(|line| line.split_once(" <")) {
            at = number(address).unwrap();
            found.insert(at, Function { name: name.into(), frame: 8, ..Function::default() });
        } else if let (Some((_, instruction)), Some(function)) = (line.split_once('\t'), found.get_mut(&at)) {
            function.frame += growth(instruction, &mut probed);
            let mut words = instruction.split_whitespace();
            if let (Some("call" | "jmp"), Some(target)) = (words.next(), words.next()) {
                function.calls.extend(number(target));
            }
        }
    }
    found
}

/// The deepest the stack gets in a function and all that it calls. No function calls itself in a circle that matters.
fn depth(
    at: u64,
    functions: &BTreeMap<u64, Function>,
    known: &mut BTreeMap<u64, u64>,
    path: &mut Vec<u64>,
) -> u64 {
    if let Some(depth) = known.get(&at) {
        return *depth;
    }
    let Some(function) = functions.get(&at).filter(|_| !path.contains(&at)) else { return 0 };
    path.push(at);
    let below = function.calls.iter().map(|call| depth(*call, functions, known, path)).max();
    path.pop();
    let depth = function.frame + below.unwrap_or(0);
    known.insert(at, depth);
    depth
}

#[test]
fn every_function_stays_within_eight_kilobytes() {
    if !cfg!(target_arch = "x86_64") || env::var("OWFAT_PROFILE").is_ok_and(|profile| profile != "release") {
        return eprintln!("skipped: the instructions of x86-64 in the profile release are read");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let measured = ["ctests/dns/stack.c", "ctests/batch/stack_use.c"]
        .map(|source| fs::read_to_string(root.join(source)).unwrap())
        .concat();
    let listed = fs::read_to_string(root.join("ctests/symbols.txt")).unwrap();
    let exported: BTreeSet<&str> = listed.lines().filter_map(|line| line.strip_prefix("T ")).collect();
    let functions = functions(&support::libraries::ours());
    let mut known = BTreeMap::new();
    let (mut seen, mut wrong) = (0, Vec::new());
    for (at, function) in &functions {
        if !exported.contains(&*function.name) {
            continue;
        }
        seen += 1;
        let depth = depth(*at, &functions, &mut known, &mut Vec::new());
        let name = &function.name;
        if depth > MUCH {
            println!("{name}: {depth}");
        }
        if depth > LIMIT {
            wrong.push(format!("{name} takes {depth} bytes"));
        } else if depth > MUCH
            && ![format!("CALL({name})"), format!("\"{name}\""), format!("{name}(")]
                .iter()
                .any(|call| measured.contains(call))
        {
            wrong.push(format!("{name} takes {depth} bytes, and no stack test measures it"));
        }
    }
    assert!(seen > 450, "{seen} of {} exported functions found", exported.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
