// SPDX-License-Identifier: MIT OR Apache-2.0
//! The folder that is served, and the one beside it that must stay secret.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What stands in every file that no client may see.
pub(crate) const SECRET: &str = "TOP SECRET";

/// Shows pages in frames as wide as a phone and as a desk, and says how they look there.
const PROBE: &str = r#"<!DOCTYPE html><style>iframe { border: 0; width: 360px; height: 600px } .desk { width: 1200px }</style>
<body><iframe src="/list/"></iframe><iframe class="desk" src="/list/"></iframe>
<iframe src="/LONG/"></iframe><iframe src="/nothing"></iframe>
<script>
onload = () => {
  const found = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, time = page.querySelector("td span");
    const shown = time ? frame.contentWindow.getComputedStyle(time).display : "no time";
    return page.documentElement.scrollWidth + " wide, " + page.querySelectorAll("tr").length + " rows, " + shown;
  });
  document.body.append("found: " + found.join("; ") + ".");
};
</script></body>
"#;

/// A name that has to be broken to fit.
pub(crate) const LONG: &str =
    "a_name_of_a_hundred_letters_without_a_single_place_where_a_browser_would_break_it_by_itself_on_a_phone";

pub(crate) const BIG: u64 = 64 << 20;

pub(crate) struct Folder {
    place: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = Self { place };
        let root = folder.root();
        for name in ["page", "list/inner", "deep/er", ".hidden", LONG] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        for (name, text) in [
            ("hello.txt", "hello, world\n"),
            ("empty", ""),
            ("page.7", ".Dd\tNovember 29, 2026\nGr\u{fc}n\n"),
            ("core.1", "ELF\0\u{1}"),
            (".hidden/file", "of the owner\n"),
            ("list/.dot", "of the owner\n"),
            ("probe.html", &PROBE.replace("LONG", LONG)),
            ("page/index.html", "<p>a page</p>\n"),
            ("deep/er/file.css", "p {}\n"),
            ("list/<b>&amp.txt", "angle\n"),
            ("list/50%.txt", "percent\n"),
            ("list/it's \"quoted\"", "quote\n"),
            ("list/gr\u{fc}n?#", "green\n"),
        ] {
            fs::write(root.join(name), text).unwrap();
        }
        fs::write(root.join(LONG).join(LONG), "").unwrap();
        big_file(&root.join("big.bin"));

        let outside = folder.place.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("secret.txt"), SECRET).unwrap();
        fs::write(outside.join("index.html"), SECRET).unwrap();
        for (to, name) in [
            ("hello.txt", "link-inside"),
            ("../outside/secret.txt", "link-out"),
            ("../outside", "link-out-folder"),
            ("link-loop", "link-loop"),
            ("nowhere", "link-nowhere"),
            ("../..", "deep/er/link-to-root"),
        ] {
            symlink(to, root.join(name)).unwrap();
        }
        symlink(outside.join("secret.txt"), root.join("link-absolute")).unwrap();
        fs::create_dir(root.join("bad-index")).unwrap();
        symlink("../../outside/secret.txt", root.join("bad-index/index.html")).unwrap();
        assert!(Command::new("mkfifo").arg(root.join("fifo")).status().unwrap().success());
        folder
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.place.path().join("www")
    }

    pub(crate) fn outside(&self) -> PathBuf {
        self.place.path().join("outside")
    }
}

/// The file is made of pieces of this size.
const PIECE: u64 = 1 << 16;

/// Nearly all holes, so that it costs no disk, with a mark at the start of each piece to tell it from others.
fn big_file(path: &Path) {
    let file = File::create(path).unwrap();
    file.set_len(BIG).unwrap();
    for at in (0..BIG).step_by(PIECE as usize) {
        file.write_all_at(&mark(at), at).unwrap();
    }
}

fn mark(at: u64) -> [u8; 8] {
    (at + 1).to_be_bytes()
}

/// Whether `bytes` are those of the big file from `offset` on.
pub(crate) fn is_big(mut bytes: &[u8], mut offset: u64) -> bool {
    let mut piece = [0; PIECE as usize];
    while !bytes.is_empty() {
        let inside = (offset % PIECE) as usize;
        piece[..8].copy_from_slice(&mark(offset - inside as u64));
        let (now, later) = bytes.split_at(bytes.len().min(piece.len() - inside));
        if now != &piece[inside..inside + now.len()] {
            return false;
        }
        (bytes, offset) = (later, offset + now.len() as u64);
    }
    true
}
