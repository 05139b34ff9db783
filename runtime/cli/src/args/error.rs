//! What can be wrong with arguments once they are parsed, and which exit code that means.

use std::fmt;
use std::path::PathBuf;

use runner_plan::OptionsError;

use crate::exit_code::ExitCode;

/// Settings that cannot be used.
#[derive(Debug)]
pub enum ArgsError {
    /// A flag or variable with an impossible value.
    Value {
        /// The flag or variable.
        name: String,
        /// What it can be.
        expected: String,
        /// What it was.
        found: String,
    },
    /// The config file that was asked for is not there, or cannot be read.
    ConfigFile {
        /// Its path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The config file or a `K6_…` variable has an option that cannot be used.
    Options(OptionsError),
}

impl ArgsError {
    /// The code that the command ends with.
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Value { .. } => ExitCode::Other,
            Self::ConfigFile { .. } | Self::Options(_) => ExitCode::InvalidConfig,
        }
    }
}

impl fmt::Display for ArgsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value {
                name,
                expected,
                found,
            } => {
                write!(f, "{name} must be {expected}, not \"{found}\"")
            }
            // The cause is in the text already and therefore no `source`.
            Self::ConfigFile { path, source } => {
                write!(
                    f,
                    "failed to load the configuration file {}: {source}",
                    path.display()
                )
            }
            Self::Options(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ArgsError {}

impl From<OptionsError> for ArgsError {
    fn from(error: OptionsError) -> Self {
        Self::Options(error)
    }
}
