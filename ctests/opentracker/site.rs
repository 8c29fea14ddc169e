// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two libraries, each alone in a folder that every user can read.

use crate::support::{self, Skip, libraries};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The program under test, as its package installs it.
const PROGRAM: &str = "/usr/bin/opentracker";

/// A library that the program can run on.
pub(crate) struct Library {
    pub(crate) name: &'static str,
    /// The program.
    pub(crate) program: PathBuf,
    /// What `LD_LIBRARY_PATH` has to name; nothing but the library is in it.
    pub(crate) folder: PathBuf,
    /// What `OWFAT_BACKEND` says.
    pub(crate) backend: &'static str,
}

pub(crate) struct Site {
    pub(crate) debian: Library,
    pub(crate) ours: Library,
    /// Ours again, without epoll.
    pub(crate) ours_on_poll: Library,
    _folder: TempDir,
}

impl Site {
    /// Makes sure of the packages and lays out the libraries.
    pub(crate) fn new() -> Result<Site, Skip> {
        support::package("opentracker", PROGRAM)?;
        Ok(Self::of(Path::new(PROGRAM), &libraries::debian()?))
    }

    /// The same for the program and the C library of Debian's sid: libowfat 0.34.
    pub(crate) fn of_sid() -> Result<Site, Skip> {
        let sid = support::sid::unpacked()?;
        Ok(Self::of(&sid.usr.join("bin/opentracker"), &sid.library))
    }

    fn of(program: &Path, debian: &Path) -> Site {
        let folder = public_folder();
        let path = folder.path().join("opentracker");
        make_public(&path, |copy| fs::copy(program, copy).map(|_| ()));
        let library = |name: &'static str, backend: &'static str, file: &Path| {
            // The memory map of a process shows the real path.
            let folder = folder.path().canonicalize().unwrap().join(name);
            make_public(&folder, |folder| fs::create_dir(folder));
            make_public(&folder.join("libowfat.so.0"), |copy| fs::copy(file, copy).map(|_| ()));
            Library { name, program: path.clone(), folder, backend }
        };
        let ours = libraries::ours();
        Site {
            debian: library("debian", "", debian),
            ours: library("ours", "", &ours),
            ours_on_poll: library("ours-on-poll", "poll", &ours),
            _folder: folder,
        }
    }
}

impl Library {
    /// The loader finds everything that the program needs, function by function.
    pub(crate) fn resolves_everything(&self) {
        let output = Command::new("ldd")
            .arg("-r")
            .arg(&self.program)
            .env("LD_LIBRARY_PATH", &self.folder)
            .output()
            .expect("ldd runs");
        let listing = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && complaints.is_empty(), "{complaints}{listing}");
        let found = format!("libowfat.so.0 => {} ", self.folder.join("libowfat.so.0").display());
        assert!(listing.contains(&found), "{found} in {listing}");
        assert!(!listing.contains("not found") && !listing.contains("undefined"), "{listing}");
    }
}

/// A temporary folder that the server may look into, whatever user it runs as.
pub(crate) fn public_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    make_public(folder.path(), |_| Ok(()));
    folder
}

fn make_public(path: &Path, make: impl Fn(&Path) -> std::io::Result<()>) {
    make(path).and_then(|()| fs::set_permissions(path, Permissions::from_mode(0o755))).unwrap();
}
