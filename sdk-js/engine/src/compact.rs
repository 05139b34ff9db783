//! Keeps what a VU allocates together, and images small.
//!
//! Booting and init code leave holes all over the heap. A VU that allocates from a small one
//! writes to a page of the image for each, and every page written to is private memory of that
//! VU. So small holes are filled before an image is taken, with memory that is never freed: later
//! allocations come from large holes or the end of the heap, side by side. The image grows by
//! nothing, since it holds the holes anyway. All holes are zeroed, because whole pages of zeros
//! are left out of an image.

use core::arch::wasm32::memory_size;
use core::ffi::c_void;
use core::hint::black_box;

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn free(pointer: *mut c_void);
}

/// Holes of this size stay: a VU's allocations lie together in them.
const LARGE: usize = 64 * 1024;
/// Holes are tried in steps of the allocator's alignment up to here, then by halves.
const SMALL: usize = 1024;

/// A large hole while the small ones are filled.
struct Held {
    next: *mut Held,
}

/// Fills small holes for good, and zeroes all.
pub fn fill_holes() {
    let (held, end) = take_large();
    if !end.is_null() {
        let mut size = LARGE / 2;
        while size > SMALL {
            fill(size, end);
            size /= 2;
        }
        for size in (8..=SMALL).rev().step_by(8) {
            fill(size, end);
        }
    }
    release(held);
}

/// Takes every large hole, until the heap grows because there is none: the last one taken is
/// the end of the heap.
fn take_large() -> (*mut Held, *mut c_void) {
    let pages = memory_size(0);
    let mut held: *mut Held = core::ptr::null_mut();
    while memory_size(0) == pages {
        let block = take(LARGE);
        if block.is_null() {
            return (held, core::ptr::null_mut());
        }
        let block: *mut Held = block.cast();
        // SAFETY: a fresh block, larger and more aligned than a pointer.
        unsafe { block.write(Held { next: held }) };
        held = block;
    }
    (held, held.cast())
}

fn release(mut held: *mut Held) {
    while !held.is_null() {
        // SAFETY: written by `take_large`, and not freed yet.
        unsafe {
            let next = (*held).next;
            (*held).next = core::ptr::null_mut();
            free(held.cast());
            held = next;
        }
    }
}

/// Takes all holes of at least `size` bytes below `end`.
fn fill(size: usize, end: *mut c_void) {
    loop {
        let taken = take(size);
        if taken.is_null() {
            return;
        }
        if taken >= end {
            unsafe { free(taken) };
            return;
        }
    }
}

/// A zeroed block. Unboxed, the compiler would see that nobody uses it, and remove the call.
fn take(size: usize) -> *mut c_void {
    unsafe {
        let block = black_box(malloc(size));
        if !block.is_null() {
            block.cast::<u8>().write_bytes(0, size);
            black_box(block);
        }
        block
    }
}

#[cfg(feature = "tests")]
mod tests;
