//! What a scenario's executor does, everything decided: written by the plan, carried out by the
//! scheduler.

mod config;
mod kind;
mod ramps;
mod scaled;

pub use config::{
    ConstantArrivalRate, ConstantVus, Executor, ExternallyControlled, PerVuIterations,
    RampingArrivalRate, RampingVus, SharedIterations, Stage,
};
pub use kind::ExecutorKind;
