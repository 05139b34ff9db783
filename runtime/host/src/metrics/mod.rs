//! `runner:metrics`: custom metrics, checks and groups, and the tags that all samples of a VU carry.

mod functions;
mod tags;

use wasmtime::component::Linker;

use crate::bindings::runner::metrics::metrics;
use crate::linker::{Find, Vu};

pub(crate) use tags::{Carried, VuTags, pairs};

/// Adds the room's interfaces.
pub(crate) fn add_to_linker<T: Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    metrics::add_to_linker::<T, Vu>(to, vu)
}
