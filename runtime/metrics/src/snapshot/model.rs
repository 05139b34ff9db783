//! The parts of a snapshot, as plain data.

use std::sync::Arc;

use crate::{Kind, MetricId, Unit, Values};

/// Every metric of a run, its checks, and what scenarios and groups did.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// All metrics that exist, ordered by id, with or without samples.
    pub metrics: Vec<MetricSnapshot>,
    /// Checks by name over all groups, in the order of their first use.
    pub checks: Vec<CheckResult>,
    /// Groups and their checks as a tree.
    pub root_group: Group,
    /// Groups of the `default` scenario and of samples without one; full mode only.
    pub groups: Vec<GroupSection>,
    /// The other scenarios; full mode only.
    pub scenarios: Vec<ScenarioSection>,
}

impl Snapshot {
    /// The metric of that name.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&MetricSnapshot> {
        self.metrics.iter().find(|metric| &*metric.name == name)
    }

    /// The metric of that id.
    #[must_use]
    pub fn get(&self, id: MetricId) -> Option<&MetricSnapshot> {
        self.metrics
            .get(id.index())
            .filter(|metric| metric.id == id)
    }
}

/// One metric.
#[derive(Clone, Debug)]
pub struct MetricSnapshot {
    /// Its index.
    pub id: MetricId,
    /// Its name.
    pub name: Arc<str>,
    /// Its kind.
    pub kind: Kind,
    /// What its values mean.
    pub unit: Unit,
    /// What its samples add up to.
    pub values: Values,
    /// Whether there was any sample.
    pub observed: bool,
    /// Its submetrics, in the order of their definition.
    pub submetrics: Vec<SubmetricSnapshot>,
}

/// A metric restricted to samples with certain tags; kind and unit are those of the metric.
#[derive(Clone, Debug)]
pub struct SubmetricSnapshot {
    /// The whole key, such as `http_reqs{status:200}`.
    pub name: Arc<str>,
    /// What stands between the braces.
    pub suffix: Arc<str>,
    /// The tags, sorted.
    pub tags: Arc<[(String, String)]>,
    /// What its samples add up to.
    pub values: Values,
    /// Whether there was any sample.
    pub observed: bool,
}

/// How often a check passed and failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// Its name.
    pub name: Arc<str>,
    /// How often it passed.
    pub passes: u64,
    /// How often it failed.
    pub fails: u64,
}

/// A group with its own checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its name, `""` for the root.
    pub name: String,
    /// Its path, such as `::outer::inner`, `""` for the root.
    pub path: String,
    /// Groups in it, in the order of their first use.
    pub groups: Vec<Group>,
    /// Its own checks, in the order of their first use.
    pub checks: Vec<CheckResult>,
}

/// What happened in a group, without the groups in it.
#[derive(Clone, Debug, Default)]
pub struct GroupSection {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Metrics that have samples.
    pub metrics: Vec<MetricSnapshot>,
    /// Its checks.
    pub checks: Vec<CheckResult>,
    /// Groups in it, in the order of their first use.
    pub groups: Vec<GroupSection>,
}

/// What happened in a scenario, its groups included.
#[derive(Clone, Debug, Default)]
pub struct ScenarioSection {
    /// Its name.
    pub name: String,
    /// Metrics that have samples.
    pub metrics: Vec<MetricSnapshot>,
    /// Its checks by name over all groups.
    pub checks: Vec<CheckResult>,
    /// Its groups, in the order of their first use.
    pub groups: Vec<GroupSection>,
}
