//! The options of all executors under one type.

use serde_json::{Map, Value};

use super::{
    ConstantArrivalRateOptions, ConstantVusOptions, ExternallyControlledOptions,
    PerVuIterationsOptions, RampingArrivalRateOptions, RampingVusOptions, SharedIterationsOptions,
};
use runner_values::executor::{Executor, ExecutorKind};

use crate::options::{Key, OptionsError};

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

    /// With defaults filled in, for the whole test. Only meaningful without [`problems`](Self::problems).
    pub(crate) fn resolve(&self) -> Executor {
        match self {
            Self::SharedIterations(own) => Executor::SharedIterations(own.resolve()),
            Self::PerVuIterations(own) => Executor::PerVuIterations(own.resolve()),
            Self::ConstantVus(own) => Executor::ConstantVus(own.resolve()),
            Self::RampingVus(own) => Executor::RampingVus(own.resolve()),
            Self::ConstantArrivalRate(own) => Executor::ConstantArrivalRate(own.resolve()),
            Self::RampingArrivalRate(own) => Executor::RampingArrivalRate(own.resolve()),
            Self::ExternallyControlled(own) => Executor::ExternallyControlled(own.resolve()),
        }
    }

    pub(crate) fn add_json(&self, map: &mut Map<String, Value>) {
        let own = delegate!(self, own => own.to_json());
        if let Value::Object(own) = own {
            map.extend(own);
        }
    }
}
