//! Thresholds while the run goes on: looked at every two seconds, and the run is ended when one
//! that says so has been crossed.

use std::sync::Arc;
use std::time::Duration;

use runner_metrics::{Metrics, ThresholdResult, ThresholdSet};
use runner_scheduler::{Abort, AbortReason, RunState};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::Notice;
use crate::events::Teller;

/// How often thresholds are evaluated.
const EVERY: Duration = Duration::from_secs(2);

/// What the watch looks at and whom it tells.
pub(crate) struct Watch {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) thresholds: Arc<ThresholdSet>,
    pub(crate) state: Arc<RunState>,
    pub(crate) abort: Abort,
    pub(crate) teller: Teller,
}

impl Watch {
    /// Watches until it has ended the run: the caller drops it otherwise.
    pub(crate) async fn run(self) {
        let mut ticks = interval_at(Instant::now() + EVERY, EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let elapsed = self.state.elapsed();
            let results = self.metrics.evaluate(&self.thresholds, elapsed);
            let aborts = results.iter().any(|result| result.aborts(elapsed));
            let crossed = crossed(&results);
            self.teller.thresholds(results);
            if let (true, Some(names)) = (aborts, crossed) {
                if self.abort.abort(AbortReason::Threshold) {
                    self.teller.notice(&Notice::Crossed { names, ended: true });
                }
                return;
            }
        }
    }
}

/// Names of the metrics whose thresholds were crossed, none where all held.
pub(crate) fn crossed(results: &[ThresholdResult]) -> Option<Vec<String>> {
    let mut names: Vec<&str> = results
        .iter()
        .filter(|result| !result.ok)
        .map(|result| result.key.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| names.into_iter().map(str::to_owned).collect())
}
