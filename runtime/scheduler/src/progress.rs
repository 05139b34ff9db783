//! What k6 shows of a run while it goes on, as plain data: the texts of the progress bars, with
//! their widths kept stable, but no drawing.

use std::sync::atomic::Ordering;
use std::time::Duration;

use runner_values::executor::Executor;

use crate::scenario::ScenarioRun;
use crate::state::RunState;
use crate::text::{fixed_length, fixed_number, go_duration};

/// The whole run at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct RunProgress {
    /// Time on the run's clock, padded to the run's longest possible duration: `00m01.0s`.
    pub elapsed: String,
    /// No iteration starts, because the run was paused.
    pub paused: bool,
    /// VUs that work for a scenario.
    pub active_vus: u64,
    /// VUs that exist.
    pub initialised_vus: u64,
    /// Iterations that ran to their end.
    pub completed: u64,
    /// Iterations that were cut short.
    pub interrupted: u64,
    /// One per scenario, by start time and name.
    pub scenarios: Vec<ScenarioProgress>,
}

/// One scenario at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioProgress {
    /// The scenario's key in the options.
    pub name: String,
    /// Where in its life it is.
    pub status: ScenarioStatus,
    /// 0 to 1.
    pub fraction: f64,
    /// The texts to the right of the bar, one per column. Empty before the scenarios start.
    pub columns: Vec<String>,
}

/// Where in its life a scenario is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScenarioStatus {
    /// The scenarios have not started.
    Idle,
    /// Its start time lies ahead.
    Waiting,
    /// Iterations start.
    Running,
    /// Its regular end is past; running iterations finish.
    Stopping,
    /// It is over.
    Done,
    /// It was cut short by an abort of the run.
    Interrupted,
}

impl RunState {
    /// The run as it is now.
    #[must_use]
    pub fn progress(&self) -> RunProgress {
        RunProgress {
            elapsed: fixed_length(self.elapsed(), self.max_duration()),
            paused: self.is_paused(),
            active_vus: self.active_vus(),
            initialised_vus: self.initialised_vus(),
            completed: self.completed(),
            interrupted: self.interrupted(),
            scenarios: self
                .scenarios()
                .iter()
                .map(|scenario| self.of_scenario(scenario))
                .collect(),
        }
    }

    fn of_scenario(&self, scenario: &ScenarioRun) -> ScenarioProgress {
        let status = self.status(scenario);
        let columns = match status {
            ScenarioStatus::Idle => Vec::new(),
            ScenarioStatus::Waiting => self.waiting(scenario),
            _ => running(scenario),
        };
        ScenarioProgress {
            name: scenario.name().to_string(),
            status,
            fraction: scenario.progress(),
            columns,
        }
    }

    fn status(&self, scenario: &ScenarioRun) -> ScenarioStatus {
        if scenario.was_aborted() {
            return ScenarioStatus::Interrupted;
        }
        if scenario.has_ended() {
            return ScenarioStatus::Done;
        }
        match scenario.elapsed() {
            Some(elapsed) if elapsed >= scenario.config().executor.regular_duration() => {
                ScenarioStatus::Stopping
            }
            Some(_) => ScenarioStatus::Running,
            None if self.scenarios_elapsed().is_some() => ScenarioStatus::Waiting,
            None => ScenarioStatus::Idle,
        }
    }

    fn waiting(&self, scenario: &ScenarioRun) -> Vec<String> {
        let start = scenario.config().start_time;
        let left = start.saturating_sub(self.scenarios_elapsed().unwrap_or_default());
        vec!["waiting".to_owned(), fixed_length(left, start)]
    }
}

fn running(scenario: &ScenarioRun) -> Vec<String> {
    let executor = &scenario.config().executor;
    let regular = executor.regular_duration();
    let elapsed = scenario.elapsed().unwrap_or_default();
    let is_over = elapsed >= regular;
    let time = |whole: String| {
        if is_over {
            whole
        } else {
            format!("{}/{whole}", fixed_length(elapsed, regular))
        }
    };
    let iterations = |total: u64, label: &str| {
        let done = fixed_number(scenario.finished_iterations(), total);
        format!("{done}/{total} {label}")
    };
    match executor {
        Executor::ConstantVus(config) => {
            vec![format!("{} VUs", config.vus), time(go_duration(regular))]
        }
        Executor::RampingVus(config) => {
            let most = config.max_vus();
            let vus = format!("{}/{most} VUs", fixed_number(scenario.active_vus(), most));
            let whole = if is_over {
                go_duration(regular)
            } else {
                fixed_length(regular, regular)
            };
            vec![vus, time(whole)]
        }
        Executor::SharedIterations(config) => vec![
            format!("{} VUs", config.vus),
            time(go_duration(regular)),
            iterations(config.iterations, "shared iters"),
        ],
        Executor::PerVuIterations(config) => vec![
            format!("{} VUs", config.vus),
            time(go_duration(regular)),
            iterations(
                config.iterations.saturating_mul(config.vus),
                &format!("iters, {} per VU", config.iterations),
            ),
        ],
        Executor::ConstantArrivalRate(config) => {
            let rate = per_second(config.rate as f64, config.time_unit, scenario);
            vec![
                arrival_vus(scenario, config.max_vus),
                time(go_duration(regular)),
                format!("{rate:.2} iters/s"),
            ]
        }
        Executor::RampingArrivalRate(config) => {
            let of = |rate| per_second(rate, config.time_unit, scenario);
            let width = format!("{:.2}", of(config.max_rate() as f64)).len();
            let rate = of(config.rate_at(elapsed));
            vec![
                arrival_vus(scenario, config.max_vus),
                time(go_duration(regular)),
                format!("{rate:0width$.2} iters/s"),
            ]
        }
        Executor::ExternallyControlled(config) => {
            let targets = scenario.targets().map(|targets| *targets.borrow());
            let (vus, most) = targets.map_or((0, 0), |targets| (targets.vus, targets.max_vus));
            let vus = format!("{}/{most} VUs", fixed_number(vus, most));
            let whole = match config.duration {
                Some(_) => time(go_duration(regular)),
                None => fixed_length(elapsed, elapsed),
            };
            vec![vus, whole]
        }
    }
}

/// VUs that run an iteration, of those that could.
fn arrival_vus(scenario: &ScenarioRun, most: u64) -> String {
    let allocated = scenario.allocated_vus.load(Ordering::Relaxed);
    let number = |value| fixed_number(value, most);
    format!(
        "{}/{} VUs",
        number(scenario.active_vus()),
        number(allocated)
    )
}

/// This process's share of a rate of the whole test.
fn per_second(rate: f64, unit: Duration, scenario: &ScenarioRun) -> f64 {
    rate * scenario.config().part.share() / unit.as_secs_f64()
}
