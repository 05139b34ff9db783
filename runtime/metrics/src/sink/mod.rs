//! What the samples of one metric add up to, per kind of metric.

mod histogram;
mod merged;
mod slot;
mod trend;

pub use merged::{TrendValues, Values};
pub use trend::EXACT_LIMIT;

pub(crate) use merged::Merged;
pub(crate) use slot::{Sequence, Slot, Table};
