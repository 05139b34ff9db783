//! What a VU can reach: the host side of every WIT interface.
//!
//! One file per interface; each implements the trait that [`bindings`] generates for
//! [`VuState`], which is the data of one VU's store. What VUs share is in two immutable parts:
//! [`ScriptContext`] exists from the moment a script is read, [`LoadContext`] once the run is
//! planned. A call that needs the second while there is only the first is a call from init
//! code, and is answered with an error that says so.

mod bindings;
mod collation;
mod context;
mod data;
mod execution;
mod extension;
mod http;
mod image;
mod kv;
mod limits;
mod linker;
mod log;
mod metrics;
mod place;
mod repeats;
mod samples;
mod state;
mod tags;
mod tally;
mod tasks;
mod thread_stack;
mod time_zone;

pub use bindings::exports::runner::script::lifecycle::{Description, Failure, FailureKind};
pub use bindings::imaging::ImageSubject;
pub use bindings::{VuHost, VuHostPre};
pub use context::{
    AbortRequest, InstanceCounters, JsSettings, Level, LoadContext, LogSink, ScriptContext,
    SharedArrays, compiling,
};
pub use extension::{ExtensionFailed, ExtensionLimits, Extensions, Linked};
pub use http::HttpLog;
pub use image::{HostImage, Touch};
pub use jiff::tz::TimeZone;
pub use limits::MemoryLimit;
pub use linker::linker;
pub use place::{Place, place_in_frame};
pub use repeats::{Exception, Repeats};
pub use state::{Ended, Phase, ScenarioContext, VuState};
pub use tally::Key;
