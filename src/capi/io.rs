//! `io.h`: the event loop over descriptors.

pub mod mux;

use crate::abi::{int64, io_write_callback, tai6464, uint64};
use crate::errno::{
    Refusal, Result, bytes_or_refusal, count_or_minus_one, descriptor_or_minus_one, one_or_zero,
    zero_or_minus_one,
};
use crate::evloop::register::{self, Mode};
use crate::evloop::wait::{self, Limit, Signals};
use crate::evloop::word::Direction::{Read, Write};
use crate::evloop::{debug, process, round};
use crate::sys::clock;
use crate::sys::fd::{Access, Bytes, Room};
use crate::transfer::mapped::Taker;
use crate::{descriptor, transfer};
use core::ffi::{c_char, c_int, c_uint, c_void};

/// For io_fd_flags: the descriptor is known to be writable, as a TCP connection is when accept returned it.
const IO_FD_CANWRITE: c_int = 1;
const IO_FD_BLOCK: c_int = 2;
const IO_FD_NONBLOCK: c_int = 4;

/// io_debugstring wants at least this much room.
const DEBUG_ROOM: c_uint = 100;

/// SAFETY: `d` points to writable memory, and `name` is NULL or points to a string.
unsafe fn open(d: *mut int64, name: *const c_char, access: Access) -> c_int {
    // SAFETY: by this function's own promise.
    let opened = unsafe { descriptor::path(name) }.and_then(|name| descriptor::open(name, access));
    // SAFETY: as above.
    one_or_zero(opened.map(|fd| unsafe { *d = fd }))
}

/// SAFETY: `d` points to room for two descriptors.
unsafe fn pair(d: *mut int64, pair: Result<[int64; 2]>) -> c_int {
    // SAFETY: by this function's own promise; the array may have no alignment but that of its elements.
    one_or_zero(pair.map(|pair| unsafe { d.cast::<[int64; 2]>().write(pair) }))
}

/// -2 with ETIMEDOUT instead of -1, if it is time.
fn or_too_late(d: int64, moved: int64) -> int64 {
    if moved == -1 { bytes_or_refusal(Err(transfer::again_or_too_late(d))) } else { moved }
}

/// Opens the file s for reading, as open(s, O_RDONLY) does. Returns 1 and stores the descriptor in *d, or returns 0
/// and sets errno as open(2) does. The descriptor is not given to io_fd.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_readfile(d: *mut int64, s: *const c_char) -> c_int {
    // SAFETY: the caller hands in a valid pointer and a string.
    unsafe { open(d, s, Access::Read) }
}

/// Opens the file s for writing; it is created with mode 0600 if it does not exist, and emptied if it does. Returns as
/// io_readfile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_createfile(d: *mut int64, s: *const c_char) -> c_int {
    // SAFETY: the caller hands in a valid pointer and a string.
    unsafe { open(d, s, Access::Create) }
}

/// Opens the file s, which must exist, for reading and writing. Returns as io_readfile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_readwritefile(d: *mut int64, s: *const c_char) -> c_int {
    // SAFETY: the caller hands in a valid pointer and a string.
    unsafe { open(d, s, Access::ReadWrite) }
}

/// Opens the file s for writing at its end; it is created with mode 0600 if it does not exist. Returns as
/// io_readfile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_appendfile(d: *mut int64, s: *const c_char) -> c_int {
    // SAFETY: the caller hands in a valid pointer and a string.
    unsafe { open(d, s, Access::Append) }
}

/// Makes a pipe: what is written to d[1] can be read from d[0]. Both are given to io_fd and are in blocking mode. Returns 1,
/// or 0 with errno set as pipe(2) and io_fd do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_pipe(d: *mut int64) -> c_int {
    // SAFETY: the caller hands in room for two descriptors.
    unsafe { pair(d, descriptor::pipe()) }
}

/// Makes a pair of connected Unix stream sockets. Both are given to io_fd and are in blocking mode. Returns 1, or 0 with
/// errno set as socketpair(2) and io_fd do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_socketpair(d: *mut int64) -> c_int {
    // SAFETY: the caller hands in room for two descriptors.
    unsafe { pair(d, descriptor::socket_pair()) }
}

/// Reads up to len bytes from d without waiting, in blocking mode too. Returns how many bytes were read; 0 at end of
/// file, or if len is 0; -1 with EAGAIN if there is nothing to read now; -3 with errno set otherwise (EBADF if io_fd
/// does not know d, EINVAL if len is negative, and whatever read(2) says).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_tryread(d: int64, buf: *mut c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    match unsafe { Room::new(buf.cast(), len) } {
        Ok(room) => transfer::try_read(d, room).c_value(),
        Err(refusal) => bytes_or_refusal(Err(refusal)),
    }
}

/// Writes up to len bytes to d without waiting, in blocking mode too. Returns how many bytes were written, 0 if len is 0;
/// -1 with EAGAIN if there is no room now; -3 with errno set otherwise (EPIPE or ECONNRESET if nobody will read it, EBADF if
/// io_fd does not know d, EINVAL if len is negative, and whatever write(2) says). If SIGPIPE has its default
/// action, it is caught from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_trywrite(d: int64, buf: *const c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    match unsafe { Bytes::new(buf.cast(), len) } {
        Ok(bytes) => transfer::try_write(d, bytes).c_value(),
        Err(refusal) => bytes_or_refusal(Err(refusal)),
    }
}

/// Like io_tryread, but waits until there is something to read, in non-blocking mode too. Signals do not interrupt
/// it. Never returns -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_waitread(d: int64, buf: *mut c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    bytes_or_refusal(unsafe { Room::new(buf.cast(), len) }.and_then(|room| transfer::wait_read(d, room)))
}

/// Like io_trywrite, but waits until there is room, in non-blocking mode too. It may write fewer bytes than asked for.
/// Signals do not interrupt it. Never returns -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_waitwrite(d: int64, buf: *const c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    bytes_or_refusal(unsafe { Bytes::new(buf.cast(), len) }.and_then(|bytes| transfer::wait_write(d, bytes)))
}

/// Sets, moves or (t all zero) drops the deadline of d: a moment of the wall clock, usually taia_now and some seconds. When
/// it passes, io_wait returns and io_timeouted tells of d. Does nothing if io_fd does not know d.
#[unsafe(no_mangle)]
pub extern "C" fn io_timeout(d: int64, t: tai6464) {
    register::set_deadline(d, t);
}

/// Like io_tryread, but returns -2 with ETIMEDOUT instead of -1 if d has a deadline and it has passed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_tryreadtimeout(d: int64, buf: *mut c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    or_too_late(d, unsafe { io_tryread(d, buf, len) })
}

/// Like io_trywrite, but returns -2 with ETIMEDOUT instead of -1 if d has a deadline and it has passed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_trywritetimeout(d: int64, buf: *const c_char, len: int64) -> int64 {
    // SAFETY: the caller hands in a buffer of len bytes.
    or_too_late(d, unsafe { io_trywrite(d, buf, len) })
}

/// Asks io_wait to watch out for d becoming readable, until io_dontwantread or io_close. Does nothing if io_fd does not know
/// d.
#[unsafe(no_mangle)]
pub extern "C" fn io_wantread(d: int64) {
    register::wish(d, Read);
}

/// Asks io_wait to watch out for d becoming writable, until io_dontwantwrite or io_close. Does nothing if io_fd does not know
/// d.
#[unsafe(no_mangle)]
pub extern "C" fn io_wantwrite(d: int64) {
    register::wish(d, Write);
}

/// Takes io_wantread back. Costs no system call.
#[unsafe(no_mangle)]
pub extern "C" fn io_dontwantread(d: int64) {
    register::unwish(d, Read);
}

/// Takes io_wantwrite back. Costs no system call.
#[unsafe(no_mangle)]
pub extern "C" fn io_dontwantwrite(d: int64) {
    register::unwish(d, Write);
}

/// Waits until a descriptor is ready in a way that io_wantread or io_wantwrite asked for, or a deadline passes. Returns
/// at once if there is neither a wish nor a deadline. Signals do not interrupt it.
#[unsafe(no_mangle)]
pub extern "C" fn io_wait() {
    // Only a wait that reports signals can fail.
    let _ = wait::wait(Limit::Never, Signals::Endure);
}

/// Like io_wait, but waits no longer than until t, a moment of the wall clock.
#[unsafe(no_mangle)]
pub extern "C" fn io_waituntil(t: tai6464) {
    let _ = wait::wait(Limit::Moment(t), Signals::Endure);
}

/// Like io_wait, but waits no longer than so many milliseconds; without limit if they are negative. Returns how many
/// events the kernel had (0 if the time is over, or if what was known already sufficed), or -1 with EINTR if a signal
/// came first.
#[unsafe(no_mangle)]
pub extern "C" fn io_waituntil2(milliseconds: int64) -> int64 {
    let limit = match u64::try_from(milliseconds) {
        Ok(0) => Limit::Now,
        Ok(milliseconds) => Limit::Monotonic(clock::monotonic_milliseconds().saturating_add(milliseconds)),
        Err(_) => Limit::Never,
    };
    count_or_minus_one(wait::wait(limit, Signals::Report))
}

/// Like io_wait, but does not wait: finds out what is ready now.
#[unsafe(no_mangle)]
pub extern "C" fn io_check() {
    let _ = wait::wait(Limit::Now, Signals::Endure);
}

/// The program's last call on d gave EAGAIN: io_eagain_read if d is wished for reading, io_eagain_write if it is wished
/// for writing.
#[unsafe(no_mangle)]
pub extern "C" fn io_eagain(d: int64) {
    register::exhausted_as_wished(d);
}

/// The program's last read, recv or accept on d gave EAGAIN. Saves the library from finding out by itself. Not needed
/// after io_tryread.
#[unsafe(no_mangle)]
pub extern "C" fn io_eagain_read(d: int64) {
    register::exhausted(d, Read);
}

/// The program's last write or send on d gave EAGAIN. Saves the library from finding out by itself. Not needed after
/// io_trywrite.
#[unsafe(no_mangle)]
pub extern "C" fn io_eagain_write(d: int64) {
    register::exhausted(d, Write);
}

/// Returns the next descriptor that is readable and wished for, each once after every wait; -1 if there is none left.
#[unsafe(no_mangle)]
pub extern "C" fn io_canread() -> int64 {
    descriptor_or_minus_one(round::fetch(Read))
}

/// Returns the next descriptor that is writable and wished for, each once after every wait; -1 if there is none left.
#[unsafe(no_mangle)]
pub extern "C" fn io_canwrite() -> int64 {
    descriptor_or_minus_one(round::fetch(Write))
}

/// Returns the next descriptor whose deadline has passed, the earliest first, each once until it returns -1; then all over
/// again. A descriptor on which something wished for is ready is left out.
#[unsafe(no_mangle)]
pub extern "C" fn io_timeouted() -> int64 {
    descriptor_or_minus_one(register::next_late())
}

/// Returns 1 if d has a deadline and it has passed, else 0.
#[unsafe(no_mangle)]
pub extern "C" fn io_timedout(d: int64) -> c_int {
    register::is_late(d).into()
}

/// Makes the open descriptor d known to the library. It notes whether d is in non-blocking mode. Returns 1, or 0 with
/// errno: EBADF if d is no open descriptor, ENOMEM. Giving it a known descriptor again is allowed, and needed when the
/// number was closed with plain close() and has come back.
#[unsafe(no_mangle)]
pub extern "C" fn io_fd(d: int64) -> c_int {
    one_or_zero(register::introduce(d, Mode::Ask, false))
}

/// Like io_fd, for a descriptor that is known to be writable, such as a connection that was just accepted.
#[unsafe(no_mangle)]
pub extern "C" fn io_fd_canwrite(d: int64) -> c_int {
    one_or_zero(register::introduce(d, Mode::Ask, true))
}

/// Like io_fd, with what the caller knows already: IO_FD_CANWRITE, and one of IO_FD_BLOCK and IO_FD_NONBLOCK, which saves a
/// system call.
#[unsafe(no_mangle)]
pub extern "C" fn io_fd_flags(d: int64, flags: c_int) -> c_int {
    let mode = match flags & (IO_FD_BLOCK | IO_FD_NONBLOCK) {
        IO_FD_BLOCK => Mode::Blocking,
        IO_FD_NONBLOCK => Mode::Nonblocking,
        _ => Mode::Ask,
    };
    one_or_zero(register::introduce(d, mode, flags & IO_FD_CANWRITE != 0))
}

/// Stores a pointer of the program's with d, until io_close; the library does not look at it. Does nothing if io_fd does
/// not know d.
#[unsafe(no_mangle)]
pub extern "C" fn io_setcookie(d: int64, cookie: *mut c_void) {
    register::set_cookie(d, cookie);
}

/// Returns the pointer stored by io_setcookie; NULL if there is none, or if io_fd does not know d.
#[unsafe(no_mangle)]
pub extern "C" fn io_getcookie(d: int64) -> *mut c_void {
    register::cookie(d)
}

/// Puts any open descriptor into non-blocking mode.
#[unsafe(no_mangle)]
pub extern "C" fn io_nonblock(d: int64) {
    register::set_nonblocking(d, true);
}

/// Puts any open descriptor into blocking mode.
#[unsafe(no_mangle)]
pub extern "C" fn io_block(d: int64) {
    register::set_nonblocking(d, false);
}

/// Has any open descriptor closed when the process executes another program.
#[unsafe(no_mangle)]
pub extern "C" fn io_closeonexec(d: int64) {
    register::set_close_on_exec(d);
}

/// Forgets everything about d, the cookie included, and closes it. Nothing returns d any more until io_fd is called with it
/// again, even if it was ready. For a descriptor that io_fd does not know it is plain close(2).
#[unsafe(no_mangle)]
pub extern "C" fn io_close(d: int64) {
    register::close(d);
}

/// Forgets all descriptors and gives back all memory and descriptors of the library's own; closes none of the program's. A
/// later io_fd starts afresh. No other thread may be inside the library meanwhile.
#[unsafe(no_mangle)]
pub extern "C" fn io_finishandshutdown() {
    process::shut_down();
}

/// Puts the known descriptor d in the queue as if it had become readable: the next round of io_canread returns it once, if
/// it is wished for. Returns 1, or 0 with EBADF.
#[unsafe(no_mangle)]
pub extern "C" fn io_queueforread(d: int64) -> c_int {
    one_or_zero(register::queue(d, Read))
}

/// Puts the known descriptor d in the queue as if it had become writable: the next round of io_canwrite returns it once, if
/// it is wished for. Returns 1, or 0 with EBADF.
#[unsafe(no_mangle)]
pub extern "C" fn io_queueforwrite(d: int64) -> c_int {
    one_or_zero(register::queue(d, Write))
}

/// Sends n bytes of the file fd, from the offset off on, to s, without copying them where the kernel can. Returns how many bytes
/// were sent, less than n if s takes no more now or the file ends (0 if it ends before off); -1 with EAGAIN; -3 with errno as
/// set by sendfile(2), read(2) and write(2). Neither s nor fd need be known to io_fd. On a descriptor in blocking mode it waits.
#[unsafe(no_mangle)]
pub extern "C" fn io_sendfile(s: int64, fd: int64, off: uint64, n: uint64) -> int64 {
    bytes_or_refusal(transfer::file::send_file(s, fd, off, n))
}

/// Offers the bytes from off on of the file `in` to the callback, in pieces of at most 64 KiB of mapped memory, until it takes less
/// than it was offered. out is passed on to the callback, which answers as io_trywrite does. Returns how many bytes it took; if
/// none, -1 if it answered -1 with EAGAIN, -3 with errno otherwise: EIO if the file ends before off, EPIPE if the callback
/// answered 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_mmapwritefile(
    out: int64,
    r#in: int64,
    off: uint64,
    bytes: uint64,
    writecb: io_write_callback,
) -> int64 {
    // SAFETY: the caller hands in a function for this.
    let taker = unsafe { Taker::new(writecb, out) };
    bytes_or_refusal(taker.map_err(Refusal::Failed).and_then(|taker| taker.offer_region(r#in, off, bytes)))
}

/// Sends one byte, with the descriptor fd attached, over the Unix socket sock. Returns 0, or -1 with errno as set by
/// sendmsg(2).
#[unsafe(no_mangle)]
pub extern "C" fn io_passfd(sock: int64, fd: int64) -> c_int {
    zero_or_minus_one(transfer::passing::pass(sock, fd))
}

/// Takes one byte, and the descriptor attached to it, from the Unix socket sock. Returns the descriptor, which is not
/// close-on-exec; if several were attached, the first, and the others are closed. Returns -1 with errno: EPROTO if none
/// was attached or the peer has closed, EAGAIN, and whatever recvmsg(2) says.
#[unsafe(no_mangle)]
pub extern "C" fn io_receivefd(sock: int64) -> int64 {
    count_or_minus_one(transfer::passing::receive(sock).map(|fd| fd as usize))
}

/// Describes what the library knows of s, for humans: at most bufsize bytes with the NUL at the end. Returns the length
/// without the NUL; 0 if io_fd does not know s or bufsize is under 100.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn io_debugstring(s: int64, buf: *mut c_char, bufsize: c_uint) -> c_uint {
    if bufsize < DEBUG_ROOM || buf.is_null() {
        return 0;
    }
    // SAFETY: the caller hands in room for bufsize bytes; they are overwritten before they are read.
    let room = unsafe { core::slice::from_raw_parts_mut(buf.cast::<u8>(), bufsize as usize) };
    debug::describe_with_nul(s, room) as c_uint
}
