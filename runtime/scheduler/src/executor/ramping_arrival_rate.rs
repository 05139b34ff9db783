//! `ramping-arrival-rate`: the rate at which iterations start follows stages.
//!
//! The clock starts when the VUs are activated. The scenario is over when the last arrival has
//! been started and its iteration is done: a last stage without arrivals is not waited for.

use runner_values::executor::RampingArrivalRate;

use super::arrivals::{self, Span, Vus};
use crate::arrivals::Arrivals;
use crate::fleet::Fleet;
use crate::vu::Vu;

pub(super) async fn run<V: Vu>(fleet: Fleet<V>, config: &RampingArrivalRate) {
    let scenario = fleet.env().scenario.config();
    // The last arrival of a ramp is often due at its very end: there it demand time to finish.
    let with_end = !scenario.graceful_stop.is_zero();
    let arrivals = Arrivals::ramping(config, scenario.part.clone(), with_end);
    let vus = Vus {
        pre_allocated: config.pre_allocated_vus,
        most: config.max_vus,
    };
    arrivals::run(fleet, arrivals, vus, Span::Activated).await;
}

#[cfg(test)]
mod tests {
    use crate::config::{ScenarioConfig, SchedulerConfig};
    use crate::fake::{Behaviour, Rig, millis, scenario};
    use runner_values::executor::{Executor, RampingArrivalRate, Stage};

    fn ramping(
        start_rate: u64,
        stages: &[(u64, u64)],
        pre: u64,
        graceful_ms: u64,
    ) -> ScenarioConfig {
        let stage = |(ms, target): &(u64, u64)| Stage {
            duration: millis(*ms),
            target: *target,
        };
        let config = RampingArrivalRate {
            start_rate,
            time_unit: millis(1000),
            stages: stages.iter().map(stage).collect(),
            pre_allocated_vus: pre,
            max_vus: pre,
        };
        scenario("r", graceful_ms, Executor::RampingArrivalRate(config))
    }

    #[tokio::test(start_paused = true)]
    async fn starts_follow_the_closed_form() {
        let rig = Rig::simple(10, vec![ramping(0, &[(10_000, 2000)], 50, 30_000)]);
        let report = rig.run().await;
        assert_eq!((report.completed, report.dropped), (10_000, 0));
        for (number, (ms, _)) in (1_u32..).zip(rig.begins()) {
            // The area of a triangle: n = 2000/10 · t²/2.
            let due = (f64::from(number) / 100.0).sqrt() * 1000.0;
            let late = ms as f64 - due;
            assert!(
                (-1.0..=1.0).contains(&late),
                "number {number} is {late} ms late"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_last_stage_without_arrivals_is_not_waited_for() {
        let stages = [(1000, 10), (1000, 10), (0, 0), (5000, 0)];
        let rig = Rig::simple(10, vec![ramping(0, &stages, 2, 500)]);
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(500)).await;
            let progress = rig.scheduler.state().progress();
            assert_eq!(
                progress.scenarios[0].columns,
                ["0/2 VUs", "0.5s/7s", "05.00 iters/s"]
            );
        });
        assert_eq!(report.completed, 15);
        let first: Vec<_> = rig.begins().iter().map(|begin| begin.0).take(3).collect();
        assert_eq!(first, [448, 633, 775]);
        assert_eq!(rig.now(), 2010);
    }

    #[tokio::test(start_paused = true)]
    async fn what_scripts_see_as_the_start_is_when_the_vus_are_ready() {
        let behaviour = Behaviour {
            iteration: millis(10),
            activation: millis(300),
            ..Behaviour::default()
        };
        let config = SchedulerConfig {
            scenarios: vec![ramping(10, &[(1000, 10)], 3, 500)],
            ..SchedulerConfig::default()
        };
        let rig = Rig::new(behaviour, config);
        let scenario = &rig.scheduler.state().scenarios()[0];
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(800)).await;
            // 300 of them were spent on the VUs.
            assert_eq!(scenario.elapsed(), Some(millis(500)));
            assert!((scenario.progress() - 0.5).abs() < 1e-9);
        });
        assert_eq!(report.completed, 10);
        assert_eq!(rig.begins()[0].0, 400);
    }

    #[tokio::test(start_paused = true)]
    async fn the_arrival_at_the_very_end_needs_a_graceful_period() {
        let with = Rig::simple(10, vec![ramping(10, &[(1000, 10)], 1, 500)]);
        assert_eq!(with.run().await.completed, 10);
        let without = Rig::simple(10, vec![ramping(10, &[(1000, 10)], 1, 0)]);
        let report = without.run().await;
        assert_eq!((report.completed, report.interrupted), (9, 0));
    }
}
