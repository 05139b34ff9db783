//! When the iterations of an arrival-rate scenario are due.
//!
//! - Constant rate: number `i`, from 0, is due `i·timeUnit/rate` after the start, in whole
//!   nanoseconds, rounded down; as long as that is before the end.
//! - Ramping rate: number `i` is due when the area under the rate's curve reaches `i + 1`. Within
//!   a stage the rate goes from `f` to `t` in `d`, so after `x` its area is `f·x + (t−f)·x²/2d`;
//!   that is solved for `x`. What is left over of an iteration is carried into the next stage.
//!
//! Areas are whole numbers of half iterations per nanosecond, so no stage gains or loses an
//! iteration by rounding. Which of the whole test's arrivals are this process's own is the
//! [`Part`]'s business.

use std::time::Duration;

use runner_values::Part;
use runner_values::executor::{ConstantArrivalRate, RampingArrivalRate};

/// See `Curve::count_by`.
const MOST_CORRECTIONS: u32 = 64;

/// The arrivals of one process, in order.
#[derive(Debug)]
pub(crate) struct Arrivals {
    curve: Curve,
    part: Part,
    /// Number among this process's own of the one that is next.
    next: u64,
}

#[derive(Debug)]
enum Curve {
    Constant {
        rate: u128,
        unit: u128,
        /// Nanoseconds.
        end: u64,
    },
    Ramping {
        unit: u128,
        stages: Vec<Piece>,
        /// Nanoseconds; arrivals at this moment still count.
        end: u64,
    },
}

/// One stage of a ramp. Times are nanoseconds.
#[derive(Debug)]
struct Piece {
    start: u64,
    length: u64,
    from: u64,
    to: u64,
    /// Twice the area up to its start and its end: a sum of rate times nanoseconds.
    before: u128,
    until: u128,
}

impl Arrivals {
    pub(crate) fn constant(config: &ConstantArrivalRate, part: Part) -> Self {
        Self {
            curve: Curve::Constant {
                rate: config.rate.max(1).into(),
                unit: config.time_unit.as_nanos().max(1),
                end: nanos(config.duration),
            },
            part,
            next: 0,
        }
    }

    /// The last arrival of a ramp often falls on its very end. It is left out unless `with_end`.
    pub(crate) fn ramping(config: &RampingArrivalRate, part: Part, with_end: bool) -> Self {
        let mut stages = Vec::with_capacity(config.stages.len());
        let (mut start, mut from, mut before) = (0_u64, config.start_rate, 0_u128);
        for stage in &config.stages {
            let (length, to) = (nanos(stage.duration), stage.target);
            let area = (u128::from(from) + u128::from(to)).saturating_mul(length.into());
            let until = before.saturating_add(area);
            stages.push(Piece {
                start,
                length,
                from,
                to,
                before,
                until,
            });
            (start, from, before) = (start.saturating_add(length), to, until);
        }
        Self {
            curve: Curve::Ramping {
                unit: config.time_unit.as_nanos().max(1),
                stages,
                end: start.saturating_sub(u64::from(!with_end)),
            },
            part,
            next: 0,
        }
    }

    /// When the next one is due, in nanoseconds from the start; None when there is none.
    pub(crate) fn next_due(&self) -> Option<u64> {
        self.curve.due(self.part.global(self.next))
    }

    /// How many are due by `now`, without those that were taken.
    pub(crate) fn pending(&self, now: u64) -> u64 {
        self.part
            .scale(self.curve.count_by(now))
            .saturating_sub(self.next)
    }

    /// Takes the next `count`.
    pub(crate) fn take(&mut self, count: u64) {
        self.next = self.next.saturating_add(count);
    }
}

impl Curve {
    /// When number `index` of the whole test is due, if it ever is.
    fn due(&self, index: u64) -> Option<u64> {
        match self {
            Self::Constant { rate, unit, end } => {
                let at = u128::from(index).saturating_mul(*unit) / rate;
                u64::try_from(at).ok().filter(|at| at < end)
            }
            Self::Ramping { unit, stages, end } => {
                let area = (u128::from(index) + 1).saturating_mul(unit.saturating_mul(2));
                let piece = stages.get(stages.partition_point(|piece| piece.until < area))?;
                Some(piece.reaches(area)).filter(|at| at <= end)
            }
        }
    }

    /// How many of the whole test are due by `now`.
    fn count_by(&self, now: u64) -> u64 {
        match self {
            Self::Constant { rate, unit, end } => {
                let Some(last) = end.checked_sub(1) else {
                    return 0;
                };
                // i·unit/rate, rounded down, is at most now: i·unit < (now + 1)·rate.
                let before = (u128::from(now.min(last)) + 1).saturating_mul(*rate);
                clamped((before - 1) / unit + 1)
            }
            Self::Ramping { unit, stages, end } => {
                let now = now.min(*end);
                let started = stages.partition_point(|piece| piece.start <= now);
                let Some(piece) = started.checked_sub(1).and_then(|last| stages.get(last)) else {
                    return 0;
                };
                let twice = unit.saturating_mul(2);
                let mut count = clamped(piece.area_at(now) / twice);
                // The area is a float and may be off by a hair; the due times decide. At rates
                // that no machine can follow it may be off by more, which does not matter.
                for _ in 0..MOST_CORRECTIONS {
                    if count > 0 && self.due(count - 1).is_none_or(|at| at > now) {
                        count -= 1;
                    } else if self.due(count).is_some_and(|at| at <= now) {
                        count = count.saturating_add(1);
                    } else {
                        break;
                    }
                }
                count
            }
        }
    }
}

impl Piece {
    /// The moment at which twice the area is `area`, which it is within this piece.
    fn reaches(&self, area: u128) -> u64 {
        let (from, to, length) = (self.from as f64, self.to as f64, self.length as f64);
        let twice = area.saturating_sub(self.before) as f64;
        // The root of the square equation, in the form that subtracts nothing from its like.
        let root = (from * from + twice * (to - from) / length).max(0.0).sqrt();
        let offset = (twice / (from + root)).clamp(0.0, length);
        self.start.saturating_add(offset as u64)
    }

    /// Twice the area at `now`, not before its start.
    fn area_at(&self, now: u64) -> u128 {
        let x = now.saturating_sub(self.start);
        if x >= self.length {
            return self.until;
        }
        let (from, to, length) = (self.from as f64, self.to as f64, self.length as f64);
        let x = x as f64;
        let own = 2.0 * from * x + (to - from) * x * x / length;
        self.before
            .saturating_add(own.max(0.0) as u128)
            .min(self.until)
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn clamped(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use runner_values::SegmentSequence;
    use runner_values::executor::Stage;

    use super::*;
    use crate::fake::part;

    const S: u64 = 1_000_000_000;

    fn constant(rate: u64, unit: u64, duration: u64) -> ConstantArrivalRate {
        ConstantArrivalRate {
            rate,
            time_unit: Duration::from_nanos(unit),
            duration: Duration::from_nanos(duration),
            pre_allocated_vus: 0,
            max_vus: 0,
        }
    }

    fn ramping(start_rate: u64, unit: u64, stages: &[(u64, u64)]) -> RampingArrivalRate {
        let stage = |(nanos, target): &(u64, u64)| Stage {
            duration: Duration::from_nanos(*nanos),
            target: *target,
        };
        RampingArrivalRate {
            start_rate,
            time_unit: Duration::from_nanos(unit),
            stages: stages.iter().map(stage).collect(),
            pre_allocated_vus: 0,
            max_vus: 0,
        }
    }

    fn all(mut arrivals: Arrivals) -> Vec<u64> {
        std::iter::from_fn(|| {
            let due = arrivals.next_due()?;
            arrivals.take(1);
            Some(due)
        })
        .collect()
    }

    fn of_ramp(start_rate: u64, unit: u64, stages: &[(u64, u64)]) -> Vec<u64> {
        let config = ramping(start_rate, unit, stages);
        all(Arrivals::ramping(&config, Part::default(), true))
    }

    #[test]
    fn a_constant_rate_starts_at_once_and_ends_before_the_end() {
        let of = |config| all(Arrivals::constant(&config, Part::default()));
        assert_eq!(
            of(constant(5, S, S)),
            [0, 200_000_000, 400_000_000, 600_000_000, 800_000_000]
        );
        assert_eq!(of(constant(3, S, 10 * S)).len(), 30);
        assert_eq!(of(constant(3, S, S)), [0, 333_333_333, 666_666_666]);
        // One every 40 seconds.
        assert_eq!(of(constant(3, 120 * S, 90 * S)), [0, 40 * S, 80 * S]);
        assert_eq!(of(constant(2_000, S, 10 * S)).len(), 20_000);
    }

    #[test]
    fn absurd_rates_are_counted_without_being_listed() {
        let arrivals = Arrivals::constant(&constant(1_000_000_000, S, 10 * S), Part::default());
        assert_eq!(arrivals.pending(0), 1);
        assert_eq!(arrivals.pending(S - 1), S);
        assert_eq!(arrivals.pending(u64::MAX), 10 * S);
        let rate = i64::MAX.unsigned_abs();
        let most = Arrivals::constant(&constant(rate, 1, u64::MAX), Part::default());
        assert_eq!(most.pending(u64::MAX), u64::MAX);
        let ramp = ramping(0, S, &[(10 * S, 1_000_000_000)]);
        let ramp = Arrivals::ramping(&ramp, Part::default(), true);
        assert_eq!(ramp.pending(10 * S), 5 * S);
        assert_eq!(ramp.pending(u64::MAX), 5 * S);
        let half = ramp.pending(5 * S).abs_diff(5 * S / 4);
        assert!(half <= 1, "{half}");
        let ramp = ramping(rate, 1, &[(u64::MAX, 0), (u64::MAX, rate)]);
        let ramp = Arrivals::ramping(&ramp, Part::default(), true);
        assert!(ramp.next_due().is_some() && ramp.pending(u64::MAX) > 0);
    }

    #[test]
    fn a_ramp_follows_the_area_under_its_rate() {
        // √(2n/10) seconds.
        let up = of_ramp(0, S, &[(S, 10)]);
        assert_eq!(up, [447_213_595, 632_455_532, 774_596_669, 894_427_190, S]);
        let level = of_ramp(10, S, &[(S, 10)]);
        assert_eq!(level, (1..=10).map(|n| n * S / 10).collect::<Vec<_>>());
        // 10 − √(100 − 20n), mirrored.
        let down = of_ramp(10, S, &[(S, 0)]);
        let first = (1.0 - (1.0 - 2.0 / 10.0_f64).sqrt()) * 1e9;
        assert_eq!(down.len(), 5);
        assert_eq!(down[0], first as u64);
        assert_eq!(down[4], S);
    }

    #[test]
    fn fractions_are_carried_and_stages_without_length_jump() {
        // 0.5 iterations in the first stage, the rest of the first one at 1/s.
        assert_eq!(
            of_ramp(0, S, &[(S, 1), (2 * S, 1)]),
            [S + S / 2, 2 * S + S / 2]
        );
        let jump = of_ramp(0, S, &[(0, 2), (S, 2), (0, 0), (S, 0), (0, 1), (S, 1)]);
        assert_eq!(jump, [S / 2, S, 3 * S]);
        assert_eq!(of_ramp(0, S, &[(10 * S, 0)]), [0; 0]);
        let config = ramping(10, S, &[(S, 10)]);
        let without_end = all(Arrivals::ramping(&config, Part::default(), false));
        assert_eq!(without_end.len(), 9);
    }

    #[test]
    fn a_part_has_its_own_of_the_whole() {
        let part = part("1/2:1", "0,1/4,1/2,1");
        let arrivals = Arrivals::constant(&constant(4, S, 2 * S), part.clone());
        assert_eq!(arrivals.pending(S), 3);
        assert_eq!(all(arrivals), [0, S / 2, S, S + S / 2]);
        let config = ramping(4, S, &[(2 * S, 4)]);
        let due = all(Arrivals::ramping(&config, part, true));
        assert_eq!(due, [S / 4, 3 * S / 4, 5 * S / 4, 7 * S / 4]);
    }

    proptest! {
        #[test]
        fn due_times_ascend_and_agree_with_counts_and_areas(
            start in 0_u64..500,
            unit in 1_u64..120,
            stages in proptest::collection::vec((0_u64..20, 0_u64..500), 1..6),
        ) {
            let stages: Vec<_> = stages.iter().map(|(s, to)| (s * S / 2, *to)).collect();
            let config = ramping(start, unit * S, &stages);
            let mut arrivals = Arrivals::ramping(&config, Part::default(), true);
            let (mut before, mut number) = (0, 0_u64);
            while let Some(due) = arrivals.next_due() {
                prop_assert!(due >= before);
                number += 1;
                // At most two share a nanosecond at these rates.
                prop_assert!(arrivals.pending(due) >= 1 && arrivals.pending(due) <= 2);
                let area = area(&config, due);
                prop_assert!((area - number as f64).abs() < 1e-4, "{} is not {}", area, number);
                arrivals.take(1);
                before = due;
            }
            let end: u64 = stages.iter().map(|stage| stage.0).sum();
            prop_assert!((area(&config, end) + 1e-6).floor() as u64 == number);
        }
    }

    /// All parts that a test is cut into.
    fn partition() -> impl Strategy<Value = Vec<Part>> {
        let points = (2_u64..12).prop_flat_map(|denominator| {
            let points = proptest::collection::btree_set(1..denominator, 1..4);
            (Just(denominator), points)
        });
        points.prop_map(|(denominator, points)| {
            let points = points.iter().map(|point| format!("{point}/{denominator}"));
            let sequence = format!("0,{},1", points.collect::<Vec<_>>().join(","));
            let sequence = SegmentSequence::parse(&sequence).unwrap();
            let part = |segment| Part::new(segment, Some(&sequence)).unwrap();
            sequence.segments().into_iter().map(part).collect()
        })
    }

    proptest! {
        #[test]
        fn the_arrivals_of_all_parts_are_those_of_the_whole(
            parts in partition(), rate in 1_u64..200, start in 0_u64..50,
        ) {
            let steady = constant(rate, S, 2 * S);
            let ramp = ramping(start, S, &[(S, rate), (S / 2, 0)]);
            let of = |part: Part| {
                let steady = all(Arrivals::constant(&steady, part.clone()));
                (steady, all(Arrivals::ramping(&ramp, part, true)))
            };
            let whole = of(Part::default());
            let mut sum = (Vec::new(), Vec::new());
            for part in parts {
                let (steady, ramp) = of(part);
                sum.0.extend(steady);
                sum.1.extend(ramp);
            }
            sum.0.sort_unstable();
            sum.1.sort_unstable();
            prop_assert_eq!(sum, whole);
        }
    }

    /// The integral of the rate, in iterations.
    fn area(config: &RampingArrivalRate, until: u64) -> f64 {
        let (mut left, mut from, mut area) = (until as f64, config.start_rate as f64, 0.0);
        for stage in &config.stages {
            let (length, to) = (stage.duration.as_nanos() as f64, stage.target as f64);
            let x = left.min(length);
            if length > 0.0 {
                area += from * x + (to - from) * x * x / (2.0 * length);
            }
            left -= x;
            if left <= 0.0 {
                break;
            }
            from = to;
        }
        area / config.time_unit.as_nanos() as f64
    }
}
