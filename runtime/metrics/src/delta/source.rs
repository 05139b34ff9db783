//! Taking differences.

use std::sync::Arc;

use super::model::{Delta, SourceId};
use crate::Metrics;
use crate::tags::Told;

/// Takes one difference after the other. There is one of these for the metrics of a run: what
/// one takes, another does not get. What was received from other processes is not taken.
#[derive(Debug)]
pub struct Differences {
    metrics: Arc<Metrics>,
    source: SourceId,
    next: u64,
    told: Told,
}

impl Differences {
    /// The first difference has everything from the beginning.
    #[must_use]
    pub fn new(metrics: Arc<Metrics>, source: SourceId) -> Self {
        Self {
            metrics,
            source,
            next: 0,
            told: Told::default(),
        }
    }

    /// What was recorded since the last time. Shards are locked one after the other, for moving
    /// what they hold. Keep it until it has arrived: it is not to be had again.
    pub fn take(&mut self) -> Delta {
        let series = self.metrics.tags().registers(&mut self.told);
        let number = (self.source, self.next);
        self.next += 1;
        self.metrics
            .take(|shared, taken, whole| Delta::new(number, shared, taken, whole, series))
    }
}
