//! What a scheduler is told to run, in its own small types: no option parsing, no validation of
//! what a user typed (the plan does both), no script names.
//!
//! All durations are exact to the nanosecond.

use std::sync::Arc;
use std::time::Duration;

use crate::text::go_duration;

/// Everything that a [`crate::Scheduler`] is told.
#[derive(Debug, Clone, Default)]
pub struct SchedulerConfig {
    /// In any order; they run by start time and, at the same start time, are listed by name.
    pub scenarios: Vec<ScenarioConfig>,
    /// A shorter iteration is followed by a pause up to this length. Zero switches it off.
    pub min_iteration_duration: Duration,
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
    /// Which executor, with its own settings.
    pub executor: ExecutorConfig,
}

/// The executor of a scenario.
#[derive(Debug, Clone)]
pub enum ExecutorConfig {
    /// VUs share one number of iterations.
    SharedIterations(SharedIterations),
    /// Each VU has its own number of iterations.
    PerVuIterations(PerVuIterations),
    /// A fixed number of VUs loops for a time.
    ConstantVus(ConstantVus),
    /// The number of looping VUs follows stages.
    RampingVus(RampingVus),
}

/// `shared-iterations`.
#[derive(Debug, Clone, Copy)]
pub struct SharedIterations {
    /// VUs that race for iterations.
    pub vus: u64,
    /// Iterations of all VUs together.
    pub iterations: u64,
    /// Regular end, whether the iterations are done or not.
    pub max_duration: Duration,
}

/// `per-vu-iterations`.
#[derive(Debug, Clone, Copy)]
pub struct PerVuIterations {
    /// Number of VUs.
    pub vus: u64,
    /// Iterations of each VU.
    pub iterations: u64,
    /// Regular end, whether the iterations are done or not.
    pub max_duration: Duration,
}

/// `constant-vus`.
#[derive(Debug, Clone, Copy)]
pub struct ConstantVus {
    /// Number of VUs.
    pub vus: u64,
    /// Regular end.
    pub duration: Duration,
}

/// `ramping-vus`.
#[derive(Debug, Clone)]
pub struct RampingVus {
    /// VUs that start at once.
    pub start_vus: u64,
    /// In the order in which they run.
    pub stages: Vec<Stage>,
    /// What the iteration of a VU that is ramped down gets to finish in.
    pub graceful_ramp_down: Duration,
}

/// A stage of `ramping-vus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// Zero means a jump to the target.
    pub duration: Duration,
    /// Number of VUs at the stage's end.
    pub target: u64,
}

impl RampingVus {
    /// Sum of the stages.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.stages.iter().fold(Duration::ZERO, |sum, stage| {
            sum.saturating_add(stage.duration)
        })
    }

    /// The highest number of VUs that any stage asks for.
    #[must_use]
    pub fn max_vus(&self) -> u64 {
        self.stages
            .iter()
            .map(|stage| stage.target)
            .fold(self.start_vus, u64::max)
    }
}

impl ExecutorConfig {
    /// The executor's name in the options.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SharedIterations(_) => "shared-iterations",
            Self::PerVuIterations(_) => "per-vu-iterations",
            Self::ConstantVus(_) => "constant-vus",
            Self::RampingVus(_) => "ramping-vus",
        }
    }

    /// Time from the scenario's start to its regular end, after which no iteration starts.
    #[must_use]
    pub fn regular_duration(&self) -> Duration {
        match self {
            Self::SharedIterations(config) => config.max_duration,
            Self::PerVuIterations(config) => config.max_duration,
            Self::ConstantVus(config) => config.duration,
            Self::RampingVus(config) => config.duration(),
        }
    }

    /// The most VUs that it ever uses.
    #[must_use]
    pub fn max_vus(&self) -> u64 {
        match self {
            Self::SharedIterations(config) => config.vus,
            Self::PerVuIterations(config) => config.vus,
            Self::ConstantVus(config) => config.vus,
            Self::RampingVus(config) => config.max_vus(),
        }
    }

    /// False for a scenario that would start no iteration: it is skipped.
    #[must_use]
    pub fn has_work(&self) -> bool {
        let iterations = match self {
            Self::SharedIterations(config) => config.iterations,
            Self::PerVuIterations(config) => config.iterations,
            Self::ConstantVus(_) | Self::RampingVus(_) => 1,
        };
        self.max_vus() > 0 && iterations > 0
    }
}

impl ScenarioConfig {
    /// The line that describes the scenario before the run, as k6 words it. `exec` is the name
    /// of the script's function, which is mentioned unless it is `default`.
    #[must_use]
    pub fn describe(&self, exec: &str) -> String {
        let mut facts = Vec::new();
        let what = match &self.executor {
            ExecutorConfig::SharedIterations(config) => {
                facts.push(format!("maxDuration: {}", go_duration(config.max_duration)));
                format!(
                    "{} iterations shared among {} VUs",
                    config.iterations, config.vus
                )
            }
            ExecutorConfig::PerVuIterations(config) => {
                facts.push(format!("maxDuration: {}", go_duration(config.max_duration)));
                format!(
                    "{} iterations for each of {} VUs",
                    config.iterations, config.vus
                )
            }
            ExecutorConfig::ConstantVus(config) => {
                format!(
                    "{} looping VUs for {}",
                    config.vus,
                    go_duration(config.duration)
                )
            }
            ExecutorConfig::RampingVus(config) => {
                if !config.graceful_ramp_down.is_zero() {
                    let graceful = go_duration(config.graceful_ramp_down);
                    facts.push(format!("gracefulRampDown: {graceful}"));
                }
                format!(
                    "Up to {} looping VUs for {} over {} stages",
                    config.max_vus(),
                    go_duration(config.duration()),
                    config.stages.len()
                )
            }
        };
        if exec != "default" {
            facts.push(format!("exec: {exec}"));
        }
        if !self.start_time.is_zero() {
            facts.push(format!("startTime: {}", go_duration(self.start_time)));
        }
        if !self.graceful_stop.is_zero() {
            facts.push(format!("gracefulStop: {}", go_duration(self.graceful_stop)));
        }
        if facts.is_empty() {
            what
        } else {
            format!("{what} ({})", facts.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(executor: ExecutorConfig) -> ScenarioConfig {
        ScenarioConfig {
            name: "a".into(),
            start_time: Duration::ZERO,
            graceful_stop: Duration::from_secs(30),
            executor,
        }
    }

    #[test]
    fn descriptions_read_as_in_k6() {
        let constant = ConstantVus {
            vus: 3,
            duration: Duration::from_secs(3),
        };
        assert_eq!(
            scenario(ExecutorConfig::ConstantVus(constant)).describe("default"),
            "3 looping VUs for 3s (gracefulStop: 30s)"
        );
        let per_vu = PerVuIterations {
            vus: 2,
            iterations: 3,
            max_duration: Duration::from_secs(120),
        };
        let mut per_vu = scenario(ExecutorConfig::PerVuIterations(per_vu));
        per_vu.start_time = Duration::from_millis(500);
        assert_eq!(
            per_vu.describe("foo"),
            "3 iterations for each of 2 VUs \
             (maxDuration: 2m0s, exec: foo, startTime: 500ms, gracefulStop: 30s)"
        );
        let shared = SharedIterations {
            vus: 2,
            iterations: 7,
            max_duration: Duration::from_secs(600),
        };
        let mut shared = scenario(ExecutorConfig::SharedIterations(shared));
        shared.graceful_stop = Duration::ZERO;
        assert_eq!(
            shared.describe("default"),
            "7 iterations shared among 2 VUs (maxDuration: 10m0s)"
        );
        let ramping = RampingVus {
            start_vus: 1,
            stages: vec![
                Stage {
                    duration: Duration::from_secs(2),
                    target: 3,
                },
                Stage {
                    duration: Duration::from_secs(1),
                    target: 0,
                },
            ],
            graceful_ramp_down: Duration::from_secs(2),
        };
        assert_eq!(
            scenario(ExecutorConfig::RampingVus(ramping)).describe("default"),
            "Up to 3 looping VUs for 3s over 2 stages (gracefulRampDown: 2s, gracefulStop: 30s)"
        );
    }

    #[test]
    fn scenarios_without_vus_or_iterations_have_no_work() {
        let max_duration = Duration::from_secs(1);
        let shared = |vus, iterations| {
            ExecutorConfig::SharedIterations(SharedIterations {
                vus,
                iterations,
                max_duration,
            })
        };
        assert!(shared(1, 1).has_work());
        assert!(!shared(0, 1).has_work());
        assert!(!shared(1, 0).has_work());
        let ramping = |start_vus, target| {
            ExecutorConfig::RampingVus(RampingVus {
                start_vus,
                stages: vec![Stage {
                    duration: max_duration,
                    target,
                }],
                graceful_ramp_down: Duration::ZERO,
            })
        };
        assert!(ramping(1, 0).has_work());
        assert!(ramping(0, 1).has_work());
        assert!(!ramping(0, 0).has_work());
    }
}
