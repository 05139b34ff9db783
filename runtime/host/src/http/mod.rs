//! `runner:http`: the measuring client, and samples of what it did.

mod context;
mod convert;
mod exchange;
mod functions;
mod jars;
mod samples;
mod view;

use wasmtime::component::Linker;

use crate::bindings::runner::http::http;
use crate::linker::{Find, Vu};

pub use context::HttpContext;
pub use exchange::HostExchange;
pub(crate) use view::HttpView;

/// Adds the room's interfaces.
pub(crate) fn add_to_linker<T: Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    http::add_to_linker::<T, Vu>(to, vu)
}
