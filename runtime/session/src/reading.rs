//! The metrics of a run at one moment, in the terms of the REST interface.

use std::time::Duration;

use runner_control::{Check, Group, Metric};
use runner_metrics::{Kind, Metrics, Snapshot, ThresholdResult, ThresholdSet, Unit, Values};

/// What was measured so far, and whether thresholds hold.
#[derive(Debug)]
pub(crate) struct Reading {
    snapshot: Snapshot,
    thresholds: Vec<ThresholdResult>,
    /// Of the run.
    elapsed: Duration,
}

impl Reading {
    pub(crate) fn take(metrics: &Metrics, thresholds: &ThresholdSet, elapsed: Duration) -> Self {
        let snapshot = metrics.snapshot();
        let thresholds = thresholds.evaluate(&snapshot, elapsed);
        Self {
            snapshot,
            thresholds,
            elapsed,
        }
    }

    /// Whether any threshold does not hold.
    pub(crate) fn is_tainted(&self) -> bool {
        self.thresholds.iter().any(|result| !result.ok)
    }

    /// The root.
    pub(crate) fn root_group(&self) -> &runner_metrics::Group {
        &self.snapshot.root_group
    }

    /// Metrics that have samples, each followed by its submetrics.
    pub(crate) fn metrics(&self) -> Vec<Metric> {
        let mut metrics = Vec::new();
        for metric in &self.snapshot.metrics {
            let (kind, unit) = (metric.kind, metric.unit);
            if metric.observed {
                metrics.push(self.metric(&metric.name, kind, unit, &metric.values));
            }
            for submetric in metric.submetrics.iter().filter(|sub| sub.observed) {
                metrics.push(self.metric(&submetric.name, kind, unit, &submetric.values));
            }
        }
        metrics
    }

    fn metric(&self, name: &str, kind: Kind, unit: Unit, values: &Values) -> Metric {
        let mut own = self
            .thresholds
            .iter()
            .filter(|result| result.key == name)
            .peekable();
        Metric {
            name: name.to_owned(),
            kind: kind.as_str(),
            contains: unit.as_str(),
            tainted: own.peek().is_some().then(|| own.any(|result| !result.ok)),
            sample: sample(values, self.elapsed),
        }
    }
}

/// Figures in alphabetical order; those of a trend are always the same six, as in k6.
fn sample(values: &Values, elapsed: Duration) -> Vec<(&'static str, f64)> {
    match values {
        Values::Counter { count } => {
            let seconds = elapsed.as_secs_f64();
            let rate = if seconds > 0.0 { count / seconds } else { 0.0 };
            vec![("count", *count), ("rate", rate)]
        }
        Values::Gauge { value, .. } => vec![("value", *value)],
        Values::Rate { trues, total } => vec![("rate", Values::rate(*trues, *total))],
        Values::Trend(trend) => vec![
            ("avg", trend.avg()),
            ("max", trend.max()),
            ("med", trend.med()),
            ("min", trend.min()),
            ("p(90)", trend.percentile(90.0)),
            ("p(95)", trend.percentile(95.0)),
        ],
    }
}

/// A group with all that is in it.
pub(crate) fn group(group: &runner_metrics::Group) -> Group {
    let check = |check: &runner_metrics::CheckResult| Check {
        name: check.name.to_string(),
        passes: check.passes,
        fails: check.fails,
    };
    Group {
        name: group.name.clone(),
        path: group.path.clone(),
        groups: group.groups.iter().map(self::group).collect(),
        checks: group.checks.iter().map(check).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runner_metrics::TrendValues;

    #[test]
    fn figures_of_each_kind() {
        let elapsed = Duration::from_secs(4);
        assert_eq!(
            sample(&Values::Counter { count: 6.0 }, elapsed),
            [("count", 6.0), ("rate", 1.5)]
        );
        assert_eq!(
            sample(&Values::Counter { count: 6.0 }, Duration::ZERO),
            [("count", 6.0), ("rate", 0.0)]
        );
        let rate = Values::Rate { trues: 1, total: 4 };
        assert_eq!(sample(&rate, elapsed), [("rate", 0.25)]);
        let trend = Values::Trend(TrendValues::from_values(vec![1.0, 2.0, 3.0]));
        assert_eq!(
            sample(&trend, elapsed)[..4],
            [("avg", 2.0), ("max", 3.0), ("med", 2.0), ("min", 1.0)]
        );
    }
}
