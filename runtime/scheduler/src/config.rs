//! What a scheduler is told to run, in its own small types: no option parsing, no validation of
//! what a user typed (the plan does both), no script names.
//!
//! All durations are exact to the nanosecond.

use std::sync::Arc;
use std::time::Duration;

use crate::stripe::Stripe;

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
    pub stripe: Stripe,
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
    pub stripe: Stripe,
    /// Which executor, with its own settings. Numbers of VUs and iterations are those of this
    /// process; stages and rates are those of the whole test.
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
    /// Iterations start at a fixed rate.
    ConstantArrivalRate(ConstantArrivalRate),
    /// The rate at which iterations start follows stages.
    RampingArrivalRate(RampingArrivalRate),
    /// The number of looping VUs is set while the run goes on.
    ExternallyControlled(ExternallyControlled),
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

/// `ramping-vus`. Numbers of VUs are those of the whole test.
#[derive(Debug, Clone)]
pub struct RampingVus {
    /// VUs that start at once.
    pub start_vus: u64,
    /// In the order in which they run.
    pub stages: Vec<Stage>,
    /// What the iteration of a VU that is ramped down gets to finish in.
    pub graceful_ramp_down: Duration,
    /// Which of those VUs are this process's own.
    pub stripe: Stripe,
}

/// A stage of a ramp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// Zero means a jump to the target.
    pub duration: Duration,
    /// Number of VUs, or rate, at the stage's end.
    pub target: u64,
}

/// `constant-arrival-rate`.
#[derive(Debug, Clone, Copy)]
pub struct ConstantArrivalRate {
    /// Iterations of the whole test per `time_unit`.
    pub rate: u64,
    /// What `rate` refers to.
    pub time_unit: Duration,
    /// Regular end.
    pub duration: Duration,
    /// VUs that are activated before the first iteration.
    pub pre_allocated_vus: u64,
    /// With those that are made when none is idle.
    pub max_vus: u64,
}

/// `ramping-arrival-rate`.
#[derive(Debug, Clone)]
pub struct RampingArrivalRate {
    /// Iterations of the whole test per `time_unit`, at the start.
    pub start_rate: u64,
    /// What rates refer to.
    pub time_unit: Duration,
    /// In the order in which they run; targets are rates.
    pub stages: Vec<Stage>,
    /// VUs that are activated before the first iteration.
    pub pre_allocated_vus: u64,
    /// With those that are made when none is idle.
    pub max_vus: u64,
}

/// `externally-controlled`.
#[derive(Debug, Clone, Copy)]
pub struct ExternallyControlled {
    /// VUs at work at the start.
    pub vus: u64,
    /// VUs that exist at the start.
    pub max_vus: u64,
    /// Regular end; None goes on until the run is ended.
    pub duration: Option<Duration>,
}

impl RampingVus {
    /// The highest number of VUs of this process that any stage asks for.
    #[must_use]
    pub fn max_vus(&self) -> u64 {
        let most = self
            .stages
            .iter()
            .map(|stage| stage.target)
            .fold(self.start_vus, u64::max);
        self.stripe.below(most)
    }
}

impl RampingArrivalRate {
    /// The highest rate that any stage asks for.
    #[must_use]
    pub fn max_rate(&self) -> u64 {
        self.stages
            .iter()
            .map(|stage| stage.target)
            .fold(self.start_rate, u64::max)
    }

    /// The rate after `elapsed`.
    #[must_use]
    pub fn rate_at(&self, elapsed: Duration) -> f64 {
        let (mut left, mut from) = (elapsed, self.start_rate);
        for stage in &self.stages {
            let Some(rest) = left.checked_sub(stage.duration) else {
                let (start, end) = (from as f64, stage.target as f64);
                let share = left.as_secs_f64() / stage.duration.as_secs_f64();
                return start + (end - start) * share;
            };
            (left, from) = (rest, stage.target);
        }
        from as f64
    }
}

fn sum(stages: &[Stage]) -> Duration {
    stages.iter().fold(Duration::ZERO, |sum, stage| {
        sum.saturating_add(stage.duration)
    })
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
            Self::ConstantArrivalRate(_) => "constant-arrival-rate",
            Self::RampingArrivalRate(_) => "ramping-arrival-rate",
            Self::ExternallyControlled(_) => "externally-controlled",
        }
    }

    /// Time from the scenario's start to its regular end, after which no iteration starts.
    #[must_use]
    pub fn regular_duration(&self) -> Duration {
        match self {
            Self::SharedIterations(config) => config.max_duration,
            Self::PerVuIterations(config) => config.max_duration,
            Self::ConstantVus(config) => config.duration,
            Self::RampingVus(config) => sum(&config.stages),
            Self::ConstantArrivalRate(config) => config.duration,
            Self::RampingArrivalRate(config) => sum(&config.stages),
            Self::ExternallyControlled(config) => config.duration.unwrap_or(Duration::MAX),
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
            Self::ConstantArrivalRate(config) => config.max_vus,
            Self::RampingArrivalRate(config) => config.max_vus,
            Self::ExternallyControlled(config) => config.max_vus,
        }
    }

    /// VUs that must exist before it starts.
    #[must_use]
    pub fn planned_vus(&self) -> u64 {
        match self {
            Self::ConstantArrivalRate(config) => config.pre_allocated_vus,
            Self::RampingArrivalRate(config) => config.pre_allocated_vus,
            _ => self.max_vus(),
        }
    }

    /// False for a scenario that would start no iteration: it is skipped.
    #[must_use]
    pub fn has_work(&self) -> bool {
        let has_iterations = match self {
            Self::SharedIterations(config) => config.iterations > 0,
            Self::PerVuIterations(config) => config.iterations > 0,
            // VUs may be added later.
            Self::ExternallyControlled(_) => return true,
            _ => true,
        };
        self.max_vus() > 0 && has_iterations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                stripe: Stripe::default(),
            })
        };
        assert!(ramping(1, 0).has_work());
        assert!(ramping(0, 1).has_work());
        assert!(!ramping(0, 0).has_work());
    }
}
