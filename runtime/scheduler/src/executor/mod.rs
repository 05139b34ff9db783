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

use tokio::time::Instant;

use crate::config::ExecutorConfig;
use crate::fleet::Fleet;
use crate::vu::Vu;

/// Runs a scenario whose clock starts at `started`.
pub(crate) async fn run<V: Vu>(fleet: Fleet<V>, config: &ExecutorConfig, started: Instant) {
    match config {
        ExecutorConfig::SharedIterations(config) => {
            shared_iterations::run(fleet, config).await;
        }
        ExecutorConfig::PerVuIterations(config) => {
            per_vu_iterations::run(fleet, config).await;
        }
        ExecutorConfig::ConstantVus(config) => constant_vus::run(fleet, config).await,
        ExecutorConfig::RampingVus(config) => ramping_vus::run(fleet, config, started).await,
        ExecutorConfig::ConstantArrivalRate(config) => {
            constant_arrival_rate::run(fleet, config, started).await;
        }
        ExecutorConfig::RampingArrivalRate(config) => {
            ramping_arrival_rate::run(fleet, config).await;
        }
        ExecutorConfig::ExternallyControlled(_) => externally_controlled::run(fleet).await,
    }
}
