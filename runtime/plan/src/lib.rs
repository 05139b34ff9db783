//! What a run is asked to do, from the words that were typed to an immutable plan.
//!
//! Three steps, each its own type, and no I/O anywhere:
//!
//! 1. [`Options`]: what one layer (config file, script, environment, command line) said; every
//!    key may be absent.
//! 2. [`consolidate`]: the layers put on top of each other in k6's order of precedence.
//! 3. [`Plan::resolve`]: defaults filled in, shortcuts turned into scenarios, everything
//!    validated. A plan that exists can be run.
//!
//! Names, defaults and messages follow k6, so that scripts and habits carry over.

mod executors;
mod options;
mod plan;
pub mod types;

pub use executors::{
    ConstantArrivalRateOptions, ConstantVusOptions, ExecutorOptions, ExternallyControlledOptions,
    PerVuIterationsOptions, RampingArrivalRateOptions, RampingVusOptions, SharedIterationsOptions,
};
pub use options::{
    ConfigFile, Layers, Options, OptionsError, ScenarioOptions, Warning, consolidate,
};
pub use plan::{Plan, PlanError, ScenarioPlan, SummaryPlan};
