//! `shared-iterations`: VUs race on one counter until it reaches the number of iterations. Fast
//! VUs do more of them. What the duration leaves over is dropped, reported once.

use std::task::{Context, Poll};

use runner_values::executor::SharedIterations;

use crate::fleet::Fleet;
use crate::scenario::ScenarioRun;
use crate::vu::{IterationContext, Vu};
use crate::vu_loop::Work;

/// The counter is the scenario's iteration number itself.
#[derive(Debug, Clone, Copy)]
struct Shared {
    total: u64,
}

impl Work for Shared {
    #[inline]
    fn poll_next(
        &mut self,
        _: &mut Context<'_>,
        scenario: &ScenarioRun,
    ) -> Poll<Option<IterationContext>> {
        let ctx = scenario.next_iteration();
        Poll::Ready((ctx.iteration_in_scenario_instance < self.total).then_some(ctx))
    }
}

pub(super) async fn run<V: Vu>(mut fleet: Fleet<V>, config: &SharedIterations) {
    let total = config.iterations;
    fleet.run_constant(config.vus, || Shared { total }).await;
    let env = fleet.env();
    env.drop_iterations(total.saturating_sub(env.scenario.attempted()));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::abort::AbortReason;
    use crate::config::ScenarioConfig;
    use crate::fake::{Rig, What, millis, scenario};
    use runner_values::executor::{Executor, SharedIterations};

    fn shared(vus: u64, iterations: u64, ms: u64, graceful_ms: u64) -> ScenarioConfig {
        let config = SharedIterations {
            vus,
            iterations,
            max_duration: millis(ms),
        };
        scenario("s", graceful_ms, Executor::SharedIterations(config))
    }

    #[tokio::test(start_paused = true)]
    async fn every_iteration_runs_once() {
        let rig = Rig::simple(100, vec![shared(3, 10, 600_000, 0)]);
        let report = rig.run().await;
        assert_eq!(
            (report.completed, report.interrupted, report.dropped),
            (10, 0, 0)
        );
        assert_eq!(rig.now(), 400);
        let begun = |what: &What| {
            if let What::Began(number) = what {
                Some(*number)
            } else {
                None
            }
        };
        let numbers: Vec<_> = rig
            .log()
            .iter()
            .filter_map(|entry| begun(&entry.what))
            .collect();
        assert_eq!(numbers.len(), 10);
        assert_eq!(
            numbers.into_iter().collect::<BTreeSet<_>>(),
            (0..10).collect()
        );
        let progress = rig.scheduler.state().progress();
        assert_eq!(
            progress.scenarios[0].columns,
            ["3 VUs", "00m00.4s/10m0s", "10/10 shared iters"]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_time_does_not_allow_is_dropped_once() {
        let rig = Rig::simple(400, vec![shared(2, 100, 1000, 100)]);
        let report = rig.run().await;
        // Two VUs at 0, 400, 800: four complete, two interrupted.
        assert_eq!(
            (report.completed, report.interrupted, report.dropped),
            (4, 2, 94)
        );
        assert_eq!(rig.dropped(), [94]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_abort_drops_nothing() {
        let rig = Rig::simple(400, vec![shared(2, 100, 1000, 100)]);
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(500)).await;
            rig.abort.abort(AbortReason::Rest);
        });
        assert_eq!(
            (report.completed, report.interrupted, report.dropped),
            (2, 2, 0)
        );
        assert!(rig.dropped().is_empty());
    }
}
