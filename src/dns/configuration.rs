// SPDX-License-Identifier: MIT OR Apache-2.0
//! The configuration files of the system.

use crate::abi::stralloc;
use crate::errno::Result;
use crate::files::read::read_file;
use core::ffi::CStr;

/// Where the system's servers and search list are.
pub(super) const RESOLV_CONF: &CStr = c"/etc/resolv.conf";

/// The contents of a file.
pub(super) struct File(stralloc);

impl File {
    /// Reads it. `None` if there is no such file.
    #[inline(never)]
    pub(super) fn read(name: &CStr) -> Result<Option<Self>> {
        let mut file = File(stralloc::new());
        // SAFETY: a string.
        Ok(unsafe { read_file(name.as_ptr(), &mut file.0, 0) }?.then_some(file))
    }

    pub(super) fn contents(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.0.free();
    }
}

/// The lines of a file, the one behind the last newline included.
pub(super) fn lines(contents: &[u8]) -> impl Iterator<Item = &[u8]> {
    contents.split(|&byte| byte == b'\n')
}

/// What stands behind a keyword and blanks, at the beginning of a line of resolv.conf.
#[inline(never)]
pub(super) fn argument<'a>(line: &'a [u8], keyword: &[u8]) -> Option<&'a [u8]> {
    let rest = line.strip_prefix(keyword)?;
    is_blank(rest.first()?).then(|| rest.trim_ascii())
}

/// What separates words of a line.
pub(super) fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stand_behind_blanks() {
        let of = |line| argument(line, b"nameserver");
        assert_eq!(of(b"nameserver 1.2.3.4"), Some(b"1.2.3.4".as_slice()));
        assert_eq!(of(b"nameserver\t \t::1 \r"), Some(b"::1".as_slice()));
        assert_eq!(of(b"nameserver "), Some(b"".as_slice()));
        for other in [b"nameserver".as_slice(), b"nameserver1.2.3.4", b" nameserver 1", b"NAMESERVER 1", b"#"]
        {
            assert_eq!(of(other), None);
        }
    }

    #[test]
    fn a_file_that_is_not_there() {
        assert!(File::read(c"/nonexistent").unwrap().is_none());
        assert!(File::read(c"/").is_err());
        assert_eq!(File::read(c"/dev/null").unwrap().unwrap().contents(), b"");
    }
}
