//! `constant-vus`: a fixed number of VUs starts iterations until the duration is over.

use runner_values::executor::ConstantVus;

use crate::fleet::Fleet;
use crate::vu::Vu;
use crate::vu_loop::Endless;

pub(super) async fn run<V: Vu>(mut fleet: Fleet<V>, config: &ConstantVus) {
    fleet.run_constant(config.vus, || Endless).await;
}

#[cfg(test)]
mod tests {
    use crate::abort::AbortReason;
    use crate::config::ScenarioConfig;
    use crate::fake::{Rig, millis, scenario};
    use crate::progress::ScenarioStatus;
    use runner_values::executor::{ConstantVus, Executor};

    fn constant(vus: u64, ms: u64, graceful_ms: u64) -> ScenarioConfig {
        let config = ConstantVus {
            vus,
            duration: millis(ms),
        };
        scenario("c", graceful_ms, Executor::ConstantVus(config))
    }

    #[tokio::test(start_paused = true)]
    async fn iterations_that_run_at_the_end_finish_within_the_graceful_period() {
        let rig = Rig::simple(300, vec![constant(2, 1000, 30_000)]);
        let report = rig.run().await;
        // Starts at 0, 300, 600 and 900; the last ends at 1200.
        assert_eq!(
            (report.completed, report.interrupted, report.dropped),
            (8, 0, 0)
        );
        assert_eq!(rig.now(), 1200);
        assert_eq!(rig.activations(), [(0, 1), (0, 2)]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_graceful_period_ends_in_an_interrupt() {
        let rig = Rig::simple(600, vec![constant(3, 1000, 100)]);
        let report = rig.run().await;
        assert_eq!((report.completed, report.interrupted), (3, 3));
        // To a millisecond: the clock's own resolution.
        assert!((1100..=1101).contains(&rig.now()), "{}", rig.now());
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_graceful_period_the_end_interrupts() {
        let rig = Rig::simple(600, vec![constant(3, 1000, 0)]);
        let report = rig.run().await;
        assert_eq!((report.completed, report.interrupted), (3, 3));
        assert!((1000..=1001).contains(&rig.now()), "{}", rig.now());
    }

    #[tokio::test(start_paused = true)]
    async fn an_abort_interrupts_at_once() {
        let rig = Rig::simple(600, vec![constant(2, 60_000, 30_000)]);
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(1000)).await;
            rig.abort.abort(AbortReason::Threshold);
        });
        assert_eq!((report.completed, report.interrupted), (2, 2));
        assert_eq!(report.aborted, Some(AbortReason::Threshold));
        assert_eq!(rig.now(), 1000);
        let progress = rig.scheduler.state().progress();
        assert_eq!(progress.scenarios[0].status, ScenarioStatus::Interrupted);
        assert_eq!(progress.scenarios[0].columns, ["2 VUs", "0m01.0s/1m0s"]);
        assert_eq!(progress.active_vus, 0);
    }

    #[test]
    fn vus_that_never_wait_do_not_starve_each_other_or_the_clock() {
        // Real time and one thread: only the yields of the VUs let the end come.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let rig = runtime.block_on(async {
            let rig = Rig::simple(0, vec![constant(3, 100, 0)]);
            rig.run().await;
            rig
        });
        assert!(rig.scheduler.state().completed() > 100);
        assert_eq!(rig.activations().len(), 3);
    }
}
