// SPDX-License-Identifier: MIT OR Apache-2.0
//! `make bench-aio`: the same work on the C library's asynchronous I/O, on ours with each engine, on an io_uring of the
//! program's own and on a loop of pread and pwrite, all interleaved in one run. Writes the tables of benches/aio.md.

#[path = "costs/pieces.rs"]
mod pieces;
#[path = "../../benches/plot.rs"]
mod plot;
#[path = "costs/server.rs"]
mod server;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROUNDS: usize = 5;

/// Works, as `load.c` names them, and how many requests are pending.
const WORKS: &[(&str, u32)] = &[
    ("read,direct", 32),
    ("write,direct", 32),
    ("read,direct", 1),
    ("read,cached", 32),
    ("write,cached", 32),
    ("read,direct,list", 32),
    ("read,cached,list", 32),
];

/// What does them: name, the engine of ours, further words of the work.
const CONTENDERS: &[(&str, Option<&str>, &str)] = &[
    ("C library", None, ""),
    ("ring", Some("uring"), ""),
    ("pool", Some("pool"), ""),
    ("io_uring", None, ",raw"),
    ("loop", None, ",loop"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the member lies in the workspace").into()
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().expect("the command starts");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command on the library in question.
fn on(engine: Option<&str>, command: &mut Command, libraries: &Path) -> Option<String> {
    if let Some(engine) = engine {
        command.env("LD_PRELOAD", libraries.join("libowfat-aio-preload.so")).env("OWFAT_AIO", engine);
    }
    output(command)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn compile(name: &str, flags: &[&str]) -> PathBuf {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let source = root().join("aio/benches").join(name).with_extension("c");
    let done = |flags: &[&str]| {
        output(Command::new("cc").args(["-O2", "-o"]).arg(&program).arg(&source).args(flags)).is_some()
    };
    assert!(done(flags) || done(&[]), "{} compiles", source.display());
    program
}

fn main() {
    // `cargo test --benches` comes by, too, and wants no more than to see that this compiles.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    output(Command::new("make").arg("aio").current_dir(root()).env_remove("MAKEFLAGS")).expect("make aio");
    let target = env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from);
    let target = root().join(target);
    let libraries = target.join("aio");
    let only = env::var("OWFAT_BENCH_ONLY").unwrap_or_default();
    let read = if only == "server" { String::new() } else { pieces::table(&root(), &target) };
    let served = if only == "pieces" { String::new() } else { server::table(&root(), &target) };
    if !only.is_empty() {
        return print!("{read}{served}");
    }
    let file = Path::new("/var/tmp").join(format!("owfat-aio-bench-{}", std::process::id()));
    let mut text = loads(&libraries, &file);
    text += &fio(&libraries, &file);
    let _ = fs::remove_file(&file);
    text += &pending(&libraries);
    text += &format!("\n{read}{served}");
    let page = root().join("benches/aio.md");
    fs::write(&page, format!("{}{text}", include_str!("head.md"))).expect("the page can be written");
}

fn loads(libraries: &Path, file: &Path) -> String {
    let load = compile("load", &["-DRAW", "-luring"]);
    let mut text = String::new();
    let mut tables = [String::new(), String::new()];
    for (work, count) in WORKS {
        eprintln!("{work} {count}");
        let mut samples = vec![[Vec::new(), Vec::new()]; CONTENDERS.len()];
        for _ in 0..ROUNDS {
            for ((_, engine, more), found) in CONTENDERS.iter().zip(&mut samples) {
                let mut command = Command::new(&load);
                command.args([format!("{work}{more}"), count.to_string(), "1".into()]).arg(file);
                let Some(said) = on(*engine, &mut command, libraries) else { continue };
                for (number, values) in said.split_whitespace().zip(found) {
                    values.push(number.parse().expect("a number"));
                }
            }
        }
        for (table, index) in tables.iter_mut().zip([0, 1]) {
            *table += &format!("| {work} {count} |");
            for found in &mut samples {
                let value = median(&mut found[index]);
                *table += &if index == 0 { format!(" {value:.0} |") } else { format!(" {value:.1} |") };
            }
            *table += "\n";
        }
    }
    let names: String = CONTENDERS.iter().map(|(name, ..)| format!(" {name} |")).collect();
    let rule = "|---".repeat(CONTENDERS.len() + 1);
    for (title, table) in
        ["Operations a second", "Processor time an operation, in microseconds"].iter().zip(&tables)
    {
        text += &format!("## {title}\n\n| work, pending |{names}\n{rule}|\n{table}\n");
    }
    text
}

fn fio(libraries: &Path, file: &Path) -> String {
    let contenders = [
        ("C library", None, "posixaio"),
        ("ring", Some("uring"), "posixaio"),
        ("pool", Some("pool"), "posixaio"),
        ("io_uring", None, "io_uring"),
        ("psync", None, "psync"),
    ];
    let mut text = String::from("## fio, 4 KiB, direct, 32 pending: operations a second\n\n| work |");
    contenders.iter().for_each(|(name, ..)| text += &format!(" {name} |"));
    text += &format!("\n{}|\n", "|---".repeat(contenders.len() + 1));
    for (work, column) in [("randread", 7), ("randwrite", 48)] {
        eprintln!("fio {work}");
        let mut samples = vec![Vec::new(); contenders.len()];
        for _ in 0..ROUNDS {
            for ((_, engine, name), found) in contenders.iter().zip(&mut samples) {
                let mut command = Command::new("fio");
                command.args([
                    "--name=cost",
                    "--bs=4k",
                    "--size=64m",
                    "--iodepth=32",
                    "--direct=1",
                    "--runtime=2",
                ]);
                command.args([
                    "--time_based",
                    "--minimal",
                    &format!("--rw={work}"),
                    &format!("--ioengine={name}"),
                ]);
                command.arg(format!("--filename={}", file.display()));
                let said = on(*engine, &mut command, libraries).unwrap_or_default();
                if let Some(value) = said.split(';').nth(column) {
                    found.push(value.parse().unwrap_or(f64::NAN));
                }
            }
        }
        text += &format!("| {work} |");
        samples.iter_mut().for_each(|found| text += &format!(" {:.0} |", median(found)));
        text += "\n";
    }
    text + "\n"
}

fn pending(libraries: &Path) -> String {
    let program = compile("pending", &[]);
    let mut text = String::from(
        "## Reads that wait on one socket\n\n| library, count | queued in ms | cancelled in ms | bytes each |\n|---|---|---|---|\n",
    );
    // The C library takes minutes for the larger number.
    for (name, engine, count) in
        [("C library", None, 10_000), ("ours", Some("uring"), 10_000), ("ours", Some("uring"), 100_000)]
    {
        eprintln!("{name} {count}");
        let said = on(engine, Command::new(&program).arg(count.to_string()), libraries).unwrap_or_default();
        text +=
            &format!("| {name}, {count} | {} |\n", said.split_whitespace().collect::<Vec<_>>().join(" | "));
    }
    text
}
