//! `runner:log`, and what a run says again and again.

mod functions;
mod place;
mod repeats;
mod sink;
mod tally;

use wasmtime::component::Linker;

use crate::bindings::runner::log::log;
use crate::linker::{Find, Vu};

pub use place::{Place, place_in_frame};
pub use repeats::{Exception, Repeats};
pub use sink::{Level, LogSink, compiling};
pub use tally::Key;

/// Adds the room's interfaces.
pub(crate) fn add_to_linker<T: Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    log::add_to_linker::<T, Vu>(to, vu)
}
