// SPDX-License-Identifier: MIT OR Apache-2.0
//! A loop that answers on a socket and reads a file that is not in memory: by pread, or by asynchronous I/O.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;

const MIB: usize = 512;
const ROUNDS: usize = 9;

/// Ways to read: name, arguments of pieces.c, the engine.
const WAYS: [(&str, [&str; 3], &str); 8] = [
    ("not in memory, pread", ["pread", "cold", "1"], ""),
    ("not in memory, ring, 4 pending", ["aio", "cold", "4"], "uring"),
    ("not in memory, pool, 4 pending", ["aio", "cold", "4"], "pool"),
    ("O_DIRECT, pread", ["pread", "direct", "1"], ""),
    ("O_DIRECT, ring, 4 pending", ["aio", "direct", "4"], "uring"),
    ("O_DIRECT, ring, 8 pending", ["aio", "direct", "8"], "uring"),
    ("O_DIRECT, pool, 4 pending", ["aio", "direct", "4"], "pool"),
    ("O_DIRECT, pool, 8 pending", ["aio", "direct", "8"], "pool"),
];

/// The table; nothing if the program cannot be built.
pub(crate) fn table(root: &Path, target: &Path) -> String {
    let libraries = [target.join("aio"), target.join("release")];
    let flags: Vec<String> = ["include", "aio/include"]
        .iter()
        .map(|folder| format!("-I{}", root.join(folder).display()))
        .chain(libraries.iter().map(|folder| format!("-L{}", folder.display())))
        .chain(["-lowfat-aio", "-lowfat"].map(String::from))
        .collect();
    let program = super::compile("pieces", &flags.iter().map(String::as_str).collect::<Vec<_>>());
    let file = Path::new("/var/tmp").join(format!("owfat-aio-pieces-{}", std::process::id()));
    fill(&file);
    let path = libraries.map(|folder| folder.display().to_string()).join(":");
    let mut samples = WAYS.map(|_| <[Vec<f64>; 6]>::default());
    for round in 1..=ROUNDS {
        eprintln!("pieces {round}");
        for ((_, arguments, engine), found) in WAYS.iter().zip(&mut samples) {
            let mut command = Command::new(&program);
            command.args(arguments).arg(&file).env("LD_LIBRARY_PATH", &path).env("OWFAT_AIO", engine);
            let said = super::output(&mut command).expect("a whole run");
            for (value, values) in said.split_whitespace().zip(found) {
                values.push(value.parse().expect("a number"));
            }
        }
    }
    let _ = fs::remove_file(&file);
    let mut text = format!(
        "## A loop that reads a file\n\nIt answers on a socket, and reads {MIB} MiB from the disk by a MiB at a time: by pread, or \
         with pieces pending. Medians of {ROUNDS} rounds. A ping is the time from question to answer, a turn that from the return \
         of a wait to the next one; milliseconds.\n\n\
         | file, read by | MiB/s | processor time per MiB | ping, half | ping, 99 of 100 | longest ping | longest turn |\n\
         |---|---|---|---|---|---|---|\n"
    );
    for ((name, ..), found) in WAYS.iter().zip(&mut samples) {
        text += &format!("| {name} | {:.0} |", super::median(&mut found[0]));
        found[1..].iter_mut().for_each(|values| text += &format!(" {:.2} |", super::median(values)));
        text += "\n";
    }
    text + "\n"
}

/// Bytes that no file system can leave out.
fn fill(file: &Path) {
    let mut state = 88_172_645_463_325_252_u64;
    let block: Vec<u8> = (0..1 << 17)
        .flat_map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_ne_bytes()
        })
        .collect();
    let mut file = File::create(file).expect("a large file");
    (0..MIB).for_each(|_| file.write_all(&block).expect("room on the disk"));
    file.sync_all().expect("it gets to the disk");
}
