//! The place of one metric in a shard, which costs nothing until its first sample.

use super::sequence::Sequence;
use super::trend::TrendSink;
use crate::{Kind, MetricId};

/// What one shard knows of one metric.
#[derive(Clone, Debug, Default)]
pub(crate) enum Slot {
    /// No sample yet.
    #[default]
    Empty,
    Counter(f64),
    Gauge {
        value: f64,
        min: f64,
        max: f64,
        /// When `value` was set ([`Sequence`]), to find the last one over all shards.
        at: u64,
    },
    Rate {
        trues: u64,
        total: u64,
    },
    Trend(TrendSink),
}

impl Slot {
    /// Adds a number. `kind` is asked at the first sample only.
    #[inline]
    pub(crate) fn record(
        &mut self,
        value: f64,
        sequence: &Sequence,
        kind: impl FnOnce() -> Option<Kind>,
    ) {
        match self {
            Self::Counter(sum) => *sum += value,
            Self::Gauge {
                value: last,
                min,
                max,
                at,
            } => {
                *last = value;
                *min = min.min(value);
                *max = max.max(value);
                *at = sequence.next();
            }
            Self::Rate { trues, total } => {
                *trues += u64::from(value != 0.0);
                *total += 1;
            }
            Self::Trend(trend) => trend.record(value),
            Self::Empty => *self = Self::first(value, sequence, kind()),
        }
    }

    #[cold]
    fn first(value: f64, sequence: &Sequence, kind: Option<Kind>) -> Self {
        match kind {
            None => Self::Empty,
            Some(Kind::Counter) => Self::Counter(value),
            Some(Kind::Gauge) => Self::Gauge {
                value,
                min: value,
                max: value,
                at: sequence.next(),
            },
            Some(Kind::Rate) => Self::Rate {
                trues: u64::from(value != 0.0),
                total: 1,
            },
            Some(Kind::Trend) => {
                let mut trend = TrendSink::new();
                trend.record(value);
                Self::Trend(trend)
            }
        }
    }
}

impl Slot {
    /// Adds what another slot of the same metric knows.
    pub(crate) fn merge(&mut self, other: &Self) {
        match (&mut *self, other) {
            (_, Self::Empty) => {}
            (Self::Counter(sum), Self::Counter(other)) => *sum += other,
            (
                Self::Rate { trues, total },
                Self::Rate {
                    trues: other_trues,
                    total: other_total,
                },
            ) => {
                *trues = trues.saturating_add(*other_trues);
                *total = total.saturating_add(*other_total);
            }
            (
                Self::Gauge {
                    value,
                    min,
                    max,
                    at,
                },
                Self::Gauge {
                    value: other,
                    min: other_min,
                    max: other_max,
                    at: other_at,
                },
            ) => {
                *min = min.min(*other_min);
                *max = max.max(*other_max);
                if other_at > at {
                    *value = *other;
                    *at = *other_at;
                }
            }
            (Self::Trend(trend), Self::Trend(other)) => trend.merge(other),
            // The first that has samples. Kinds agree, as they come from one registry.
            (slot, other) => *slot = other.clone(),
        }
    }
}

/// Slots by metric id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    slots: Vec<Slot>,
}

impl Table {
    #[inline]
    pub(crate) fn slot(&mut self, metric: MetricId) -> Option<&mut Slot> {
        if metric.index() >= self.slots.len() {
            self.grow(metric.index() + 1);
        }
        self.slots.get_mut(metric.index())
    }

    pub(crate) fn get(&self, metric: MetricId) -> Option<&Slot> {
        self.slots.get(metric.index())
    }

    /// Whether there was no sample.
    pub(crate) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The slots that have samples.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (MetricId, &Slot)> {
        let ids = (0..).map(MetricId);
        ids.zip(&self.slots)
            .filter(|(_, slot)| !matches!(slot, Slot::Empty))
    }

    /// Adds what another table knows.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (metric, theirs) in other.iter() {
            if let Some(slot) = self.slot(metric) {
                slot.merge(theirs);
            }
        }
    }

    #[cold]
    fn grow(&mut self, len: usize) {
        self.slots.resize_with(len, Slot::default);
    }
}
