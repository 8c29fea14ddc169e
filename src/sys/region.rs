//! Regions of files: sending, reading and mapping them.

use crate::errno::{Errno, Result};
use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr::null_mut;

/// More than this no call moves at once, on any system.
const CALL_LIMIT: u64 = 0x7fff_f000;

fn clamp(length: u64) -> usize {
    length.min(CALL_LIMIT) as usize
}

/// An offset as the kernel takes it. Errors: EOVERFLOW beyond its range.
fn position(offset: u64) -> Result<libc::off64_t> {
    libc::off64_t::try_from(offset).map_err(|_| Errno(libc::EOVERFLOW))
}

/// Sends up to `length` bytes of `file` from `offset` on to `to` without copying them. 0: the file ends there. Errors: EINVAL or
/// ENOSYS where the kernel does not take such a pair.
#[cfg(target_os = "linux")]
pub fn send(to: c_int, file: c_int, offset: u64, length: u64) -> Result<usize> {
    let mut offset = position(offset)?;
    syscall!(sendfile64(to, file, &mut offset, clamp(length))).map(|sent| sent as usize)
}

/// Moves up to `length` bytes from a pipe to `to`. Errors: EINVAL if `pipe` is none.
#[cfg(target_os = "linux")]
pub fn send_pipe(to: c_int, pipe: c_int, length: u64) -> Result<usize> {
    syscall!(splice(pipe, null_mut(), to, null_mut(), clamp(length), 0)).map(|sent| sent as usize)
}

/// Reads into `room` from `offset` on. 0: the file ends there. Errors: ESPIPE for what has no offsets.
pub fn read_at(file: c_int, room: &mut [MaybeUninit<u8>], offset: u64) -> Result<&[u8]> {
    let offset = position(offset)?;
    let count = syscall!(pread64(file, room.as_mut_ptr().cast(), room.len(), offset))? as usize;
    // SAFETY: the kernel has filled in that many bytes, no more than there is room for.
    Ok(unsafe { core::slice::from_raw_parts(room.as_ptr().cast(), count.min(room.len())) })
}

/// How long a file is. Errors: EBADF; ESPIPE for what is no regular file.
pub fn size(file: c_int) -> Result<u64> {
    let mut status = MaybeUninit::<libc::stat64>::zeroed();
    syscall!(fstat64(file, status.as_mut_ptr()))?;
    // SAFETY: all-zero is a valid stat, and the kernel has filled it in.
    let status = unsafe { status.assume_init() };
    if status.st_mode & libc::S_IFMT != libc::S_IFREG {
        return Err(Errno(libc::ESPIPE));
    }
    Ok(status.st_size as u64)
}

/// Asks the kernel to read a region ahead. It may as well not.
#[cfg(target_os = "linux")]
pub fn read_ahead(file: c_int, offset: u64, length: u64) {
    if let (Ok(offset), Ok(length)) = (position(offset), position(length)) {
        // SAFETY: no memory is involved. The result is an errno value that nobody wants to know.
        unsafe { libc::posix_fadvise64(file, offset, length, libc::POSIX_FADV_WILLNEED) };
    }
}

/// A region of a file in memory, for reading.
pub struct Mapping {
    address: *mut c_void,
    length: usize,
    skip: usize,
}

impl Mapping {
    /// Maps `length` bytes from `offset` on, which the caller has seen to be inside the file. Errors: those of mmap(2);
    /// ENODEV for files that cannot be mapped.
    pub fn new(file: c_int, offset: u64, length: usize) -> Result<Self> {
        let skip = (offset % super::pages::size() as u64) as usize;
        let start = position(offset - skip as u64)?;
        let length = length.checked_add(skip).ok_or(Errno(libc::EOVERFLOW))?;
        // SAFETY: a new mapping, anywhere, replaces nothing.
        let address =
            unsafe { libc::mmap64(null_mut(), length, libc::PROT_READ, libc::MAP_SHARED, file, start) };
        if address == libc::MAP_FAILED { Err(Errno::last()) } else { Ok(Mapping { address, length, skip }) }
    }

    /// How many bytes of the region were mapped.
    pub fn reach(&self) -> usize {
        self.length - self.skip
    }

    /// Where byte `index` of the region is.
    pub fn at(&self, index: usize) -> *const c_void {
        self.address.cast::<u8>().wrapping_add(self.skip).wrapping_add(index).cast()
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nobody has a pointer into it any more.
        unsafe { libc::munmap(self.address, self.length) };
    }
}
