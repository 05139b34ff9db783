//! The thresholds of a run: checked against the metrics before it starts, evaluated while it
//! goes on (`live.rs`) and at its end.
//!
//! Metrics without samples count as 0, but for two cases in which there is nothing to judge
//! and the threshold passes: a rate without samples, and the rate of a counter in a test that
//! took no time.

use std::time::Duration;

use runner_hints::guess;

use super::{Aggregation, Expression, ExpressionError, KeyError, MetricKey};
use crate::{Kind, Registry, Snapshot, Unit, Values};

/// A threshold as the user gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition {
    /// The metric, with tags or without.
    pub key: String,
    /// The condition.
    pub expression: String,
    /// Whether the run is aborted when the condition does not hold.
    pub abort_on_fail: bool,
    /// How long the run must have lasted before it may be aborted.
    pub delay_abort_eval: Duration,
}

/// Why a threshold cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThresholdError {
    /// The key is malformed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The condition is malformed.
    #[error("threshold {expression:?} of {key:?} {source}")]
    Expression {
        /// The key.
        key: String,
        /// The condition.
        expression: String,
        /// What is wrong.
        source: ExpressionError,
    },
    /// There is no such metric.
    #[error(
        "threshold key {key:?} names a metric that does not exist{guess}: \
         declare it in the script's init code, or correct the name"
    )]
    UnknownMetric {
        /// The key.
        key: String,
        /// What may have been meant, in brackets.
        guess: String,
    },
    /// The metric has no such figure.
    #[error(
        "threshold {expression:?} of {key:?} cannot be computed, as the metric is a {kind}: use {}",
        Aggregation::names_of(*.kind)
    )]
    Unsupported {
        /// The key.
        key: String,
        /// The condition.
        expression: String,
        /// Kind of the metric.
        kind: Kind,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Threshold {
    /// Index of its key.
    pub(super) key: usize,
    source: String,
    expression: Expression,
    abort_on_fail: bool,
    delay_abort_eval: Duration,
}

/// All thresholds of a run, in the order they were given.
#[derive(Clone, Debug, Default)]
pub struct ThresholdSet {
    keys: Vec<MetricKey>,
    thresholds: Vec<Threshold>,
}

/// How a threshold ended.
#[derive(Clone, Debug, PartialEq)]
pub struct ThresholdResult {
    /// The key, with tags or without.
    pub key: String,
    /// Name of the metric.
    pub metric: String,
    /// What stands between the key's braces.
    pub suffix: Option<String>,
    /// The condition as the user wrote it.
    pub source: String,
    /// What was computed.
    pub aggregation: Aggregation,
    /// What that was.
    pub observed: f64,
    /// Kind of the metric.
    pub kind: Kind,
    /// What the metric's values mean.
    pub unit: Unit,
    /// Whether the condition holds.
    pub ok: bool,
    /// Whether the run is to be aborted when it does not.
    pub abort_on_fail: bool,
    /// How long the run must have lasted before that.
    pub delay_abort_eval: Duration,
}

impl ThresholdSet {
    /// Parses thresholds.
    ///
    /// # Errors
    /// The first [`ThresholdError`] in a key or condition.
    pub fn new(definitions: impl IntoIterator<Item = Definition>) -> Result<Self, ThresholdError> {
        let mut set = Self::default();
        for definition in definitions {
            let parsed = MetricKey::parse(&definition.key)?;
            let known = set.keys.iter().position(|key| key.name == parsed.name);
            let key = known.unwrap_or_else(|| {
                set.keys.push(parsed);
                set.keys.len() - 1
            });
            let expression = Expression::parse(&definition.expression).map_err(|source| {
                ThresholdError::Expression {
                    key: definition.key.clone(),
                    expression: definition.expression.clone(),
                    source,
                }
            })?;
            set.thresholds.push(Threshold {
                key,
                source: definition.expression,
                expression,
                abort_on_fail: definition.abort_on_fail,
                delay_abort_eval: definition.delay_abort_eval,
            });
        }
        Ok(set)
    }

    /// The keys, each once; those with tags are the run's submetrics.
    #[must_use]
    pub fn keys(&self) -> &[MetricKey] {
        &self.keys
    }

    /// The conditions on a key, in the order they were given.
    pub fn expressions_of<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.with_keys()
            .filter(move |(_, own)| own.name == key)
            .map(|(threshold, _)| threshold.source.as_str())
    }

    /// All of them in the order they were given: key, condition, whether the run is aborted when it
    /// does not hold.
    pub fn definitions(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        self.with_keys()
            .map(|(own, key)| (key.name.as_str(), own.source.as_str(), own.abort_on_fail))
    }

    /// Whether there is no threshold.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.thresholds.is_empty()
    }

    /// Checks that every metric exists and has the figures that are asked for.
    ///
    /// # Errors
    /// Every [`ThresholdError`] there is, at least one.
    pub fn validate(&self, registry: &Registry) -> Result<(), Vec<ThresholdError>> {
        let mut errors = Vec::new();
        for key in &self.keys {
            if registry.get(&key.metric).is_none() {
                let known = registry.all();
                let names = known.iter().map(|metric| &*metric.name);
                errors.push(ThresholdError::UnknownMetric {
                    key: key.name.clone(),
                    guess: guess(&key.metric, names),
                });
            }
        }
        for (threshold, key) in self.with_keys() {
            let Some(info) = registry.get(&key.metric) else {
                continue;
            };
            if !threshold.expression.aggregation.is_of(info.kind) {
                errors.push(ThresholdError::Unsupported {
                    key: key.name.clone(),
                    expression: threshold.source.clone(),
                    kind: info.kind,
                });
            }
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }

    /// Evaluates every threshold at the end of a test. Those that [`Self::validate`] objects
    /// to are passed over.
    #[must_use]
    pub fn evaluate(&self, snapshot: &Snapshot, test_duration: Duration) -> Vec<ThresholdResult> {
        self.with_keys()
            .filter_map(|(threshold, key)| threshold.evaluate(key, snapshot, test_duration))
            .collect()
    }

    pub(super) fn with_keys(&self) -> impl Iterator<Item = (&Threshold, &MetricKey)> {
        self.thresholds
            .iter()
            .filter_map(|t| Some((t, self.keys.get(t.key)?)))
    }
}

impl Threshold {
    fn evaluate(
        &self,
        key: &MetricKey,
        snapshot: &Snapshot,
        test_duration: Duration,
    ) -> Option<ThresholdResult> {
        let metric = snapshot.metric(&key.metric)?;
        let submetric = metric.submetrics.iter().find(|sub| *sub.tags == *key.tags);
        let empty;
        let values = match (&key.suffix, submetric) {
            (None, _) => &metric.values,
            (Some(_), Some(submetric)) => &submetric.values,
            (Some(_), None) => {
                empty = Values::empty(metric.kind);
                &empty
            }
        };
        self.judge(key, metric.kind, metric.unit, values, test_duration)
    }

    /// Compares the figure with the number; `None` if the metric has no such figure.
    pub(super) fn judge(
        &self,
        key: &MetricKey,
        kind: Kind,
        unit: Unit,
        values: &Values,
        test_duration: Duration,
    ) -> Option<ThresholdResult> {
        let aggregation = self.expression.aggregation;
        let observed = aggregation.of(values, test_duration)?;
        let nothing_to_judge = match values {
            Values::Rate { total, .. } => *total == 0,
            Values::Counter { .. } => aggregation == Aggregation::Rate && test_duration.is_zero(),
            _ => false,
        };
        let holds = self
            .expression
            .operator
            .holds(observed, self.expression.value);
        Some(ThresholdResult {
            key: key.name.clone(),
            metric: key.metric.clone(),
            suffix: key.suffix.clone(),
            source: self.source.clone(),
            aggregation,
            observed,
            kind,
            unit,
            ok: nothing_to_judge || holds,
            abort_on_fail: self.abort_on_fail,
            delay_abort_eval: self.delay_abort_eval,
        })
    }
}
