// SPDX-License-Identifier: MIT OR Apache-2.0
//! The C library's types: `struct aiocb` and what belongs to it, as `<aio.h>` lays them out.

use core::ffi::{c_char, c_int, c_long, c_void};
use core::mem::offset_of;
use core::sync::atomic::{AtomicI32, AtomicIsize, AtomicU32};

/// `union sigval`: an `int` or a pointer, passed on as it is.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Sigval(pub *mut c_void);

/// The function of SIGEV_THREAD.
pub type Callback = unsafe extern "C" fn(Sigval);

/// `struct sigevent`: how the program learns of a completion.
#[repr(C)]
pub struct Sigevent {
    /// Handed to the function, or part of the signal.
    pub value: Sigval,
    /// The signal.
    pub signo: c_int,
    /// One of SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD and SIGEV_THREAD_ID.
    pub notify: c_int,
    /// For SIGEV_THREAD; the low bytes are the thread for SIGEV_THREAD_ID.
    pub function: Option<Callback>,
    /// For SIGEV_THREAD: `pthread_attr_t *` or NULL.
    pub attributes: *mut libc::pthread_attr_t,
    rest: [c_int; if cfg!(target_pointer_width = "64") { 8 } else { 11 }],
}

impl Sigevent {
    /// The thread of SIGEV_THREAD_ID: it lies where the function does.
    pub fn thread_id(&self) -> c_int {
        // SAFETY: the member has at least the size and the alignment of an int, and any bits are an int.
        unsafe { (&raw const self.function).cast::<c_int>().read() }
    }
}

/// `struct aiocb`. Both members that tell the outcome are atomic, because any thread may look at any time.
#[repr(C)]
pub struct Aiocb {
    /// The file descriptor.
    pub fildes: c_int,
    /// LIO_READ and so on; lio_listio reads it.
    pub opcode: c_int,
    /// Lowers the priority, 0…20.
    pub reqprio: c_int,
    /// The buffer, or the array of `struct iovec`.
    pub buf: *mut c_void,
    /// Bytes, or entries of the array.
    pub nbytes: usize,
    /// What to do when the request is complete.
    pub sigevent: Sigevent,
    next_prio: *mut c_void,
    /// With `forks`, which process has submitted the block: the library's own, in the place of `__abs_prio`.
    pub mark: AtomicU32,
    /// In the place of `__policy`.
    pub forks: AtomicU32,
    /// EINPROGRESS, 0 or an errno value: `__error_code`.
    pub status: AtomicI32,
    /// What aio_return returns: `__return_value`.
    pub value: AtomicIsize,
    /// Where in the file; see [`Aiocb::offset`].
    offset: [AtomicU32; 2],
    /// The place of the block among the completions that were not collected yet: the library's own.
    pub place: AtomicU32,
    reserved: [c_char; 28],
}

/// The width of `aio_offset` in the block that a function was handed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// `off_t` of a program that was not compiled with `-D_FILE_OFFSET_BITS=64`.
    Plain,
    /// `off64_t`.
    Wide,
}

impl Aiocb {
    /// `aio_offset`, in bytes from the beginning of the file.
    pub fn offset(&self, width: Width) -> i64 {
        use core::sync::atomic::Ordering::Relaxed;
        let [first, second] = [self.offset[0].load(Relaxed), self.offset[1].load(Relaxed)];
        if size_of::<c_long>() == 4 && width == Width::Plain {
            return i64::from(first as i32);
        }
        let (low, high) = if cfg!(target_endian = "little") { (first, second) } else { (second, first) };
        (u64::from(high) << 32 | u64::from(low)) as i64
    }
}

/// A limit of time, whatever the width of the program's time_t.
#[derive(Clone, Copy)]
pub struct Timeout {
    /// Whole seconds.
    pub seconds: i64,
    /// 0…999,999,999 if it is valid.
    pub nanoseconds: i64,
}

/// `struct timespec` of a program that was not compiled with `-D_TIME_BITS=64`: machine words.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct PlainTime {
    seconds: c_long,
    nanoseconds: c_long,
}

/// `struct timespec` with a time_t of 64 bits on a 32-bit machine, where the nanoseconds have the half with the low bits.
#[cfg(target_pointer_width = "32")]
#[derive(Clone, Copy)]
#[repr(C)]
pub struct WideTime {
    seconds: i64,
    nanoseconds: [u32; 2],
}

impl From<&PlainTime> for Timeout {
    fn from(time: &PlainTime) -> Timeout {
        Timeout { seconds: time.seconds as i64, nanoseconds: time.nanoseconds as i64 }
    }
}

#[cfg(target_pointer_width = "32")]
impl From<&WideTime> for Timeout {
    fn from(time: &WideTime) -> Timeout {
        let [first, second] = time.nanoseconds;
        let low = if cfg!(target_endian = "little") { first } else { second };
        Timeout { seconds: time.seconds, nanoseconds: i64::from(low as i32) }
    }
}

/// `struct aioinit`: hints, of which two count.
#[repr(C)]
pub struct Aioinit {
    /// The largest number of threads.
    pub threads: c_int,
    /// How many requests the program expects to be pending.
    pub num: c_int,
    rest: [c_int; 6],
}

/// lio_listio waits for its requests.
pub const LIO_WAIT: c_int = 0;
/// lio_listio returns when its requests are queued.
pub const LIO_NOWAIT: c_int = 1;
/// aio_cancel has cancelled all that were pending.
pub const AIO_CANCELED: c_int = 0;
/// aio_cancel has left at least one that goes on.
pub const AIO_NOTCANCELED: c_int = 1;
/// aio_cancel has found nothing pending.
pub const AIO_ALLDONE: c_int = 2;
/// aio_reqprio is at most this.
pub const PRIORITY_DELTA_MAX: c_int = 20;

const _: () = {
    assert!(size_of::<Sigevent>() == 64 && size_of::<Aioinit>() == 32);
    assert!(size_of::<PlainTime>() == 2 * size_of::<c_long>());
    #[cfg(target_pointer_width = "32")]
    assert!(size_of::<WideTime>() == 16);
    #[cfg(target_pointer_width = "64")]
    {
        assert!(size_of::<Aiocb>() == 168 && align_of::<Aiocb>() == 8);
        assert!(offset_of!(Aiocb, buf) == 16 && offset_of!(Aiocb, nbytes) == 24);
        assert!(offset_of!(Aiocb, sigevent) == 32 && offset_of!(Aiocb, next_prio) == 96);
        assert!(offset_of!(Aiocb, mark) == 104 && offset_of!(Aiocb, forks) == 108);
        assert!(offset_of!(Aiocb, status) == 112 && offset_of!(Aiocb, value) == 120);
        assert!(offset_of!(Aiocb, offset) == 128 && offset_of!(Aiocb, place) == 136);
        assert!(offset_of!(Sigevent, signo) == 8 && offset_of!(Sigevent, notify) == 12);
        assert!(offset_of!(Sigevent, function) == 16 && offset_of!(Sigevent, attributes) == 24);
        assert!(offset_of!(Aiocb, reserved) == 140 && offset_of!(Sigevent, rest) == 32);
    }
    #[cfg(target_pointer_width = "32")]
    {
        assert!(size_of::<Aiocb>() == 144 && align_of::<Aiocb>() == 4);
        assert!(offset_of!(Aiocb, buf) == 12 && offset_of!(Aiocb, nbytes) == 16);
        assert!(offset_of!(Aiocb, sigevent) == 20 && offset_of!(Aiocb, next_prio) == 84);
        assert!(offset_of!(Aiocb, mark) == 88 && offset_of!(Aiocb, forks) == 92);
        assert!(offset_of!(Aiocb, status) == 96 && offset_of!(Aiocb, value) == 100);
        assert!(offset_of!(Aiocb, offset) == 104 && offset_of!(Aiocb, place) == 112);
        assert!(offset_of!(Sigevent, signo) == 4 && offset_of!(Sigevent, notify) == 8);
        assert!(offset_of!(Sigevent, function) == 12 && offset_of!(Sigevent, attributes) == 16);
        assert!(offset_of!(Aiocb, reserved) == 116 && offset_of!(Sigevent, rest) == 20);
    }
    assert!(
        offset_of!(Aiocb, fildes) == 0 && offset_of!(Aiocb, opcode) == 4 && offset_of!(Aiocb, reqprio) == 8
    );
};
