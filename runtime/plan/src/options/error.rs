//! What can be wrong with options, and what is only worth a warning.
//!
//! All errors mean exit code 104 (invalid configuration).

use std::fmt;

/// Options that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// The text is no JSON.
    #[error("{source_name} cannot be read as JSON: {detail}")]
    Syntax {
        /// Where the text is from, such as `the options of script.js`.
        source_name: String,
        /// What the parser said, with line and column.
        detail: String,
    },
    /// A key has a value of the wrong type or outside its range.
    #[error("`{key}` in {source_name} {expected}, not {found}")]
    Value {
        /// Where the option is from.
        source_name: String,
        /// Path of the key, such as `scenarios.login.vus`.
        key: String,
        /// A fragment such as `must be a whole number`.
        expected: String,
        /// The value as JSON, shortened where it is long.
        found: String,
    },
    /// The options as a whole are not an object.
    #[error("{source_name} must be an object, not {found}")]
    NotAnObject {
        /// Where the options are from.
        source_name: String,
        /// The value as JSON, shortened where it is long.
        found: String,
    },
    /// A scenario without `executor`.
    #[error("scenario '{scenario}' doesn't have a specified executor type")]
    NoExecutor {
        /// Its name.
        scenario: String,
    },
    /// A scenario with an executor that does not exist.
    #[error("scenario '{scenario}': unknown executor type '{executor}', use one of {known}")]
    UnknownExecutor {
        /// Name of the scenario.
        scenario: String,
        /// As written.
        executor: String,
        /// Those that exist.
        known: String,
    },
    /// A scenario with a key that its executor does not have.
    #[error("scenario '{scenario}': unknown field \"{field}\" for the {executor} executor")]
    UnknownScenarioField {
        /// Name of the scenario.
        scenario: String,
        /// The key.
        field: String,
        /// The executor of the scenario.
        executor: String,
    },
    /// An environment variable that cannot be used.
    #[error("environment variable {variable} {expected}, not \"{found}\"")]
    Variable {
        /// Such as `K6_VUS`.
        variable: String,
        /// A fragment such as `must be a whole number`.
        expected: String,
        /// Its value.
        found: String,
    },
}

/// Something in the options that is probably not meant, but does not stop the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Top-level keys that are no options.
    UnknownFields {
        /// The keys, in the order of the script.
        names: Vec<String>,
    },
    /// A layer replaced the scenarios of a layer below it.
    ScenariosOverridden {
        /// `script`, `env` or `cli`.
        layer: &'static str,
    },
    /// Only `vus` was given, which replaces `scenarios`.
    VusOverrideScenarios {
        /// The number given.
        vus: i64,
    },
    /// `stages` or `scenarios` was set to nothing.
    EmptyShortcut {
        /// The key.
        key: &'static str,
    },
}

impl Warning {
    /// The sentence for the log, the same as k6's.
    pub fn message(&self) -> String {
        match self {
            Self::UnknownFields { .. } => {
                "There were unknown fields in the options exported in the script".to_owned()
            }
            Self::ScenariosOverridden { layer } => {
                format!("\"{layer}\" level configuration overrode scenarios configuration entirely")
            }
            Self::VusOverrideScenarios { vus } => {
                format!("`vus={vus}` overrides scenarios configuration")
            }
            Self::EmptyShortcut { key } => format!(
                "`{key}` was explicitly set to an empty value, running the script with 1 iteration in 1 VU"
            ),
        }
    }

    /// What goes into the `error` field of the log line, where there is such a field.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::UnknownFields { names } => {
                let quoted: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
                let plural = if names.len() == 1 { "" } else { "s" };
                Some(format!("unknown field{plural} {}", quoted.join(", ")))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())?;
        self.detail()
            .map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}
