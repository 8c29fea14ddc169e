// SPDX-License-Identifier: MIT OR Apache-2.0
//! The files of this tree: those that git knows, or, where there is no git or no repository, those that lie here.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Paths below the root of the tree, sorted.
pub(crate) fn files() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listing = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output();
    let mut found = match listing {
        Ok(listing) if listing.status.success() && !listing.stdout.is_empty() => {
            let names = String::from_utf8(listing.stdout).unwrap();
            names.split_terminator('\0').map(String::from).collect()
        }
        _ => lying_in(root),
    };
    found.sort();
    found
}

/// What lies in a folder, without what was built or belongs to tools.
pub(crate) fn lying_in(root: &Path) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![root.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            // Cargo marks its folder, wherever CARGO_TARGET_DIR has it.
            let built = ["target", "vendor", ".git"].contains(&name) || path.join("CACHEDIR.TAG").exists();
            if path.is_dir() && !path.is_symlink() {
                if !built {
                    folders.push(path);
                }
            } else {
                found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_string());
            }
        }
    }
    found
}
