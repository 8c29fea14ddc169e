// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether one range of memory lies inside another: checks of addresses that programs hand in.

/// True if the `inner_len` bytes at `inner` are all within the `len` bytes at `buffer`; also for no bytes at the very end.
/// Nothing is within NULL, or within a buffer that goes beyond the end of memory.
pub(crate) fn contains(buffer: *const u8, len: usize, inner: *const u8, inner_len: usize) -> bool {
    let (Some(end), Some(inner_end)) = (end(buffer, len), end(inner, inner_len)) else { return false };
    buffer <= inner && inner_end <= end
}

/// True if there is an all-zero `T` within the `len` bytes at `buffer`, at `start` or whole `T`s behind it.
///
/// # Safety
/// The buffer is readable, up to the first such zero at least.
pub(crate) unsafe fn is_terminated<T: Copy + Default + PartialEq>(
    buffer: *const u8,
    len: usize,
    start: *const u8,
) -> bool {
    if !contains(buffer, len, start, 1) {
        return false;
    }
    let rest = len - (start as usize - buffer as usize);
    let units = start.cast::<T>();
    // SAFETY: whole units that begin before `rest` bytes have passed lie within the buffer.
    (0..rest / size_of::<T>()).any(|unit| unsafe { units.add(unit).read_unaligned() } == T::default())
}

/// The address behind the last byte of a buffer that can be one.
fn end(buffer: *const u8, len: usize) -> Option<*const u8> {
    if buffer.is_null() {
        return None;
    }
    (buffer as usize).checked_add(len).map(|end| end as *const u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_terminator_outside_does_not_count() {
        let mut memory = [b'x'; 200];
        memory[110] = 0;
        let at = |offset: usize| memory[offset..].as_ptr();
        // SAFETY: all within `memory`.
        unsafe {
            assert!(!is_terminated::<u8>(at(0), 100, at(50)));
            assert!(is_terminated::<u8>(at(0), 111, at(50)));
            assert!(is_terminated::<u8>(at(0), 111, at(110)));
            assert!(!is_terminated::<u8>(at(0), 111, at(111)));
            assert!(!is_terminated::<u8>(at(60), 51, at(50)));
        }
    }

    #[test]
    fn units_count_from_the_start_and_whole() {
        let bytes = [1, 0, 0, 1, 0, 0, 0, 0, 9];
        let at = |offset: usize| bytes[offset..].as_ptr();
        // SAFETY: all within `bytes`.
        unsafe {
            assert!(!is_terminated::<u16>(at(0), 5, at(0)));
            assert!(is_terminated::<u16>(at(0), 6, at(0)));
            assert!(is_terminated::<u16>(at(0), 4, at(1)));
            assert!(!is_terminated::<u32>(at(0), 7, at(0)));
            assert!(is_terminated::<u32>(at(0), 8, at(0)));
            assert!(!is_terminated::<u32>(at(0), 7, at(4)));
        }
    }

    proptest! {
        #[test]
        fn contains_is_inclusion_of_intervals(
            buffer: u64, len: u64, inner: u64, inner_len: u64, small: bool
        ) {
            let fold = |number: u64| if small { number % 20 } else { number } as usize;
            let wide = |address, len| (fold(address) as u128, fold(address) as u128 + fold(len) as u128);
            let ((start, end), (inner_start, inner_end)) = (wide(buffer, len), wide(inner, inner_len));
            let possible = |start, end| start != 0 && end <= usize::MAX as u128;
            let expected = possible(start, end) && possible(inner_start, inner_end)
                && start <= inner_start && inner_end <= end;
            let address = |number| fold(number) as *const u8;
            prop_assert_eq!(contains(address(buffer), fold(len), address(inner), fold(inner_len)), expected);
        }
    }
}
