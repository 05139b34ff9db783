//! How many VUs a run needs, and for how long: computed before it starts, so that all of them
//! exist before setup and no scenario waits for one.
//!
//! A scenario's needs are the steps of a curve, its graceful periods included. The planned VUs
//! are the highest point of the sum of all curves; needs that end exactly when others begin
//! are not added.

use std::time::Duration;

use crate::config::{ExecutorConfig, RampingVus, ScenarioConfig};

/// From `at` on, the need is higher by `vus` (lower when negative). Nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Need {
    at: u128,
    vus: i64,
}

/// At `at` nanoseconds from the scenario's start, VU number `vu` (from 1) starts or stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RampStep {
    pub(crate) at: u64,
    pub(crate) vu: u64,
    pub(crate) starts: bool,
}

/// VUs that must exist before the scenarios start.
#[must_use]
pub fn planned_vus(scenarios: &[ScenarioConfig]) -> u64 {
    let mut needs = Vec::new();
    for scenario in scenarios
        .iter()
        .filter(|scenario| scenario.executor.has_work())
    {
        let start = scenario.start_time.as_nanos();
        needs.extend(scenario_needs(scenario).into_iter().map(|mut need| {
            need.at = need.at.saturating_add(start);
            need
        }));
    }
    needs.sort_by_key(|need| need.at);
    let (mut now, mut most) = (0_i64, 0_i64);
    for group in needs.chunk_by(|a, b| a.at == b.at) {
        now += group.iter().map(|need| need.vus).sum::<i64>();
        most = most.max(now);
    }
    u64::try_from(most).unwrap_or(0)
}

/// Time from the start of the scenarios to the end of the last one, graceful periods included.
#[must_use]
pub fn max_duration(scenarios: &[ScenarioConfig]) -> Duration {
    scenarios
        .iter()
        .filter(|scenario| scenario.executor.has_work())
        .map(|scenario| {
            let nanos = scenario_needs(scenario)
                .iter()
                .map(|need| need.at)
                .max()
                .unwrap_or(0);
            scenario.start_time.saturating_add(duration(nanos))
        })
        .max()
        .unwrap_or_default()
}

fn scenario_needs(scenario: &ScenarioConfig) -> Vec<Need> {
    let end = scenario.executor.regular_duration().as_nanos() + scenario.graceful_stop.as_nanos();
    match &scenario.executor {
        ExecutorConfig::RampingVus(config) => ramping_needs(config, end),
        other => {
            let vus = i64::try_from(other.max_vus()).unwrap_or(i64::MAX);
            vec![Need { at: 0, vus }, Need { at: end, vus: -vus }]
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
                needs.push(Need { at, vus: 1 });
            }
            Some(slot) => {
                if let Some(until) = slot.take().filter(|until| *until < at) {
                    needs.push(Need { at: until, vus: -1 });
                    needs.push(Need { at, vus: 1 });
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
        needs.push(Need { at: until, vus: -1 });
    }
    needs
}

/// The moments at which VUs start and stop, in order. Within a stage that goes from `from` to
/// `to` VUs over `d`: up, VU `v` starts after `d·(v−from)/(to−from)`; down, VU `v` stops after
/// `d·(from−v+1)/(from−to)`; in whole nanoseconds, rounded down. The highest VU stops first.
pub(crate) fn ramp_steps(config: &RampingVus) -> impl Iterator<Item = RampStep> + '_ {
    let initial = (1..=config.start_vus).map(|vu| RampStep {
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
    initial.chain(stages.flat_map(|(start, from, to, length)| {
        let total = from.abs_diff(to);
        (1..=total).map(move |n| {
            // u128: a long stage times many VUs does not fit into 64 bits.
            let offset = u128::from(length) * u128::from(n) / u128::from(total);
            let at = start.saturating_add(u64::try_from(offset).unwrap_or(u64::MAX));
            if to > from {
                RampStep {
                    at,
                    vu: from + n,
                    starts: true,
                }
            } else {
                RampStep {
                    at,
                    vu: from - n + 1,
                    starts: false,
                }
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
        }
    }

    fn scenario(start: u64, graceful: u64, executor: ExecutorConfig) -> ScenarioConfig {
        ScenarioConfig {
            name: "s".into(),
            start_time: secs(start),
            graceful_stop: secs(graceful),
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
        assert_eq!(planned_vus(&scenarios), 7);
        assert_eq!(max_duration(&scenarios), secs(7));
    }

    #[test]
    fn scenarios_that_follow_each_other_share_vus() {
        assert_eq!(
            planned_vus(&[constant(0, 5, 1, 1), constant(2, 3, 1, 0)]),
            5
        );
        assert_eq!(
            planned_vus(&[constant(0, 5, 1, 2), constant(2, 3, 1, 0)]),
            8
        );
        assert_eq!(planned_vus(&[]), 0);
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
        assert_eq!(max_duration(&ramp(2)), secs(4));
        assert_eq!(max_duration(&ramp(30)), secs(6));
    }

    #[test]
    fn a_ramp_that_goes_up_again_reuses_reserved_vus() {
        let config = ramping(0, &[(2, 4), (1, 0), (1, 4)], 30);
        assert_eq!(
            planned_vus(&[scenario(0, 30, ExecutorConfig::RampingVus(config))]),
            4
        );
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
            // At most: two stages that meet at one moment may pass over a peak in no time.
            let planned = planned_vus(&[scenario(0, 30, ExecutorConfig::RampingVus(config))]);
            prop_assert!(planned <= most, "{} planned, {} used", planned, most);
        }
    }
}
