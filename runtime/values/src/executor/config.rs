//! Executors with everything decided. Numbers of VUs and iterations are those of one part of the
//! test; stages and rates are those of the whole test, because their part is in the moments at
//! which something happens. All durations are exact to the nanosecond.

use std::time::Duration;

use super::ExecutorKind;
use crate::Part;

/// The executor of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Executor {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedIterations {
    /// VUs that race for iterations.
    pub vus: u64,
    /// Iterations of all VUs together.
    pub iterations: u64,
    /// Regular end, whether the iterations are done or not.
    pub max_duration: Duration,
}

/// `per-vu-iterations`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerVuIterations {
    /// Number of VUs.
    pub vus: u64,
    /// Iterations of each VU.
    pub iterations: u64,
    /// Regular end, whether the iterations are done or not.
    pub max_duration: Duration,
}

/// `constant-vus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConstantVus {
    /// Number of VUs.
    pub vus: u64,
    /// Regular end.
    pub duration: Duration,
}

/// `ramping-vus`. Numbers of VUs are those of the whole test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RampingVus {
    /// VUs that start at once.
    pub start_vus: u64,
    /// In the order in which they run, at least one.
    pub stages: Vec<Stage>,
    /// What the iteration of a VU that is ramped down gets to finish in.
    pub graceful_ramp_down: Duration,
    /// Which of those VUs are this process's own.
    pub part: Part,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConstantArrivalRate {
    /// Iterations of the whole test per `time_unit`, at least 1.
    pub rate: u64,
    /// What `rate` refers to.
    pub time_unit: Duration,
    /// Regular end.
    pub duration: Duration,
    /// VUs that are initialised before the run.
    pub pre_allocated_vus: u64,
    /// With those that are made when none is idle.
    pub max_vus: u64,
}

/// `ramping-arrival-rate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RampingArrivalRate {
    /// Iterations of the whole test per `time_unit`, at the start.
    pub start_rate: u64,
    /// What rates refer to.
    pub time_unit: Duration,
    /// In the order in which they run, at least one; targets are rates.
    pub stages: Vec<Stage>,
    /// VUs that are initialised before the run.
    pub pre_allocated_vus: u64,
    /// With those that are made when none is idle.
    pub max_vus: u64,
}

/// `externally-controlled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExternallyControlled {
    /// VUs at work at the start.
    pub vus: u64,
    /// VUs that exist at the start.
    pub max_vus: u64,
    /// Regular end; none goes on until the run is ended.
    pub duration: Option<Duration>,
}

impl Executor {
    /// Which executor it is.
    #[must_use]
    pub const fn kind(&self) -> ExecutorKind {
        match self {
            Self::SharedIterations(_) => ExecutorKind::SharedIterations,
            Self::PerVuIterations(_) => ExecutorKind::PerVuIterations,
            Self::ConstantVus(_) => ExecutorKind::ConstantVus,
            Self::RampingVus(_) => ExecutorKind::RampingVus,
            Self::ConstantArrivalRate(_) => ExecutorKind::ConstantArrivalRate,
            Self::RampingArrivalRate(_) => ExecutorKind::RampingArrivalRate,
            Self::ExternallyControlled(_) => ExecutorKind::ExternallyControlled,
        }
    }

    /// Time from the scenario's start to its regular end, after which no iteration starts;
    /// [`Duration::MAX`] where there is none.
    #[must_use]
    pub fn regular_duration(&self) -> Duration {
        match self {
            Self::SharedIterations(own) => own.max_duration,
            Self::PerVuIterations(own) => own.max_duration,
            Self::ConstantVus(own) => own.duration,
            Self::RampingVus(own) => sum(&own.stages),
            Self::ConstantArrivalRate(own) => own.duration,
            Self::RampingArrivalRate(own) => sum(&own.stages),
            Self::ExternallyControlled(own) => own.duration.unwrap_or(Duration::MAX),
        }
    }

    /// The most VUs that it ever uses, but for those that are added while the run goes on.
    #[must_use]
    pub fn max_vus(&self) -> u64 {
        match self {
            Self::SharedIterations(own) => own.vus,
            Self::PerVuIterations(own) => own.vus,
            Self::ConstantVus(own) => own.vus,
            Self::RampingVus(own) => own.max_vus(),
            Self::ConstantArrivalRate(own) => own.max_vus,
            Self::RampingArrivalRate(own) => own.max_vus,
            Self::ExternallyControlled(own) => own.max_vus,
        }
    }

    /// VUs that must exist before it starts.
    #[must_use]
    pub fn planned_vus(&self) -> u64 {
        match self {
            Self::ConstantArrivalRate(own) => own.pre_allocated_vus,
            Self::RampingArrivalRate(own) => own.pre_allocated_vus,
            _ => self.max_vus(),
        }
    }

    /// False for a scenario that would start no iteration: it is skipped.
    #[must_use]
    pub fn has_work(&self) -> bool {
        let has_iterations = match self {
            Self::SharedIterations(own) => own.iterations > 0,
            Self::PerVuIterations(own) => own.iterations > 0,
            // VUs may be added later.
            Self::ExternallyControlled(_) => return true,
            _ => true,
        };
        self.max_vus() > 0 && has_iterations
    }
}

fn sum(stages: &[Stage]) -> Duration {
    stages.iter().fold(Duration::ZERO, |sum, stage| {
        sum.saturating_add(stage.duration)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_without_vus_or_iterations_have_no_work() {
        let max_duration = Duration::from_secs(1);
        let shared = |vus, iterations| {
            Executor::SharedIterations(SharedIterations {
                vus,
                iterations,
                max_duration,
            })
        };
        assert!(shared(1, 1).has_work());
        assert!(!shared(0, 1).has_work());
        assert!(!shared(1, 0).has_work());
        let ramping = |start_vus, target| {
            Executor::RampingVus(RampingVus {
                start_vus,
                stages: vec![Stage {
                    duration: max_duration,
                    target,
                }],
                graceful_ramp_down: Duration::ZERO,
                part: Part::default(),
            })
        };
        assert!(ramping(1, 0).has_work());
        assert!(ramping(0, 1).has_work());
        assert!(!ramping(0, 0).has_work());
    }
}
