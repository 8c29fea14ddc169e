// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the shared library tells about itself: its version.

mod support;

use libloading::os::unix::{Library, Symbol};
use std::ffi::{CStr, c_char};
use std::fs;

/// A running program and a reader of the file get the version that Cargo.toml names.
#[test]
fn the_library_tells_its_version() {
    let version = env!("CARGO_PKG_VERSION");
    let path = support::libraries::ours();
    // SAFETY: the library's constructors need nothing of this program; the function takes nothing and returns a string that
    // lasts as long as the library is loaded, which is until this function returns.
    unsafe {
        let library = Library::new(&path).unwrap();
        let owfat_version: Symbol<extern "C" fn() -> *const c_char> =
            library.get(b"owfat_version\0").unwrap();
        assert_eq!(CStr::from_ptr(owfat_version()).to_str(), Ok(version));
    }
    let file = fs::read(path).unwrap();
    let wanted = format!("@(#)owfat {version}\0");
    let found = file.windows(wanted.len()).filter(|bytes| *bytes == wanted.as_bytes()).count();
    assert_eq!(found, 1, "{wanted:?} in the file");
}
