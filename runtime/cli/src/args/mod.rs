//! What was typed: flags and arguments of every command, and what they come to.

mod cli;
mod commands;
mod config_file;
mod control;
mod definition;
mod error;
mod extensions;
mod features;
mod global;
mod kit;
mod mistakes;
mod options;
mod outputs;
mod parse;
mod projects;
mod runtime;
mod segments;
mod tools;
mod values;

pub use cli::{Cli, Command};
pub use commands::{BuildArgs, InspectArgs, RunArgs, TargetArgs, VersionArgs};
pub use config_file::load_config;
pub use control::ScaleArgs;
pub use error::ArgsError;
pub use extensions::ExtensionArgs;
pub use features::{Feature, FeatureArgs, Features};
pub use global::{GlobalArgs, GlobalOptions};
pub use kit::{BindingsArgs, BindingsFor, TypesArgs, WitArgs};
pub use options::OptionArgs;
pub use outputs::OutputArgs;
pub use parse::parse;
pub use projects::{ArchiveArgs, DepsArgs, Language, NewArgs, ProjectKind};
pub use runtime::{CompatibilityMode, RuntimeArgs, RuntimeOptions, ScriptType, SummaryMode};
pub use tools::{CompletionArgs, FeaturesArgs, ManualArgs, RemovedArgs};
