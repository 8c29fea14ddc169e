// SPDX-License-Identifier: MIT OR Apache-2.0
//! Our library for kqueue, on Linux: over the kevent of `ctests/kevent`.

use super::libraries;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Whose ways kevent has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ways {
    /// Those of FreeBSD, whose sendfile is there as well; or, for a process, of NetBSD 9.
    Bsd,
    /// Those of libkqueue.
    Libkqueue,
}

/// Builds the library for these, and the kevent under it, and says in which folder they are.
pub(crate) fn build(ways: Ways) -> PathBuf {
    let (name, cfg) = match ways {
        Ways::Bsd => ("kqueue", " --cfg owfat_kevent_of_bsd --cfg owfat_freebsd_sendfile"),
        Ways::Libkqueue => ("libkqueue", ""),
    };
    let target = libraries::target().join(name);
    let folder = target.join("libraries");
    fs::create_dir_all(&folder).unwrap();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("ctests/kevent");
    let kevent = folder.join("libkqueue.so.0");
    // New files all of them, so that a process that still runs with the old ones keeps them.
    let _ = fs::remove_file(&kevent);
    let mut command = libraries::compiler().to_command();
    command
        .args(["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-g", "-O1", "-pthread", "-fPIC"])
        .args(["-shared", "-Wl,-soname,libkqueue.so.0", "-o"])
        .arg(&kevent)
        .args(["kevent.c", "sendfile.c"].map(|source| sources.join(source)));
    assert!(command.status().expect("the C compiler runs").success());
    let _ = fs::remove_file(folder.join("libkqueue.so"));
    fs::hard_link(&kevent, folder.join("libkqueue.so")).unwrap();
    let usual = env::var("RUSTFLAGS").unwrap_or_default();
    let flags = format!("{usual} --cfg owfat_libkqueue{cfg} -L native={}", folder.display());
    let built = libraries::ours_in(&target, &[("RUSTFLAGS", flags)]);
    let library = folder.join("libowfat.so.0");
    let _ = fs::remove_file(&library);
    fs::copy(built, library).unwrap();
    folder
}

/// Has a program use what [`build`] has put in `folder`.
pub(crate) fn apply(command: &mut Command, folder: &Path) {
    if folder.ends_with("libkqueue/libraries") {
        command.env("KEVENT_OF", "libkqueue");
    }
    command.env("LD_LIBRARY_PATH", folder).env("LD_PRELOAD", folder.join("libkqueue.so.0"));
}
