//! What the samples of one metric add up to over all shards.
//!
//! Percentiles: with the values in ascending order, the position is i = p * (n - 1), and
//! positions between two values are interpolated linearly. The same rule is applied to the
//! histogram, so that its results differ by its bucket width (0.1 %) only. Smallest and
//! largest value, sum and count are always exact.

use std::sync::Arc;

use super::slot::Slot;
use super::trend::Settled;
use crate::Kind;

/// The values of a metric, ready to be read.
#[derive(Clone, Debug)]
pub enum Values {
    /// The sum of all samples.
    Counter {
        /// That sum.
        count: f64,
    },
    /// All zero when there was no sample.
    Gauge {
        /// The last sample.
        value: f64,
        /// The smallest sample.
        min: f64,
        /// The largest sample.
        max: f64,
    },
    /// Samples that are zero or not.
    Rate {
        /// Samples that were not zero.
        trues: u64,
        /// All samples.
        total: u64,
    },
    /// The distribution of all samples.
    Trend(TrendValues),
}

impl Values {
    /// The share of a rate's samples that are not zero, from 0 to 1.
    #[must_use]
    pub fn rate(trues: u64, total: u64) -> f64 {
        if total == 0 {
            0.0
        } else {
            trues as f64 / total as f64
        }
    }

    /// The values of a metric that has no sample.
    #[must_use]
    pub fn empty(kind: Kind) -> Self {
        Merged::default().finish(kind)
    }
}

/// The distribution of a trend's samples. Every figure is 0 when there are none.
#[derive(Clone, Debug, Default)]
pub struct TrendValues {
    data: Arc<TrendData>,
}

#[derive(Debug, Default)]
struct TrendData {
    count: u64,
    sum: f64,
    min: f64,
    max: f64,
    /// All values in ascending order, unless there is a histogram.
    sorted: Vec<f64>,
    histogram: Option<Box<Settled>>,
}

impl TrendValues {
    /// The distribution of `values`, kept exactly.
    #[must_use]
    pub fn from_values(mut values: Vec<f64>) -> Self {
        let sum = values.iter().sum();
        values.sort_unstable_by(f64::total_cmp);
        let data = TrendData {
            count: values.len() as u64,
            sum,
            min: values.first().copied().unwrap_or_default(),
            max: values.last().copied().unwrap_or_default(),
            sorted: values,
            histogram: None,
        };
        Self {
            data: Arc::new(data),
        }
    }

    /// A distribution whose values were not kept.
    pub(crate) fn from_settled(settled: Box<Settled>) -> Self {
        let data = TrendData {
            count: settled.count,
            sum: settled.sum,
            min: settled.min,
            max: settled.max,
            sorted: Vec::new(),
            histogram: Some(settled),
        };
        Self {
            data: Arc::new(data),
        }
    }

    /// The number of samples.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.data.count
    }

    /// The sum of the samples.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.data.sum
    }

    /// The smallest sample.
    #[must_use]
    pub fn min(&self) -> f64 {
        self.data.min
    }

    /// The largest sample.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.data.max
    }

    /// The mean.
    #[must_use]
    pub fn avg(&self) -> f64 {
        if self.data.count == 0 {
            0.0
        } else {
            self.data.sum / self.data.count as f64
        }
    }

    /// The median.
    #[must_use]
    pub fn med(&self) -> f64 {
        self.percentile(50.0)
    }

    /// The value that `percent` (0 to 100) of the samples don't exceed.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> f64 {
        if self.data.count == 0 {
            return 0.0;
        }
        let position = (percent / 100.0).clamp(0.0, 1.0) * (self.data.count - 1) as f64;
        let low = self.at(position.floor() as u64);
        let high = self.at(position.ceil() as u64);
        // Two equal infinities have no difference.
        if low == high {
            return low;
        }
        low + (high - low) * position.fract()
    }

    /// Hands all values to `take` in ascending order, with how often each occurs. Of values that
    /// were not kept, what stands for those near to it.
    pub(crate) fn each(&self, mut take: impl FnMut(f64, u64)) {
        let data = &*self.data;
        match &data.histogram {
            None => data.sorted.iter().for_each(|value| take(*value, 1)),
            Some(settled) => settled
                .histogram
                .buckets()
                .for_each(|(bucket, count)| take(bucket.middle().clamp(data.min, data.max), count)),
        }
    }

    /// The value at a position of the ascending order.
    fn at(&self, rank: u64) -> f64 {
        let data = &*self.data;
        match &data.histogram {
            None => {
                let rank = usize::try_from(rank).unwrap_or(usize::MAX);
                data.sorted.get(rank).copied().unwrap_or(data.max)
            }
            Some(_) if rank == 0 => data.min,
            Some(_) if rank + 1 >= data.count => data.max,
            Some(settled) => settled.histogram.at(rank).clamp(data.min, data.max),
        }
    }
}

/// A metric while its shards are added up.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    total: Slot,
    exact: Vec<f64>,
    settled: Option<Box<Settled>>,
    observed: bool,
}

impl Merged {
    /// Whether there was any sample.
    pub(crate) fn observed(&self) -> bool {
        self.observed
    }

    /// Adds what one shard knows.
    pub(crate) fn add(&mut self, slot: &Slot) {
        self.observed |= !matches!(slot, Slot::Empty);
        match slot {
            Slot::Trend(trend) => {
                self.exact.extend_from_slice(trend.pending());
                if let Some(settled) = trend.settled() {
                    self.settled.get_or_insert_default().merge(settled);
                }
            }
            slot => self.total.merge(slot),
        }
    }

    /// The values of the metric, which is of that kind.
    pub(crate) fn finish(self, kind: Kind) -> Values {
        match (kind, self.total) {
            (Kind::Counter, Slot::Counter(count)) => Values::Counter { count },
            (Kind::Counter, _) => Values::Counter { count: 0.0 },
            (
                Kind::Gauge,
                Slot::Gauge {
                    value, min, max, ..
                },
            ) => Values::Gauge { value, min, max },
            (Kind::Gauge, _) => Values::Gauge {
                value: 0.0,
                min: 0.0,
                max: 0.0,
            },
            (Kind::Rate, Slot::Rate { trues, total }) => Values::Rate { trues, total },
            (Kind::Rate, _) => Values::Rate { trues: 0, total: 0 },
            (Kind::Trend, _) => Values::Trend(match self.settled {
                None => TrendValues::from_values(self.exact),
                Some(mut settled) => {
                    settled.absorb(&self.exact);
                    TrendValues::from_settled(settled)
                }
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sequence::Sequence;
    use super::super::trend::EXACT_LIMIT;
    use super::*;

    fn naive_percentile(values: &[f64], percent: f64) -> f64 {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let position = percent / 100.0 * (sorted.len() - 1) as f64;
        let low = sorted[position.floor() as usize];
        let high = sorted[position.ceil() as usize];
        low + (high - low) * (position - position.floor())
    }

    fn trend(values: &[f64], shards: usize) -> TrendValues {
        let sequence = Sequence::default();
        let mut slots = vec![Slot::Empty; shards];
        for (at, value) in values.iter().enumerate() {
            slots[at % shards].record(*value, &sequence, || Some(Kind::Trend));
        }
        let mut merged = Merged::default();
        slots.iter().for_each(|slot| merged.add(slot));
        match merged.finish(Kind::Trend) {
            Values::Trend(trend) => trend,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_empty_trend_is_all_zero() {
        let trend = trend(&[], 1);
        assert_eq!(
            (trend.count(), trend.avg(), trend.min(), trend.max()),
            (0, 0.0, 0.0, 0.0)
        );
        assert_eq!((trend.med(), trend.percentile(99.0)), (0.0, 0.0));
    }

    #[test]
    fn small_trends_are_exact() {
        let trend = trend(&[1.0, 10.0, 3.0, 2.0], 2);
        assert_eq!(
            (trend.med(), trend.percentile(0.0), trend.percentile(100.0)),
            (2.5, 1.0, 10.0)
        );
        assert_eq!(trend.percentile(90.0), 3.0 + 7.0 * (0.9 * 3.0 - 2.0));
    }

    #[test]
    fn infinities_are_values_like_others() {
        let trend = trend(&[1.0, 2.0, f64::INFINITY], 2);
        assert_eq!((trend.min(), trend.med(), trend.count()), (1.0, 2.0, 3));
        for found in [
            trend.avg(),
            trend.max(),
            trend.percentile(90.0),
            trend.percentile(100.0),
        ] {
            assert_eq!(found, f64::INFINITY);
        }
    }

    #[test]
    fn gauges_keep_the_last_value_over_shards() {
        let sequence = Sequence::default();
        let mut slots = [Slot::Empty, Slot::Empty];
        for (shard, value) in [(0, 5.0), (1, -3.0), (0, 2.0)] {
            slots[shard].record(value, &sequence, || Some(Kind::Gauge));
        }
        let mut merged = Merged::default();
        slots.iter().for_each(|slot| merged.add(slot));
        let Values::Gauge { value, min, max } = merged.finish(Kind::Gauge) else {
            panic!()
        };
        assert_eq!((value, min, max), (2.0, -3.0, 5.0));
    }

    #[test]
    fn large_trends_stay_within_a_thousandth() {
        let mut state = 1_u64;
        let values: Vec<f64> = (0..3 * EXACT_LIMIT)
            .map(|_| {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                // Spread over eight decades, some of them negative.
                let exponent = (state >> 60) as i32 / 2 - 4;
                let sign = if state & (1 << 40) == 0 { 1.0 } else { -1.0 };
                sign * ((state >> 11) as f64 / (1_u64 << 53) as f64 + 0.1) * 10_f64.powi(exponent)
            })
            .collect();
        for shards in [1, 2] {
            let trend = trend(&values, shards);
            assert!(trend.data.histogram.is_some());
            assert_eq!(trend.count(), values.len() as u64);
            assert_eq!(
                trend.min(),
                values.iter().copied().fold(f64::INFINITY, f64::min)
            );
            assert_eq!(
                trend.max(),
                values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
            );
            for percent in [0.0, 1.0, 10.0, 33.3, 66.7, 90.0, 95.0, 99.0, 99.9, 100.0] {
                let exact = naive_percentile(&values, percent);
                let found = trend.percentile(percent);
                assert!(
                    (found - exact).abs() <= exact.abs() / 1000.0,
                    "p({percent}) {found} {exact}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn percentiles_agree_with_the_rule(
            values in prop::collection::vec(-1e6..1e6, 1..300),
            percent in 0.0..=100.0,
            shards in 1_usize..4,
        ) {
            let exact = naive_percentile(&values, percent);
            prop_assert!((trend(&values, shards).percentile(percent) - exact).abs() <= 1e-9);
        }
    }
}
