// SPDX-License-Identifier: MIT OR Apache-2.0
//! Finding the record of the file that a number means, inside the call: by the number, or by what it means.

mod parked;

use crate::errno::{Errno, Result};
use crate::file::{File, Kind};
use crate::numbers;
use crate::pin::{self, Pins};
use crate::slab::Slab;
use alloc::vec::Vec;
use core::ffi::c_int;

/// What was known of a number when it was used last.
#[derive(Clone, Copy)]
struct Named {
    file: Option<&'static File>,
    serial: u32,
    /// The call in which the kernel was asked whether this still holds.
    call: u32,
}

/// All files with pending requests.
pub(crate) struct Files {
    slab: Slab<File>,
    count: usize,
    numbers: Vec<Named>,
    /// Files of which only the number is known.
    unknown: Option<&'static File>,
    /// The others, by inode.
    buckets: [Option<&'static File>; 256],
    pub(crate) pins: Pins,
    calls: u32,
    /// How many are held open for the locks of the program, and the bucket that is looked at next.
    parked: u32,
    hand: usize,
    /// The former holder of the number that was given out last, if the program had closed it.
    pub(crate) former_holder: Option<&'static File>,
}

/// Eventfds, timers and the like all have one inode: thousands of them would be asked about for each new one. A duplicate of
/// one that is none of the latest is taken for another file, whose requests then do not wait for each other.
const QUESTIONS: u32 = 16;

impl Files {
    /// No files.
    pub(crate) const fn new() -> Files {
        Files {
            slab: Slab::new(),
            count: 0,
            numbers: Vec::new(),
            unknown: None,
            buckets: [None; 256],
            pins: Pins::new(),
            calls: 0,
            parked: 0,
            hand: 0,
            former_holder: None,
        }
    }

    /// A new call of the program begins: what numbers mean may have changed.
    pub(crate) fn begin_call(&mut self) {
        self.calls = self.calls.wrapping_add(1);
    }

    fn named(&self, fd: c_int) -> Option<(Named, &'static File)> {
        let named = *self.numbers.get(usize::try_from(fd).ok()?)?;
        let file = named.file?;
        let is_alive = file.pending.get() > 0 || file.parked.get();
        (file.serial.get() == named.serial && is_alive).then_some((named, file))
    }

    /// The file with pending requests that `fd` means, among those that were named by it.
    pub(crate) fn find(&self, fd: c_int) -> Option<&'static File> {
        let (_, file) = self.named(fd)?;
        means(fd, file).then_some(file)
    }

    /// The record of the file that `fd` means now, held open from here on. Errors: EBADF, EAGAIN.
    pub(crate) fn resolve(&mut self, fd: c_int) -> Result<&'static File> {
        let index = usize::try_from(fd).map_err(|_| Errno(libc::EBADF))?;
        if let Some((named, file)) = self.named(fd)
            && (named.call == self.calls || means(fd, file))
        {
            self.numbers[index].call = self.calls;
            refresh(file);
            return Ok(file);
        }
        let file = match self.search(fd)? {
            Some(file) => file,
            None => self.open(fd)?,
        };
        refresh(file);
        if !self.note(index, file) {
            self.abandon(file);
            return Err(Errno(libc::EAGAIN));
        }
        Ok(file)
    }

    /// Remembers that a number means a file; false if there is no memory.
    fn note(&mut self, index: usize, file: &'static File) -> bool {
        if index >= self.numbers.len() {
            if self.numbers.try_reserve(index + 1 - self.numbers.len()).is_err() {
                return false;
            }
            self.numbers.resize(index + 1, Named { file: None, serial: 0, call: 0 });
        }
        self.numbers[index] = Named { file: Some(file), serial: file.serial.get(), call: self.calls };
        true
    }

    /// The file whose requests use this number of the library's own.
    pub(crate) fn holder(&self, number: c_int) -> Option<&'static File> {
        let (_, file) = self.named(number)?;
        (file.pin.get() == number && !file.borrowed.get()).then_some(file)
    }

    /// The file under another number.
    fn search(&mut self, fd: c_int) -> Result<Option<&'static File>> {
        if self.count == 0 {
            return Ok(None);
        }
        while let Some(file) = self.unknown {
            self.classify(file);
        }
        let identity = pin::identity(fd).map_err(|error| match error {
            Errno(libc::EBADF) => error,
            _ => Errno(libc::EAGAIN),
        })?;
        let is_anonymous = identity.mode & libc::S_IFMT == 0;
        let mut questions = 0;
        let mut at = self.buckets[identity.inode as usize % self.buckets.len()];
        while let Some(file) = at {
            if file.inode.get() == identity.inode && file.device.get() == identity.device {
                if pin::is_same(fd, file.pin.get()) {
                    return Ok(Some(file));
                }
                questions += 1;
                if is_anonymous && questions == QUESTIONS {
                    break;
                }
            }
            at = file.chained.get();
        }
        Ok(None)
    }

    fn open(&mut self, fd: c_int) -> Result<&'static File> {
        self.look_at_parked();
        let file = self.slab.take().ok_or(Errno(libc::EAGAIN))?;
        let pin = match self.pins.take(fd) {
            Ok(pin) => pin,
            Err(error) => {
                self.slab.give(file);
                return Err(error);
            }
        };
        file.serial.set(file.serial.get().wrapping_add(1));
        self.former_holder = pin.and_then(|number| self.holder(number));
        file.pin.set(pin.unwrap_or(fd));
        file.borrowed.set(pin.is_none());
        file.kind.set(Kind::Unknown);
        file.append.set(false);
        file.watched.set(false);
        file.seen.set(numbers::tick());
        file.parked.set(false);
        file.chained.set(self.unknown);
        self.unknown = Some(file);
        self.count += 1;
        if let Some(number) = pin {
            // Without memory for this, it is not noticed when the program closes the number later.
            self.note(number as usize, file);
        }
        Ok(file)
    }

    /// Finds out what a file is; nothing if that is known.
    pub(crate) fn classify(&mut self, file: &'static File) {
        if file.kind.get() != Kind::Unknown {
            return;
        }
        remove(&mut self.unknown, file);
        let fd = file.pin.get();
        // Without an answer the number is not open any more: the request will find out.
        let identity =
            pin::identity(fd).unwrap_or(pin::Identity { device: 0, inode: 0, mode: libc::S_IFREG });
        file.device.set(identity.device);
        file.inode.set(identity.inode);
        file.kind.set(match identity.mode & libc::S_IFMT {
            libc::S_IFSOCK => Kind::Socket,
            _ if pin::is_seekable(fd, identity.mode) => Kind::Seekable,
            _ => Kind::Stream,
        });
        note_flags(file);
        let bucket = &mut self.buckets[identity.inode as usize % 256];
        file.chained.set(*bucket);
        *bucket = Some(file);
    }

    /// Lets go of a file, whatever its locks. The result is the number to close, if it means the file still.
    pub(crate) fn close(&mut self, file: &'static File) -> Option<c_int> {
        let is_sure = file.borrowed.get() || numbers::is_sure(file);
        match file.kind.get() {
            Kind::Unknown => remove(&mut self.unknown, file),
            _ => remove(&mut self.buckets[file.inode.get() as usize % 256], file),
        }
        self.count -= 1;
        file.serial.set(file.serial.get().wrapping_add(1));
        self.slab.give(file);
        if file.borrowed.get() {
            return None;
        }
        self.pins.give();
        is_sure.then(|| file.pin.get())
    }

    /// A request could not be made after all; a file that was opened for it goes.
    pub(crate) fn abandon(&mut self, file: &'static File) {
        if file.pending.get() == 0
            && let Some(pin) = self.release(file)
        {
            pin::close(pin);
        }
    }

    /// Calls `visit` with every file.
    pub(crate) fn each(&self, mut visit: impl FnMut(&'static File)) {
        for first in self.buckets.iter().chain([&self.unknown]) {
            let mut at = *first;
            while let Some(file) = at {
                at = file.chained.get();
                visit(file);
            }
        }
    }
}

/// True if requests on a file may have to wait for readiness.
pub(crate) fn may_wait(file: &File) -> bool {
    let settled = |mode| matches!(mode & libc::S_IFMT, libc::S_IFREG | libc::S_IFDIR | libc::S_IFBLK);
    pin::identity(file.pin.get()).is_ok_and(|identity| !settled(identity.mode))
}

/// True if `fd` means this file now.
fn means(fd: c_int, file: &'static File) -> bool {
    if file.pin.get() != fd {
        return pin::is_same(fd, file.pin.get());
    }
    // The program's own number, which the library goes by.
    file.kind.get() == Kind::Unknown
        || pin::identity(fd).is_ok_and(|now| now.device == file.device.get() && now.inode == file.inode.get())
}

/// A file that was held open without requests may have got other flags by F_SETFL.
fn refresh(file: &File) {
    if file.parked.get() && file.pending.get() == 0 {
        note_flags(file);
    }
}

fn note_flags(file: &File) {
    let flags = pin::flags(file.pin.get());
    file.append.set(flags != -1 && flags & libc::O_APPEND != 0);
    file.direct.set(flags != -1 && flags & libc::O_DIRECT != 0);
}

fn remove(first: &mut Option<&'static File>, file: &'static File) {
    let Some(head) = *first else { return };
    if core::ptr::eq(head, file) {
        *first = file.chained.take();
        return;
    }
    let mut before = head;
    while let Some(next) = before.chained.get() {
        if core::ptr::eq(next, file) {
            return before.chained.set(file.chained.take());
        }
        before = next;
    }
}
