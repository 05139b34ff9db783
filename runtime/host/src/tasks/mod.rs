//! `runner:tasks`: operations that run beside the VU which started them.

mod functions;
mod started;

use wasmtime::component::Linker;

use crate::bindings::runner::tasks::tasks;
use crate::linker::{Find, Vu};

pub(crate) use started::Tasks;

/// Adds the room's interfaces.
pub(crate) fn add_to_linker<T: Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    tasks::add_to_linker::<T, Vu>(to, vu)
}
