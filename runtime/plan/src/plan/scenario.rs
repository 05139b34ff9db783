//! One scenario of a plan.

use std::time::Duration as StdDuration;

use indexmap::IndexMap;
use runner_values::Scheduled;
use runner_values::executor::{Executor, ExecutorKind};
use serde_json::Value;

use crate::executors::{describe, details};
use crate::options::ScenarioOptions;
use crate::types::{Duration, Part};

/// `gracefulStop` where none is given.
const DEFAULT_GRACEFUL_STOP: Duration = Duration::from_secs(30);
/// The exported function that runs where none is named.
pub(super) const DEFAULT_EXEC: &str = "default";

/// A scenario with everything decided.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioPlan {
    /// Unique in the plan.
    pub name: String,
    /// What runs, how often, how long.
    pub executor: Executor,
    /// Which VUs of the whole test are this part's.
    pub vus: Part,
    /// Which iterations of the whole test are this part's.
    pub iterations: Part,
    /// From the end of setup.
    pub start_time: StdDuration,
    /// How much longer iterations may take after the executor's end.
    pub graceful_stop: StdDuration,
    /// The exported function that runs.
    pub exec: String,
    /// On top of the run's environment.
    pub env: IndexMap<String, String>,
    /// On every sample of the scenario.
    pub tags: IndexMap<String, String>,
    /// `options.browser` as written.
    pub browser: Option<Value>,
}

impl ScenarioPlan {
    /// In this `part` of the test, where it may have nothing to do.
    pub(super) fn new(name: &str, options: &ScenarioOptions, part: &Part) -> Self {
        let graceful_stop = match options.executor.kind() {
            // Its end interrupts iterations at once.
            ExecutorKind::ExternallyControlled => Duration::ZERO,
            _ => DEFAULT_GRACEFUL_STOP,
        };
        let whole = options.executor.resolve();
        Self {
            name: name.to_owned(),
            executor: whole.scaled(part),
            vus: part.clone(),
            iterations: whole.part_of_iterations(part).unwrap_or_default(),
            start_time: options.start_time.unwrap_or_default().to_std(),
            graceful_stop: options.graceful_stop.unwrap_or(graceful_stop).to_std(),
            exec: options
                .exec
                .clone()
                .unwrap_or_else(|| DEFAULT_EXEC.to_owned()),
            env: options.env.clone().unwrap_or_default(),
            tags: options.tags.clone().unwrap_or_default(),
            browser: options.browser.clone(),
        }
    }

    /// Everything that is wrong with a scenario, in k6's words.
    pub(super) fn problems(name: &str, options: &ScenarioOptions) -> Vec<String> {
        let mut problems = Vec::new();
        let mut complain = |text: &str| problems.push(text.to_owned());
        if name.is_empty() {
            complain("scenario name can't be empty");
        }
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if name.is_empty() || !name.chars().all(legal) {
            complain(
                "the scenario name should contain only numbers, latin letters, underscores, and dashes",
            );
        }
        if options.exec.as_deref() == Some("") {
            complain("exec value cannot be empty");
        }
        let negative = |value: Option<Duration>| value.is_some_and(|v| v < Duration::ZERO);
        if negative(options.start_time) {
            complain("the startTime can't be negative");
        }
        if negative(options.graceful_stop) {
            complain("the gracefulStop timeout can't be negative");
        }
        problems.extend(options.executor.problems());
        let is_external = options.executor.kind() == ExecutorKind::ExternallyControlled;
        if is_external && options.graceful_stop.is_some() {
            problems.push(
                "gracefulStop is not supported by the externally controlled executor".to_owned(),
            );
        }
        problems
    }

    /// What runs and when, which decides how many VUs it takes.
    #[must_use]
    pub fn scheduled(&self) -> Scheduled<'_> {
        Scheduled {
            start_time: self.start_time,
            graceful_stop: self.graceful_stop,
            executor: &self.executor,
        }
    }

    /// When the last VU is given back, counted from the end of setup; zero where it has none. A
    /// scenario without an end counts as if it were over at once, as in k6.
    pub fn end(&self) -> StdDuration {
        self.scheduled().end()
    }

    /// What a user reads about the scenario, as in k6:
    /// `10 looping VUs for 10s (gracefulStop: 30s)`.
    pub fn description(&self) -> String {
        let (what, mut brackets) = describe(&self.executor, &self.vus);
        if self.exec != DEFAULT_EXEC {
            brackets.push(format!("exec: {}", self.exec));
        }
        brackets.extend(details("startTime", self.start_time));
        brackets.extend(details("gracefulStop", self.graceful_stop));
        if brackets.is_empty() {
            what
        } else {
            format!("{what} ({})", brackets.join(", "))
        }
    }
}
