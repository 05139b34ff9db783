//! The composition root: wires one run together. Nothing here is global, so that many runs fit
//! in one process.
//!
//! [`Prepared`] is a script that has been asked what it is; [`Run`] is a prepared script with a
//! plan. Both know of the machine what their [`Environment`] has. What the user sees meanwhile is the
//! caller's business: it hears of each [`Event`] and gets an [`Outcome`].

mod archive;
mod bundle;
mod componentize;
mod control;
mod counters;
mod environment;
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
pub use environment::{Environment, Limits, SharedEngine};
pub use error::{End, SessionError};
pub use events::{Event, Events, Notice, Remedy, Stage};
pub use extension::{extension_declarations, extension_types, missing_extensions, outside};
pub use fork::ForkMode;
pub use outputs::Outputs;
pub use plugins::create_outputs;
pub use prepared::{DEFAULT_VU_MEMORY, Prepared, ScriptKind, ScriptSettings};
pub use run::{Outcome, Run, RunSettings};
pub use source::{dependencies, open};
pub use summary::{SummaryOutput, SummarySettings};

pub use runner_engine::{Cache, ComponentInfo};
pub use runner_extensions::{CatalogSettings, ExtensionError, Grants, ScopedGrant};
pub use runner_host::{JsSettings, Level, TimeZone};
pub use runner_metrics::SummaryMode;
pub use runner_outputs::{Output, SpecError, Surroundings};
pub use runner_scheduler::{
    Abort, AbortReason, Control, RunProgress, RunState, ScaleError, ScenarioStatus, go_duration,
};
pub use runner_script::{Dependencies, Source, SourceType, is_extension};
