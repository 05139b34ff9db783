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
    #[error("scenario '{scenario}': unknown executor type '{executor}'{guess}, use one of {known}")]
    UnknownExecutor {
        /// Name of the scenario.
        scenario: String,
        /// As written.
        executor: String,
        /// What may have been meant, in brackets.
        guess: String,
        /// Those that exist.
        known: String,
    },
    /// A scenario with a key that its executor does not have.
    #[error("scenario '{scenario}': unknown field \"{field}\" for the {executor} executor{guess}")]
    UnknownScenarioField {
        /// Name of the scenario.
        scenario: String,
        /// The key.
        field: String,
        /// The executor of the scenario.
        executor: String,
        /// What may have been meant, in brackets.
        guess: String,
    },
    /// A key inside a scenario's values that means nothing.
    #[error("unknown field `{key}` in {source_name}{guess}")]
    UnknownField {
        /// Where the option is from.
        source_name: String,
        /// Path of the key, such as `scenarios.login.stages[0].targt`.
        key: String,
        /// What may have been meant, in brackets.
        guess: String,
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
    /// Keys that mean nothing.
    UnknownFields {
        /// The keys in quotation marks, each with what may have been meant.
        names: Vec<String>,
    },
    /// Durations that are mere numbers, and so small that seconds will have been meant.
    Unitless {
        /// Key and number of each.
        durations: Vec<(String, String)>,
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
    /// About keys and numbers of durations, where there are any.
    pub(super) fn of_durations(durations: Vec<(String, String)>) -> Option<Self> {
        (!durations.is_empty()).then_some(Self::Unitless { durations })
    }

    /// The sentence for the log, the same as k6's where k6 has one.
    pub fn message(&self) -> String {
        match self {
            Self::UnknownFields { .. } => {
                "There were unknown fields in the options exported in the script".to_owned()
            }
            Self::Unitless { durations } => unitless(durations),
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
                let plural = if names.len() == 1 { "" } else { "s" };
                Some(format!("unknown field{plural} {}", names.join(", ")))
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

/// `duration` is 30, which is 30 milliseconds …
fn unitless(durations: &[(String, String)]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<_> = durations
        .iter()
        .take(SHOWN)
        .map(|(key, number)| format!("`{key}` is {number}ms"))
        .collect();
    let more = match durations.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let number = durations.first().map_or("", |(_, number)| number);
    format!(
        "a duration without a unit is in milliseconds: {}{more}; write \"{number}s\" for seconds, or \
         \"{number}ms\" where that is meant",
        shown.join(", ")
    )
}
