//! What the samples of one metric add up to, per kind of metric.

mod histogram;
mod merged;
mod sequence;
mod slot;
mod trend;

pub use merged::{TrendValues, Values};
pub use trend::EXACT_LIMIT;

pub(crate) use histogram::{Bucket, Histogram};
pub(crate) use merged::Merged;
pub(crate) use sequence::Sequence;
pub(crate) use slot::{Slot, Table};
pub(crate) use trend::{Settled, TrendSink};
