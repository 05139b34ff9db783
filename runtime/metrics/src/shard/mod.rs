//! One part of a run's aggregation. VUs spread over shards, so that they rarely wait for
//! each other; a snapshot adds the shards up.

mod checks;
mod handle;
mod part;
mod route;

pub use handle::{HttpSample, Shard, ShardHandle};

pub(crate) use checks::CheckCount;
pub(crate) use part::Part;
pub(crate) use route::{GroupSeen, SectionKey, is_lifecycle_group};
