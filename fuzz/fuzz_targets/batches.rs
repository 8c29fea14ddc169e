// SPDX-License-Identifier: MIT OR Apache-2.0
//! `iob.h`: any sequence of entries, and writes to a function that takes what it likes. The bytes that it is offered are
//! those that were added, the results add up, and every cleanup runs exactly once.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::{io_batch, iob_entry};
use owfat::capi::{iob::*, iob_internal::iob_addbuf_internal};
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsRawFd, FromRawFd};

#[derive(Arbitrary, Debug)]
enum Call {
    Buffer(u16),
    BufferOfItsOwn(u16),
    BufferWithCleanup(u16),
    Mapping(u16),
    String(u8),
    StringOfItsOwn(u8),
    File(u32, u32),
    FileToClose(u32, u16),
    TooMuch(u8),
    Prefetch(u64),
    Reset,
    Write(Vec<Answer>),
}

/// What the function does with what it is offered.
#[derive(Arbitrary, Clone, Debug)]
enum Answer {
    All,
    Part(u16),
    Again,
    Nothing,
    Error(bool),
    /// Claims to have taken so much more than it was offered, which counts as all.
    More(i64),
}

const FILE: usize = 200_000;

thread_local! {
    static PATTERN: Vec<u8> = (0..FILE).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    static SOURCE: File = source();
    static PENDING: RefCell<Pending> = RefCell::default();
    static CLEANED: Cell<usize> = const { Cell::new(0) };
}

fn source() -> File {
    // SAFETY: a string; the descriptor is new.
    let mut file = unsafe { File::from_raw_fd(libc::memfd_create(c"source".as_ptr(), 0)) };
    PATTERN.with(|pattern| file.write_all(pattern)).unwrap();
    file
}

/// What the function is to be offered, and what it answers.
#[derive(Default)]
struct Pending {
    bytes: Vec<u8>,
    /// Behind these bytes is a file that ends before the entry does: nothing comes after them.
    walled: bool,
    taken: usize,
    answers: Vec<Answer>,
}

impl Pending {
    fn add(&mut self, bytes: &[u8]) {
        if !self.walled {
            self.bytes.extend(bytes);
        }
    }
}

unsafe extern "C" fn take(s: i64, offered: *const c_void, length: u64) -> i64 {
    assert_eq!(s, 4711);
    PENDING.with_borrow_mut(|pending| {
        assert!(length > 0);
        // SAFETY: what the library offers can be read.
        let offered = unsafe { std::slice::from_raw_parts(offered.cast::<u8>(), length as usize) };
        assert!(pending.bytes[pending.taken..].starts_with(offered), "other bytes than were added");
        let set_errno = |number| {
            // SAFETY: errno of this thread.
            unsafe { *libc::__errno_location() = number };
        };
        let taken = match pending.answers.pop().unwrap_or(Answer::All) {
            Answer::All => length as i64,
            Answer::Part(n) => i64::from(n) % length as i64 + 1,
            Answer::Again => {
                set_errno(libc::EAGAIN);
                return -1;
            }
            Answer::Nothing => return 0,
            Answer::Error(usual) => {
                set_errno(libc::EIO);
                return if usual { -3 } else { -1 };
            }
            Answer::More(n) => (length as i64).saturating_add(n.max(0)),
        };
        pending.taken += taken.min(length as i64) as usize;
        taken
    })
}

unsafe extern "C" fn count(_: *mut iob_entry) {
    CLEANED.set(CLEANED.get() + 1);
}

/// So many bytes from malloc.
fn from_malloc(bytes: &[u8]) -> *mut c_void {
    // SAFETY: as many bytes as are asked for.
    unsafe {
        let block = libc::malloc(bytes.len());
        assert!(!block.is_null());
        block.cast::<u8>().copy_from(bytes.as_ptr(), bytes.len());
        block
    }
}

/// Adds an entry; true if it has a cleanup that counts.
fn add(call: &Call, batch: *mut io_batch, pattern: &[u8], left: &mut u64) -> bool {
    let file = SOURCE.with(AsRawFd::as_raw_fd);
    let model = |bytes: &[u8]| PENDING.with_borrow_mut(|pending| pending.add(bytes));
    let some = |n: u16| &pattern[usize::from(n) / 2..][..usize::from(n)];
    let region = |offset: u32, n: u64| {
        let begin = (offset as usize).min(FILE);
        let end = (u64::from(offset) + n).min(FILE as u64) as usize;
        model(&pattern[begin.min(end)..end]);
        let walled = u64::from(offset) + n > FILE as u64 && n > 0;
        PENDING.with_borrow_mut(|pending| pending.walled |= walled);
    };
    let mut counts = false;
    // SAFETY: a batch, buffers that stay, blocks from malloc, mappings, strings, files.
    let (added, n) = unsafe {
        match *call {
            Call::Buffer(n) => {
                model(some(n));
                (iob_addbuf(batch, some(n).as_ptr().cast(), n.into()), u64::from(n))
            }
            Call::BufferOfItsOwn(n) => {
                model(some(n));
                (iob_addbuf_free(batch, from_malloc(some(n)), n.into()), n.into())
            }
            Call::BufferWithCleanup(n) => {
                counts = true;
                model(some(n));
                (iob_addbuf_internal(batch, some(n).as_ptr().cast(), n.into(), Some(count)), n.into())
            }
            Call::Mapping(n) => {
                let n = n.max(1);
                let (access, kind) =
                    (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
                let mapping = libc::mmap(std::ptr::null_mut(), n.into(), access, kind, -1, 0);
                assert_ne!(mapping, libc::MAP_FAILED);
                mapping.cast::<u8>().copy_from(some(n).as_ptr(), n.into());
                model(some(n));
                (iob_addbuf_munmap(batch, mapping, n.into()), n.into())
            }
            Call::String(n) => {
                let text = &c"a string of at least nineteen bytes".to_bytes_with_nul()[usize::from(n) % 20..];
                model(&text[..text.len() - 1]);
                (iob_adds(batch, text.as_ptr().cast()), text.len() as u64 - 1)
            }
            Call::StringOfItsOwn(n) => {
                let text = &c"a string of at least nineteen bytes".to_bytes_with_nul()[usize::from(n) % 20..];
                model(&text[..text.len() - 1]);
                (iob_adds_free(batch, from_malloc(text).cast()), text.len() as u64 - 1)
            }
            Call::File(offset, n) => {
                let (offset, n) = (offset % (FILE as u32 + 100), n % (FILE as u32));
                region(offset, n.into());
                (iob_addfile(batch, file.into(), offset.into(), n.into()), n.into())
            }
            Call::FileToClose(offset, n) => {
                let offset = offset % (FILE as u32 + 100);
                region(offset, n.into());
                let twin = libc::dup(file);
                assert_ne!(twin, -1);
                (iob_addfile_close(batch, twin.into(), offset.into(), n.into()), n.into())
            }
            Call::TooMuch(less) => {
                if *left > u64::from(less) {
                    let n = u64::MAX - u64::from(less);
                    assert_eq!(iob_addbuf(batch, pattern.as_ptr().cast(), n), 0);
                }
                return false;
            }
            Call::Prefetch(n) => {
                iob_prefetch(batch, n);
                return false;
            }
            Call::Reset | Call::Write(_) => return false,
        }
    };
    assert_eq!(added, 1);
    *left += n;
    counts
}

fn write(answers: Vec<Answer>, batch: *mut io_batch, left: &mut u64) {
    let before = PENDING.with_borrow_mut(|pending| {
        pending.answers = answers;
        pending.taken
    });
    // SAFETY: a batch, and a function for it.
    let result = unsafe { iob_write(4711, batch, Some(take)) };
    let (taken, over, walled) = PENDING.with_borrow(|pending| {
        (pending.taken - before, pending.taken == pending.bytes.len(), pending.walled)
    });
    *left -= taken as u64;
    match result {
        0 => assert!(taken == 0 && *left == 0),
        1.. => assert_eq!(taken as i64, result),
        // SAFETY: errno of this thread.
        -1 => assert!(taken == 0 && unsafe { *libc::__errno_location() } == libc::EAGAIN),
        -3 => assert!(taken == 0 && *left > 0),
        _ => panic!("{result}"),
    }
    assert!(!over || (*left == 0) != walled);
}

fuzz_target!(|calls: Vec<Call>| {
    let hint = calls.len() % 5;
    let batch = if calls.len() & 1 == 0 { iob_new(hint as i32) } else { iob_new_autofree(hint) };
    let batch = batch.cast::<io_batch>();
    PENDING.take();
    CLEANED.set(0);
    let (mut left, mut due) = (0, 0);
    PATTERN.with(|pattern| {
        for call in calls.into_iter().take(200) {
            due += usize::from(add(&call, batch, pattern, &mut left));
            match call {
                Call::Reset => {
                    // SAFETY: a batch.
                    unsafe { iob_reset(batch) };
                    left = 0;
                }
                Call::Write(answers) => write(answers, batch, &mut left),
                _ => {}
            }
            // SAFETY: a batch.
            assert_eq!(unsafe { iob_bytesleft(batch) }, left);
            if left == 0 {
                assert_eq!(CLEANED.get(), due);
                PENDING.take();
            }
        }
        // SAFETY: a batch from iob_new.
        unsafe { iob_free(batch) };
        assert_eq!(CLEANED.get(), due);
    });
});
