//! A place in a C string, for scanners that must not look behind its end.

use core::ffi::c_char;
use core::marker::PhantomData;

/// A place in a NUL-terminated string. It never moves past the NUL, so that looking is always safe; and
/// nothing is read before it is needed, so that a long text behind an address costs nothing.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    at: *const u8,
    passed: usize,
    text: PhantomData<&'a [u8]>,
}

impl Cursor<'_> {
    /// The beginning of `text`.
    ///
    /// # Safety
    ///
    /// `text` points to bytes that stay unchanged up to and including a NUL while the cursor and its
    /// copies are in use.
    pub unsafe fn new(text: *const c_char) -> Self {
        Self { at: text.cast(), passed: 0, text: PhantomData }
    }

    /// How many bytes lie between the beginning and this place.
    pub fn passed(self) -> usize {
        self.passed
    }

    /// The byte at this place: 0 at the end.
    pub fn peek(self) -> u8 {
        // SAFETY: the place is at most that of the NUL, which `new`'s caller promised to be readable.
        unsafe { *self.at }
    }

    /// The byte at this place, which is then passed, if `wanted` is true of it. The NUL never is.
    pub fn next_if(&mut self, wanted: impl FnOnce(u8) -> bool) -> Option<u8> {
        let byte = self.peek();
        if byte == 0 || !wanted(byte) {
            return None;
        }
        // SAFETY: the byte here is not the NUL, so there is one more.
        self.at = unsafe { self.at.add(1) };
        self.passed += 1;
        Some(byte)
    }

    /// The place behind `prefix`, if that is what stands here.
    pub fn after(mut self, prefix: &[u8]) -> Option<Self> {
        for &wanted in prefix {
            self.next_if(|byte| byte == wanted)?;
        }
        Some(self)
    }
}
