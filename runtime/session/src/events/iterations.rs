//! What happens beside iterations: events of the scheduler become samples and log lines, and
//! every second the number of VUs is sampled and the log says what iterations repeated.

use std::sync::Arc;
use std::time::Duration;

use runner_host::{Level, Repeats};
use runner_metrics::{Metrics, SystemTag, SystemTags, TagSetId, builtin};
use runner_scheduler::{Event, EventSink, RunState};

/// How often `vus` and `vus_max` are sampled.
const SAMPLE_VUS: Duration = Duration::from_secs(1);

/// How often the log says what was repeated.
const TELL_REPEATS: Duration = Duration::from_secs(1);

/// Receives the scheduler's events. `run_tags` are those of the run alone.
pub(crate) fn sink(
    metrics: Arc<Metrics>,
    repeats: Arc<Repeats>,
    run_tags: TagSetId,
    system_tags: SystemTags,
) -> EventSink {
    Arc::new(move |event| match event {
        Event::DroppedIterations { scenario, count } => {
            let tags = if system_tags.contains(SystemTag::Scenario) {
                metrics
                    .tags()
                    .with(run_tags, &[("scenario", scenario.name())])
            } else {
                run_tags
            };
            let mut shard = metrics.shard(0).lock();
            shard.add(builtin::DROPPED_ITERATIONS, tags, count as f64);
        }
        Event::VuLate { scenario, waited } => {
            let message = format!("could not get a VU from the buffer for {waited:?}");
            repeats.notice(Level::Warn, "", &message, &[("scenario", scenario.name())]);
        }
        Event::VuMissing { scenario, waited } => {
            let message = format!("no VU came free in {waited:?}; going on with one VU less");
            repeats.notice(Level::Error, "", &message, &[("scenario", scenario.name())]);
        }
        Event::VusExhausted { scenario, vus } => {
            let message =
                format!("Insufficient VUs, reached {vus} active VUs and cannot initialize more");
            let fields = [
                ("executor", scenario.executor()),
                ("scenario", scenario.name()),
            ];
            repeats.notice(Level::Warn, "", &message, &fields);
        }
        Event::VuLost {
            scenario,
            vu,
            error,
        } => {
            let message = format!("VU {vu} is lost: {error}");
            repeats.notice(Level::Error, "", &message, &[("scenario", scenario.name())]);
        }
    })
}

/// Says once a second what iterations repeat, for ever: the caller drops it.
pub(crate) async fn tell_repeats(repeats: Arc<Repeats>) {
    loop {
        tokio::time::sleep(TELL_REPEATS).await;
        repeats.tell();
    }
}

/// Samples the number of VUs once a second, for ever: the caller drops it.
pub(crate) async fn sample_vus(metrics: Arc<Metrics>, state: Arc<RunState>, run_tags: TagSetId) {
    loop {
        tokio::time::sleep(SAMPLE_VUS).await;
        let mut shard = metrics.shard(0).lock();
        shard.add(builtin::VUS, run_tags, state.active_vus() as f64);
        shard.add(builtin::VUS_MAX, run_tags, state.initialised_vus() as f64);
    }
}
