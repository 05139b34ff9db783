//! The outputs of a run: what they see of it, and what is said of samples that got lost.

use std::sync::{Arc, OnceLock};

use runner_metrics::ThresholdResult;
use runner_outputs::{
    Feed, FeedReport, LatestResults, Notice as Failing, Output, OutputContext, RunView, StartError,
    Status, Wake,
};
use runner_scheduler::{Abort, AbortReason, RunState};

use crate::events::Teller;
use crate::{End, Event, Events, Notice};

/// The outputs that a run feeds; none costs nothing.
#[derive(Default)]
pub struct Outputs(pub Vec<Box<dyn Output>>);

impl Outputs {
    /// What the description of a run says: each output, or `-`.
    #[must_use]
    pub fn description(&self) -> String {
        let all: Vec<_> = self.0.iter().map(|output| output.description()).collect();
        if all.is_empty() {
            "-".to_owned()
        } else {
            all.join(", ")
        }
    }
}

impl std::fmt::Debug for Outputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outputs({})", self.description())
    }
}

/// The run, as outputs see it.
pub(crate) struct View {
    pub(crate) state: Arc<RunState>,
    pub(crate) latest: LatestResults,
    pub(crate) abort: Abort,
    /// Why the run failed; set before the outputs are stopped.
    pub(crate) failure: Arc<OnceLock<String>>,
}

impl RunView for View {
    fn status(&self) -> Status {
        Status {
            elapsed: self.state.elapsed(),
            active_vus: self.state.active_vus(),
            initialised_vus: self.state.initialised_vus(),
            completed: self.state.completed(),
            interrupted: self.state.interrupted(),
            stopping: self.abort.is_aborted(),
        }
    }

    fn thresholds(&self) -> Vec<ThresholdResult> {
        self.latest.get()
    }

    fn stop(&self, reason: String) {
        self.abort.abort(AbortReason::Fault(reason));
    }

    fn failure(&self) -> Option<String> {
        self.failure.get().cloned()
    }
}

/// Why a run failed, in words for its outputs; none where it did not.
pub(crate) fn failure(
    end: Option<End>,
    aborted: Option<&AbortReason>,
    crossed: Option<&[String]>,
    failures: u64,
) -> Option<String> {
    let text = match (aborted, end, crossed) {
        (Some(AbortReason::Signal(name)), ..) => format!("the test received a '{name}' signal"),
        (Some(AbortReason::Script(message)), ..) => format!("the script aborted: {message}"),
        (Some(AbortReason::Rest), ..) => "the test was stopped from the REST API".to_owned(),
        (Some(AbortReason::Fault(text)), ..) => text.clone(),
        (_, Some(End::SetupTimeout), _) => "setup took too long".to_owned(),
        (_, Some(End::TeardownTimeout), _) => "teardown took too long".to_owned(),
        (_, Some(End::Timeout), _) => "a VU took too long to start".to_owned(),
        (_, Some(End::ScriptException), _) => "script exception".to_owned(),
        (_, Some(End::MarkedAsFailed), _) => "the script marked the test as failed".to_owned(),
        (_, _, Some(names)) => format!(
            "thresholds on metrics '{}' have been crossed",
            names.join(", ")
        ),
        (_, None | Some(End::Success), None) if failures > 0 => iterations_failed(failures),
        (_, None | Some(End::Success), None) => return None,
        (_, Some(_), None) => "the test could not be carried out".to_owned(),
    };
    Some(text)
}

/// What makes a run fail with `--fail-on-exceptions`.
fn iterations_failed(count: u64) -> String {
    match count {
        1 => "an iteration failed".to_owned(),
        _ => format!("{count} iterations failed"),
    }
}

/// Starts the outputs; none where there are none.
pub(crate) fn start(
    outputs: Outputs,
    context: &OutputContext,
    wake: &Wake,
    events: &Arc<dyn Events>,
) -> Result<Option<Feed>, StartError> {
    if outputs.0.is_empty() {
        return Ok(None);
    }
    let events = Arc::clone(events);
    let failing: Failing = Arc::new(move |output, message| {
        let (name, error) = (output.to_owned(), message.to_owned());
        events.event(Event::Notice(&Notice::Output { name, error }));
    });
    Feed::start(outputs.0, context, wake, &failing).map(Some)
}

/// Fetches the last samples.
pub(crate) async fn finish(feed: Option<Feed>) -> Option<Feed> {
    let mut feed = feed?;
    let finished = tokio::task::spawn_blocking(move || {
        feed.finish();
        feed
    });
    finished.await.ok()
}

/// Stops the outputs; whether each of them got and wrote everything.
pub(crate) async fn stop(feed: Option<Feed>, teller: &Teller) -> bool {
    let Some(feed) = feed else { return true };
    let stopped = tokio::task::spawn_blocking(move || feed.stop());
    let Ok(report) = stopped.await else {
        return false;
    };
    tell(&report, teller);
    report.incomplete().next().is_none()
}

fn tell(report: &FeedReport, teller: &Teller) {
    for output in report.incomplete() {
        teller.notice(&Notice::Lost {
            name: output.name.clone(),
            samples: output.lost,
            reason: output.failure.clone(),
        });
    }
}
