//! The immutable plan of a run: everything decided, everything valid.

mod derive;
mod error;
mod http;
mod json;
mod resolve;
mod scenario;
mod settings;
#[cfg(test)]
mod tests;

pub use error::PlanError;
pub use http::{DEFAULT_USER_AGENT, HttpDebug, HttpPlan};
pub use scenario::ScenarioPlan;
pub use settings::{Plan, SummaryPlan};
