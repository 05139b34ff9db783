//! `runner:data`: files, shared arrays, source modules. For scripts only.

mod context;
mod files;
mod modules;
mod shared;

use wasmtime::component::Linker;

use crate::bindings::runner::data as wit;
use crate::linker::{Find, Vu};

pub use context::DataContext;
pub use modules::JsSettings;
pub use shared::SharedArrays;

/// Adds the room's interfaces.
pub(crate) fn add_to_linker<T: Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    wit::files::add_to_linker::<T, Vu>(to, vu)?;
    wit::shared::add_to_linker::<T, Vu>(to, vu)?;
    wit::modules::add_to_linker::<T, Vu>(to, vu)
}
