//! Executors with defaults filled in, and how many VUs they hold at which time.

use std::time::Duration;

use super::ExecutorKind;

/// One step of a ramp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StagePlan {
    /// How long the step takes; zero jumps.
    pub duration: Duration,
    /// VUs, or iterations per time unit, at its end.
    pub target: u64,
}

/// What a scenario's executor does.
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
    /// A changing number of VUs loops.
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
        /// Iterations per `time_unit`, at least 1.
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
        /// Iterations per `time_unit` at the start.
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
        }
    }

    /// Time after which no iteration starts, without the graceful stop.
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
        }
    }

    /// VUs to initialise before the run.
    pub fn planned_vus(&self) -> u64 {
        match self {
            Self::ConstantArrivalRate {
                pre_allocated_vus, ..
            }
            | Self::RampingArrivalRate {
                pre_allocated_vus, ..
            } => *pre_allocated_vus,
            _ => self.max_vus(),
        }
    }

    /// VUs at most.
    pub fn max_vus(&self) -> u64 {
        match self {
            Self::SharedIterations { vus, .. }
            | Self::PerVuIterations { vus, .. }
            | Self::ConstantVus { vus, .. } => *vus,
            Self::RampingVus {
                start_vus, stages, ..
            } => stages
                .iter()
                .fold(*start_vus, |most, stage| most.max(stage.target)),
            Self::ConstantArrivalRate { max_vus, .. }
            | Self::RampingArrivalRate { max_vus, .. } => *max_vus,
        }
    }

    /// When how many VUs are held. Of a ramp, each stage counts with the larger of its two ends,
    /// and those that stop stay held through their graceful ramp-down. Reservations of one
    /// executor may overlap; the largest counts.
    pub(crate) fn reservations(&self, graceful_stop: Duration) -> Vec<Reservation> {
        let end = self.duration().saturating_add(graceful_stop);
        let Self::RampingVus {
            start_vus,
            stages,
            graceful_ramp_down,
        } = self
        else {
            let (planned, most) = (self.planned_vus(), self.max_vus());
            return vec![Reservation {
                from: Duration::ZERO,
                to: end,
                planned,
                most,
            }];
        };
        let mut reservations = Vec::with_capacity(stages.len() + 1);
        let (mut at, mut before) = (Duration::ZERO, *start_vus);
        for stage in stages {
            let until = at.saturating_add(stage.duration);
            let most = before.max(stage.target);
            let to = until.saturating_add(*graceful_ramp_down).min(end);
            reservations.push(Reservation {
                from: at,
                to,
                planned: most,
                most,
            });
            (at, before) = (until, stage.target);
        }
        // Those that still run at the end have the graceful stop.
        reservations.push(Reservation {
            from: at,
            to: end,
            planned: before,
            most: before,
        });
        reservations.retain(|reservation| reservation.most > 0);
        reservations
    }
}
