//! `runner:execution`: where a VU stands in the run.

mod context;
mod functions;

use wasmtime::component::Linker;

use crate::bindings::runner::execution::execution;
use crate::linker::{Find, Vu};

pub use context::{AbortRequest, InstanceCounters};

/// Adds the room's interfaces.
pub(crate) fn add_to_linker<T: Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    execution::add_to_linker::<T, Vu>(to, vu)
}
