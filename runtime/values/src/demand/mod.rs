//! How many VUs a run needs, and for how long: computed before it starts, so that all of them
//! exist before setup and no scenario waits for one.

mod need;
mod ramp;
mod reservation;
#[cfg(test)]
mod simulation;

pub use need::{Demand, Scheduled};
pub use ramp::{RampStep, ramp_steps};
