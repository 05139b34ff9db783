//! The composition root: wires one run together. Nothing here is global, so that many runs fit
//! in one process.
//!
//! [`Prepared`] is a script that has been asked what it is; [`Run`] is a prepared script with a
//! plan. What the user sees meanwhile is the caller's business: it reads [`Run::state`], hears of
//! each [`Stage`], and gets an [`Outcome`].

mod archive;
mod bundle;
mod componentize;
mod control;
mod counters;
mod error;
mod events;
mod extension;
mod fork;
mod mapping;
mod outputs;
mod plugins;
mod prepared;
mod reading;
mod run;
mod source;
mod summary;
mod watch;

pub use archive::ArchiveSettings;
pub use bundle::Built;
pub use componentize::{core_component, is_core_module};
pub use control::RunControl;
pub use error::{End, SessionError};
pub use extension::{extension_declarations, extension_types, missing_extensions, outside};
pub use fork::ForkMode;
pub use outputs::Outputs;
pub use plugins::create_outputs;
pub use prepared::{DEFAULT_VU_MEMORY, Prepared, ScriptKind, ScriptSettings};
pub use run::{Outcome, Run, RunSettings, Stage};
pub use source::{dependencies, open};
pub use summary::{SummaryOutput, SummarySettings};

pub use runner_engine::ComponentInfo;
pub use runner_extensions::{CatalogSettings, ExtensionError, ScopedGrant};
pub use runner_host::{JsSettings, Level, LogSink, TimeZone};
pub use runner_metrics::SummaryMode;
pub use runner_outputs::{Output, SpecError, Surroundings};
pub use runner_scheduler::{
    Abort, AbortReason, Control, RunProgress, RunState, ScaleError, ScenarioStatus, go_duration,
};
pub use runner_script::{Dependencies, Source, SourceType, is_extension};
