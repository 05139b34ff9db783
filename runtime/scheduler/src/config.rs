//! What a scheduler is told to run: no option parsing, no validation of what a user typed (the plan
//! does both), no script names.

use std::sync::Arc;
use std::time::Duration;

use runner_values::executor::Executor;
use runner_values::{Part, Scheduled};

/// Everything that a [`crate::Scheduler`] is told.
#[derive(Debug, Clone, Default)]
pub struct SchedulerConfig {
    /// In any order; they run by start time and, at the same start time, are listed by name.
    pub scenarios: Vec<ScenarioConfig>,
    /// A shorter iteration is followed by a pause up to this length. Zero switches it off.
    pub min_iteration_duration: Duration,
    /// The most VUs that can exist at one time. None where nothing limits them.
    pub vu_limit: Option<u64>,
    /// Which of the whole test's VUs are these.
    pub part: Part,
}

/// One scenario.
#[derive(Debug, Clone)]
pub struct ScenarioConfig {
    /// The scenario's key in the options.
    pub name: Arc<str>,
    /// Counted from the moment at which the scenarios start, that is, after setup.
    pub start_time: Duration,
    /// What iterations get to finish in after the regular end. Zero interrupts them at once.
    pub graceful_stop: Duration,
    /// Which of the whole test's iterations (and arrivals) are those of this process.
    pub part: Part,
    /// Which executor, with its own settings.
    pub executor: Executor,
}

impl ScenarioConfig {
    /// What runs and when, which decides how many VUs it takes.
    pub(crate) fn scheduled(&self) -> Scheduled<'_> {
        Scheduled {
            start_time: self.start_time,
            graceful_stop: self.graceful_stop,
            executor: &self.executor,
        }
    }
}
