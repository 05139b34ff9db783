//! Thresholds while the run goes on.
//!
//! Only the metrics that thresholds name are added up, one shard lock at a time, so that a
//! look every two seconds costs next to nothing. Metrics without samples are passed over:
//! they say nothing yet.

use std::time::Duration;

use super::{MetricKey, ThresholdResult, ThresholdSet};
use crate::metrics::Shared;
use crate::shard::{Part, ShardHandle};
use crate::sink::{Merged, Slot, Table};
use crate::{MetricInfo, Values};

impl ThresholdResult {
    /// Whether this result ends a run that has lasted for `elapsed`.
    #[must_use]
    pub fn aborts(&self, elapsed: Duration) -> bool {
        let waited = self.delay_abort_eval.is_zero() || elapsed > self.delay_abort_eval;
        !self.ok && self.abort_on_fail && waited
    }
}

impl ThresholdSet {
    pub(crate) fn evaluate_live(
        &self,
        shared: &Shared,
        shards: &[ShardHandle],
        kept: &Part,
        test_duration: Duration,
    ) -> Vec<ThresholdResult> {
        let sums: Vec<_> = self
            .keys()
            .iter()
            .map(|key| sum(key, shared, shards, kept))
            .collect();
        self.with_keys()
            .filter_map(|(threshold, key)| {
                let (info, values) = sums.get(threshold.key)?.as_ref()?;
                threshold.judge(key, info.kind, info.unit, values, test_duration)
            })
            .collect()
    }
}

/// What the samples of a key add up to, if there are any.
fn sum(
    key: &MetricKey,
    shared: &Shared,
    shards: &[ShardHandle],
    kept: &Part,
) -> Option<(MetricInfo, Values)> {
    let info = shared.registry.get(&key.metric)?;
    let submetric = match &key.suffix {
        None => None,
        Some(_) => Some(
            shared
                .submetrics
                .iter()
                .position(|sub| sub.metric == info.id && *sub.tags == *key.tags)?,
        ),
    };
    let mut merged = Merged::default();
    let mut add = |totals: &Table, submetrics: &[Slot]| {
        let slot = match submetric {
            None => totals.get(info.id),
            Some(at) => submetrics.get(at),
        };
        if let Some(slot) = slot {
            merged.add(slot);
        }
    };
    add(&kept.totals, &kept.submetrics);
    for handle in shards {
        let shard = handle.lock();
        add(&shard.totals, &shard.submetrics);
    }
    let observed = merged.observed();
    observed.then(|| {
        let values = merged.finish(info.kind);
        (info, values)
    })
}
