//! The summary as JSON: what `handleSummary` is given.

use std::time::Duration;

use md5::{Digest, Md5};
use runner_metrics::{Group, Kind, Snapshot, ThresholdResult, Unit, Values};
use serde_json::{Map, Value, json};

use super::{TimeUnit, TrendStat};

/// What the JSON tells about the run besides its metrics.
#[derive(Clone, Debug)]
pub struct DataOptions {
    /// The figures of trends.
    pub trend_stats: Vec<TrendStat>,
    /// The unit of times in the text.
    pub time_unit: Option<TimeUnit>,
    /// Whether the user asked for no colours.
    pub no_color: bool,
    /// Whether standard output is a terminal.
    pub stdout_is_tty: bool,
    /// Whether standard error is a terminal.
    pub stderr_is_tty: bool,
    /// What `setup` returned, if anything.
    pub setup_data: Option<Value>,
}

/// The data that `handleSummary` is given: groups and checks, options, state of the run and
/// metrics. Only metrics with samples or thresholds are in it.
#[must_use]
pub fn data_json(
    snapshot: &Snapshot,
    thresholds: &[ThresholdResult],
    test_duration: Duration,
    options: &DataOptions,
) -> Value {
    let stats: Vec<&str> = options.trend_stats.iter().map(TrendStat::name).collect();
    let mut data = json!({
        "root_group": group(&snapshot.root_group),
        "options": {
            "summaryTrendStats": stats,
            "summaryTimeUnit": options.time_unit.map_or("", TimeUnit::as_str),
            "noColor": options.no_color,
        },
        "state": {
            "isStdOutTTY": options.stdout_is_tty,
            "isStdErrTTY": options.stderr_is_tty,
            "testRunDurationMs": number(test_duration.as_nanos() as f64 / 1e6),
        },
        "metrics": metrics(snapshot, thresholds, test_duration, &options.trend_stats),
    });
    if let (Some(data), Some(setup_data)) = (data.as_object_mut(), &options.setup_data) {
        data.insert("setup_data".to_owned(), setup_data.clone());
    }
    data
}

fn metrics(
    snapshot: &Snapshot,
    thresholds: &[ThresholdResult],
    test_duration: Duration,
    stats: &[TrendStat],
) -> Value {
    let mut all = Map::new();
    let mut add = |name: &str, kind: Kind, unit: Unit, values: &Values| {
        let mut entry = Map::new();
        entry.insert("type".to_owned(), kind.as_str().into());
        entry.insert("contains".to_owned(), unit.as_str().into());
        entry.insert("values".to_owned(), figures(values, test_duration, stats));
        let results: Map<String, Value> = thresholds
            .iter()
            .filter(|result| result.key == name)
            .map(|result| (result.source.clone(), json!({ "ok": result.ok })))
            .collect();
        if !results.is_empty() {
            entry.insert("thresholds".to_owned(), results.into());
        }
        all.insert(name.to_owned(), entry.into());
    };
    for metric in &snapshot.metrics {
        if metric.observed
            || thresholds
                .iter()
                .any(|result| *result.metric == *metric.name)
        {
            add(&metric.name, metric.kind, metric.unit, &metric.values);
        }
        for sub in &metric.submetrics {
            if sub.observed || thresholds.iter().any(|result| *result.key == *sub.name) {
                add(&sub.name, metric.kind, metric.unit, &sub.values);
            }
        }
    }
    all.into()
}

fn figures(values: &Values, test_duration: Duration, stats: &[TrendStat]) -> Value {
    match values {
        Values::Counter { count } => {
            let seconds = test_duration.as_secs_f64();
            let rate = if seconds > 0.0 { count / seconds } else { 0.0 };
            json!({ "count": number(*count), "rate": number(rate) })
        }
        Values::Gauge { value, min, max } => {
            json!({ "value": number(*value), "min": number(*min), "max": number(*max) })
        }
        Values::Rate { trues, total } => json!({
            "rate": number(Values::rate(*trues, *total)),
            "passes": trues,
            "fails": total - trues,
        }),
        Values::Trend(trend) => stats
            .iter()
            .map(|stat| (stat.name().to_owned(), number(stat.of(trend))))
            .collect::<Map<_, _>>()
            .into(),
    }
}

fn group(node: &Group) -> Value {
    let checks: Vec<Value> = node
        .checks
        .iter()
        .map(|check| {
            let path = format!("{}::{}", node.path, check.name);
            json!({
                "name": &*check.name,
                "path": path,
                "id": id(&path),
                "passes": check.passes,
                "fails": check.fails,
            })
        })
        .collect();
    json!({
        "name": node.name,
        "path": node.path,
        "id": id(&node.path),
        "groups": node.groups.iter().map(group).collect::<Vec<_>>(),
        "checks": checks,
    })
}

/// The id of a group or check: the MD5 sum of its path. An identifier, not a protection.
fn id(path: &str) -> String {
    Md5::digest(path.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A JSON number, without a fraction if it is whole.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        return Value::from(value as i64);
    }
    Value::from(value)
}
