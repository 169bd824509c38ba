//! A heap that can be watched. A test binary that uses it says:
//!
//! ```ignore
//! #[global_allocator]
//! static HEAP: support::heap::Watched = support::heap::Watched;
//! ```
#![allow(unsafe_code, reason = "an allocator is unsafe by its nature; it only passes on to the system's")]

use core::cell::{Cell, RefCell};
use std::alloc::{GlobalAlloc, Layout, System};

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
    static WANTED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static FREED_WITH_IT: Cell<usize> = const { Cell::new(0) };
}

/// The largest block that this thread asks for while `action` runs.
pub fn largest_block<T>(action: impl FnOnce() -> T) -> (T, usize) {
    LARGEST.set(0);
    let result = action();
    (result, LARGEST.get())
}

/// How many blocks this thread frees with `secret` in them while `action` runs: memory that others may read.
pub fn freed_with(secret: &[u8], action: impl FnOnce()) -> usize {
    assert!(secret.len() >= 8, "so short that it might be there by chance");
    WANTED.set(secret.to_vec());
    FREED_WITH_IT.set(0);
    action();
    // Not `WANTED.set`, which would free the secret while it is wanted.
    let wanted = WANTED.take();
    drop(wanted);
    FREED_WITH_IT.get()
}

/// The system's allocator, watched. Growing a block always moves it, so that what is left behind is seen.
pub struct Watched;

// SAFETY: every call goes to the system's allocator as it came, but that all memory is zeroed.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(layout.size())));
        // Zeroed, so that no byte that `contains` reads was never written.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let _ = WANTED.try_with(|wanted| {
            let Ok(wanted) = wanted.try_borrow() else { return };
            if !wanted.is_empty() && unsafe { contains(block, layout.size(), &wanted) } {
                FREED_WITH_IT.set(FREED_WITH_IT.get() + 1);
            }
        });
        unsafe { System.dealloc(block, layout) }
    }
}

/// # Safety
/// `size` bytes can be read at `block`.
unsafe fn contains(block: *const u8, size: usize, wanted: &[u8]) -> bool {
    // Volatile, or the compiler may leave out what was last written to a block that is about to be freed.
    let byte = |place| unsafe { block.add(place).read_volatile() };
    (0..(size + 1).saturating_sub(wanted.len()))
        .any(|start| wanted.iter().enumerate().all(|(place, expected)| byte(start + place) == *expected))
}
