//! A whole script inside the image: what `runner build` puts into the engine before it takes
//! the second snapshot. Modules and files are answered from here first; the host is asked for
//! nothing that is here.
//!
//! The host calls `runner_preload_alloc(length)`, writes the bundle to the returned address,
//! calls `runner_preload(length)`, which returns 0, or 1 when the bundle is malformed, and then
//! takes the snapshot. `wizer-initialize` must have run before.
//!
//! Format (integers little-endian; `text` and `bytes` are a u32 length and that many bytes,
//! text being UTF-8):
//!
//! ```text
//! magic        4 bytes "RJSB"
//! version      u32     1
//! entry        text    id of the main module
//! modules      u32 n, then n times:
//!   id         text    absolute URL, as in stack traces
//!   format     u8      0 ES module, 1 CommonJS, 2 JSON
//!   compiled   u8      0: content is source text; 1: content is what `modules.store` was given
//!   content    bytes
//! resolutions  u32 n, then n times:
//!   specifier  text    as the script writes it
//!   referrer   text    id of the importing module
//!   id         text    a module of the list above
//! files        u32 n, then n times:
//!   path       text    as given to `open`
//!   referrer   text    as given to `files.read`; empty where none
//!   content    bytes
//! ```

use core::cell::Cell;

use crate::bindings::runner::data::modules::Format;

/// One module; its content lives as long as the instance.
#[derive(Clone, Copy)]
pub struct BundledModule {
    pub id: &'static str,
    pub format: Format,
    pub compiled: bool,
    pub content: &'static [u8],
}

/// A parsed bundle.
#[derive(Default)]
pub struct Bundle {
    pub entry: &'static str,
    modules: Vec<BundledModule>,
    resolutions: Vec<(&'static str, &'static str, &'static str)>,
    files: Vec<(&'static str, &'static str, &'static [u8])>,
}

impl Bundle {
    /// None when the bytes are not a bundle of version 1.
    pub fn parse(bytes: &'static [u8]) -> Option<Bundle> {
        let mut reader = Reader(bytes);
        if reader.take(4)? != b"RJSB" || reader.u32()? != 1 {
            return None;
        }
        let mut bundle = Bundle {
            entry: reader.text()?,
            ..Bundle::default()
        };
        for _ in 0..reader.u32()? {
            let id = reader.text()?;
            let format = match reader.u8()? {
                0 => Format::Esm,
                1 => Format::CommonJs,
                2 => Format::Json,
                _ => return None,
            };
            let compiled = reader.u8()? == 1;
            bundle.modules.push(BundledModule {
                id,
                format,
                compiled,
                content: reader.bytes()?,
            });
        }
        for _ in 0..reader.u32()? {
            bundle
                .resolutions
                .push((reader.text()?, reader.text()?, reader.text()?));
        }
        for _ in 0..reader.u32()? {
            bundle
                .files
                .push((reader.text()?, reader.text()?, reader.bytes()?));
        }
        Some(bundle)
    }

    pub fn module(&self, id: &str) -> Option<BundledModule> {
        self.modules.iter().find(|module| module.id == id).copied()
    }

    /// An empty referrer is the main script, whose own name the list has.
    pub fn resolve(&self, specifier: &str, referrer: &str) -> Option<&'static str> {
        let referrer = if referrer.is_empty() {
            self.entry
        } else {
            referrer
        };
        let found = self
            .resolutions
            .iter()
            .find(|r| r.0 == specifier && r.1 == referrer);
        found.map(|resolution| resolution.2)
    }

    pub fn file(&self, path: &str, referrer: &str) -> Option<&'static [u8]> {
        self.files
            .iter()
            .find(|f| f.0 == path && f.1 == referrer)
            .map(|file| file.2)
    }
}

struct Reader(&'static [u8]);

impl Reader {
    fn take(&mut self, length: usize) -> Option<&'static [u8]> {
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn bytes(&mut self) -> Option<&'static [u8]> {
        let length = self.u32()? as usize;
        self.take(length)
    }

    fn text(&mut self) -> Option<&'static str> {
        core::str::from_utf8(self.bytes()?).ok()
    }
}

/// Address of the buffer that `runner_preload_alloc` handed out.
struct Buffer(Cell<*mut u8>);

// One thread per instance.
unsafe impl Sync for Buffer {}

static BUFFER: Buffer = Buffer(Cell::new(core::ptr::null_mut()));

/// Room for a bundle of `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn runner_preload_alloc(length: u32) -> *mut u8 {
    let buffer: &'static mut [u8] = Box::leak(vec![0; length as usize].into_boxed_slice());
    BUFFER.0.set(buffer.as_mut_ptr());
    buffer.as_mut_ptr()
}

/// Takes the bundle that was written to the buffer. 0 when it was accepted.
#[unsafe(no_mangle)]
pub extern "C" fn runner_preload(length: u32) -> u32 {
    crate::boot::ensure();
    let pointer = BUFFER.0.get();
    if pointer.is_null() {
        return 1;
    }
    let bytes = unsafe { core::slice::from_raw_parts(pointer, length as usize) };
    match Bundle::parse(bytes) {
        Some(bundle) => {
            *crate::state::engine().sources.bundle.borrow_mut() = Some(bundle);
            0
        }
        None => 1,
    }
}
