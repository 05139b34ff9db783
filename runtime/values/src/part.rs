//! Which VUs, iterations and arrivals of a test belong to one of its segments.
//!
//! With `L` the least common multiple of the denominators of the segments' lengths, each segment
//! owns `n = length·L` of every `L` numbers. They are dealt out so that each segment's numbers
//! are spread evenly: longest segment first, the next number goes to the first segment that has
//! fewer than its share so far. Whoever runs another segment deals in the same way, so no number
//! is lost and none is used twice, without any of them talking to the others.
//!
//! All numbers count from 0. Those of the whole test and those of a part, which has its own VUs,
//! iterations and arrivals numbered without gaps, are turned into each other here.

use std::sync::Arc;

use crate::{Fraction, Segment, SegmentSequence};

/// More numbers than anybody cuts a test into; the table of them has to fit into memory.
const MOST: u64 = 1_000_000;

/// The part of a test that one segment is. The default is all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Per segment the numbers below the length that it owns, ascending.
    dealt: Arc<[Arc<[u64]>]>,
    /// Those of this segment.
    own: Arc<[u64]>,
    /// `L`.
    length: u64,
    /// Which segment.
    index: usize,
}

impl Default for Part {
    fn default() -> Self {
        let own: Arc<[u64]> = Arc::new([0]);
        Self {
            dealt: Arc::new([own.clone()]),
            own,
            length: 1,
            index: 0,
        }
    }
}

impl Part {
    /// The part that `segment` is of the `sequence`, or of the sequence that has only the
    /// segment and what lies before and after it.
    ///
    /// # Errors
    /// What is wrong, in k6's words where it has any.
    pub fn new(segment: Segment, sequence: Option<&SegmentSequence>) -> Result<Self, String> {
        let segments = match sequence {
            Some(sequence) => sequence.segments(),
            None => segment.surrounded(),
        };
        let index = segments.iter().position(|other| *other == segment);
        let Some(index) = index else {
            let sequence = sequence.map(ToString::to_string).unwrap_or_default();
            return Err(format!(
                "provided segment {segment} can't be found in sequence {sequence}"
            ));
        };
        let lengths: Option<Vec<_>> = segments.iter().map(|segment| segment.length()).collect();
        lengths
            .and_then(|lengths| Self::deal(&lengths, index))
            .ok_or_else(|| {
                format!(
                    "the execution segments are cut too fine: at most {MOST} parts are possible"
                )
            })
    }

    fn deal(lengths: &[Fraction], index: usize) -> Option<Self> {
        let length = lengths.iter().try_fold(1_u64, |lcm, part| {
            let denominator = part.denominator();
            (lcm / gcd(lcm, denominator))
                .checked_mul(denominator)
                .filter(|lcm| *lcm <= MOST)
        })?;
        let shares: Vec<u64> = lengths
            .iter()
            .map(|part| part.numerator() * (length / part.denominator()))
            .collect();
        let mut order: Vec<usize> = (0..shares.len()).collect();
        // Stable: of equal ones the first comes first.
        order.sort_by_key(|index| std::cmp::Reverse(shares.get(*index).copied()));
        let mut dealt: Vec<Vec<u64>> = vec![Vec::new(); shares.len()];
        for number in 0..length {
            for place in &order {
                let (Some(own), Some(&share)) = (dealt.get_mut(*place), shares.get(*place)) else {
                    continue;
                };
                // taken · L / n ≤ number
                if own.len() as u64 * length <= number * share {
                    own.push(number);
                    break;
                }
            }
        }
        let dealt: Arc<[Arc<[u64]>]> = dealt.into_iter().map(Arc::from).collect();
        Some(Self {
            own: dealt.get(index)?.clone(),
            dealt,
            length,
            index,
        })
    }

    /// Of how many numbers it owns [`Part::own`].
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The numbers that it owns, ascending, below [`Part::length`]; the pattern repeats.
    #[must_use]
    pub fn own(&self) -> &[u64] {
        &self.own
    }

    /// How much of the test it is, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.own.len() as f64 / self.length as f64
    }

    /// The number in the whole test of its own number `local`.
    #[inline]
    #[must_use]
    pub fn global(&self, local: u64) -> u64 {
        if self.length == 1 {
            return local;
        }
        let count = (self.own.len() as u64).max(1);
        let offset = usize::try_from(local % count)
            .ok()
            .and_then(|index| self.own.get(index));
        (local / count)
            .saturating_mul(self.length)
            .saturating_add(offset.copied().unwrap_or(0))
    }

    /// How many of the numbers below `value` it owns: its part of `value` VUs or iterations.
    #[must_use]
    pub fn scale(&self, value: u64) -> u64 {
        self.scale_for(&self.own, value)
    }

    fn scale_for(&self, own: &[u64], value: u64) -> u64 {
        let rest = value % self.length;
        let in_rest = own.partition_point(|number| *number < rest) as u64;
        (value / self.length) * own.len() as u64 + in_rest
    }

    /// The part that it has of work which is done by `vus` VUs of the whole test: proportional
    /// to its VUs. None where none of them are its own.
    #[must_use]
    pub fn of_work_by(&self, vus: u64) -> Option<Self> {
        if self.length == 1 {
            return Some(self.clone()).filter(|_| vus > 0);
        }
        let mut lengths = Vec::with_capacity(self.dealt.len());
        let mut index = None;
        for (place, own) in self.dealt.iter().enumerate() {
            let scaled = self.scale_for(own, vus);
            // A segment without VUs has no part of the work.
            if scaled == 0 {
                continue;
            }
            if place == self.index {
                index = Some(lengths.len());
            }
            lengths.push(Fraction::new(scaled, vus)?);
        }
        let part = Self::deal(&lengths, index?);
        // More VUs than the table has room for: the uneven rest of them does not matter.
        Some(part.unwrap_or_else(|| self.clone()))
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(sequence: &str) -> Vec<Part> {
        let sequence = SegmentSequence::parse(sequence).unwrap();
        sequence
            .segments()
            .into_iter()
            .map(|segment| Part::new(segment, Some(&sequence)).unwrap())
            .collect()
    }

    fn own(part: &Part) -> Vec<u64> {
        part.own().to_vec()
    }

    #[test]
    fn the_longest_segment_is_dealt_first() {
        let three = parts("0,1/4,1/2,1");
        assert_eq!(
            three.iter().map(own).collect::<Vec<_>>(),
            [vec![1], vec![3], vec![0, 2]]
        );
        assert_eq!(three[2].share(), 0.5);
        let thirds = parts("0,1/3,2/3,1");
        assert_eq!(thirds.iter().map(own).collect::<Vec<_>>(), [[0], [1], [2]]);
        let scaled: Vec<_> = thirds.iter().map(|part| part.scale(5)).collect();
        assert_eq!(scaled, [2, 2, 1]);
    }

    #[test]
    fn numbers_and_counts_agree() {
        let half = &parts("0,1/4,1/2,1")[2];
        let numbers: Vec<_> = (0..5).map(|local| half.global(local)).collect();
        assert_eq!(numbers, [0, 2, 4, 6, 8]);
        let counts: Vec<_> = (0..7).map(|limit| half.scale(limit)).collect();
        assert_eq!(counts, [0, 1, 1, 2, 2, 3, 3]);
        assert_eq!(Part::default().global(u64::MAX), u64::MAX);
        assert_eq!(Part::default().scale(7), 7);
    }

    #[test]
    fn work_is_divided_by_vus() {
        // 3 VUs and 7 iterations: the middle segment has no VU, so no iteration either.
        let parts = parts("0,1/4,1/2,1");
        let vus: Vec<_> = parts.iter().map(|part| part.scale(3)).collect();
        assert_eq!(vus, [1, 0, 2]);
        let iterations = |part: &Part| part.of_work_by(3).map(|part| part.scale(7));
        let iterations: Vec<_> = parts.iter().map(iterations).collect();
        assert_eq!(iterations, [Some(2), None, Some(5)]);
        assert_eq!(Part::default().of_work_by(3), Some(Part::default()));
        assert_eq!(Part::default().of_work_by(0), None);
    }

    #[test]
    fn a_segment_without_a_sequence_is_dealt_with_the_rest() {
        let part = Part::new(Segment::parse("1/3:2/3").unwrap(), None).unwrap();
        assert_eq!((part.length(), own(&part)), (3, vec![1]));
        let part = Part::new(Segment::parse("0:1").unwrap(), None).unwrap();
        assert_eq!(part, Part::default());
        let fine = Segment::parse("0.123456789:0.987654321").unwrap();
        let error = Part::new(fine, None).unwrap_err();
        assert!(error.contains("cut too fine"), "{error}");
    }

    prop_compose! {
        fn any_sequence()(denominator in 2_u64..40)(
            denominator in Just(denominator),
            points in proptest::collection::btree_set(1..denominator, 1..6),
        ) -> String {
            let points: Vec<_> = points.iter().map(|p| format!("{p}/{denominator}")).collect();
            format!("0,{},1", points.join(","))
        }
    }

    proptest! {
        #[test]
        fn parts_are_a_disjoint_cover(sequence in any_sequence(), vus in 1_u64..200, value in 0_u64..5000) {
            let parts = parts(&sequence);
            let mut numbers: Vec<_> = parts.iter().flat_map(own).collect();
            numbers.sort_unstable();
            prop_assert_eq!(numbers, (0..parts[0].length()).collect::<Vec<_>>());
            let whole: u64 = parts.iter().map(|part| part.scale(value)).sum();
            prop_assert_eq!(whole, value);
            // The same of work that is divided by VUs.
            let of_work: Vec<_> = parts.iter().filter_map(|part| part.of_work_by(vus)).collect();
            prop_assert_eq!(of_work.len(), parts.iter().filter(|part| part.scale(vus) > 0).count());
            let mut numbers: Vec<_> = of_work.iter().flat_map(own).collect();
            numbers.sort_unstable();
            prop_assert_eq!(numbers, (0..of_work[0].length()).collect::<Vec<_>>());
            prop_assert_eq!(of_work.iter().map(|part| part.scale(value)).sum::<u64>(), value);
        }

        #[test]
        fn own_numbers_are_spread(sequence in any_sequence(), value in 1_u64..5000) {
            for part in parts(&sequence) {
                let exact = value as f64 * part.share();
                prop_assert!((part.scale(value) as f64 - exact).abs() < 2.0);
            }
        }
    }
}
