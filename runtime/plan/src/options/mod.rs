//! Options as typed: what one layer said, how the layers combine.

mod config_file;
mod consolidate;
mod error;
mod from_env;
mod from_json;
mod read;
mod scenario;
#[cfg(test)]
mod tests;
mod to_json;
mod typed;

pub use config_file::ConfigFile;
pub use consolidate::{Layers, consolidate};
pub use error::{OptionsError, Warning};
use read::is_suspicious;
pub(crate) use read::{Key, duration, integer, stages};
pub use scenario::ScenarioOptions;
pub(crate) use to_json::pretty;
pub use typed::Options;
