// SPDX-License-Identifier: MIT OR Apache-2.0
//! Products that may be too large for their type.

/// Stores a product if there is one; false, and nothing stored, if it was too large.
///
/// # Safety
/// `place` is valid for a write.
pub(crate) unsafe fn store<T>(product: Option<T>, place: *mut T) -> bool {
    let Some(product) = product else { return false };
    // SAFETY: the caller's promise.
    unsafe { place.write(product) };
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_stored_on_overflow() {
        let mut place = 5_i16;
        // SAFETY: a live variable.
        assert!(!unsafe { store(300_i16.checked_mul(300), &mut place) });
        assert_eq!(place, 5);
        // SAFETY: a live variable.
        assert!(unsafe { store(i16::MIN.checked_mul(1), &mut place) });
        assert_eq!(place, i16::MIN);
    }
}
