//! Tag sets: what a sample is tagged with, as one small number.

mod distinct;
mod handle;
mod interner;
mod memory;
mod series;
mod set;

pub(crate) use distinct::Register;
pub use handle::{Tags, TagsRef};
pub(crate) use interner::Told;
pub use interner::{SeriesWarning, TagInterner};
pub use memory::{BYTES_KEPT, SERIES_LIMIT};
pub use set::{TagSet, TagSetId};
