// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a library without Rust's standard library has to bring along: an allocator and a panic handler.
//!
//! Memory comes from `malloc`, because C programs free what the library hands them (arrays, strings)
//! and hand in what the library frees.

use core::alloc::{GlobalAlloc, Layout};

/// The C allocator as Rust's global allocator.
pub struct Malloc;

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
            // SAFETY: calloc takes any size, and leaves large blocks untouched: pages that nobody
            // writes cost nothing.
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

#[cfg(not(test))]
#[global_allocator]
static GLOBAL: Malloc = Malloc;

/// Nothing reachable from C may panic; should it happen all the same, say so and stop before a wrong
/// answer gets out. Unwinding into C would be undefined behaviour. Fuzz targets bring their own.
#[cfg(not(any(test, fuzzing)))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    use core::fmt::Write;

    struct Stderr;
    impl Write for Stderr {
        fn write_str(&mut self, text: &str) -> core::fmt::Result {
            // SAFETY: pointer and length are those of a live string.
            unsafe { libc::write(2, text.as_ptr().cast(), text.len()) };
            Ok(())
        }
    }
    let _ = writeln!(Stderr, "libowfat: internal error: {info}");
    // SAFETY: abort has no preconditions.
    unsafe { libc::abort() }
}
