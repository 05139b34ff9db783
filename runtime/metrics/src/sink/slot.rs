//! The place of one metric in a shard, which costs nothing until its first sample.

use std::sync::atomic::{AtomicU64, Ordering};

use super::trend::TrendSink;
use crate::{Kind, MetricId};

/// Gives an order to events of different shards.
#[derive(Debug, Default)]
pub(crate) struct Sequence(AtomicU64);

impl Sequence {
    pub(crate) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

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
        /// When `value` was set, to find the last one over all shards.
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

    #[cold]
    fn grow(&mut self, len: usize) {
        self.slots.resize_with(len, Slot::default);
    }
}
