//! Images: the memory that VUs of the JS engine start from, apart from its code.
//!
//! Compiling the engine takes about a second, and its code is the same for every script. So the
//! engine is compiled as a component that imports its memory: [`engine_component`] makes that of
//! the core module, and `js` keeps it in the cache. The memory comes from a second module, which
//! has data and no code and so is ready within milliseconds: [`MemoryImage::module`]. VUs map its
//! data copy-on-write, whether it holds the engine alone or a whole initialised script.
//!
//! [`MemoryImage::core`] goes the other way, for `runner build`: it puts an image back into the
//! core module, which is then complete without a host that knows of images.

mod component;
mod core_module;
mod memory;

pub use component::{IMAGE_IMPORT, engine_component};
pub use memory::MemoryImage;

use crate::EngineError;

/// The engine is part of this binary: whatever does not fit here is a defect of the build.
fn unfit(reason: impl std::fmt::Display) -> EngineError {
    EngineError::Wasmtime {
        what: "taking the JS engine apart",
        reason: reason.to_string(),
    }
}
