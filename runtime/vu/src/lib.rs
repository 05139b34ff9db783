//! One VU: a component instance with a store and a memory of its own.
//!
//! [`Program`] is what all VUs of a run start from, with their init to come or, from an
//! [`Image`], behind them; [`Instance`] is one of them after its init;
//! [`ScriptVu`] is an instance in the hands of the scheduler, replaced when it was interrupted
//! or trapped: such a store is never used again, because nobody knows what state it is in.

mod error;
mod factory;
mod image;
mod instance;
mod phases;
mod script_vu;

pub use error::{ScriptError, ScriptErrorKind, VuError};
pub use factory::{Factory, ScenarioSetup, SharedFactory};
pub use image::{Image, NoImage};
pub use instance::{Instance, Program, ProgramSettings};
pub use phases::{HandleSummary, Phases};
pub use script_vu::ScriptVu;
