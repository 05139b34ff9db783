//! A high-dynamic-range histogram over all floats that are numbers, infinities included.
//!
//! Buckets are the float's own exponent and the first nine bits of its mantissa: 512 equal
//! steps between a power of two and the next. A bucket's middle is therefore within 0.1 %
//! (2^-10) of every value in it, whatever the magnitude. Fixed-point histograms keep that
//! promise in one range of values only, and a custom metric may hold anything. Zero and
//! numbers below the smallest normal float count as zero.
//!
//! Memory grows with the powers of two that occur (4 KiB each), not with the samples:
//! latencies from 10 µs to a minute need about 90 KiB.

const STEP_BITS: u32 = 9;
const STEPS: usize = 1 << STEP_BITS;
const MANTISSA_BITS: u32 = 52;
const SHIFT: u32 = MANTISSA_BITS - STEP_BITS;

/// Counts of values by magnitude and sign.
#[derive(Clone, Debug, Default)]
pub(crate) struct Histogram {
    negative: Side,
    zeros: u64,
    positive: Side,
}

/// Magnitudes of one sign, by octave: values between a power of two and the next.
#[derive(Clone, Debug, Default)]
struct Side {
    /// Exponent bits of the first octave in `octaves`.
    first: usize,
    octaves: Vec<Option<Box<[u64; STEPS]>>>,
}

impl Histogram {
    /// Adds a number `count` times.
    pub(crate) fn record(&mut self, value: f64, count: u64) {
        let magnitude = value.abs();
        if magnitude < f64::MIN_POSITIVE {
            self.zeros += count;
        } else if value < 0.0 {
            self.negative.record(magnitude, count);
        } else {
            self.positive.record(magnitude, count);
        }
    }

    /// Adds all values of `other`.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.zeros += other.zeros;
        self.negative.merge(&other.negative);
        self.positive.merge(&other.positive);
    }

    /// The value at position `rank` (from 0) of all values in ascending order, as the middle
    /// of its bucket; the largest one when there are fewer.
    pub(crate) fn at(&self, rank: u64) -> f64 {
        let mut before = 0;
        let mut last = 0.0;
        let negative = self
            .negative
            .buckets()
            .rev()
            .map(|(middle, count)| (-middle, count));
        let zeros = (self.zeros > 0).then_some((0.0, self.zeros));
        for (middle, count) in negative.chain(zeros).chain(self.positive.buckets()) {
            before += count;
            last = middle;
            if before > rank {
                break;
            }
        }
        last
    }
}

impl Side {
    fn record(&mut self, magnitude: f64, count: u64) {
        let bits = magnitude.to_bits();
        let octave = (bits >> MANTISSA_BITS) as usize;
        let step = (bits >> SHIFT) as usize & (STEPS - 1);
        let at = octave.wrapping_sub(self.first);
        let steps = match self.octaves.get_mut(at) {
            Some(Some(steps)) => Some(steps),
            _ => self.octave(octave),
        };
        if let Some(counter) = steps.and_then(|steps| steps.get_mut(step)) {
            *counter += count;
        }
    }

    /// The counters of an octave, which are there afterwards.
    #[cold]
    fn octave(&mut self, octave: usize) -> Option<&mut Box<[u64; STEPS]>> {
        if self.octaves.is_empty() {
            self.first = octave;
        }
        if octave < self.first {
            let missing = self.first - octave;
            self.octaves
                .splice(0..0, std::iter::repeat_with(|| None).take(missing));
            self.first = octave;
        }
        let at = octave - self.first;
        if at >= self.octaves.len() {
            self.octaves.resize_with(at + 1, || None);
        }
        let slot = self.octaves.get_mut(at)?;
        Some(slot.get_or_insert_with(|| Box::new([0; STEPS])))
    }

    fn merge(&mut self, other: &Self) {
        for (at, octave) in other.octaves.iter().enumerate() {
            let Some(theirs) = octave else { continue };
            let Some(ours) = self.octave(other.first + at) else {
                continue;
            };
            for (mine, count) in ours.iter_mut().zip(theirs.iter()) {
                *mine += count;
            }
        }
    }

    /// Middle and count of every bucket that is not empty, in ascending order.
    fn buckets(&self) -> impl DoubleEndedIterator<Item = (f64, u64)> {
        self.octaves
            .iter()
            .enumerate()
            .flat_map(move |(at, octave)| {
                let octave_bits = ((self.first + at) as u64) << MANTISSA_BITS;
                octave.iter().flat_map(move |steps| {
                    steps
                        .iter()
                        .enumerate()
                        .filter(|(_, count)| **count > 0)
                        .map(move |(step, count)| {
                            let low = octave_bits | (step as u64) << SHIFT;
                            let middle = f64::from_bits(low | 1 << (SHIFT - 1));
                            // The octave above all finite numbers.
                            let infinite = middle.is_nan();
                            (if infinite { f64::INFINITY } else { middle }, *count)
                        })
                })
            })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranks_go_from_negative_over_zero_to_positive() {
        let mut histogram = Histogram::default();
        for value in [3.0, -2.0, 0.0, -1000.0, 1e-300, 5e-324] {
            histogram.record(value, 1);
        }
        let found: Vec<f64> = (0..7).map(|rank| histogram.at(rank)).collect();
        for (found, value) in found
            .iter()
            .zip([-1000.0, -2.0, 0.0, 0.0, 1e-300, 3.0, 3.0])
        {
            assert!(
                (found - value).abs() <= value.abs() / 1000.0,
                "{found} for {value}"
            );
        }
    }

    #[test]
    fn infinities_are_first_and_last() {
        let mut histogram = Histogram::default();
        for value in [1.0, f64::INFINITY, f64::NEG_INFINITY] {
            histogram.record(value, 1);
        }
        assert_eq!(histogram.at(0), f64::NEG_INFINITY);
        assert!((histogram.at(1) - 1.0).abs() < 0.001);
        assert_eq!(histogram.at(2), f64::INFINITY);
    }

    proptest! {
        #[test]
        fn every_value_is_within_a_thousandth(
            values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 1..200),
        ) {
            let mut histogram = Histogram::default();
            let mut other = Histogram::default();
            for (at, value) in values.iter().enumerate() {
                if at % 2 == 0 { histogram.record(*value, 1) } else { other.record(*value, 1) }
            }
            histogram.merge(&other);
            let mut sorted = values;
            sorted.sort_by(f64::total_cmp);
            for (rank, value) in sorted.iter().enumerate() {
                let found = histogram.at(rank as u64);
                prop_assert!((found - value).abs() <= value.abs() / 1000.0, "{found} {value}");
            }
        }
    }
}
