//! The histograms of intervals that are not over.
//!
//! Samples of different shards are not ordered by time, so an interval is over when one came
//! that is later than its end by as much as samples may wait. One that comes even later begins
//! its interval anew: the log then has two lines for it, whose values add up.

use std::collections::BTreeMap;
use std::time::Duration;

use runner_metrics::hdr::HdrTrend;
use runner_metrics::{RawSample, Unit};

/// How long samples may wait before they come here: they are fetched every 50 ms.
const GRACE: u64 = 250_000_000;

/// Shortest length that is told, for those who divide by it.
const SHORTEST: u64 = 1_000_000;

/// All times are nanoseconds, and Unix times where not said otherwise.
pub(super) struct Intervals {
    start: u64,
    length: u64,
    newest: u64,
    /// By number of the interval and place of the series.
    open: BTreeMap<(u64, usize), HdrTrend>,
}

/// What one series had in one interval.
pub(super) struct Interval {
    pub(super) series: usize,
    /// Since the start of the log.
    pub(super) begin: Duration,
    pub(super) length: Duration,
    pub(super) trend: HdrTrend,
}

impl Intervals {
    pub(super) fn new(start: Duration, length: Duration) -> Self {
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        Self {
            start: nanos(start),
            length: nanos(length).max(1),
            newest: nanos(start),
            open: BTreeMap::new(),
        }
    }

    /// Notes how late it is.
    pub(super) fn saw(&mut self, time: u64) {
        self.newest = self.newest.max(time);
    }

    /// Adds a sample to a series.
    pub(super) fn add(&mut self, sample: &RawSample, series: usize, unit: Unit) {
        let interval = sample.time.saturating_sub(self.start) / self.length;
        self.open
            .entry((interval, series))
            .or_insert_with(|| HdrTrend::new(unit))
            .record(sample.value, 1);
    }

    /// Takes out the first interval that is over; or the first of all, when nothing comes any
    /// more. The last one is as long as there were samples.
    pub(super) fn next(&mut self, all: bool) -> Option<Interval> {
        let entry = self.open.first_entry()?;
        let (interval, series) = *entry.key();
        let begin = interval.saturating_mul(self.length);
        let passed = self.newest.saturating_sub(self.start);
        if !all && passed < begin.saturating_add(self.length).saturating_add(GRACE) {
            return None;
        }
        let length = passed.saturating_sub(begin).max(SHORTEST).min(self.length);
        Some(Interval {
            series,
            begin: Duration::from_nanos(begin),
            length: Duration::from_nanos(length),
            trend: entry.remove(),
        })
    }
}
