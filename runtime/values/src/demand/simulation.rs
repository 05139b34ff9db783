//! The demand of random scenarios against a simulation that goes through time nanosecond by
//! nanosecond and knows nothing of steps, closed forms or sorted changes.

use std::time::Duration;

use proptest::prelude::*;

use super::{Demand, Scheduled};
use crate::executor::{
    ConstantArrivalRate, ConstantVus, Executor, ExternallyControlled, RampingVus, Stage,
};
use crate::{Part, SegmentSequence};

/// Longer than any scenario below, in nanoseconds.
const NEVER: u64 = 500;

#[derive(Debug, Clone)]
struct Scenario {
    start: u64,
    graceful_stop: u64,
    executor: Executor,
}

/// VUs that are held from a moment to a moment, both included: planned, and all.
type Held = (u64, u64, u64, u64);

/// A ramp, watched. `running[v]` and `held[v]` are about VU `v` of the whole test.
fn watch_ramp(config: &RampingVus, end: u64) -> Vec<Held> {
    let mine = |vu: u64| config.part.own().contains(&(vu % config.part.length()));
    let graceful = nanos(config.graceful_ramp_down);
    let mut spans: Vec<Vec<(u64, Option<u64>)>> = vec![Vec::new(); 64];
    let mut running = 0;
    let mut become_at = |now: u64, count: u64| {
        while running < count {
            let spans = &mut spans[running as usize];
            match spans.last_mut() {
                // Still held: the same VU goes on.
                Some((_, until)) if until.is_some_and(|until| until >= now) => *until = None,
                _ => spans.push((now, None)),
            }
            running += 1;
        }
        while running > count {
            running -= 1;
            let span = spans[running as usize].last_mut().unwrap();
            span.1 = Some((now + graceful).min(end));
        }
    };
    let (mut start, mut from) = (0, config.start_vus);
    become_at(0, from);
    for stage in &config.stages {
        let (length, to) = (nanos(stage.duration), stage.target);
        // Between this nanosecond and the next the line has come so far.
        for x in 0..=length {
            let passed = (1..=from.abs_diff(to))
                .filter(|n| n * length < from.abs_diff(to) * (x + 1))
                .count() as u64;
            let passed = if x == length {
                from.abs_diff(to)
            } else {
                passed
            };
            let now = if to > from {
                from + passed
            } else {
                from - passed
            };
            become_at(start + x, now);
        }
        (start, from) = (start + length, to);
    }
    let own = (0_u64..).zip(spans).filter(|(vu, _)| mine(*vu));
    own.flat_map(|(_, spans)| spans)
        .map(|(since, until)| (since, until.unwrap_or(end), 1, 1))
        .collect()
}

fn held(scenario: &Scenario) -> Vec<Held> {
    let end = |duration: Duration| nanos(duration) + scenario.graceful_stop;
    let held = match &scenario.executor {
        Executor::ConstantVus(own) => vec![(0, end(own.duration), own.vus, own.vus)],
        Executor::ConstantArrivalRate(own) => {
            vec![(0, end(own.duration), own.pre_allocated_vus, own.max_vus)]
        }
        Executor::ExternallyControlled(own) => {
            let end = own.duration.map_or(NEVER, nanos);
            vec![(0, end, own.max_vus, own.max_vus)]
        }
        Executor::RampingVus(own) => {
            watch_ramp(own, end(own.stages.iter().map(|s| s.duration).sum()))
        }
        _ => Vec::new(),
    };
    let later =
        |(from, to, planned, most)| (scenario.start + from, scenario.start + to, planned, most);
    held.into_iter().map(later).collect()
}

/// The most VUs at any moment: each scenario in its turn first takes, then gives back.
fn simulate(scenarios: &[Scenario]) -> (u64, u64) {
    let held: Vec<_> = scenarios.iter().map(held).collect();
    let mut highest = (0, 0);
    for now in 0..NEVER {
        for place in 0..held.len() {
            let mut sum = (0, 0);
            for (other, spans) in held.iter().enumerate() {
                for &(from, to, planned, most) in spans {
                    let is_held = match other.cmp(&place) {
                        std::cmp::Ordering::Less => from <= now && now < to,
                        std::cmp::Ordering::Equal => from <= now && now <= to,
                        std::cmp::Ordering::Greater => from < now && now <= to,
                    };
                    if is_held {
                        sum = (sum.0 + planned, sum.1 + most);
                    }
                }
            }
            highest = (highest.0.max(sum.0), highest.1.max(sum.1));
        }
    }
    highest
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap()
}

fn any_part() -> impl Strategy<Value = Part> {
    (0_usize..3, any::<bool>()).prop_map(|(index, whole)| {
        let sequence = SegmentSequence::parse("0,1/4,1/2,1").unwrap();
        match sequence.segments().get(index).filter(|_| !whole) {
            Some(segment) => Part::new(*segment, Some(&sequence)).unwrap(),
            None => Part::default(),
        }
    })
}

fn any_executor() -> impl Strategy<Value = Executor> {
    let duration = || (0_u64..40).prop_map(Duration::from_nanos);
    let stage =
        (prop_oneof![Just(0_u64), 0..40_u64], 0_u64..12).prop_map(|(nanos, target)| Stage {
            duration: Duration::from_nanos(nanos),
            target,
        });
    let ramp = (
        0_u64..12,
        proptest::collection::vec(stage, 1..6),
        0_u64..40,
        any_part(),
    );
    prop_oneof![
        4 => ramp.prop_map(|(start_vus, stages, graceful, part)| {
            Executor::RampingVus(RampingVus {
                start_vus,
                stages,
                graceful_ramp_down: Duration::from_nanos(graceful),
                part,
            })
        }),
        1 => (0_u64..9, duration())
            .prop_map(|(vus, duration)| Executor::ConstantVus(ConstantVus { vus, duration })),
        1 => (0_u64..9, 0_u64..9, duration()).prop_map(|(pre_allocated_vus, more, duration)| {
            Executor::ConstantArrivalRate(ConstantArrivalRate {
                rate: 1,
                time_unit: Duration::from_nanos(1),
                duration,
                pre_allocated_vus,
                max_vus: pre_allocated_vus + more,
            })
        }),
        1 => (0_u64..9, proptest::option::of(duration())).prop_map(|(max_vus, duration)| {
            Executor::ExternallyControlled(ExternallyControlled { vus: 0, max_vus, duration })
        }),
    ]
}

prop_compose! {
    fn any_scenario()(
        start in prop_oneof![Just(0_u64), 0..60_u64],
        graceful_stop in prop_oneof![Just(0_u64), 0..30_u64],
        executor in any_executor(),
    ) -> Scenario {
        Scenario { start, graceful_stop, executor }
    }
}

proptest! {
    #[test]
    fn the_demand_is_what_a_simulation_over_time_sees(
        scenarios in proptest::collection::vec(any_scenario(), 0..5),
    ) {
        let demand = Demand::of(scenarios.iter().map(|scenario| Scheduled {
            start_time: Duration::from_nanos(scenario.start),
            graceful_stop: Duration::from_nanos(scenario.graceful_stop),
            executor: &scenario.executor,
        }));
        prop_assert_eq!((demand.planned_vus, demand.max_vus), simulate(&scenarios));
        let ends = scenarios.iter().flat_map(|scenario| {
            held(scenario)
                .into_iter()
                .filter(|(.., most)| *most > 0)
                .map(move |(_, to, ..)| if to >= NEVER { scenario.start } else { to })
        });
        if scenarios.iter().all(|scenario| scenario.executor.max_vus() > 0) {
            prop_assert_eq!(demand.max_duration, Duration::from_nanos(ends.max().unwrap_or(0)));
        }
    }
}
