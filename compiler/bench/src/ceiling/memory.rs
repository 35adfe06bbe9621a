//! A table of words in huge pages, and prefetching it.

#![expect(unsafe_code, reason = "pages are asked of the system, and prefetching has no safe form")]

use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

const HUGE_PAGE: usize = 2 << 20;

/// Words that are zero at first.
pub(super) struct Words {
    mapping: NonNull<u8>,
    mapped: usize,
    /// In the mapping, where a huge page can begin.
    start: NonNull<AtomicU64>,
    len: usize,
}

// SAFETY: the words are owned, and atomic.
unsafe impl Sync for Words {}

impl Words {
    /// 2^`log2` words.
    ///
    /// # Panics
    /// Where the system does not have so much memory.
    pub(super) fn new(log2: u32) -> Words {
        let len = 1usize << log2;
        let mapped = len * size_of::<AtomicU64>() + HUGE_PAGE;
        // SAFETY: a new private mapping, of a size that is not zero, concerns nobody else.
        let mapping = unsafe {
            let (access, kind) =
                (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
            libc::mmap(std::ptr::null_mut(), mapped, access, kind, -1, 0)
        };
        assert!(mapping != libc::MAP_FAILED, "no memory for 2^{log2} words");
        let mapping: *mut u8 = mapping.cast();
        // SAFETY: the mapping is one huge page longer than the words.
        let start = unsafe { mapping.add(mapping.align_offset(HUGE_PAGE)) };
        #[cfg(target_os = "linux")]
        // SAFETY: the range is in the mapping. It is advice: without huge pages all is slower and nothing else.
        unsafe {
            libc::madvise(start.cast(), mapped - HUGE_PAGE, libc::MADV_HUGEPAGE);
        }
        let (Some(mapping), Some(start)) = (NonNull::new(mapping), NonNull::new(start.cast())) else {
            unreachable!("a mapping is not at zero")
        };
        Words { mapping, mapped, start, len }
    }
}

impl std::ops::Deref for Words {
    type Target = [AtomicU64];

    fn deref(&self) -> &[AtomicU64] {
        // SAFETY: the mapping holds so many words from `start` on, aligned, zeroed by the system, until `drop`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        // SAFETY: `new` made this mapping, and nothing borrows from it any more.
        unsafe { libc::munmap(self.mapping.as_ptr().cast(), self.mapped) };
    }
}

/// Asks for a word's cache line ahead of its use.
#[inline(always)]
pub(super) fn prefetch(word: &AtomicU64) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: prefetching reads nothing that the program could see.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(word).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = word;
}
