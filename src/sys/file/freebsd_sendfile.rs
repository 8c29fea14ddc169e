// SPDX-License-Identifier: MIT OR Apache-2.0
//! sendfile as FreeBSD declares it, on Linux: a function of that kind comes with the tests, so that what only FreeBSD and
//! its relatives run can run where none of them is at hand. For tests only.
#![allow(non_camel_case_types)]

use core::ffi::c_int;

/// What goes out around the file.
#[repr(C)]
pub(super) struct sf_hdtr {
    pub(super) headers: *mut libc::iovec,
    pub(super) hdr_cnt: c_int,
    pub(super) trailers: *mut libc::iovec,
    pub(super) trl_cnt: c_int,
}

#[link(name = "kqueue")]
unsafe extern "C" {
    #[link_name = "freebsd_sendfile"]
    pub(super) fn sendfile(
        file: c_int,
        socket: c_int,
        offset: libc::off64_t,
        length: usize,
        frame: *mut sf_hdtr,
        sent: *mut libc::off64_t,
        flags: c_int,
    ) -> c_int;
}
