//! `ramping-vus`: the number of looping VUs follows stages.
//!
//! Each VU number starts and stops at moments of its own (see [`ramp_steps`]). One
//! that is stopped finishes its iteration within `gracefulRampDown`, and is then interrupted; if
//! the ramp turns up again before, it simply goes on, and otherwise a VU from the pool takes its
//! place. After the last stage the scenario's graceful period applies to all.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use runner_values::executor::RampingVus;
use runner_values::{RampStep, ramp_steps};
use tokio::time::Instant;

use crate::fleet::{Fleet, after};
use crate::state::RunState;
use crate::vu::Vu;
use crate::vu_control::VuControl;
use crate::vu_loop::Endless;

/// The place of one VU number.
#[derive(Default)]
struct Seat {
    control: Option<Arc<VuControl>>,
    /// Grows with each start, so that the deadline of an earlier stop is recognised as void.
    starts: u64,
}

/// A VU that was stopped is interrupted when this is over.
struct Deadline {
    at: Instant,
    seat: usize,
    starts: u64,
}

struct Ramp<V> {
    state: Arc<RunState>,
    fleet: Fleet<V>,
    graceful_ramp_down: Duration,
    seats: Vec<Seat>,
    /// In order of time: stops come in order, and all get the same period.
    deadlines: VecDeque<Deadline>,
}

pub(super) async fn run<V: Vu>(fleet: Fleet<V>, config: &RampingVus, started: Instant) {
    let abort = fleet.env().abort.clone();
    let graceful_stop = fleet.env().scenario.config().graceful_stop;
    let mut ramp = Ramp {
        state: fleet.env().state.clone(),
        fleet,
        graceful_ramp_down: config.graceful_ramp_down,
        seats: Vec::new(),
        deadlines: VecDeque::new(),
    };
    let regular_end = ramp.fleet.env().regular_end;
    let scenario = async {
        ramp.follow(config, started).await;
        ramp.finish(regular_end, after(regular_end, graceful_stop))
            .await;
    };
    tokio::select! {
        biased;
        () = abort.aborted() => {}
        () = scenario => {}
    }
    for seat in &ramp.seats {
        if let Some(control) = &seat.control {
            control.interrupt();
        }
    }
    ramp.fleet.all_back().await;
}

impl<V: Vu> Ramp<V> {
    /// Starts and stops VUs until the last stage is over.
    async fn follow(&mut self, config: &RampingVus, started: Instant) {
        for step in ramp_steps(config) {
            let at = after(started, Duration::from_nanos(step.at));
            self.wait_until(at).await;
            self.take(step, at);
        }
        self.wait_until(self.fleet.env().regular_end).await;
    }

    /// Stops the VUs that still run and waits for all, at most until `interrupt_at`.
    async fn finish(&mut self, regular_end: Instant, interrupt_at: Instant) {
        if interrupt_at <= regular_end {
            return;
        }
        for seat in &self.seats {
            if let Some(control) = &seat.control {
                control.stop();
            }
        }
        while !self.fleet.is_empty() {
            let next = self
                .next_deadline()
                .map_or(interrupt_at, |at| at.min(interrupt_at));
            tokio::select! {
                biased;
                () = self.fleet.one_back() => {}
                () = self.state.clock().sleep_until(next) => {
                    if next >= interrupt_at {
                        return;
                    }
                    self.interrupt_due(next);
                }
            }
        }
    }

    async fn wait_until(&mut self, at: Instant) {
        while let Some(deadline) = self.next_deadline().filter(|deadline| *deadline <= at) {
            self.state.clock().sleep_until(deadline).await;
            self.interrupt_due(deadline);
        }
        // A ramp has thousands of steps; those that are due already cost no timer.
        if at > self.state.clock().now() || self.state.is_paused() {
            self.state.clock().sleep_until(at).await;
        }
    }

    fn take(&mut self, step: RampStep, at: Instant) {
        let index = usize::try_from(step.vu.saturating_sub(1)).unwrap_or(usize::MAX);
        if step.starts && index == self.seats.len() {
            self.seats.push(Seat::default());
        }
        let Some(seat) = self.seats.get_mut(index) else {
            return;
        };
        if step.starts {
            seat.starts += 1;
            if !seat
                .control
                .as_ref()
                .is_some_and(|control| control.resume())
            {
                seat.control = Some(self.fleet.launch(Endless));
            }
        } else if let Some(control) = &seat.control {
            control.stop();
            let at = after(at, self.graceful_ramp_down);
            self.deadlines.push_back(Deadline {
                at,
                seat: index,
                starts: seat.starts,
            });
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.front().map(|deadline| deadline.at)
    }

    fn interrupt_due(&mut self, now: Instant) {
        while let Some(deadline) = self.deadlines.pop_front_if(|deadline| deadline.at <= now) {
            let seat = self.seats.get(deadline.seat);
            let seat = seat.filter(|seat| seat.starts == deadline.starts);
            if let Some(control) = seat.and_then(|seat| seat.control.as_ref()) {
                control.interrupt();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abort::AbortReason;
    use crate::config::ScenarioConfig;
    use crate::fake::{Rig, What, millis, scenario};
    use runner_values::executor::{Executor, Stage};

    fn ramping(
        start_vus: u64,
        stages: &[(u64, u64)],
        ramp_down_ms: u64,
        graceful_ms: u64,
    ) -> ScenarioConfig {
        let config = RampingVus {
            start_vus,
            stages: stages
                .iter()
                .map(|(ms, target)| Stage {
                    duration: millis(*ms),
                    target: *target,
                })
                .collect(),
            graceful_ramp_down: millis(ramp_down_ms),
            part: Default::default(),
        };
        scenario("r", graceful_ms, Executor::RampingVus(config))
    }

    #[tokio::test(start_paused = true)]
    async fn vus_start_one_by_one() {
        let rig = Rig::simple(10_000, vec![ramping(0, &[(10_000, 10)], 0, 0)]);
        rig.run().await;
        // The tenth would start when the last stage ends.
        let first: Vec<_> = rig.activations().into_iter().take(9).collect();
        assert_eq!(first, (1..=9).map(|vu| (vu * 1000, vu)).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn the_highest_vu_stops_first_and_finishes_its_iteration() {
        let rig = Rig::simple(700, vec![ramping(3, &[(3000, 0)], 30_000, 30_000)]);
        let report = rig.run().await;
        // VU 3 stops at 1000, VU 2 at 2000, VU 1 at 3000.
        let last = |vu| {
            rig.begins()
                .iter()
                .filter(|begin| begin.1 == vu)
                .map(|b| b.0)
                .max()
        };
        assert_eq!(
            (last(3), last(2), last(1)),
            (Some(700), Some(1400), Some(2800))
        );
        assert_eq!((report.completed, report.interrupted), (2 + 3 + 5, 0));
        assert_eq!(rig.now(), 3500);
    }

    #[tokio::test(start_paused = true)]
    async fn an_iteration_that_outlasts_the_ramp_down_is_interrupted() {
        let rig = Rig::simple(5000, vec![ramping(2, &[(2000, 0)], 500, 30_000)]);
        let report = rig.run().await;
        // VU 2 stops at 1000 and VU 1 at 2000; each has 500 ms more.
        assert_eq!((report.completed, report.interrupted), (0, 2));
        assert!((2500..=2501).contains(&rig.now()), "{}", rig.now());
    }

    #[tokio::test(start_paused = true)]
    async fn the_graceful_stop_cuts_the_ramp_down_short() {
        let rig = Rig::simple(9000, vec![ramping(1, &[(1000, 0)], 30_000, 700)]);
        let report = rig.run().await;
        assert_eq!((report.completed, report.interrupted), (0, 1));
        assert!((1700..=1701).contains(&rig.now()), "{}", rig.now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_vu_that_is_still_busy_goes_on_when_the_ramp_turns() {
        let stages = [(1000, 0), (1000, 1), (1000, 1)];
        let rig = Rig::simple(1500, vec![ramping(1, &stages, 30_000, 0)]);
        rig.run().await;
        // Its second iteration begins at 1500 and is stopped by nothing: at 1500 the VU is
        // told to stop, at 2000 it starts anew, from the pool.
        assert_eq!(rig.activations(), [(0, 1), (2000, 1)]);

        let rig = Rig::simple(2500, vec![ramping(1, &stages, 30_000, 0)]);
        let report = rig.run().await;
        assert_eq!(
            rig.activations(),
            [(0, 1)],
            "one iteration spans stop and restart"
        );
        assert_eq!(rig.begins(), [(0, 1), (2500, 1)]);
        assert_eq!((report.completed, report.interrupted), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn an_interrupted_vu_is_recovered_before_it_is_used_again() {
        let stages = [(100, 0), (1000, 0), (0, 1), (1000, 1)];
        let rig = Rig::simple(5000, vec![ramping(1, &stages, 200, 0)]);
        let report = rig.run().await;
        assert_eq!(report.interrupted, 2);
        let whats: Vec<_> = rig
            .log()
            .into_iter()
            .map(|entry| (entry.ms / 10, entry.what))
            .collect();
        let expected = [
            (0, What::Activated("r".into())),
            (0, What::Began(0)),
            (110, What::Recovered),
            (110, What::Activated("r".into())),
            (110, What::Began(1)),
        ];
        assert_eq!(whats, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_at_the_moment_of_the_interrupt_waits_for_the_vu() {
        let stages = [(100, 0), (500, 0), (0, 1), (1000, 1)];
        let rig = Rig::simple(5000, vec![ramping(1, &stages, 500, 0)]);
        rig.run().await;
        assert_eq!(rig.activations().len(), 2);
        assert!(rig.events.lock().is_empty(), "{:?}", rig.events.lock());
    }

    #[tokio::test(start_paused = true)]
    async fn an_abort_in_the_graceful_period_is_heard() {
        let rig = Rig::simple(9000, vec![ramping(1, &[(1000, 1)], 0, 30_000)]);
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(1500)).await;
            rig.abort.abort(AbortReason::Rest);
        });
        assert_eq!((report.completed, report.interrupted), (0, 1));
        assert_eq!(rig.now(), 1500);
    }

    #[tokio::test(start_paused = true)]
    async fn the_bar_shows_the_vus_of_the_moment() {
        let rig = Rig::simple(100, vec![ramping(1, &[(2000, 3), (1000, 0)], 0, 0)]);
        let columns = || rig.scheduler.state().progress().scenarios.remove(0).columns;
        let ((), _) = tokio::join!(
            async {
                tokio::time::sleep(millis(1050)).await;
                assert_eq!(columns(), ["2/3 VUs", "1.1s/3.0s"]);
            },
            rig.run()
        );
        assert_eq!(columns(), ["0/3 VUs", "3s"]);
    }
}
