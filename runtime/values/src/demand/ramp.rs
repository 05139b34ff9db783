//! When each VU of a `ramping-vus` scenario starts and stops.
//!
//! Within a stage that goes from `f` to `t` VUs of the whole test in `d`: up, VU `v` starts after
//! `d·(v−f)/(t−f)`; down, it stops after `d·(f−v+1)/(f−t)`; in whole nanoseconds, rounded down. The
//! highest VU stops first.

use crate::executor::RampingVus;

/// At `at` nanoseconds from the scenario's start, VU number `vu` (from 1, of this process's own)
/// starts or stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RampStep {
    /// Nanoseconds from the scenario's start.
    pub at: u64,
    /// Which VU of this process, from 1.
    pub vu: u64,
    /// It starts; otherwise it stops.
    pub starts: bool,
}

/// The moments at which this process's VUs start and stop, in order. Nothing is stored: a ramp may
/// have a hundred million steps.
pub fn ramp_steps(config: &RampingVus) -> impl Iterator<Item = RampStep> + '_ {
    let part = &config.part;
    let initial = (1..=part.scale(config.start_vus)).map(|vu| RampStep {
        at: 0,
        vu,
        starts: true,
    });
    let stages = config
        .stages
        .iter()
        .scan((0_u64, config.start_vus), |(start, from), stage| {
            let length = u64::try_from(stage.duration.as_nanos()).unwrap_or(u64::MAX);
            let current = (*start, *from, stage.target, length);
            *start = start.saturating_add(length);
            *from = stage.target;
            Some(current)
        });
    initial.chain(stages.flat_map(move |(start, from, to, length)| {
        let starts = to > from;
        let total = from.abs_diff(to);
        let (low, high) = (part.scale(from.min(to)), part.scale(from.max(to)));
        (low..high).map(move |place| {
            // On the way down the highest comes first.
            let own = if starts {
                place
            } else {
                low + (high - 1 - place)
            };
            let vu = part.global(own) + 1;
            let n = if starts { vu - from } else { from - vu + 1 };
            // u128: a long stage times many VUs does not fit into 64 bits.
            let offset = u128::from(length) * u128::from(n) / u128::from(total);
            RampStep {
                at: start.saturating_add(u64::try_from(offset).unwrap_or(u64::MAX)),
                vu: own + 1,
                starts,
            }
        })
    }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::executor::{Executor, Stage};
    use crate::{Demand, Part, Scheduled, SegmentSequence};

    const S: u64 = 1_000_000_000;

    fn ramping(start_vus: u64, stages: &[(u64, u64)], graceful: u64) -> RampingVus {
        let stage = |(seconds, target): &(u64, u64)| Stage {
            duration: Duration::from_secs(*seconds),
            target: *target,
        };
        RampingVus {
            start_vus,
            stages: stages.iter().map(stage).collect(),
            graceful_ramp_down: Duration::from_secs(graceful),
            part: Part::default(),
        }
    }

    fn step(at: u64, vu: u64, starts: bool) -> RampStep {
        RampStep { at, vu, starts }
    }

    #[test]
    fn a_ramp_from_nothing_starts_its_first_vu_after_one_step() {
        let steps: Vec<_> = ramp_steps(&ramping(0, &[(10, 10)], 0)).collect();
        assert_eq!(steps.first(), Some(&step(S, 1, true)));
        assert_eq!(steps.last(), Some(&step(10 * S, 10, true)));
        assert_eq!(steps.len(), 10);
    }

    #[test]
    fn a_ramp_down_stops_the_highest_vu_first_in_whole_nanoseconds() {
        let config = ramping(3, &[(1, 0), (0, 2)], 0);
        let steps: Vec<_> = ramp_steps(&config).skip(3).collect();
        let expected = [
            step(333_333_333, 3, false),
            step(666_666_666, 2, false),
            step(S, 1, false),
            step(S, 1, true),
            step(S, 2, true),
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn the_ramps_of_all_parts_are_that_of_the_whole() {
        let mut config = ramping(3, &[(2, 11), (0, 4), (5, 0), (1, 7)], 0);
        // Steps with the number of the VU in the whole test.
        let steps = |config: &RampingVus| {
            let global = |step: RampStep| (step.at, config.part.global(step.vu - 1), step.starts);
            ramp_steps(config).map(global).collect::<Vec<_>>()
        };
        let mut whole = steps(&config);
        let mut parts = Vec::new();
        // The numbers [1], [3] and [0, 2] of every four.
        let sequence = SegmentSequence::parse("0,1/4,1/2,1").unwrap();
        for segment in sequence.segments() {
            config.part = Part::new(segment, Some(&sequence)).unwrap();
            let own = ramp_steps(&config).collect::<Vec<_>>();
            assert!(own.is_sorted_by_key(|step| step.at));
            parts.extend(steps(&config));
        }
        whole.sort_unstable();
        parts.sort_unstable();
        assert_eq!(parts, whole);
    }

    proptest! {
        #[test]
        fn steps_are_in_order_and_reach_each_target(
            start in 0_u64..20,
            stages in proptest::collection::vec((0_u64..5, 0_u64..20), 1..6),
            graceful in 0_u64..10,
        ) {
            let config = ramping(start, &stages, graceful);
            let (mut now, mut at, mut most) = (0, 0, 0);
            for step in ramp_steps(&config) {
                prop_assert!(step.at >= at);
                at = step.at;
                if step.starts {
                    now += 1;
                    prop_assert_eq!(step.vu, now);
                } else {
                    prop_assert_eq!(step.vu, now);
                    now -= 1;
                }
                most = most.max(now);
            }
            prop_assert_eq!(now, stages.last().map_or(start, |stage| stage.1));
            let executor = Executor::RampingVus(config);
            let planned = Demand::of([Scheduled {
                start_time: Duration::ZERO,
                graceful_stop: Duration::from_secs(30),
                executor: &executor,
            }])
            .planned_vus;
            prop_assert_eq!(planned, most);
        }
    }
}
