//! How many VUs a run needs, and for how long: computed before it starts, so that all of them
//! exist before setup and no scenario waits for one.
//!
//! A scenario's needs are the steps of a curve, its graceful periods included. The planned VUs
//! are the highest point of the sum of all curves. What happens at one moment happens in the
//! order of the scenarios, as in k6: needs of an earlier scenario that end exactly when others
//! begin are not added.

use std::time::Duration;

use crate::config::{ExecutorConfig, RampingVus, ScenarioConfig};

/// What the scenarios of a run need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// VUs that must exist before the scenarios start.
    pub planned_vus: u64,
    /// With those that are only made when a scenario finds no VU idle.
    pub max_vus: u64,
    /// From the start of the scenarios to the end of the last one, graceful periods included.
    /// A scenario without an end is left out.
    pub max_duration: Duration,
}

/// From `at` on, the need is higher by `planned` VUs and by at most `most`. Nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Need {
    at: u128,
    planned: i64,
    most: i64,
}

/// At `at` nanoseconds from the scenario's start, VU number `vu` (from 1) starts or stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RampStep {
    pub(crate) at: u64,
    pub(crate) vu: u64,
    pub(crate) starts: bool,
}

impl Needs {
    /// Of all scenarios together.
    #[must_use]
    pub fn of(scenarios: &[ScenarioConfig]) -> Self {
        let mut steps = Vec::new();
        let mut max_duration = Duration::ZERO;
        let with_work = scenarios.iter().filter(|s| s.executor.has_work());
        for (place, scenario) in with_work.enumerate() {
            let own = scenario_needs(scenario);
            let last = own.iter().map(|need| need.at).max().unwrap_or(0);
            let end = scenario.start_time.saturating_add(duration(last));
            max_duration = max_duration.max(end);
            let start = scenario.start_time.as_nanos();
            steps.extend(own.into_iter().map(|mut need| {
                need.at = need.at.saturating_add(start);
                (place, need)
            }));
        }
        steps.sort_by_key(|(place, need)| (need.at, *place, need.most < 0));
        let (mut planned, mut most) = ((0_i64, 0_i64), (0_i64, 0_i64));
        for (_, need) in steps {
            planned.0 = planned.0.saturating_add(need.planned);
            most.0 = most.0.saturating_add(need.most);
            planned.1 = planned.1.max(planned.0);
            most.1 = most.1.max(most.0);
        }
        Self {
            planned_vus: u64::try_from(planned.1).unwrap_or(0),
            max_vus: u64::try_from(most.1).unwrap_or(0),
            max_duration,
        }
    }
}

impl Need {
    fn both(at: u128, vus: i64) -> Self {
        Self {
            at,
            planned: vus,
            most: vus,
        }
    }
}

fn scenario_needs(scenario: &ScenarioConfig) -> Vec<Need> {
    let executor = &scenario.executor;
    let end = executor.regular_duration().as_nanos() + scenario.graceful_stop.as_nanos();
    let count = |vus: u64| i64::try_from(vus).unwrap_or(i64::MAX);
    let most = count(executor.max_vus());
    match executor {
        ExecutorConfig::RampingVus(config) => ramping_needs(config, end),
        ExecutorConfig::ExternallyControlled(config) => {
            let end = config.duration.map(|end| Need::both(end.as_nanos(), -most));
            std::iter::once(Need::both(0, most)).chain(end).collect()
        }
        _ => {
            let planned = count(executor.planned_vus());
            let need = |at, planned, most| Need { at, planned, most };
            vec![need(0, planned, most), need(end, -planned, -most)]
        }
    }
}

/// A VU that is ramped down stays reserved through its graceful period, but not past `end`; one
/// that starts again before that is the same VU.
fn ramping_needs(config: &RampingVus, end: u128) -> Vec<Need> {
    let graceful = config.graceful_ramp_down.as_nanos();
    // Per VU: None before its first start and while it runs, else until when it is reserved.
    let mut reserved: Vec<Option<u128>> = Vec::new();
    let mut running = 0_usize;
    let mut needs = Vec::new();
    for step in ramp_steps(config) {
        let index = usize::try_from(step.vu.saturating_sub(1)).unwrap_or(usize::MAX);
        let at = u128::from(step.at);
        if !step.starts {
            if let Some(slot) = reserved.get_mut(index) {
                *slot = Some(at.saturating_add(graceful).min(end));
            }
            running = index;
            continue;
        }
        running = index + 1;
        match reserved.get_mut(index) {
            None => {
                reserved.push(None);
                needs.push(Need::both(at, 1));
            }
            Some(slot) => {
                if let Some(until) = slot.take().filter(|until| *until < at) {
                    needs.push(Need::both(until, -1));
                    needs.push(Need::both(at, 1));
                }
            }
        }
    }
    for (index, slot) in reserved.iter().enumerate() {
        let until = if index < running {
            end
        } else {
            slot.unwrap_or(end)
        };
        needs.push(Need::both(until, -1));
    }
    needs
}

/// The moments at which this process's VUs start and stop, in order. Within a stage that goes
/// from `from` to `to` VUs of the whole test over `d`: up, VU `v` starts after
/// `d·(v−from)/(to−from)`; down, VU `v` stops after `d·(from−v+1)/(from−to)`; in whole
/// nanoseconds, rounded down. The highest VU stops first.
///
/// `v` counts the VUs of the whole test; a step names the VU's number among this process's own.
pub(crate) fn ramp_steps(config: &RampingVus) -> impl Iterator<Item = RampStep> + '_ {
    let stripe = &config.stripe;
    let initial = (1..=stripe.below(config.start_vus)).map(|vu| RampStep {
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
        let (low, high) = (stripe.below(from.min(to)), stripe.below(from.max(to)));
        (low..high).map(move |place| {
            // On the way down the highest comes first.
            let own = if starts {
                place
            } else {
                low + (high - 1 - place)
            };
            let vu = stripe.global(own) + 1;
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

fn duration(nanos: u128) -> Duration {
    u64::try_from(nanos).map_or(Duration::MAX, Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::{ConstantVus, Stage};

    const S: u64 = 1_000_000_000;

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn ramping(start_vus: u64, stages: &[(u64, u64)], graceful: u64) -> RampingVus {
        RampingVus {
            start_vus,
            stages: stages
                .iter()
                .map(|(seconds, target)| Stage {
                    duration: secs(*seconds),
                    target: *target,
                })
                .collect(),
            graceful_ramp_down: secs(graceful),
            stripe: Default::default(),
        }
    }

    fn scenario(start: u64, graceful: u64, executor: ExecutorConfig) -> ScenarioConfig {
        ScenarioConfig {
            name: "s".into(),
            start_time: secs(start),
            graceful_stop: secs(graceful),
            stripe: Default::default(),
            executor,
        }
    }

    fn constant(start: u64, vus: u64, seconds: u64, graceful: u64) -> ScenarioConfig {
        let executor = ExecutorConfig::ConstantVus(ConstantVus {
            vus,
            duration: secs(seconds),
        });
        scenario(start, graceful, executor)
    }

    #[test]
    fn a_ramp_from_nothing_starts_its_first_vu_after_one_step() {
        let steps: Vec<_> = ramp_steps(&ramping(0, &[(10, 10)], 0)).collect();
        assert_eq!(
            steps.first(),
            Some(&RampStep {
                at: S,
                vu: 1,
                starts: true
            })
        );
        assert_eq!(
            steps.last(),
            Some(&RampStep {
                at: 10 * S,
                vu: 10,
                starts: true
            })
        );
        assert_eq!(steps.len(), 10);
    }

    #[test]
    fn a_ramp_down_stops_the_highest_vu_first_in_whole_nanoseconds() {
        let config = ramping(3, &[(1, 0), (0, 2)], 0);
        let steps: Vec<_> = ramp_steps(&config).skip(3).collect();
        let expected = [
            RampStep {
                at: 333_333_333,
                vu: 3,
                starts: false,
            },
            RampStep {
                at: 666_666_666,
                vu: 2,
                starts: false,
            },
            RampStep {
                at: S,
                vu: 1,
                starts: false,
            },
            RampStep {
                at: S,
                vu: 1,
                starts: true,
            },
            RampStep {
                at: S,
                vu: 2,
                starts: true,
            },
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn needs_are_summed_over_time() {
        // As seen in k6: 7 VUs, 7 s.
        let ramp = ExecutorConfig::RampingVus(ramping(0, &[(1, 4), (1, 0)], 5));
        let scenarios = [
            scenario(0, 30, ramp),
            constant(0, 2, 1, 1),
            constant(2, 3, 1, 0),
            constant(0, 1, 1, 0),
        ];
        let needs = Needs::of(&scenarios);
        assert_eq!((needs.planned_vus, needs.max_vus), (7, 7));
        assert_eq!(needs.max_duration, secs(7));
    }

    #[test]
    fn scenarios_that_follow_each_other_share_vus() {
        assert_eq!(
            Needs::of(&[constant(0, 5, 1, 1), constant(2, 3, 1, 0)]).planned_vus,
            5
        );
        assert_eq!(
            Needs::of(&[constant(0, 5, 1, 2), constant(2, 3, 1, 0)]).planned_vus,
            8
        );
        assert_eq!(Needs::of(&[]).planned_vus, 0);
    }

    #[test]
    fn the_reservation_of_a_ramp_ends_with_the_scenario() {
        let ramp = |graceful_stop| {
            let config = ramping(0, &[(1, 1), (1, 0)], 4);
            [scenario(
                0,
                graceful_stop,
                ExecutorConfig::RampingVus(config),
            )]
        };
        assert_eq!(Needs::of(&ramp(2)).max_duration, secs(4));
        assert_eq!(Needs::of(&ramp(30)).max_duration, secs(6));
    }

    #[test]
    fn a_ramp_that_goes_up_again_reuses_reserved_vus() {
        let config = ramping(0, &[(2, 4), (1, 0), (1, 4)], 30);
        assert_eq!(
            Needs::of(&[scenario(0, 30, ExecutorConfig::RampingVus(config))]).planned_vus,
            4
        );
    }

    #[test]
    fn the_ramps_of_all_parts_are_that_of_the_whole() {
        let mut config = ramping(3, &[(2, 11), (0, 4), (5, 0), (1, 7)], 0);
        // Steps with the number of the VU in the whole test.
        let steps = |config: &RampingVus| {
            let global = |step: RampStep| (step.at, config.stripe.global(step.vu - 1), step.starts);
            ramp_steps(config).map(global).collect::<Vec<_>>()
        };
        let mut whole = steps(&config);
        let mut parts = Vec::new();
        for own in [vec![0, 2], vec![1], vec![3]] {
            config.stripe = crate::stripe::Stripe::new(4, own);
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
            let planned = Needs::of(&[scenario(0, 30, ExecutorConfig::RampingVus(config))]).planned_vus;
            prop_assert_eq!(planned, most);
        }
    }
}
