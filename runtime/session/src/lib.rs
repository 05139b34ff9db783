//! The composition root: wires one run together. Nothing here is global, so that many runs fit
//! in one process.
//!
//! [`Prepared`] is a script that has been asked what it is; [`Run`] is a prepared script with a
//! plan. What the user sees meanwhile is the caller's business: it reads [`Run::state`], hears of
//! each [`Stage`], and gets an [`Outcome`].

mod bundle;
mod counters;
mod error;
mod events;
mod mapping;
mod prepared;
mod run;
mod summary;

pub use error::{End, SessionError};
pub use prepared::{DEFAULT_VU_MEMORY, Prepared, ScriptKind, ScriptSettings};
pub use run::{Outcome, Run, RunSettings, Stage};
pub use summary::{SummaryOutput, SummarySettings};

pub use runner_host::{Level, LogSink};
pub use runner_metrics::SummaryMode;
pub use runner_scheduler::{
    Abort, AbortReason, RunProgress, RunState, ScenarioStatus, go_duration,
};
