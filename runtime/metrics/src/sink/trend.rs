//! The samples of a trend within one shard: exact values while they are few, then a histogram.
//!
//! Exact values make the percentiles of ordinary runs the same, to the digit, as those of a
//! tool that keeps everything; the histogram keeps an endless run flat in memory. Recording
//! appends to a buffer and no more: sums, extremes and buckets are brought up to date when
//! the buffer is full, in a tight loop over it.

use super::histogram::Histogram;

/// Values that a trend of one shard keeps exactly before it becomes a histogram.
pub const EXACT_LIMIT: usize = 16_384;

/// Values that wait to be put into the histogram: few, so that the buffers of all trends of
/// a request stay in the first-level cache together.
const BATCH: usize = 128;

/// A trend of one shard.
#[derive(Clone, Debug)]
pub(crate) struct TrendSink {
    /// Values that are in none of the other fields yet.
    pending: Vec<f64>,
    /// Length of `pending` at which it is emptied.
    limit: usize,
    settled: Option<Box<Settled>>,
}

/// What is known of values that are not kept.
#[derive(Clone, Debug)]
pub(crate) struct Settled {
    pub(crate) histogram: Histogram,
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl TrendSink {
    pub(crate) fn new() -> Self {
        Self {
            pending: Vec::new(),
            limit: EXACT_LIMIT,
            settled: None,
        }
    }

    /// Adds a number.
    #[inline]
    pub(crate) fn record(&mut self, value: f64) {
        self.pending.push(value);
        if self.pending.len() >= self.limit {
            self.settle();
        }
    }

    /// Values that are kept exactly.
    pub(crate) fn pending(&self) -> &[f64] {
        &self.pending
    }

    /// The other values.
    pub(crate) fn settled(&self) -> Option<&Settled> {
        self.settled.as_deref()
    }

    /// A trend of values that are kept exactly, unless they are too many.
    pub(crate) fn from_exact(values: &[f64]) -> Self {
        let mut trend = Self::new();
        trend.extend(values);
        trend
    }

    /// A trend of values that are not kept.
    pub(crate) fn from_settled(settled: Settled) -> Self {
        Self {
            settled: Some(Box::new(settled)),
            limit: BATCH,
            ..Self::new()
        }
    }

    /// Adds what another trend knows. Values stay exact as long as they are few together.
    pub(crate) fn merge(&mut self, other: &Self) {
        if let Some(theirs) = &other.settled {
            self.settle();
            self.settled.get_or_insert_default().merge(theirs);
        }
        self.extend(&other.pending);
    }

    /// The values of this trend without keeping any.
    pub(crate) fn to_settled(&self) -> Settled {
        let mut settled = self.settled.as_deref().cloned().unwrap_or_default();
        settled.absorb(&self.pending);
        settled
    }

    fn extend(&mut self, values: &[f64]) {
        if let Some(settled) = &mut self.settled {
            settled.absorb(values);
            return;
        }
        self.pending.extend_from_slice(values);
        if self.pending.len() >= self.limit {
            self.settle();
        }
    }

    #[cold]
    fn settle(&mut self) {
        let settled = self.settled.get_or_insert_with(Box::default);
        settled.absorb(&self.pending);
        self.pending.clear();
        if self.limit != BATCH {
            self.limit = BATCH;
            self.pending.shrink_to(BATCH);
        }
    }
}

impl Default for Settled {
    fn default() -> Self {
        Self {
            histogram: Histogram::default(),
            count: 0,
            sum: 0.0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }
}

impl Settled {
    pub(crate) fn absorb(&mut self, values: &[f64]) {
        self.count = self.count.saturating_add(values.len() as u64);
        // In registers while the loop runs.
        let (mut sum, mut min, mut max) = (self.sum, self.min, self.max);
        for value in values {
            sum += value;
            min = min.min(*value);
            max = max.max(*value);
            self.histogram.record(*value, 1);
        }
        (self.sum, self.min, self.max) = (sum, min, max);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.histogram.merge(&other.histogram);
        self.count = self.count.saturating_add(other.count);
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}
