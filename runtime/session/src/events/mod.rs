//! What a run tells: its surroundings ([`Event`]), and itself.

mod event;
mod iterations;
mod progress;
mod teller;

pub(crate) use event::AsLog;
pub use event::{Event, Events, Notice, Remedy, Stage};
pub(crate) use iterations::{sample_vus, sink, tell_repeats};
pub(crate) use progress::Ticking;
pub(crate) use teller::Teller;
