//! What a run came to.

use std::sync::Arc;

use crate::abort::AbortReason;
use crate::scenario::ScenarioRun;
use crate::state::RunState;

/// The outcome of [`crate::Scheduler::run`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    /// Why the run was cut short, if it was.
    pub aborted: Option<AbortReason>,
    /// Iterations that ran to their end.
    pub completed: u64,
    /// Iterations that were cut short.
    pub interrupted: u64,
    /// Iterations that were never started for lack of time.
    pub dropped: u64,
    /// One per scenario, by start time and name.
    pub scenarios: Vec<ScenarioReport>,
}

/// The outcome of one scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioReport {
    /// The scenario's key in the options.
    pub name: Arc<str>,
    /// False when the run was aborted before its start time.
    pub started: bool,
    /// As in [`RunReport`].
    pub completed: u64,
    /// As in [`RunReport`].
    pub interrupted: u64,
    /// As in [`RunReport`].
    pub dropped: u64,
}

impl RunReport {
    pub(crate) fn new(state: &RunState, aborted: Option<AbortReason>) -> Self {
        Self {
            aborted,
            completed: state.completed(),
            interrupted: state.interrupted(),
            dropped: state.dropped(),
            scenarios: state
                .scenarios()
                .iter()
                .map(|run| ScenarioReport::new(run))
                .collect(),
        }
    }
}

impl ScenarioReport {
    fn new(run: &ScenarioRun) -> Self {
        Self {
            name: run.name().clone(),
            started: run.start_unix_nanos().is_some(),
            completed: run.completed(),
            interrupted: run.interrupted(),
            dropped: run.dropped(),
        }
    }
}
