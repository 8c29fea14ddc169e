// SPDX-License-Identifier: MIT OR Apache-2.0
//! The array whose elements never move, so that one thread may use an element while another adds more.
//!
//! Element n is at place n / 16 of chain n % 16. A chain is a list of pages that only ever grows at its end,
//! by a compare-and-swap of the last page's pointer: the thread that loses the race unmaps its pages
//! and starts over.

use crate::abi::iarray;
use crate::errno::{Errno, Result};
use crate::sys::pages;
use core::mem::offset_of;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

const CHAINS: usize = 16;

/// [`iarray`] as threads share it.
#[repr(C)]
pub(crate) struct Shared {
    chains: [AtomicPtr<Page>; CHAINS],
    element_size: usize,
    elements_per_page: usize,
    bytes_per_page: usize,
    length: AtomicUsize,
}

const _: () = {
    assert!(size_of::<Shared>() == size_of::<iarray>() && align_of::<Shared>() == align_of::<iarray>());
    assert!(offset_of!(Shared, element_size) == offset_of!(iarray, elemsize));
    assert!(offset_of!(Shared, elements_per_page) == offset_of!(iarray, elemperpage));
    assert!(offset_of!(Shared, bytes_per_page) == offset_of!(iarray, bytesperpage));
    assert!(offset_of!(Shared, length) == offset_of!(iarray, len));
};

/// The head of a page; its elements follow.
#[repr(C)]
struct Page {
    next: AtomicPtr<Page>,
}

impl Shared {
    /// An array without elements. Of a size that no page can hold (or 0), there never will be any.
    pub(crate) fn new(element_size: usize) -> Self {
        let bytes_per_page = match element_size {
            ..1024 => 4096,
            1024..8192 => 65536,
            _ => element_size.saturating_add(size_of::<Page>()),
        };
        let elements = (bytes_per_page - size_of::<Page>()).checked_div(element_size);
        Shared {
            chains: [const { AtomicPtr::new(null_mut()) }; CHAINS],
            element_size,
            elements_per_page: elements.unwrap_or(0),
            bytes_per_page,
            length: AtomicUsize::new(0),
        }
    }

    /// The number of the last element that was ever allocated, plus one.
    pub(crate) fn length(&self) -> usize {
        self.length.load(Ordering::Acquire)
    }

    /// The element at `position`, NULL if its page is not there.
    #[inline(always)]
    pub(crate) fn get(&self, position: usize) -> *mut u8 {
        let first = self.chains[position % CHAINS].load(Ordering::Acquire);
        if first.is_null() {
            return null_mut();
        }
        // Most arrays are small, and divisions slow.
        if position / CHAINS < self.elements_per_page {
            return self.element(first, position / CHAINS);
        }
        self.get_far(position)
    }

    /// The same where the page is not the first of its chain.
    #[cold]
    #[inline(never)]
    fn get_far(&self, position: usize) -> *mut u8 {
        let Some(place) = self.place(position) else { return null_mut() };
        let (page, missing) = self.follow(position % CHAINS, place.page);
        if missing > 0 { null_mut() } else { self.element(page.load(Ordering::Acquire), place.slot) }
    }

    /// Makes the element at `position` exist, of zeros if it is new, and says where it is.
    pub(crate) fn allocate(&self, position: usize) -> Result<*mut u8> {
        let place = self.place(position).ok_or(Errno(libc::EINVAL))?;
        loop {
            let (link, missing) = self.follow(position % CHAINS, place.page);
            if missing == 0 {
                self.length.fetch_max(position.saturating_add(1), Ordering::AcqRel);
                return Ok(self.element(link.load(Ordering::Acquire), place.slot));
            }
            self.append(link, missing)?;
        }
    }

    /// Gives all memory back.
    pub(crate) fn free(&mut self) {
        for chain in &mut self.chains {
            let mut page = *chain.get_mut();
            *chain.get_mut() = null_mut();
            while !page.is_null() {
                // SAFETY: pages in a chain are mapped, and nothing else uses the array any more.
                let next = unsafe { *(*page).next.get_mut() };
                // SAFETY: as above; each page was mapped with at least that many bytes of its own.
                unsafe { pages::unmap(page.cast(), self.bytes_per_page) };
                page = next;
            }
        }
        *self.length.get_mut() = 0;
    }

    fn place(&self, position: usize) -> Option<Place> {
        let place = position / CHAINS;
        let page = place.checked_div(self.elements_per_page)?;
        Some(Place { page, slot: place % self.elements_per_page })
    }

    /// The link to page number `page` of a chain, and 0; or the last link there is, which is NULL, and how
    /// many pages are missing there.
    fn follow(&self, chain: usize, page: usize) -> (&AtomicPtr<Page>, usize) {
        let mut link = &self.chains[chain];
        let mut left = page;
        loop {
            // SAFETY: a page in a chain stays in place until `free`, which has the array for itself.
            match unsafe { link.load(Ordering::Acquire).as_ref() } {
                None => return (link, left.saturating_add(1)),
                Some(_) if left == 0 => return (link, 0),
                Some(next) => link = &next.next,
            }
            left -= 1;
        }
    }

    /// Appends `count` new pages to a chain, or none if another thread did so first. They are mapped
    /// in one piece: so a number beyond all memory fails at once, and nothing has changed.
    fn append(&self, end: &AtomicPtr<Page>, count: usize) -> Result<()> {
        // Pages are unmapped one by one, so each starts on a page boundary.
        let stride = self.bytes_per_page.checked_next_multiple_of(pages::size());
        let total = stride.and_then(|stride| stride.checked_mul(count)).ok_or(Errno(libc::ENOMEM))?;
        let stride = total / count;
        let first = pages::map(total)?;
        for number in 1..count {
            // SAFETY: both pages lie within the new mapping, which is still ours alone, and are aligned.
            unsafe {
                let page = first.add((number - 1) * stride).cast::<Page>();
                *(*page).next.get_mut() = first.add(number * stride).cast();
            }
        }
        let hung = end.compare_exchange(null_mut(), first.cast(), Ordering::AcqRel, Ordering::Acquire);
        if hung.is_err() {
            // SAFETY: no other thread has seen the mapping.
            unsafe { pages::unmap(first, total) };
        }
        Ok(())
    }

    fn element(&self, page: *mut Page, slot: usize) -> *mut u8 {
        page.cast::<u8>().wrapping_add(size_of::<Page>() + slot * self.element_size)
    }
}

/// Where in its chain an element is.
struct Place {
    page: usize,
    slot: usize,
}

#[cfg(test)]
mod tests;
