//! The summary as a file: the flattened shape of `--summary-export`.
//!
//! Scripts of pipelines read it, so its oddities are kept: a threshold is `true` when it was
//! crossed, the share of a rate is its `value`, and groups and checks are objects by name.

use std::time::Duration;

use runner_metrics::{Group, Snapshot, ThresholdResult};
use serde_json::{Map, Value, json};

use crate::data::{DataOptions, all_metrics, check_fields, figures, group_fields};

/// The data of `--summary-export`.
#[must_use]
pub fn export_json(
    snapshot: &Snapshot,
    thresholds: &[ThresholdResult],
    test_duration: Duration,
    options: &DataOptions,
) -> Value {
    let metrics: Map<String, Value> = all_metrics(snapshot, thresholds)
        .map(|metric| {
            let figures = figures(metric.values, test_duration, &options.trend_stats);
            let mut entry: Map<String, Value> = match figures {
                Value::Object(figures) => figures
                    .into_iter()
                    .map(|(name, value)| match metric.values {
                        runner_metrics::Values::Rate { .. } if name == "rate" => {
                            ("value".to_owned(), value)
                        }
                        _ => (name, value),
                    })
                    .collect(),
                _ => Map::new(),
            };
            let crossed: Map<String, Value> = thresholds
                .iter()
                .filter(|result| result.key == metric.name)
                .map(|result| (result.source.clone(), Value::from(!result.ok)))
                .collect();
            if !crossed.is_empty() {
                entry.insert("thresholds".to_owned(), crossed.into());
            }
            (metric.name.to_owned(), entry.into())
        })
        .collect();
    let mut data = json!({ "root_group": group(&snapshot.root_group), "metrics": metrics });
    if let (Some(data), Some(setup_data)) = (data.as_object_mut(), &options.setup_data) {
        data.insert("setup_data".to_owned(), setup_data.clone());
    }
    data
}

fn group(node: &Group) -> Value {
    let mut fields = group_fields(node);
    let groups: Map<String, Value> = node
        .groups
        .iter()
        .map(|child| (child.name.clone(), group(child)))
        .collect();
    let checks: Map<String, Value> = node
        .checks
        .iter()
        .map(|check| (check.name.to_string(), check_fields(node, check)))
        .collect();
    fields.insert("groups".to_owned(), groups.into());
    fields.insert("checks".to_owned(), checks.into());
    fields.into()
}

/// JSON with an indent of four spaces.
#[must_use]
pub fn indented(data: &Value) -> String {
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
    // Values have nothing that cannot be written, and a vector takes everything.
    let _ = serde::Serialize::serialize(data, &mut serializer);
    String::from_utf8(out).unwrap_or_default()
}
