// SPDX-License-Identifier: MIT OR Apache-2.0
//! How others build the library: as another user, with a home, an umask, a language and a time zone of their own.

use super::Skip;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One that lets no other user read.
const UMASK: &str = "077";

const LANGUAGE_AND_ZONE: [(&str, &str); 3] =
    [("LC_ALL", "C.UTF-8"), ("LANG", "de_DE.UTF-8"), ("TZ", "Pacific/Chatham")];

/// A command by another user, with another umask, language and time zone; or, where this user cannot be another one, with these
/// alone. Everything in `folder` is that user's from then on.
pub(crate) fn by_another_user(folder: &Path, program: &str) -> Command {
    let mut command = unprivileged(folder, program).unwrap_or_else(|Skip(why)| {
        assert!(!Skip::is_failure(), "{why}");
        println!("the same user: {why}");
        by_this_user(program)
    });
    command.envs(LANGUAGE_AND_ZONE);
    command
}

fn by_this_user(program: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "umask $0 && exec \"$@\"", UMASK, program]);
    // rustup looks for compilers in the home of who calls it.
    let toolchains = env::var_os("RUSTUP_HOME").map_or_else(|| home().join(".rustup"), PathBuf::from);
    if toolchains.exists() {
        command.env("RUSTUP_HOME", toolchains);
    }
    command
}

/// The user and the group that own no file: the kernel's overflow IDs.
const UNPRIVILEGED: &str = "65534";

/// Binds `$1` to `$2` in a namespace of mounts of its own, becomes the user `$3` with umask `$4`, and runs the rest.
const BECOME: &str = "mount --bind \"$1\" \"$2\" && user=$3 && umask $4 && shift 4 && \
    exec setpriv --reuid=$user --regid=$user --clear-groups \"$@\"";

/// A command by a user without privileges, the owner of `folder` from then on. Rust may be in a home that others may not
/// enter, where the compiler would find no linker of Rust's and take another: it is bound to a place below the folder.
fn unprivileged(folder: &Path, program: &str) -> Result<Command, Skip> {
    let namespace = || {
        let mut command = Command::new("unshare");
        command.arg("--mount");
        command
    };
    let mut trial = namespace();
    trial.args(["setpriv", &format!("--reuid={UNPRIVILEGED}"), "--clear-groups", "true"]);
    if !trial.output().is_ok_and(|output| output.status.success()) {
        return Err(Skip("only root, with unshare and setpriv, can be another user".into()));
    }
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().expect("rustc runs");
    let (sysroot, rust) = (String::from_utf8(sysroot.stdout).unwrap(), folder.join("rust"));
    // The usual folder for temporary files may be one that this user alone writes to.
    let temporary = folder.join("temporary");
    [&rust, &temporary].iter().for_each(|place| fs::create_dir_all(place).unwrap());
    let status = Command::new("chown").args(["-R", UNPRIVILEGED]).arg(folder).status();
    assert!(status.expect("chown runs").success());
    let mut command = namespace();
    command.args(["sh", "-c", BECOME, "sh", sysroot.trim()]).arg(&rust).args([UNPRIVILEGED, UMASK, program]);
    let path = env::var_os("PATH").unwrap_or_default();
    let path = [rust.join("bin")].into_iter().chain(env::split_paths(&path));
    // `cargo test` names itself in its home, which the other user may not enter.
    command.env("PATH", env::join_paths(path).unwrap()).env("TMPDIR", temporary).env_remove("CARGO");
    Ok(command)
}

fn home() -> PathBuf {
    PathBuf::from(env::var_os("HOME").unwrap_or_default())
}

/// A CARGO_HOME of its own, in which cargo finds what was downloaded: packed, so that it unpacks it under another name.
pub(crate) fn cargo_home(folder: &Path) {
    let usual = env::var_os("CARGO_HOME").map_or_else(|| home().join(".cargo"), PathBuf::from);
    fs::create_dir_all(folder.join("registry")).unwrap();
    for part in ["registry/cache", "registry/index"] {
        let (from, to) = (usual.join(part), folder.join(part));
        if from.exists() {
            let status = Command::new("cp").arg("-R").args([&from, &to]).status();
            assert!(status.expect("cp runs").success());
        }
    }
    for file in ["config.toml", "config"] {
        if usual.join(file).exists() {
            fs::copy(usual.join(file), folder.join(file)).unwrap();
        }
    }
}
