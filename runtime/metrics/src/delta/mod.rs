//! Differences between what is known of a run now and what was known a moment ago: taken in one
//! process, added in another.
//!
//! A process that runs a part of a test takes one every second or so ([`Differences`]) and sends
//! its bytes; whoever adds the parts up applies them ([`crate::Metrics::apply`]), and has
//! thresholds and a summary as if all samples had been its own. Each difference stands for
//! itself: it has a source, a number and tables of all names that it speaks of, so that a receiver
//! keeps nothing per source but the number of the next one. The names cost some hundred bytes,
//! where the buckets of one trend take thousands.

mod apply;
mod decode;
mod encode;
mod model;
mod room;
mod source;
mod wire;

pub use apply::ApplyError;
pub use model::{Delta, SourceId};
pub use source::Differences;
pub use wire::DecodeError;

pub(crate) use apply::{Kept, apply};
