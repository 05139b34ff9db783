//! The summary for programs: a versioned shape, the same for `handleSummary()` and
//! `--summary-export` (`--new-machine-readable-summary`). It has no thresholds and no groups,
//! as in k6.

use std::time::Duration;

use jiff::Timestamp;
use runner_metrics::{CheckResult, Kind, Snapshot, Unit, Values};
use runner_values::TrendStat;
use serde_json::{Map, Value, json};

use crate::options::figure;

use crate::data::{all_metrics, number};

/// Version of the shape.
const VERSION: &str = "1.0.0";

/// What it says of the run besides its results.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// When the summary was made, as Unix time in nanoseconds.
    pub generated_at: u64,
    /// The text of the script, empty for a component.
    pub script: String,
}

/// The machine-readable summary.
#[must_use]
pub fn machine_readable_json(
    snapshot: &Snapshot,
    test_duration: Duration,
    stats: &[TrendStat],
    about: &About,
) -> Value {
    let metrics: Vec<Value> = all_metrics(snapshot, &[])
        .filter(|metric| metric.name != "checks")
        .map(|metric| entry(metric.name, metric.kind, metric.unit, metric.values, stats))
        .collect();
    let generated_at = Timestamp::from_nanosecond(about.generated_at.into());
    json!({
        "version": VERSION,
        "metadata": {
            "generated_at": generated_at.unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
            "k6_version": env!("CARGO_PKG_VERSION"),
        },
        "config": {
            "script": about.script,
            "execution": "local",
            "duration": number(test_duration.as_secs_f64()),
        },
        "results": {
            "checks": {
                "metrics": check_metrics(snapshot),
                "results": snapshot.checks.iter().map(check).collect::<Vec<_>>(),
            },
            "metrics": metrics,
        },
    })
}

/// All checks together; nothing where there were none.
fn check_metrics(snapshot: &Snapshot) -> Vec<Value> {
    let Some(Values::Rate { trues, total }) =
        snapshot.metric("checks").map(|metric| &metric.values)
    else {
        return Vec::new();
    };
    if *total == 0 {
        return Vec::new();
    }
    let rate = |trues| Values::Rate {
        trues,
        total: *total,
    };
    let count = Values::Counter {
        count: *total as f64,
    };
    vec![
        entry("checks_total", Kind::Counter, Unit::Plain, &count, &[]),
        entry(
            "checks_succeeded",
            Kind::Rate,
            Unit::Plain,
            &rate(*trues),
            &[],
        ),
        entry(
            "checks_failed",
            Kind::Rate,
            Unit::Plain,
            &rate(total - trues),
            &[],
        ),
    ]
}

fn check(check: &CheckResult) -> Value {
    json!({ "name": &*check.name, "passes": check.passes, "fails": check.fails })
}

fn entry(name: &str, kind: Kind, unit: Unit, values: &Values, stats: &[TrendStat]) -> Value {
    let values = match values {
        Values::Counter { count } => json!({ "count": number(*count) }),
        Values::Gauge { value, min, max } => {
            json!({ "value": number(*value), "min": number(*min), "max": number(*max) })
        }
        Values::Rate { trues, total } => json!({
            "rate": number(Values::rate(*trues, *total)),
            "matches": trues,
            "total": total,
        }),
        Values::Trend(trend) => stats
            .iter()
            .map(|stat| {
                // `p90` for `p(90)`.
                let name = stat.name.replace(['(', ')'], "");
                (name, number(figure(stat, trend)))
            })
            .collect::<Map<_, _>>()
            .into(),
    };
    json!({ "name": name, "type": kind.as_str(), "contains": unit.as_str(), "values": values })
}
