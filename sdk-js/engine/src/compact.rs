//! Keeps what a VU allocates together.
//!
//! Booting leaves holes all over the heap. A VU that allocates from them writes to a page of the
//! snapshot for each, and every page written to is private memory of that VU. So the holes are
//! filled before the snapshot is taken, with memory that is never freed: later allocations come
//! from the end of the heap, side by side. The image grows by nothing, since it holds the holes
//! anyway.

use core::ffi::c_void;
use core::hint::black_box;

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(pointer: *mut c_void);
}

/// Larger holes than this do not occur: it is also how the end of the heap is found.
const LARGEST: usize = 64 * 1024;
/// Holes are tried in steps of the allocator's alignment up to here, then by halves.
const SMALL: usize = 1024;

/// Allocates every hole below the end of the heap.
pub fn fill_holes() {
    // From the end, or beyond it; nothing in between is that large.
    let end = black_box(unsafe { malloc(LARGEST) });
    unsafe { free(end) };
    if end.is_null() {
        return;
    }
    let mut size = LARGEST / 2;
    while size > SMALL {
        fill(size, end);
        size /= 2;
    }
    for size in (8..=SMALL).rev().step_by(8) {
        fill(size, end);
    }
}

/// Takes all holes of at least `size` bytes below `end`.
fn fill(size: usize, end: *mut c_void) {
    loop {
        // Unboxed, the compiler would see that nobody uses the block, and remove the call.
        let taken = black_box(unsafe { malloc(size) });
        if taken.is_null() {
            return;
        }
        if taken >= end {
            unsafe { free(taken) };
            return;
        }
    }
}
