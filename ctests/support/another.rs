// SPDX-License-Identifier: MIT OR Apache-2.0
//! How others build the library: with a home, an umask, a language and a time zone of their own.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A command with another umask, language and time zone.
pub(crate) fn with_other_habits(umask: &str, program: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "umask $0 && exec \"$@\"", umask, program]);
    // rustup looks for compilers in the home of who calls it.
    let toolchains = env::var_os("RUSTUP_HOME").map_or_else(|| home().join(".rustup"), PathBuf::from);
    if toolchains.exists() {
        command.env("RUSTUP_HOME", toolchains);
    }
    command.env("LC_ALL", "C.UTF-8").env("LANG", "de_DE.UTF-8").env("TZ", "Pacific/Chatham");
    command
}

fn home() -> PathBuf {
    PathBuf::from(env::var_os("HOME").unwrap_or_default())
}

/// A CARGO_HOME of its own, in which cargo finds what was downloaded: packed, so that it unpacks it under another name.
pub(crate) fn cargo_home(folder: &Path) {
    let usual = env::var_os("CARGO_HOME").map_or_else(|| home().join(".cargo"), PathBuf::from);
    fs::create_dir_all(folder.join("registry")).unwrap();
    for (part, is_written_to) in [("registry/cache", false), ("registry/index", true)] {
        let (from, to) = (usual.join(part), folder.join(part));
        if !from.exists() {
            continue;
        }
        if is_written_to {
            let status = Command::new("cp").arg("-R").args([&from, &to]).status();
            assert!(status.expect("cp runs").success());
        } else {
            symlink(from, to).unwrap();
        }
    }
    for file in ["config.toml", "config"] {
        if usual.join(file).exists() {
            fs::copy(usual.join(file), folder.join(file)).unwrap();
        }
    }
}
