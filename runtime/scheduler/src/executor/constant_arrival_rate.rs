//! `constant-arrival-rate`: iterations start at a fixed rate, the first at once.
//!
//! The clock starts before the VUs are activated. The scenario lasts its whole duration, also
//! when the last arrival is earlier.

use runner_values::executor::ConstantArrivalRate;
use tokio::time::Instant;

use super::arrivals::{self, Span, Vus};
use crate::arrivals::Arrivals;
use crate::fleet::Fleet;
use crate::vu::Vu;

pub(super) async fn run<V: Vu>(fleet: Fleet<V>, config: &ConstantArrivalRate, started: Instant) {
    let part = fleet.env().scenario.config().part.clone();
    let vus = Vus {
        pre_allocated: config.pre_allocated_vus,
        most: config.max_vus,
    };
    let arrivals = Arrivals::constant(config, part);
    arrivals::run(fleet, arrivals, vus, Span::From(started)).await;
}

#[cfg(test)]
mod tests {
    use crate::abort::AbortReason;
    use crate::config::{ScenarioConfig, SchedulerConfig};
    use crate::event::Event;
    use crate::fake::{Behaviour, Rig, millis, part, scenario};
    use runner_values::executor::{ConstantArrivalRate, Executor};

    fn constant(rate: u64, ms: u64, pre: u64, max: u64, graceful_ms: u64) -> ScenarioConfig {
        let config = ConstantArrivalRate {
            rate,
            time_unit: millis(1000),
            duration: millis(ms),
            pre_allocated_vus: pre,
            max_vus: max,
        };
        scenario("c", graceful_ms, Executor::ConstantArrivalRate(config))
    }

    #[tokio::test(start_paused = true)]
    async fn iterations_start_when_they_are_due_whatever_they_take() {
        let rig = Rig::simple(250, vec![constant(10, 1000, 3, 3, 30_000)]);
        assert_eq!(rig.scheduler.state().planned_vus(), 3);
        let report = rig.run().await;
        assert_eq!((report.completed, report.dropped), (10, 0));
        let starts: Vec<_> = rig.begins().iter().map(|begin| begin.0).collect();
        assert_eq!(starts, (0..10).map(|n| n * 100).collect::<Vec<_>>());
        // VUs take turns.
        let vus: Vec<_> = rig.begins().iter().map(|begin| begin.1).collect();
        assert_eq!(vus[..6], [1, 2, 3, 1, 2, 3]);
        assert_eq!(rig.activations(), [(0, 1), (0, 2), (0, 3)]);
        assert_eq!(rig.now(), 1150);
    }

    #[tokio::test(start_paused = true)]
    async fn two_thousand_a_second_are_two_thousand_a_second() {
        let rig = Rig::simple(20, vec![constant(2000, 10_000, 100, 100, 100)]);
        let report = rig.run().await;
        assert_eq!((report.completed, report.dropped), (20_000, 0));
        for (number, (ms, _)) in rig.begins().iter().enumerate() {
            let late = ms.checked_sub(number as u64 / 2).unwrap();
            assert!(late <= 1, "number {number} is {late} ms late");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn arrivals_without_an_idle_vu_are_dropped_and_vus_are_added_one_by_one() {
        let rig = Rig::simple(1700, vec![constant(10, 3000, 2, 4, 350)]);
        assert_eq!(rig.scheduler.state().planned_vus(), 2);
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(1000)).await;
            let progress = rig.scheduler.state().progress();
            assert_eq!(
                progress.scenarios[0].columns,
                ["4/4 VUs", "1.0s/3s", "10.00 iters/s"]
            );
            assert_eq!((progress.active_vus, progress.initialised_vus), (4, 4));
        });
        // As in k6: the arrivals at 200 and 400 ask for a VU; the VU takes the next one.
        let begins = [
            (0, 1),
            (100, 2),
            (300, 3),
            (500, 4),
            (1700, 1),
            (1800, 2),
            (2000, 3),
            (2200, 4),
        ];
        assert_eq!(rig.begins(), begins);
        assert_eq!((report.completed, report.interrupted), (4, 4));
        assert_eq!(report.dropped, 22);
        assert_eq!(rig.dropped().iter().sum::<u64>(), 22);
        let told = |event: &Event| matches!(event, Event::VusExhausted { vus: 4, .. });
        assert_eq!(rig.events.lock().iter().filter(|e| told(e)).count(), 1);
        assert!((3350..=3351).contains(&rig.now()), "{}", rig.now());
    }

    #[tokio::test(start_paused = true)]
    async fn a_vu_that_cannot_be_made_is_reported_and_the_scenario_goes_on() {
        let behaviour = Behaviour {
            iteration: millis(1000),
            uncreatable: [2].into(),
            ..Behaviour::default()
        };
        let config = SchedulerConfig {
            scenarios: vec![constant(10, 1000, 1, 3, 1000)],
            ..SchedulerConfig::default()
        };
        let rig = Rig::new(behaviour, config);
        let report = rig.run().await;
        assert_eq!((report.completed, report.dropped), (2, 8));
        let lost = |event: &Event| matches!(event, Event::VuLost { vu: 2, .. });
        assert!(rig.events.lock().iter().any(lost));
    }

    #[tokio::test(start_paused = true)]
    async fn without_any_vu_everything_is_dropped() {
        let rig = Rig::simple(10, vec![constant(10, 1000, 0, 1, 0)]);
        let report = rig.run().await;
        assert_eq!((report.completed, report.dropped), (9, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn an_abort_ends_it_at_once() {
        let rig = Rig::simple(400, vec![constant(10, 60_000, 5, 5, 30_000)]);
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(1010)).await;
            rig.abort.abort(AbortReason::Rest);
        });
        assert_eq!((report.completed, report.interrupted), (7, 4));
        assert_eq!((report.dropped, rig.now()), (0, 1010));
        assert_eq!(rig.scheduler.state().active_vus(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_shifts_what_is_due() {
        let rig = Rig::simple(50, vec![constant(10, 1000, 2, 2, 0)]);
        let control = rig.scheduler.control();
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(320)).await;
            control.pause();
            tokio::time::sleep(millis(10_000)).await;
            control.resume();
        });
        assert_eq!((report.completed, report.dropped), (10, 0));
        let starts: Vec<_> = rig.begins().iter().map(|begin| begin.0).collect();
        assert_eq!(starts[..5], [0, 100, 200, 300, 10_400]);
        assert_eq!(rig.scheduler.state().elapsed(), millis(1000));
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_of_the_test_starts_its_own_iterations() {
        let mut scenario = constant(10, 1000, 2, 2, 0);
        scenario.part = part("1/2:1", "0,1/2,1");
        let rig = Rig::simple(50, vec![scenario]);
        let report = rig.run().await;
        assert_eq!(report.completed, 5);
        let starts: Vec<_> = rig.begins().iter().map(|begin| begin.0).collect();
        assert_eq!(starts, [100, 300, 500, 700, 900]);
    }

    #[test]
    fn an_absurd_rate_leaves_room_for_others() {
        // Real time, one thread, a VU that never waits.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let report = runtime.block_on(async {
            let rig = Rig::simple(0, vec![constant(1_000_000_000, 200, 1, 1, 0)]);
            let started = std::time::Instant::now();
            let report = rig.run().await;
            assert!(started.elapsed() < std::time::Duration::from_secs(20));
            report
        });
        assert!(report.completed > 100, "{report:?}");
        let all = report.completed + report.interrupted + report.dropped;
        assert_eq!(all, 200_000_000);
    }
}
