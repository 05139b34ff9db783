//! The executors: which keys each has, what is valid, what it comes to. One file each.

mod checks;
mod constant_arrival_rate;
mod constant_vus;
mod describe;
mod externally_controlled;
mod kind;
mod per_vu_iterations;
mod ramping_arrival_rate;
mod ramping_vus;
mod shared_iterations;

pub use constant_arrival_rate::ConstantArrivalRateOptions;
pub use constant_vus::ConstantVusOptions;
pub(crate) use describe::{describe, details};
pub use externally_controlled::ExternallyControlledOptions;
pub use kind::ExecutorOptions;
pub use per_vu_iterations::PerVuIterationsOptions;
pub use ramping_arrival_rate::RampingArrivalRateOptions;
pub use ramping_vus::RampingVusOptions;
pub use shared_iterations::SharedIterationsOptions;
