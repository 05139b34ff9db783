//! The summary as JSON: what `handleSummary` is given.

use std::time::Duration;

use md5::{Digest, Md5};
use runner_metrics::{CheckResult, Group, Kind, Snapshot, ThresholdResult, Unit, Values};
use runner_values::{TimeUnit, TrendStat};
use serde_json::{Map, Value, json};

use crate::options::figure;

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
    let stats: Vec<&str> = options.trend_stats.iter().map(|stat| &*stat.name).collect();
    let mut data = json!({
        "root_group": group(&snapshot.root_group),
        "options": {
            "summaryTrendStats": stats,
            "summaryTimeUnit": options.time_unit.map_or("", TimeUnit::name),
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

/// A metric or submetric of the summary.
pub(super) struct Listed<'a> {
    pub(super) name: &'a str,
    pub(super) kind: Kind,
    pub(super) unit: Unit,
    pub(super) values: &'a Values,
}

/// The metrics and submetrics that have samples or thresholds.
pub(super) fn all_metrics<'a>(
    snapshot: &'a Snapshot,
    thresholds: &'a [ThresholdResult],
) -> impl Iterator<Item = Listed<'a>> {
    snapshot.metrics.iter().flat_map(move |metric| {
        let listed = |name: &'a str, values: &'a Values| Listed {
            name,
            kind: metric.kind,
            unit: metric.unit,
            values,
        };
        let named = thresholds
            .iter()
            .any(|result| *result.metric == *metric.name);
        let own = (metric.observed || named).then(|| listed(&metric.name, &metric.values));
        let submetrics = metric.submetrics.iter().filter_map(move |sub| {
            let named = thresholds.iter().any(|result| *result.key == *sub.name);
            (sub.observed || named).then(|| listed(&sub.name, &sub.values))
        });
        own.into_iter().chain(submetrics)
    })
}

fn metrics(
    snapshot: &Snapshot,
    thresholds: &[ThresholdResult],
    test_duration: Duration,
    stats: &[TrendStat],
) -> Value {
    let all: Map<String, Value> = all_metrics(snapshot, thresholds)
        .map(|metric| {
            let mut entry = Map::new();
            entry.insert("type".to_owned(), metric.kind.as_str().into());
            entry.insert("contains".to_owned(), metric.unit.as_str().into());
            let figures = figures(metric.values, test_duration, stats);
            entry.insert("values".to_owned(), figures);
            let results: Map<String, Value> = thresholds
                .iter()
                .filter(|result| result.key == metric.name)
                .map(|result| (result.source.clone(), json!({ "ok": result.ok })))
                .collect();
            if !results.is_empty() {
                entry.insert("thresholds".to_owned(), results.into());
            }
            (metric.name.to_owned(), entry.into())
        })
        .collect();
    all.into()
}

pub(super) fn figures(values: &Values, test_duration: Duration, stats: &[TrendStat]) -> Value {
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
            .map(|stat| (stat.name.clone(), number(figure(stat, trend))))
            .collect::<Map<_, _>>()
            .into(),
    }
}

fn group(node: &Group) -> Value {
    let mut fields = group_fields(node);
    let groups: Vec<Value> = node.groups.iter().map(group).collect();
    let checks: Vec<Value> = node
        .checks
        .iter()
        .map(|check| check_fields(node, check))
        .collect();
    fields.insert("groups".to_owned(), groups.into());
    fields.insert("checks".to_owned(), checks.into());
    fields.into()
}

/// A group without what is in it.
pub(super) fn group_fields(node: &Group) -> Map<String, Value> {
    let fields = [
        ("name", node.name.clone()),
        ("path", node.path.clone()),
        ("id", id(&node.path)),
    ];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

/// A check of a group.
pub(super) fn check_fields(node: &Group, check: &CheckResult) -> Value {
    let path = format!("{}::{}", node.path, check.name);
    json!({
        "name": &*check.name,
        "path": path,
        "id": id(&path),
        "passes": check.passes,
        "fails": check.fails,
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
pub(super) fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        return Value::from(value as i64);
    }
    Value::from(value)
}
