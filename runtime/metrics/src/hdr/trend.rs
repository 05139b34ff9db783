//! A trend as an HdrHistogram of three digits.

use hdrhistogram::Histogram;

use crate::sink::{Histogram as Own, Settled};
use crate::{TrendValues, Unit};

/// Largest whole number that is held: up to here floats hold all of them. In nanoseconds 104
/// days, in bytes 9 PB.
pub const HIGHEST: u64 = (1 << 53) - 1;

/// Digits that are kept of each value: the error is 0.05 % at most.
const DIGITS: u8 = 3;

/// What a value of that unit is multiplied with, to become a whole number: milliseconds become
/// nanoseconds, bytes stay, other numbers become thousandths.
#[must_use]
pub fn scale(unit: Unit) -> f64 {
    match unit {
        Unit::Time => 1e6,
        Unit::Data => 1.0,
        Unit::Plain => 1e3,
    }
}

/// The values of a trend, and how many of them did not fit. Takes memory for the magnitudes that
/// occur, of 350 KB of address space.
#[derive(Clone, Debug)]
pub struct HdrTrend {
    pub(super) histogram: Histogram<u64>,
    pub(super) scale: f64,
    pub(super) beyond: u64,
}

impl HdrTrend {
    /// An empty one.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "the bounds are constants that are allowed"
    )]
    pub fn new(unit: Unit) -> Self {
        let histogram = Histogram::new_with_bounds(1, HIGHEST, DIGITS);
        Self {
            histogram: histogram.expect("constant bounds"),
            scale: scale(unit),
            beyond: 0,
        }
    }

    /// One with the values of a trend; of those that were not kept, what stands for them.
    #[must_use]
    pub fn of(values: &TrendValues, unit: Unit) -> Self {
        let mut trend = Self::new(unit);
        values.each(|value, count| trend.record(value, count));
        trend
    }

    /// Adds a value `count` times. Negative ones and those that are too large do not fit.
    pub fn record(&mut self, value: f64, count: u64) {
        let scaled = (value * self.scale).round();
        let fits = (0.0..=HIGHEST as f64).contains(&scaled)
            && self.histogram.record_n(scaled as u64, count).is_ok();
        if !fits {
            self.beyond = self.beyond.saturating_add(count);
        }
    }

    /// How many values it holds.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// How many values did not fit.
    #[must_use]
    pub fn beyond(&self) -> u64 {
        self.beyond
    }

    /// The largest value that it holds, 0 without any, in the unit of the metric.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.histogram.max() as f64 / self.scale
    }

    /// Its values in the unit of the metric. Sum and extremes are as near as the digits allow.
    #[must_use]
    pub fn to_values(&self) -> TrendValues {
        let mut settled = Settled {
            histogram: Own::default(),
            count: self.histogram.len(),
            sum: 0.0,
            min: self.histogram.min() as f64 / self.scale,
            max: self.max(),
        };
        if settled.count == 0 {
            return TrendValues::default();
        }
        for step in self.histogram.iter_recorded() {
            let middle = self.histogram.median_equivalent(step.value_iterated_to());
            let (value, count) = (middle as f64 / self.scale, step.count_at_value());
            settled.sum += value * count as f64;
            settled.histogram.record(value, count);
        }
        TrendValues::from_settled(Box::new(settled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_scaled_by_their_unit() {
        for (unit, value, whole) in [
            (Unit::Time, 0.05, 50_000),
            (Unit::Data, 1500.0, 1500),
            (Unit::Plain, 0.125, 125),
        ] {
            let mut trend = HdrTrend::new(unit);
            trend.record(value, 3);
            assert_eq!(trend.histogram.count_at(whole), 3, "{unit}");
            assert!((trend.max() - value).abs() <= value / 1000.0, "{unit}");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut trend = HdrTrend::new(Unit::Plain);
        for value in [
            -1.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            1e16,
            0.0,
            5.0,
        ] {
            trend.record(value, 1);
        }
        assert_eq!((trend.count(), trend.beyond()), (2, 5));
        // Nearer to zero than to the smallest whole number.
        trend.record(-0.0004, 1);
        assert_eq!((trend.count(), trend.beyond()), (3, 5));
    }

    #[test]
    fn an_empty_one_has_no_values() {
        let trend = HdrTrend::of(&TrendValues::default(), Unit::Time);
        assert_eq!((trend.count(), trend.max()), (0, 0.0));
        assert_eq!(trend.to_values().count(), 0);
    }
}
