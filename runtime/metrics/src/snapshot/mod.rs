//! What a run's metrics say at one moment.

mod build;
mod model;

pub use model::{
    CheckResult, Group, GroupSection, MetricSnapshot, ScenarioSection, Snapshot, SubmetricSnapshot,
};

pub(crate) use build::build;
