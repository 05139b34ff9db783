//! What a run measures: metrics and tags, the aggregation of samples, thresholds.
//!
//! Samples are made in great numbers, so names and tags are resolved to small numbers
//! beforehand ([`Registry`], [`TagInterner`]) and recording one is a few additions
//! ([`Shard`]). Nothing here does I/O or starts a thread, and clocks are read for raw samples,
//! gauges and what is new only: whoever records passes durations in, whoever reads takes a
//! [`Snapshot`]. What several processes record adds up by [`Delta`]s.

pub mod builtin;
mod delta;
pub mod hdr;
mod metrics;
mod registry;
mod shard;
mod sink;
mod snapshot;
mod tags;
mod tap;
pub mod threshold;

pub use runner_values::{SystemTag, SystemTags};

pub use delta::{ApplyError, DecodeError, Delta, Differences, SourceId};
pub use metrics::{Metrics, MetricsConfig, SummaryMode};
pub use registry::{DefineError, Kind, MetricId, MetricInfo, Registry, Unit};
pub use shard::{HttpSample, Shard, ShardHandle};
pub use sink::{EXACT_LIMIT, TrendValues, Values};
pub use snapshot::{
    CheckResult, Group, GroupSection, MetricSnapshot, ScenarioSection, Snapshot, SubmetricSnapshot,
};
pub use tags::{
    BYTES_KEPT, SERIES_LIMIT, SeriesWarning, TagInterner, TagSet, TagSetId, Tags, TagsRef,
};
pub use tap::{Pressure, RawSample};
pub use threshold::{ThresholdResult, ThresholdSet};
