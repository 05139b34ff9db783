//! The immutable plan of a run: everything decided, everything valid.

mod derive;
mod error;
mod json;
mod network;
mod resolve;
mod scenario;
mod settings;
#[cfg(test)]
mod tests;

pub use error::PlanError;
pub use scenario::ScenarioPlan;
pub use settings::{Plan, SummaryPlan};
