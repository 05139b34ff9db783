//! The list of executors, and their options under one type.

use serde_json::{Map, Value};

use super::{
    ConstantArrivalRateOptions, ConstantVusOptions, ExecutorPlan, ExternallyControlledOptions,
    PerVuIterationsOptions, RampingArrivalRateOptions, RampingVusOptions, SharedIterationsOptions,
};
use crate::options::{Key, OptionsError};

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
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// An executor's own keys as typed.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "each wraps the options of the executor of its name"
)]
pub enum ExecutorOptions {
    SharedIterations(SharedIterationsOptions),
    PerVuIterations(PerVuIterationsOptions),
    ConstantVus(ConstantVusOptions),
    RampingVus(RampingVusOptions),
    ConstantArrivalRate(ConstantArrivalRateOptions),
    RampingArrivalRate(RampingArrivalRateOptions),
    ExternallyControlled(ExternallyControlledOptions),
}

macro_rules! delegate {
    ($self:expr, $own:ident => $call:expr) => {
        match $self {
            Self::SharedIterations($own) => $call,
            Self::PerVuIterations($own) => $call,
            Self::ConstantVus($own) => $call,
            Self::RampingVus($own) => $call,
            Self::ConstantArrivalRate($own) => $call,
            Self::RampingArrivalRate($own) => $call,
            Self::ExternallyControlled($own) => $call,
        }
    };
}

impl ExecutorOptions {
    /// Nothing said yet.
    pub fn empty(kind: ExecutorKind) -> Self {
        match kind {
            ExecutorKind::SharedIterations => Self::SharedIterations(Default::default()),
            ExecutorKind::PerVuIterations => Self::PerVuIterations(Default::default()),
            ExecutorKind::ConstantVus => Self::ConstantVus(Default::default()),
            ExecutorKind::RampingVus => Self::RampingVus(Default::default()),
            ExecutorKind::ConstantArrivalRate => Self::ConstantArrivalRate(Default::default()),
            ExecutorKind::RampingArrivalRate => Self::RampingArrivalRate(Default::default()),
            ExecutorKind::ExternallyControlled => Self::ExternallyControlled(Default::default()),
        }
    }

    /// Which executor it is.
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

    /// Sets one key; false where the executor has none of that name.
    pub(crate) fn set(
        &mut self,
        field: &str,
        key: &Key<'_>,
        value: &Value,
    ) -> Result<bool, OptionsError> {
        delegate!(self, own => own.set(field, key, value))
    }

    /// Everything that is wrong, as k6 words it; empty where the options can be resolved.
    pub(crate) fn problems(&self) -> Vec<String> {
        delegate!(self, own => own.problems())
    }

    /// With defaults filled in. Only meaningful without [`problems`](Self::problems).
    pub(crate) fn resolve(&self) -> ExecutorPlan {
        delegate!(self, own => own.resolve())
    }

    pub(crate) fn add_json(&self, map: &mut Map<String, Value>) {
        let own = delegate!(self, own => own.to_json());
        if let Value::Object(own) = own {
            map.extend(own);
        }
    }
}
