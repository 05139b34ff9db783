//! Executors with defaults filled in, and how many VUs they hold at which time.

use std::time::Duration;

use super::ExecutorKind;
use super::ramp::Ramp;
use crate::types::Part;

/// One step of a ramp, of the whole test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StagePlan {
    /// How long the step takes; zero jumps.
    pub duration: Duration,
    /// VUs, or iterations per time unit, at its end.
    pub target: u64,
}

/// What a scenario's executor does in this part of the test, where nothing else is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExecutorPlan {
    /// VUs take iterations from one common number.
    SharedIterations {
        /// Number of VUs.
        vus: u64,
        /// Iterations of all VUs together, at least `vus`.
        iterations: u64,
        /// The end, whatever is left to do.
        max_duration: Duration,
    },
    /// Each VU runs the same number of iterations.
    PerVuIterations {
        /// Number of VUs.
        vus: u64,
        /// Iterations of each VU.
        iterations: u64,
        /// The end, whatever is left to do.
        max_duration: Duration,
    },
    /// A fixed number of VUs loops.
    ConstantVus {
        /// Number of VUs.
        vus: u64,
        /// For how long.
        duration: Duration,
    },
    /// A changing number of VUs loops. Numbers are those of the whole test.
    RampingVus {
        /// VUs at the start.
        start_vus: u64,
        /// At least one.
        stages: Vec<StagePlan>,
        /// How much longer the iteration of a stopped VU may take.
        graceful_ramp_down: Duration,
    },
    /// Iterations start at a fixed rate.
    ConstantArrivalRate {
        /// Iterations of the whole test per `time_unit`, at least 1.
        rate: u64,
        /// What `rate` refers to.
        time_unit: Duration,
        /// For how long.
        duration: Duration,
        /// VUs initialised before the run.
        pre_allocated_vus: u64,
        /// VUs at most.
        max_vus: u64,
    },
    /// Iterations start at a changing rate.
    RampingArrivalRate {
        /// Iterations of the whole test per `time_unit` at the start.
        start_rate: u64,
        /// What rates refer to.
        time_unit: Duration,
        /// At least one; targets are rates.
        stages: Vec<StagePlan>,
        /// VUs initialised before the run.
        pre_allocated_vus: u64,
        /// VUs at most.
        max_vus: u64,
    },
    /// A number of VUs loops that is set while the run goes on.
    ExternallyControlled {
        /// VUs that loop at the start.
        vus: u64,
        /// VUs initialised before the run.
        max_vus: u64,
        /// For how long; none for as long as nobody ends the run.
        duration: Option<Duration>,
    },
}

/// VUs that are held from one moment to another, counted from the executor's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reservation {
    pub(crate) from: Duration,
    pub(crate) to: Duration,
    /// Initialised before the run.
    pub(crate) planned: u64,
    /// With those that are initialised when they are needed.
    pub(crate) most: u64,
}

impl ExecutorPlan {
    /// Which executor it is.
    pub const fn kind(&self) -> ExecutorKind {
        match self {
            Self::SharedIterations { .. } => ExecutorKind::SharedIterations,
            Self::PerVuIterations { .. } => ExecutorKind::PerVuIterations,
            Self::ConstantVus { .. } => ExecutorKind::ConstantVus,
            Self::RampingVus { .. } => ExecutorKind::RampingVus,
            Self::ConstantArrivalRate { .. } => ExecutorKind::ConstantArrivalRate,
            Self::RampingArrivalRate { .. } => ExecutorKind::RampingArrivalRate,
            Self::ExternallyControlled { .. } => ExecutorKind::ExternallyControlled,
        }
    }

    /// Time after which no iteration starts, without the graceful stop. Zero where there is no
    /// such time.
    pub fn duration(&self) -> Duration {
        match self {
            Self::SharedIterations { max_duration, .. }
            | Self::PerVuIterations { max_duration, .. } => *max_duration,
            Self::ConstantVus { duration, .. } | Self::ConstantArrivalRate { duration, .. } => {
                *duration
            }
            Self::RampingVus { stages, .. } | Self::RampingArrivalRate { stages, .. } => stages
                .iter()
                .fold(Duration::ZERO, |sum, s| sum.saturating_add(s.duration)),
            Self::ExternallyControlled { duration, .. } => duration.unwrap_or_default(),
        }
    }

    /// VUs of `part` to initialise before the run.
    pub fn planned_vus(&self, part: &Part) -> u64 {
        match self {
            Self::ConstantArrivalRate {
                pre_allocated_vus, ..
            }
            | Self::RampingArrivalRate {
                pre_allocated_vus, ..
            } => *pre_allocated_vus,
            _ => self.max_vus(part),
        }
    }

    /// VUs of `part` at most. Only a ramp does not know its own part.
    pub fn max_vus(&self, part: &Part) -> u64 {
        match self {
            Self::SharedIterations { vus, .. }
            | Self::PerVuIterations { vus, .. }
            | Self::ConstantVus { vus, .. } => *vus,
            Self::RampingVus {
                start_vus, stages, ..
            } => {
                let most = stages
                    .iter()
                    .fold(*start_vus, |most, stage| most.max(stage.target));
                part.scale(most)
            }
            Self::ConstantArrivalRate { max_vus, .. }
            | Self::RampingArrivalRate { max_vus, .. }
            | Self::ExternallyControlled { max_vus, .. } => *max_vus,
        }
    }

    /// When how many VUs are held. Where reservations overlap, VUs add up.
    pub(crate) fn reservations(&self, graceful_stop: Duration, part: &Part) -> Vec<Reservation> {
        let end = match self {
            Self::ExternallyControlled { duration: None, .. } => Duration::MAX,
            _ => self.duration().saturating_add(graceful_stop),
        };
        if let Self::RampingVus {
            start_vus,
            stages,
            graceful_ramp_down,
        } = self
        {
            let ramp = Ramp {
                start_vus: *start_vus,
                stages,
                graceful_ramp_down: *graceful_ramp_down,
                end,
            };
            return ramp.reservations(part);
        }
        let reservation = Reservation {
            from: Duration::ZERO,
            to: end,
            planned: self.planned_vus(part),
            most: self.max_vus(part),
        };
        Some(reservation)
            .filter(|reservation| reservation.most > 0)
            .into_iter()
            .collect()
    }
}

impl Reservation {
    /// Of VUs that are all planned.
    pub(super) fn of(from: Duration, to: Duration, vus: u64) -> Self {
        Self {
            from,
            to,
            planned: vus,
            most: vus,
        }
    }
}
