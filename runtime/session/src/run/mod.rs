//! One run, from planned VUs to the summary.

mod assemble;
mod course;
mod ending;

use std::sync::{Arc, OnceLock};

use runner_engine::Ticker;
use runner_metrics::{Metrics, TagSetId, ThresholdSet};
use runner_outputs::Feed;
use runner_plan::Plan;
use runner_scheduler::{Abort, RunState, Scheduler};
use runner_vu::{Phases, SharedFactory};

use crate::control::RunControl;
use crate::events::Teller;
use crate::outputs::Outputs;
use crate::summary::{SummaryOutput, SummarySettings};
use crate::{End, Prepared};

/// What a run needs besides its plan.
#[derive(Debug)]
pub struct RunSettings {
    /// How the summary looks; none for no summary at all.
    pub summary: Option<SummarySettings>,
    /// False leaves thresholds out altogether.
    pub thresholds: bool,
    /// After teardown, wait for [`RunControl::end_linger`] or a stop.
    pub linger: bool,
    /// The run fails where an iteration did.
    pub fail_on_exceptions: bool,
    /// Where raw samples go.
    pub outputs: Outputs,
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// Decides the exit code.
    pub end: End,
    /// What is to be shown or written.
    pub summary: SummaryOutput,
    /// The summary for `--summary-export`, where it was asked for.
    pub export: Option<String>,
    /// The report for `--junit`, where it was asked for.
    pub junit: Option<String>,
}

/// A script with a plan and VUs to come.
pub struct Run {
    prepared: Prepared,
    plan: Plan,
    settings: RunSettings,
    thresholds: Arc<ThresholdSet>,
    feed: Option<Feed>,
    metrics: Arc<Metrics>,
    scheduler: Scheduler<SharedFactory>,
    phases: Phases,
    teller: Teller,
    run_tags: TagSetId,
    end: OnceLock<End>,
    /// Why it failed, in words for the outputs.
    failure: Arc<OnceLock<String>>,
    _ticker: Ticker,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run")
            .field("script", &self.prepared.name)
            .finish_non_exhaustive()
    }
}

impl Run {
    /// Live counters.
    pub fn state(&self) -> &Arc<RunState> {
        self.scheduler.state()
    }

    /// The handle that ends the run early.
    pub fn abort(&self) -> Abort {
        self.prepared.abort.clone()
    }

    /// The handle that pauses, scales and looks at the run while it goes on.
    pub fn control(&self) -> &Arc<RunControl> {
        &self.teller.control
    }

    /// The plan that is carried out.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}
