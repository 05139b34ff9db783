//! Hands events on to whoever shows the run, and to what the run itself keeps of them: the status for
//! its control, thresholds for its outputs.

use std::sync::Arc;

use runner_metrics::ThresholdResult;
use runner_outputs::LatestResults;

use super::{Event, Events, Notice, Stage};
use crate::RunControl;

/// Tells of one run. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Teller {
    pub(crate) events: Arc<dyn Events>,
    pub(crate) control: Arc<RunControl>,
    pub(crate) latest: LatestResults,
}

impl Teller {
    /// Where the run is.
    pub(crate) fn stage(&self, stage: Stage) {
        self.control.note(stage);
        self.events.event(Event::Stage(stage));
    }

    /// How thresholds stand.
    pub(crate) fn thresholds(&self, results: Vec<ThresholdResult>) {
        self.events.event(Event::Thresholds(&results));
        self.latest.set(results);
    }

    /// Something that the user should know.
    pub(crate) fn notice(&self, notice: &Notice) {
        self.events.event(Event::Notice(notice));
    }
}
