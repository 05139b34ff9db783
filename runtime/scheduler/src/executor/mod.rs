//! One executor per file. Each gets VUs to work through a [`Fleet`] and returns when all of
//! them are back.

mod arrivals;
mod constant_arrival_rate;
mod constant_vus;
mod externally_controlled;
mod per_vu_iterations;
mod ramping_arrival_rate;
mod ramping_vus;
mod shared_iterations;

use runner_values::executor::Executor;
use tokio::time::Instant;

use crate::fleet::Fleet;
use crate::vu::Vu;

/// Runs a scenario whose clock starts at `started`.
pub(crate) async fn run<V: Vu>(fleet: Fleet<V>, config: &Executor, started: Instant) {
    match config {
        Executor::SharedIterations(config) => {
            shared_iterations::run(fleet, config).await;
        }
        Executor::PerVuIterations(config) => {
            per_vu_iterations::run(fleet, config).await;
        }
        Executor::ConstantVus(config) => constant_vus::run(fleet, config).await,
        Executor::RampingVus(config) => ramping_vus::run(fleet, config, started).await,
        Executor::ConstantArrivalRate(config) => {
            constant_arrival_rate::run(fleet, config, started).await;
        }
        Executor::RampingArrivalRate(config) => {
            ramping_arrival_rate::run(fleet, config).await;
        }
        Executor::ExternallyControlled(_) => externally_controlled::run(fleet).await,
    }
}
