//! `per-vu-iterations`: each VU has its own number of iterations. What the duration leaves over
//! is dropped, reported once per VU.

use std::task::{Context, Poll};

use runner_values::executor::PerVuIterations;

use crate::fleet::Fleet;
use crate::scenario::ScenarioRun;
use crate::vu::{IterationContext, Vu};
use crate::vu_loop::Work;

#[derive(Debug, Clone, Copy)]
struct Own {
    left: u64,
}

impl Work for Own {
    #[inline]
    fn poll_next(
        &mut self,
        _: &mut Context<'_>,
        scenario: &ScenarioRun,
    ) -> Poll<Option<IterationContext>> {
        let Some(left) = self.left.checked_sub(1) else {
            return Poll::Ready(None);
        };
        self.left = left;
        Poll::Ready(Some(scenario.next_iteration()))
    }

    fn unstarted(&self) -> u64 {
        self.left
    }
}

pub(super) async fn run<V: Vu>(mut fleet: Fleet<V>, config: &PerVuIterations) {
    let work = || Own {
        left: config.iterations,
    };
    fleet.run_constant(config.vus, work).await;
}

#[cfg(test)]
mod tests {
    use crate::config::ScenarioConfig;
    use crate::fake::{Rig, millis, scenario};
    use runner_values::executor::{Executor, PerVuIterations};

    fn per_vu(vus: u64, iterations: u64, ms: u64, graceful_ms: u64) -> ScenarioConfig {
        let config = PerVuIterations {
            vus,
            iterations,
            max_duration: millis(ms),
        };
        scenario("p", graceful_ms, Executor::PerVuIterations(config))
    }

    #[tokio::test(start_paused = true)]
    async fn each_vu_does_its_own() {
        let rig = Rig::simple(100, vec![per_vu(3, 4, 120_000, 0)]);
        let report = rig.run().await;
        assert_eq!((report.completed, report.dropped), (12, 0));
        for vu in 1..=3 {
            assert_eq!(rig.begins().iter().filter(|begin| begin.1 == vu).count(), 4);
        }
        assert_eq!(rig.now(), 400);
        let progress = rig.scheduler.state().progress();
        let columns = ["3 VUs", "0m00.4s/2m0s", "12/12 iters, 4 per VU"];
        assert_eq!(progress.scenarios[0].columns, columns);
    }

    #[tokio::test(start_paused = true)]
    async fn each_vu_drops_what_it_has_left() {
        let rig = Rig::simple(400, vec![per_vu(2, 10, 1000, 500)]);
        let report = rig.run().await;
        assert_eq!(
            (report.completed, report.interrupted, report.dropped),
            (6, 0, 14)
        );
        assert_eq!(rig.dropped(), [7, 7]);
    }
}
