// SPDX-License-Identifier: MIT OR Apache-2.0
//! Atomic numbers that several threads use without a lock. In tests, `interleave` comes in between
//! their uses.

#[cfg(not(test))]
pub(crate) use core::sync::atomic::{AtomicBool, AtomicU64};
#[cfg(test)]
pub(crate) use watched::{AtomicBool, AtomicU64};

#[cfg(test)]
mod watched {
    use crate::sys::interleave::step;
    use core::sync::atomic::Ordering;

    macro_rules! watched {
        ($name:ident, $value:ty, $($method:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
            /// As in `core`.
            #[repr(transparent)]
            pub(crate) struct $name(core::sync::atomic::$name);

            impl $name {
                /// As in `core`.
                pub(crate) const fn new(value: $value) -> Self {
                    $name(core::sync::atomic::$name::new(value))
                }
                $(
                    /// As in `core`.
                    pub(crate) fn $method(&self, $($argument: $kind),*) -> $result {
                        step();
                        self.0.$method($($argument),*)
                    }
                )*
            }
        };
    }

    watched! { AtomicBool, bool,
        load(order: Ordering) -> bool;
        store(value: bool, order: Ordering) -> ();
        swap(value: bool, order: Ordering) -> bool;
    }
    watched! { AtomicU64, u64,
        load(order: Ordering) -> u64;
        store(value: u64, order: Ordering) -> ();
        compare_exchange(old: u64, new: u64, done: Ordering, not: Ordering) -> Result<u64, u64>;
        compare_exchange_weak(old: u64, new: u64, done: Ordering, not: Ordering) -> Result<u64, u64>;
    }
}
