//! Extensions: components beside the script, one instance of each per VU that uses it.
//!
//! An instance has a store, a memory and a memory limit of its own, so that whatever happens in
//! it ends the call and not the VU. While it runs it borrows the VU's state, which is what its
//! imports (execution, metrics, HTTP) work on. [`set`] loads, [`vu`] has a VU's instances, [`instance`]
//! runs one, [`codec`] carries
//! values, [`bytes`] whole byte lists, [`link`] connects compiled scripts. What is composed into such
//! a script is part of it, and has what [`script_wasi`] gives the whole.

mod alike;
mod bytes;
mod codec;
mod crossing;
mod functions;
mod handles;
mod instance;
mod link;
mod locks;
mod script_wasi;
mod set;
mod state;
mod vu;
mod wire;

use runner_contract::Importer;
use wasmtime::component::Linker;

use crate::bindings::runner::extension::extensions;
use crate::linker::{Find, Vu};

pub use link::{ExtensionFailed, Linked};
pub use locks::Guard;
pub(crate) use locks::Holder;
pub use set::{ExtensionLimits, Extensions};
pub(crate) use state::ExtensionState;
pub(crate) use vu::VuExtensions;

/// Adds the room's interfaces: extensions are for scripts, locks for all.
pub(crate) fn add_to_linker<T: Holder + Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
    importer: Importer,
) -> wasmtime::Result<()> {
    locks::add_to_linker(to)?;
    if importer == Importer::Script {
        extensions::add_to_linker::<T, Vu>(to, vu)?;
    }
    Ok(())
}
