//! QuickJS's memory: small blocks side by side, whatever their sizes.
//!
//! A VU shares each page of the snapshot until it writes to it, so what counts is on how few
//! pages its own blocks lie. QuickJS's own scheme has a page for each of 31 sizes (switched off
//! in quickjs-fixes.h), and malloc looks for the best hole anywhere. Here a block is cut from the
//! current chunk, and a freed one is kept for the next of its size, which makes both a few
//! instructions. [`seal`] forgets the chunk and the free blocks before the snapshot is taken: a
//! VU begins with a chunk of its own.
//!
//! Limits: a freed block serves its own size only, and chunks are never given back. Large blocks
//! are malloc's.

use core::ffi::c_void;
use core::ptr::null_mut;

use rquickjs_sys::{JSMallocFunctions, size_t};

unsafe extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn realloc(pointer: *mut c_void, size: usize) -> *mut c_void;
    fn free(pointer: *mut c_void);
}

/// In front of every block: its room in bytes, which keeps the block aligned to 8.
const HEADER: usize = 8;
/// The largest room that is cut from chunks; sizes go by steps of 8.
const SMALL: usize = 512;
const CLASSES: usize = SMALL / 8 + 1;
/// What a chunk is cut from.
const CHUNK: usize = 8 << 10;

struct Blocks {
    free: [*mut u8; CLASSES],
    next: *mut u8,
    left: usize,
}

// One thread per instance, and QuickJS never calls back while it allocates.
static mut BLOCKS: Blocks = Blocks {
    free: [null_mut(); CLASSES],
    next: null_mut(),
    left: 0,
};

/// For `JS_NewRuntime2`.
pub static FUNCTIONS: JSMallocFunctions = JSMallocFunctions {
    js_calloc: Some(js_calloc),
    js_malloc: Some(js_malloc),
    js_free: Some(js_free),
    js_realloc: Some(js_realloc),
    js_malloc_usable_size: Some(js_usable),
};

/// From here on blocks come from new chunks.
pub fn seal() {
    unsafe {
        let blocks = &raw mut BLOCKS;
        (*blocks).free = [null_mut(); CLASSES];
        (*blocks).left = 0;
    }
}

unsafe extern "C" fn js_malloc(_: *mut c_void, size: size_t) -> *mut c_void {
    unsafe { allocate(size as usize) }
}

#[inline]
unsafe fn allocate(size: usize) -> *mut c_void {
    unsafe {
        if size > SMALL {
            return with_header(malloc(size + HEADER), size);
        }
        let class = size.div_ceil(8);
        let blocks = &raw mut BLOCKS;
        let slot = (&raw mut (*blocks).free).cast::<*mut u8>().add(class);
        let block = *slot;
        if !block.is_null() {
            *slot = block.cast::<*mut u8>().read();
            return block.cast();
        }
        let room = class * 8;
        if (*blocks).left < room + HEADER {
            let chunk = malloc(CHUNK).cast::<u8>();
            if chunk.is_null() {
                return null_mut();
            }
            (*blocks).next = chunk;
            (*blocks).left = CHUNK;
        }
        let block = (*blocks).next;
        (*blocks).next = block.add(room + HEADER);
        (*blocks).left -= room + HEADER;
        with_header(block.cast(), room)
    }
}

unsafe fn with_header(memory: *mut c_void, room: usize) -> *mut c_void {
    if memory.is_null() {
        return memory;
    }
    unsafe {
        memory.cast::<usize>().write(room);
        memory.cast::<u8>().add(HEADER).cast()
    }
}

unsafe fn room(block: *const c_void) -> usize {
    unsafe { block.cast::<u8>().sub(HEADER).cast::<usize>().read() }
}

unsafe extern "C" fn js_free(_: *mut c_void, block: *mut c_void) {
    unsafe { release(block) }
}

#[inline]
unsafe fn release(block: *mut c_void) {
    if block.is_null() {
        return;
    }
    unsafe {
        let room = room(block);
        if room > SMALL {
            free(block.cast::<u8>().sub(HEADER).cast());
            return;
        }
        // Blocks of no bytes have no room for the link; QuickJS asks for none.
        if room == 0 {
            return;
        }
        let slot = (&raw mut BLOCKS.free).cast::<*mut u8>().add(room / 8);
        block.cast::<*mut u8>().write(*slot);
        *slot = block.cast();
    }
}

unsafe extern "C" fn js_calloc(_: *mut c_void, count: size_t, size: size_t) -> *mut c_void {
    let Some(bytes) = (count as usize).checked_mul(size as usize) else {
        return null_mut();
    };
    unsafe {
        let block = allocate(bytes);
        if !block.is_null() {
            block.cast::<u8>().write_bytes(0, bytes);
        }
        block
    }
}

unsafe extern "C" fn js_realloc(_: *mut c_void, block: *mut c_void, size: size_t) -> *mut c_void {
    let size = size as usize;
    unsafe {
        if block.is_null() {
            return allocate(size);
        }
        if size == 0 {
            release(block);
            return null_mut();
        }
        let old = room(block);
        if old > SMALL && size > SMALL {
            let memory = realloc(block.cast::<u8>().sub(HEADER).cast(), size + HEADER);
            return with_header(memory, size);
        }
        if size <= old && old <= SMALL {
            return block;
        }
        let moved = allocate(size);
        if !moved.is_null() {
            moved
                .cast::<u8>()
                .copy_from_nonoverlapping(block.cast(), old.min(size));
            release(block);
        }
        moved
    }
}

unsafe extern "C" fn js_usable(block: *const c_void) -> size_t {
    if block.is_null() {
        0
    } else {
        unsafe { room(block) as size_t }
    }
}
