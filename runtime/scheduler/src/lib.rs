//! Decides which VU runs an iteration, and when: one executor per file, the pool of VUs they
//! share, and the live counters of a run.
//!
//! VUs are seen only through the traits of [`Vu`] and [`VuFactory`]; nothing here knows what a
//! script is, and nothing here emits metrics: what must become a sample is an [`Event`] or a
//! counter of [`RunState`].

mod abort;
mod arrivals;
mod clock;
mod config;
mod control;
mod counter;
mod crew;
mod event;
mod executor;
mod fleet;
mod pacer;
mod pool;
mod progress;
mod recruits;
mod report;
mod scenario;
mod scheduler;
mod state;
mod text;
mod vu;
mod vu_control;
mod vu_loop;

#[cfg(test)]
mod fake;

pub use abort::{Abort, AbortReason};
pub use config::{ScenarioConfig, SchedulerConfig};
pub use control::{Control, ScaleError};
pub use event::{Event, EventSink};
pub use progress::{RunProgress, ScenarioProgress, ScenarioStatus};
pub use report::{RunReport, ScenarioReport};
pub use scenario::ScenarioRun;
pub use scheduler::{InitialiseError, Scheduler};
pub use state::RunState;
pub use text::{fixed_length, go_duration};
pub use vu::{IterationContext, IterationOutcome, Vu, VuError, VuFactory};
