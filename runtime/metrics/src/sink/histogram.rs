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

/// The bucket of the smallest positive float that does not count as zero.
const FIRST_BUCKET: u32 = 1 << STEP_BITS;

/// The bucket of infinity.
const LAST_BUCKET: u32 = 2047 << STEP_BITS;

/// The name of a bucket, in the order of the values in it: 0 holds zeros, others the highest
/// bits of their values (exponent and steps), negated for negative values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bucket(i32);

impl Bucket {
    /// The bucket of that number, if there is one.
    pub(crate) fn new(number: i32) -> Option<Self> {
        let magnitude = number.unsigned_abs();
        let exists = number == 0 || (FIRST_BUCKET..=LAST_BUCKET).contains(&magnitude);
        exists.then_some(Self(number))
    }

    /// The bucket that a number is in.
    pub(crate) fn of(value: f64) -> Self {
        let magnitude = value.abs();
        if magnitude < f64::MIN_POSITIVE {
            return Self(0);
        }
        let place = (magnitude.to_bits() >> SHIFT) as i32;
        Self(if value < 0.0 { -place } else { place })
    }

    /// The power of two that its counter is kept with, below 4,096; none for zero.
    pub(crate) fn octave(self) -> Option<usize> {
        let sign = usize::from(self.0 < 0) << 11;
        let octave = self.0.unsigned_abs() >> STEP_BITS;
        (self.0 != 0).then_some(octave as usize | sign)
    }

    /// Its number, which other processes know it by.
    pub(crate) fn number(self) -> i32 {
        self.0
    }

    /// What stands for its values: the middle.
    pub(crate) fn middle(self) -> f64 {
        if self.0 == 0 {
            return 0.0;
        }
        let low = u64::from(self.0.unsigned_abs()) << SHIFT;
        let middle = f64::from_bits(low | 1 << (SHIFT - 1));
        // The octave above all finite numbers.
        let middle = if middle.is_nan() {
            f64::INFINITY
        } else {
            middle
        };
        if self.0 < 0 { -middle } else { middle }
    }
}

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
    #[inline]
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
        self.zeros = self.zeros.saturating_add(other.zeros);
        self.negative.merge(&other.negative);
        self.positive.merge(&other.positive);
    }

    /// Adds `count` values of a bucket.
    pub(crate) fn add(&mut self, bucket: Bucket, count: u64) {
        let side = match bucket.0 {
            0 => {
                self.zeros = self.zeros.saturating_add(count);
                return;
            }
            ..0 => &mut self.negative,
            _ => &mut self.positive,
        };
        side.add(bucket.0.unsigned_abs(), count);
    }

    /// The buckets that are not empty, in ascending order, and how many values they have.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = (Bucket, u64)> {
        let bucket = |place: u32| i32::try_from(place).unwrap_or(i32::MAX);
        let negative = self.negative.buckets().rev();
        let zeros = (self.zeros > 0).then_some((Bucket(0), self.zeros));
        negative
            .map(move |(place, count)| (Bucket(-bucket(place)), count))
            .chain(zeros)
            .chain(
                self.positive
                    .buckets()
                    .map(move |(place, count)| (Bucket(bucket(place)), count)),
            )
    }

    /// Whether there are counters for the power of two of a bucket.
    pub(crate) fn has(&self, bucket: Bucket) -> bool {
        let side = match bucket.0 {
            ..0 => &self.negative,
            _ => &self.positive,
        };
        let octave = (bucket.0.unsigned_abs() >> STEP_BITS) as usize;
        let at = octave.wrapping_sub(side.first);
        matches!(side.octaves.get(at), Some(Some(_)))
    }

    /// Powers of two that have counters, which are 4 KiB each.
    pub(crate) fn octaves(&self) -> usize {
        let of = |side: &Side| side.octaves.iter().flatten().count();
        of(&self.negative) + of(&self.positive)
    }

    /// The value at position `rank` (from 0) of all values in ascending order, as the middle
    /// of its bucket; the largest one when there are fewer.
    pub(crate) fn at(&self, rank: u64) -> f64 {
        let mut before: u64 = 0;
        let mut last = 0.0;
        for (bucket, count) in self.buckets() {
            before = before.saturating_add(count);
            last = bucket.middle();
            if before > rank {
                break;
            }
        }
        last
    }
}

impl Side {
    #[inline]
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

    fn add(&mut self, place: u32, count: u64) {
        let steps = self.octave((place >> STEP_BITS) as usize);
        let step = place as usize & (STEPS - 1);
        if let Some(counter) = steps.and_then(|steps| steps.get_mut(step)) {
            *counter = counter.saturating_add(count);
        }
    }

    fn merge(&mut self, other: &Self) {
        for (at, octave) in other.octaves.iter().enumerate() {
            let Some(theirs) = octave else { continue };
            let Some(ours) = self.octave(other.first + at) else {
                continue;
            };
            // No real counts overflow; those that a process made up may come out as they like.
            for (mine, count) in ours.iter_mut().zip(theirs.iter()) {
                *mine = mine.wrapping_add(*count);
            }
        }
    }

    /// Place and count of every bucket that is not empty, in ascending order. A place is the
    /// octave and the step in it.
    fn buckets(&self) -> impl DoubleEndedIterator<Item = (u32, u64)> {
        self.octaves
            .iter()
            .enumerate()
            .flat_map(move |(at, octave)| {
                let first = (self.first + at) << STEP_BITS;
                octave.iter().flat_map(move |steps| {
                    steps
                        .iter()
                        .enumerate()
                        .filter(|(_, count)| **count > 0)
                        .map(move |(step, count)| ((first | step) as u32, *count))
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

    #[test]
    fn buckets_that_no_value_is_in_do_not_exist() {
        for number in [1, 511, -1, -511, (2047 << 9) + 1, i32::MAX, i32::MIN] {
            assert_eq!(Bucket::new(number), None, "{number}");
        }
        for (number, middle) in [
            (0, 0.0),
            (2047 << 9, f64::INFINITY),
            (-2047 << 9, f64::NEG_INFINITY),
        ] {
            assert_eq!(Bucket::new(number).map(Bucket::middle), Some(middle));
        }
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
            let mut copy = Histogram::default();
            for (bucket, count) in histogram.buckets() {
                prop_assert_eq!(Bucket::new(bucket.number()), Some(bucket));
                prop_assert_eq!(Bucket::of(bucket.middle()), bucket);
                prop_assert!(bucket.number() == 0 || histogram.has(bucket));
                copy.add(bucket, count);
            }
            prop_assert!(copy.buckets().eq(histogram.buckets()));
            prop_assert!(copy.buckets().is_sorted());
            prop_assert_eq!(copy.octaves(), histogram.octaves());
            let mut sorted = values;
            sorted.sort_by(f64::total_cmp);
            for (rank, value) in sorted.iter().enumerate() {
                let found = histogram.at(rank as u64);
                prop_assert!((found - value).abs() <= value.abs() / 1000.0, "{found} {value}");
            }
        }
    }
}
