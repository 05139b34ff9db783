//! What an output that observes is told of thresholds and of the run's status.

use runner_metrics::ThresholdResult;
use runner_outputs::{OutputContext, Status};

use crate::bindings::exports::runner::output::observer as wit;

/// How the thresholds stand; those that nobody has looked at are pending.
pub(crate) fn thresholds(
    context: &OutputContext,
    results: &[ThresholdResult],
) -> Vec<wit::Threshold> {
    if results.is_empty() {
        let pending = |(metric, condition, abort_on_fail): (&str, &str, bool)| wit::Threshold {
            metric: metric.to_owned(),
            condition: condition.to_owned(),
            abort_on_fail,
            state: wit::State::Pending,
            observed: None,
        };
        return context.thresholds.definitions().map(pending).collect();
    }
    let looked_at = |result: &ThresholdResult| wit::Threshold {
        metric: result.key.clone(),
        condition: result.source.clone(),
        abort_on_fail: result.abort_on_fail,
        state: match result.ok {
            true => wit::State::Passed,
            false => wit::State::Crossed,
        },
        observed: Some(result.observed),
    };
    results.iter().map(looked_at).collect()
}

pub(crate) fn status(now: Status) -> wit::Status {
    wit::Status {
        elapsed: u64::try_from(now.elapsed.as_nanos()).unwrap_or(u64::MAX),
        active_vus: now.active_vus,
        initialised_vus: now.initialised_vus,
        completed_iterations: now.completed,
        interrupted_iterations: now.interrupted,
        stopping: now.stopping,
    }
}
