//! What a VU can reach: the host side of every WIT interface.
//!
//! A capability is a folder, or one file where it is a few functions: what that consists of is said in
//! [`capability`]. Its functions implement the trait that [`bindings`] generates for
//! [`VuState`], which is the data of one VU's store. What VUs share is in two immutable parts:
//! [`ScriptContext`] exists from the moment a script is read, [`LoadContext`] once the run is
//! planned. A call that needs the second while there is only the first is a call from init
//! code, and is answered with an error that says so.

mod bindings;
mod capability;
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
mod state;
mod tasks;
mod thread_stack;
mod time_zone;

pub use bindings::exports::runner::script::lifecycle::{Description, Failure, FailureKind};
pub use bindings::imaging::ImageSubject;
pub use bindings::{VuHost, VuHostPre};
pub use context::{LoadContext, ScriptContext};
pub use data::{DataContext, JsSettings, SharedArrays};
pub use execution::{AbortRequest, InstanceCounters};
pub use extension::{ExtensionFailed, ExtensionLimits, Extensions, Linked};
pub use http::HttpContext;
pub use image::{HostImage, Touch};
pub use jiff::tz::TimeZone;
pub use limits::MemoryLimit;
pub use linker::linker;
pub use log::{Exception, Key, Level, LogSink, Place, Repeats, compiling, place_in_frame};
pub use state::{Ended, Phase, ScenarioContext, VuState};
