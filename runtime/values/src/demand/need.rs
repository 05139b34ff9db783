//! What all scenarios of a run need together.
//!
//! A scenario's needs are the steps of a curve, its graceful periods included. The planned VUs are
//! the highest point of the sum of all curves. What happens at one moment happens in the order of
//! the scenarios, as in k6: a VU can be taken at the moment at which an earlier scenario gives it
//! back, but not when a later one does, nor when its own scenario does.

use std::collections::BTreeMap;
use std::time::Duration;

use super::reservation::Reservation;
use crate::executor::Executor;

/// An executor and when it runs.
#[derive(Debug, Clone, Copy)]
pub struct Scheduled<'a> {
    /// Counted from the end of setup.
    pub start_time: Duration,
    /// How much longer iterations may take after the executor's end.
    pub graceful_stop: Duration,
    /// What runs.
    pub executor: &'a Executor,
}

impl Scheduled<'_> {
    /// When the last VU is given back, counted from the end of setup; zero where there is no work.
    /// A scenario without an end counts as if it were over at once, as in k6.
    #[must_use]
    pub fn end(&self) -> Duration {
        self.end_of(&Reservation::all(self.executor, self.graceful_stop))
    }

    fn end_of(&self, reservations: &[Reservation]) -> Duration {
        let last = reservations.iter().map(|r| r.to.unwrap_or_default()).max();
        last.map_or(Duration::ZERO, |last| self.start_time.saturating_add(last))
    }
}

/// What the scenarios of a run need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Demand {
    /// VUs that must exist before the scenarios start.
    pub planned_vus: u64,
    /// With those that are only made when a scenario finds no VU idle.
    pub max_vus: u64,
    /// From the start of the scenarios to the end of the last one, graceful periods included.
    /// The endless time of a scenario without an end is left out.
    pub max_duration: Duration,
}

impl Demand {
    /// Of all scenarios together, in the order in which they are listed: by start time and name.
    pub fn of<'a>(scenarios: impl IntoIterator<Item = Scheduled<'a>>) -> Self {
        // By moment, place of the scenario, and whether VUs are given back.
        let mut changes: BTreeMap<(Duration, usize, bool), (i128, i128)> = BTreeMap::new();
        let mut max_duration = Duration::ZERO;
        for (place, scenario) in scenarios.into_iter().enumerate() {
            let own = Reservation::all(scenario.executor, scenario.graceful_stop);
            max_duration = max_duration.max(scenario.end_of(&own));
            for reservation in own {
                let (planned, most) = (reservation.planned.into(), reservation.most.into());
                let mut change = |moment, gives_back, (planned, most): (i128, i128)| {
                    let at = scenario.start_time.saturating_add(moment);
                    let sum = changes.entry((at, place, gives_back)).or_default();
                    *sum = (sum.0 + planned, sum.1 + most);
                };
                change(reservation.from, false, (planned, most));
                if let Some(to) = reservation.to {
                    change(to, true, (-planned, -most));
                }
            }
        }
        let (mut now, mut highest) = ((0_i128, 0_i128), (0_i128, 0_i128));
        for (planned, most) in changes.into_values() {
            now = (now.0 + planned, now.1 + most);
            highest = (highest.0.max(now.0), highest.1.max(now.1));
        }
        let count = |vus| u64::try_from(vus).unwrap_or(u64::MAX);
        Self {
            planned_vus: count(highest.0),
            max_vus: count(highest.1),
            max_duration,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Part;
    use crate::executor::{ConstantVus, ExternallyControlled, RampingVus, Stage};

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    struct Own(u64, u64, Executor);

    fn demand(scenarios: &[Own]) -> Demand {
        Demand::of(
            scenarios
                .iter()
                .map(|Own(start, graceful, executor)| Scheduled {
                    start_time: secs(*start),
                    graceful_stop: secs(*graceful),
                    executor,
                }),
        )
    }

    fn ramping(start_vus: u64, stages: &[(u64, u64)], graceful: u64) -> Executor {
        let stage = |(seconds, target): &(u64, u64)| Stage {
            duration: secs(*seconds),
            target: *target,
        };
        Executor::RampingVus(RampingVus {
            start_vus,
            stages: stages.iter().map(stage).collect(),
            graceful_ramp_down: secs(graceful),
            part: Part::default(),
        })
    }

    fn constant(start: u64, vus: u64, seconds: u64, graceful: u64) -> Own {
        let duration = secs(seconds);
        Own(
            start,
            graceful,
            Executor::ConstantVus(ConstantVus { vus, duration }),
        )
    }

    #[test]
    fn needs_are_summed_over_time() {
        // As seen in k6: 7 VUs, 7 s.
        let needs = demand(&[
            Own(0, 30, ramping(0, &[(1, 4), (1, 0)], 5)),
            constant(0, 2, 1, 1),
            constant(2, 3, 1, 0),
            constant(0, 1, 1, 0),
        ]);
        assert_eq!((needs.planned_vus, needs.max_vus), (7, 7));
        assert_eq!(needs.max_duration, secs(7));
    }

    #[test]
    fn scenarios_that_follow_each_other_share_vus() {
        let of =
            |graceful| demand(&[constant(0, 5, 1, graceful), constant(2, 3, 1, 0)]).planned_vus;
        assert_eq!((of(1), of(2)), (5, 8));
        assert_eq!(demand(&[]).planned_vus, 0);
    }

    #[test]
    fn the_reservation_of_a_ramp_ends_with_the_scenario() {
        let of = |stop| demand(&[Own(0, stop, ramping(0, &[(1, 1), (1, 0)], 4))]).max_duration;
        assert_eq!(of(2), secs(4));
        assert_eq!(of(30), secs(6));
    }

    #[test]
    fn a_ramp_that_goes_up_again_reuses_reserved_vus() {
        let needs = demand(&[Own(0, 30, ramping(0, &[(2, 4), (1, 0), (1, 4)], 30))]);
        assert_eq!(needs.planned_vus, 4);
    }

    #[test]
    fn of_a_ramp_that_nobody_can_hold_only_the_outline_is_computed() {
        let needs = demand(&[Own(0, 30, ramping(1, &[(1, 100_000_000), (1, 0)], 30))]);
        assert_eq!(needs.planned_vus, 100_000_000);
        assert_eq!(needs.max_duration, secs(32));
    }

    #[test]
    fn what_has_no_end_is_held_to_the_end() {
        let external = |duration: Option<u64>| {
            let duration = duration.map(secs);
            let (vus, max_vus) = (1, 2);
            Executor::ExternallyControlled(ExternallyControlled {
                vus,
                max_vus,
                duration,
            })
        };
        let later = || constant(100, 3, 1, 0);
        let endless = demand(&[Own(5, 0, external(None)), later()]);
        assert_eq!((endless.max_vus, endless.max_duration), (5, secs(101)));
        assert_eq!(demand(&[Own(5, 0, external(None))]).max_duration, secs(5));
        let ended = demand(&[Own(5, 30, external(Some(10))), later()]);
        assert_eq!(ended.max_vus, 3);
        assert_eq!(
            demand(&[Own(5, 30, external(Some(10)))]).max_duration,
            secs(15)
        );
    }
}
