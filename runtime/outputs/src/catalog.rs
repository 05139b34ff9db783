//! From what the user asked for (`--out type=argument`) to outputs.

use serde_json::{Map, Value};

use crate::Output;
use crate::csv::Csv;
use crate::hdr::Hdr;
use crate::json::Json;
use crate::settings::{SettingError, resolve};

/// The types that there are, in alphabetical order.
const AVAILABLE: [&str; 3] = ["csv", "hdr", "json"];

/// Types that k6 has and this program does not have yet.
const PLANNED: [&str; 7] = [
    "cloud",
    "experimental-opentelemetry",
    "experimental-prometheus-rw",
    "influxdb",
    "opentelemetry",
    "prometheus-rw",
    "web-dashboard",
];

/// Types that k6 had once and left to extensions.
const EXTENSIONS: [&str; 3] = ["datadog", "kafka", "statsd"];

/// An output that was made.
pub type Created = Box<dyn Output>;

/// What an output's settings come from besides its argument.
pub struct Surroundings<'a> {
    /// Looks up an environment variable.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// `collectors` of the config file: settings by output.
    pub collectors: &'a Map<String, Value>,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

/// Why there is no such output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Nobody knows the type.
    #[error("invalid output type '{name}'{guess}, available types are: {}", AVAILABLE.join(", "))]
    Unknown {
        /// The type.
        name: String,
        /// What may have been meant, in brackets.
        guess: String,
    },
    /// k6 knows the type.
    #[error(
        "the '{name}' output is not available yet, available types are: {}",
        AVAILABLE.join(", ")
    )]
    Missing {
        /// The type.
        name: String,
    },
    /// k6 knew the type.
    #[error(
        "the '{name}' output is not built in, as in k6: use an output extension, or one of the \
         available types: {}",
        AVAILABLE.join(", ")
    )]
    Extension {
        /// The type.
        name: String,
    },
    /// Its settings are wrong.
    #[error("could not create the '{name}' output: {reason}")]
    Settings {
        /// The type.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

/// The types that [`create`] knows, in alphabetical order.
#[must_use]
pub fn available() -> &'static [&'static str] {
    &AVAILABLE
}

/// Makes the output that `spec` names: `type` or `type=argument`. Nothing is opened yet.
///
/// # Errors
/// [`SpecError`] for a type that there is not, and for settings that cannot be used.
pub fn create(spec: &str, surroundings: &Surroundings<'_>) -> Result<Created, SpecError> {
    let (name, argument) = spec.split_once('=').unwrap_or((spec, ""));
    let owned = || name.to_owned();
    let settings = |error: SettingError| SpecError::Settings {
        name: owned(),
        reason: error.to_string(),
    };
    match name {
        "json" => Ok(Box::new(Json::new(argument))),
        "csv" => Ok(Box::new(Csv::new(
            resolve(argument, surroundings).map_err(settings)?,
        ))),
        "hdr" => Ok(Box::new(Hdr::new(
            resolve(argument, surroundings).map_err(settings)?,
        ))),
        _ if PLANNED.contains(&name) => Err(SpecError::Missing { name: owned() }),
        _ if EXTENSIONS.contains(&name) => Err(SpecError::Extension { name: owned() }),
        _ => Err(SpecError::Unknown {
            name: owned(),
            guess: file_without_type(name),
        }),
    }
}

/// `--out results.json`: the name of a file says what it is, but is no type.
fn file_without_type(name: &str) -> String {
    let ending = name.trim_end_matches(".gz").rsplit_once('.');
    let of_type = ending.and_then(|(_, ending)| AVAILABLE.iter().find(|one| **one == ending));
    of_type.map_or_else(String::new, |one| format!(" (did you mean {one}={name}?)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_their_descriptions() {
        let collectors = Map::new();
        let surroundings = Surroundings {
            env: &|_| None,
            collectors: &collectors,
        };
        let describe = |spec: &str| match create(spec, &surroundings) {
            Ok(output) => output.description(),
            Err(error) => error.to_string(),
        };
        for (spec, text) in [
            ("json", "json(stdout)"),
            ("json=-", "json(stdout)"),
            ("json=a.json", "json (a.json)"),
            (
                "a.json.gz",
                "invalid output type 'a.json.gz' (did you mean json=a.json.gz?), available types are: \
                 csv, hdr, json",
            ),
            ("json=a=b.json.gz", "json (a=b.json.gz)"),
            ("csv", "csv (file.csv)"),
            ("csv=-", "csv (stdout)"),
            ("hdr", "hdr (file.hlog)"),
            ("hdr=-", "hdr (stdout)"),
            ("hdr=x.hlog.gz", "hdr (x.hlog.gz)"),
            ("hdr=fileName=h.hlog,interval=10s", "hdr (h.hlog)"),
            ("csv=x.csv.gz", "csv (x.csv.gz)"),
            (
                "csv=fileName=c2.csv,timeFormat=rfc3339_nano",
                "csv (c2.csv)",
            ),
            (
                "foo=x",
                "invalid output type 'foo', available types are: csv, hdr, json",
            ),
            (
                "",
                "invalid output type '', available types are: csv, hdr, json",
            ),
            (
                "influxdb=http://x",
                "the 'influxdb' output is not available yet, available types are: csv, hdr, json",
            ),
        ] {
            assert_eq!(describe(spec), text);
        }
        assert!(describe("kafka").contains("use an output extension"));
        assert!(describe("csv=a=b").starts_with("could not create the 'csv' output: unknown key"));
        assert!(describe("hdr=a=b").starts_with("could not create the 'hdr' output: unknown key"));
    }
}
