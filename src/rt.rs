// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a library without Rust's standard library has to bring along: an allocator and a panic handler.
//!
//! Memory comes from `malloc`, because C programs free what the library hands them (arrays, strings)
//! and hand in what the library frees.

/// Tests have Rust's standard library, which brings an allocator.
#[cfg(not(test))]
mod allocator {
    use core::alloc::{GlobalAlloc, Layout};

    /// The C allocator as Rust's global allocator.
    struct Malloc;

    /// The strictest alignment that plain `malloc` promises on the platforms of this crate.
    const MALLOC_ALIGN: usize = 2 * size_of::<usize>();

    // SAFETY: every block comes from malloc, calloc, realloc or posix_memalign, all of which hand out
    // blocks of at least the size asked for, aligned as asked (the stricter alignments go through
    // posix_memalign), and free takes back blocks of all four.
    unsafe impl GlobalAlloc for Malloc {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            if layout.align() <= MALLOC_ALIGN {
                // SAFETY: malloc takes any size.
                return unsafe { libc::malloc(layout.size()) }.cast();
            }
            let mut block = core::ptr::null_mut();
            // SAFETY: `block` is a valid place for the result; the alignment is a power of two above that
            // of a pointer.
            match unsafe { libc::posix_memalign(&mut block, layout.align(), layout.size()) } {
                0 => block.cast(),
                _ => core::ptr::null_mut(),
            }
        }

        unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
            // SAFETY: the caller hands back a block that this allocator gave out.
            unsafe { libc::free(block.cast()) }
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            if layout.align() <= MALLOC_ALIGN {
                // SAFETY: calloc takes any size, and leaves large blocks untouched: pages that are
                // never written cost nothing.
                return unsafe { libc::calloc(1, layout.size()) }.cast();
            }
            // SAFETY: same layout.
            let block = unsafe { self.alloc(layout) };
            if !block.is_null() {
                // SAFETY: the block has layout.size() bytes.
                unsafe { block.write_bytes(0, layout.size()) };
            }
            block
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            if layout.align() <= MALLOC_ALIGN {
                // SAFETY: the block came from malloc, calloc or realloc.
                return unsafe { libc::realloc(block.cast(), size) }.cast();
            }
            // SAFETY: the caller promises that size, rounded up to the alignment, does not overflow.
            let fresh = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
            if !fresh.is_null() {
                // SAFETY: both blocks have at least the smaller of the two sizes and are different.
                unsafe {
                    fresh.copy_from_nonoverlapping(block, layout.size().min(size));
                    self.dealloc(block, layout);
                }
            }
            fresh
        }
    }

    #[global_allocator]
    static GLOBAL: Malloc = Malloc;
}

/// Nothing reachable from C may panic; should it happen all the same, say where and stop before a wrong
/// answer gets out. Unwinding into C would be undefined behaviour. Fuzz targets bring their own.
///
/// The message is left out: formatting it would bring `core::fmt` into every program that links the static library,
/// six kilobytes for a function of fifty bytes. The place says as much to a maintainer.
#[cfg(not(any(test, fuzzing)))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let say = |text: &[u8]| {
        // SAFETY: pointer and length are those of a live slice.
        unsafe { libc::write(2, text.as_ptr().cast(), text.len()) };
    };
    say(b"libowfat: internal error at ");
    if let Some(place) = info.location() {
        say(place.file().as_bytes());
        say(b":");
        let mut power = 1_000_000_000;
        while power > place.line() && power > 1 {
            power /= 10;
        }
        while power > 0 {
            say(&[b'0' + (place.line() / power % 10) as u8]);
            power /= 10;
        }
    }
    say(b"\n");
    // SAFETY: abort has no preconditions.
    unsafe { libc::abort() }
}

/// What Rust's core asks for where it unwinds. It comes from there only in a library that was linked without LTO, in whose
/// unwind tables it is named; nothing unwinds through such code but the end of a thread that was cancelled. `personality.c` has
/// it where Rust has no assembly.
#[cfg(all(owfat_assembly, not(any(test, fuzzing, target_vendor = "apple"))))]
mod personality {
    core::arch::global_asm!(
        ".weak rust_eh_personality",
        ".hidden rust_eh_personality",
        ".set rust_eh_personality, {}",
        sym pass_on,
    );

    /// "Nothing to be done here", for every frame.
    extern "C" fn pass_on() -> core::ffi::c_int {
        const URC_CONTINUE_UNWIND: core::ffi::c_int = 8;
        URC_CONTINUE_UNWIND
    }
}
