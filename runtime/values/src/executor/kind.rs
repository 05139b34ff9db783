//! The list of executors and their names.

/// Which executor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExecutorKind {
    /// VUs share a number of iterations.
    SharedIterations,
    /// Each VU runs a number of iterations.
    PerVuIterations,
    /// VUs loop for a time.
    ConstantVus,
    /// A changing number of VUs loops.
    RampingVus,
    /// Iterations start at a fixed rate.
    ConstantArrivalRate,
    /// Iterations start at a changing rate.
    RampingArrivalRate,
    /// A number of VUs loops that is set while the run goes on.
    ExternallyControlled,
}

impl ExecutorKind {
    /// Every executor there is.
    pub const ALL: [Self; 7] = [
        Self::SharedIterations,
        Self::PerVuIterations,
        Self::ConstantVus,
        Self::RampingVus,
        Self::ConstantArrivalRate,
        Self::RampingArrivalRate,
        Self::ExternallyControlled,
    ];

    /// As it is written in `executor`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SharedIterations => "shared-iterations",
            Self::PerVuIterations => "per-vu-iterations",
            Self::ConstantVus => "constant-vus",
            Self::RampingVus => "ramping-vus",
            Self::ConstantArrivalRate => "constant-arrival-rate",
            Self::RampingArrivalRate => "ramping-arrival-rate",
            Self::ExternallyControlled => "externally-controlled",
        }
    }

    /// The executor of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
