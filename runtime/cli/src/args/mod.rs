//! What was typed: flags and arguments of every command, and what they come to.

mod cli;
mod commands;
mod config_file;
mod error;
mod global;
mod options;
mod parse;
mod runtime;
mod values;

pub use cli::{Cli, Command};
pub use commands::{BuildArgs, InspectArgs, RunArgs, TargetArgs, VersionArgs};
pub use config_file::load_config;
pub use error::ArgsError;
pub use global::{GlobalArgs, GlobalOptions};
pub use options::OptionArgs;
pub use parse::parse;
pub use runtime::{RuntimeArgs, RuntimeOptions, ScriptType, SummaryMode};
