// SPDX-License-Identifier: MIT OR Apache-2.0
//! Forks: a child that goes on with a program of its own, and children that do nothing but keep everything open.

use crate::step::Step;
use crate::world::World;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::FromRawFd;

/// A process that sleeps until it is dropped.
pub(crate) struct Keeper(libc::pid_t);

impl Keeper {
    pub(crate) fn new() -> Self {
        // SAFETY: the child makes system calls only. It takes no signals but the one that ends it.
        match unsafe { libc::fork() } {
            0 => loop {
                // SAFETY: nothing to promise.
                unsafe { libc::pause() };
            },
            -1 => panic!("fork: {}", std::io::Error::last_os_error()),
            child => Keeper(child),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // SAFETY: a child of this process that was not waited for.
        unsafe {
            libc::kill(self.0, libc::SIGKILL);
            libc::waitpid(self.0, std::ptr::null_mut(), 0);
        }
    }
}

/// Has a child take these steps, which hold for what it inherits as they do here, and waits for it.
pub(crate) fn in_a_child(world: &mut World, program: &[Step]) -> Result<(), String> {
    let mut ends = [0; 2];
    // SAFETY: there is room for two descriptors.
    assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
    // SAFETY: this process has one thread.
    let child = unsafe { libc::fork() };
    // SAFETY: both are ours.
    let [reader, mut writer] = ends.map(|end| unsafe { File::from_raw_fd(end) });
    if child == 0 {
        drop(reader);
        let outcome = world.run(program);
        let _ = writer.write_all(outcome.as_ref().err().map_or("", String::as_str).as_bytes());
        // SAFETY: nothing of the parent's is to be cleaned up here.
        unsafe { libc::_exit(i32::from(outcome.is_err())) };
    }
    assert_ne!(child, -1, "fork: {}", std::io::Error::last_os_error());
    drop(writer);
    let mut said = String::new();
    let heard = { reader }.read_to_string(&mut said);
    let mut status = 0;
    // SAFETY: a child of this process, and room for its status.
    unsafe { libc::waitpid(child, &mut status, 0) };
    match status {
        0 if heard.is_ok() => Ok(()),
        _ => Err(format!("in a child (status {status}): {said}")),
    }
}
