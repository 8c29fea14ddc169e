// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random bytes that cannot be guessed.

use crate::errno::Result;

/// Fills the bytes. Errors: where a sandbox forbids both getrandom and the device, those of the device.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    use crate::errno::Errno;
    let mut rest = bytes;
    while !rest.is_empty() {
        match syscall!(getrandom(rest.as_mut_ptr().cast(), rest.len(), 0)) {
            Ok(count) => rest = rest.get_mut(count as usize..).unwrap_or_default(),
            Err(Errno(libc::EINTR)) => {}
            Err(_) => return from_device(rest),
        }
    }
    Ok(())
}

/// Fills the bytes. These systems have a function that cannot fail.
#[cfg(owfat_arc4random)]
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    // SAFETY: pointer and length are those of the slice.
    unsafe { libc::arc4random_buf(bytes.as_mut_ptr().cast(), bytes.len()) };
    Ok(())
}

/// Fills the bytes. Errors: those of opening and reading the device.
#[cfg(not(any(target_os = "linux", target_os = "android", owfat_arc4random)))]
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    from_device(bytes)
}

/// For kernels that are older than the system call.
#[cfg(not(owfat_arc4random))]
fn from_device(bytes: &mut [u8]) -> Result<()> {
    use super::fd::{self, ReadBuf};
    use super::file::{self, Purpose};
    use crate::errno::Errno;
    // SAFETY: a string.
    let device = unsafe { file::open(c"/dev/urandom".as_ptr(), Purpose::READ.waiting().private()) }?;
    let mut rest = bytes;
    let mut outcome = Ok(());
    while !rest.is_empty() && outcome.is_ok() {
        // SAFETY: pointer and length are those of the slice.
        let room = unsafe { ReadBuf::of_size(rest.as_mut_ptr().cast(), rest.len()) };
        match fd::read(device, room) {
            Ok(0) => outcome = Err(Errno(libc::EIO)),
            Ok(count) => rest = rest.get_mut(count..).unwrap_or_default(),
            Err(Errno(libc::EINTR)) => {}
            Err(error) => outcome = Err(error),
        }
    }
    fd::close(device);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_filled_and_none_besides() {
        let mut seen = [[0_u8; 37]; 64];
        for bytes in &mut seen {
            fill(&mut bytes[..35]).unwrap();
            assert_eq!(bytes[35..], [0, 0]);
        }
        for at in 0..35 {
            assert!(seen.iter().any(|bytes| bytes[at] != seen[0][at]), "byte {at} is always the same");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_device_gives_random_bytes_too() {
        let mut bytes = [[0_u8; 32]; 2];
        from_device(&mut bytes[0]).unwrap();
        from_device(&mut bytes[1]).unwrap();
        assert!(bytes[0] != [0; 32] && bytes[0] != bytes[1]);
    }
}
