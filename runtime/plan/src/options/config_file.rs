//! The JSON config file: the lowest layer of options, and settings of the tool itself.

use serde_json::{Map, Value};

use super::read::{Key, Source, boolean, list, named, object, string};
use super::{Options, OptionsError, Warning};

/// Its settings besides options.
const SETTINGS: [&str; 6] = [
    "out",
    "linger",
    "noUsageReport",
    "webDashboard",
    "features",
    "collectors",
];

/// A config file as read. Keys that mean nothing here are ignored, so that one file can serve
/// several versions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConfigFile {
    /// The same keys as in a script.
    pub options: Options,
    /// `out`: outputs, as `type[=argument]`.
    pub out: Option<Vec<String>>,
    /// `linger`: wait for Ctrl-C after the run.
    pub linger: Option<bool>,
    /// `noUsageReport`
    pub no_usage_report: Option<bool>,
    /// `webDashboard`
    pub web_dashboard: Option<bool>,
    /// `features`
    pub features: Option<Vec<String>>,
    /// `collectors`: settings of outputs, by output.
    pub collectors: Map<String, Value>,
    /// What the user should be told about it.
    pub warnings: Vec<Warning>,
}

impl ConfigFile {
    /// Reads the file's text. `name` is what messages call it, such as its path.
    ///
    /// # Errors
    /// For text that is no JSON object, and for values that their keys do not allow.
    pub fn from_json(text: &str, name: &str) -> Result<Self, OptionsError> {
        let source = format!("the config file {name}");
        let value = serde_json::from_str(text).map_err(|error| OptionsError::Syntax {
            source_name: source.clone(),
            detail: error.to_string(),
        })?;
        let noted = Source::new(&source);
        let (options, others) = Options::from_value(&value, &source, &noted)?;
        let mut file = Self {
            options,
            ..Self::default()
        };
        for other in others {
            let key = Key::new(&noted, other);
            let value = value.get(other).unwrap_or(&Value::Null);
            match named(&SETTINGS, other).unwrap_or_default() {
                "out" => {
                    file.out = match value {
                        Value::String(one) => Some(vec![one.clone()]),
                        _ => list(&key, value, string)?,
                    };
                }
                "linger" => file.linger = boolean(&key, value)?,
                "noUsageReport" => file.no_usage_report = boolean(&key, value)?,
                "webDashboard" => file.web_dashboard = boolean(&key, value)?,
                "features" => file.features = list(&key, value, string)?,
                "collectors" => {
                    file.collectors = object(&key, value)?.cloned().unwrap_or_default();
                }
                _ => {}
            }
        }
        file.warnings = noted.into_warnings();
        let is_about_values = |warning: &Warning| !matches!(warning, Warning::UnknownFields { .. });
        file.warnings.retain(is_about_values);
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_settings() {
        let text = r#"{"vus": 3, "out": ["json=x"], "linger": true, "noUsageReport": true,
                       "collectors": {"csv": {"a": 1}}, "nope": 1}"#;
        let file = ConfigFile::from_json(text, "c.json").unwrap();
        assert_eq!(file.options.vus, Some(3));
        assert_eq!(file.out, Some(vec!["json=x".to_owned()]));
        assert_eq!(
            (file.linger, file.no_usage_report),
            (Some(true), Some(true))
        );
        assert!(file.collectors.contains_key("csv"));
        let error = ConfigFile::from_json("{\"vus\":", "c.json")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("the config file c.json cannot be read as JSON: EOF"),
            "{error}"
        );
        let error = ConfigFile::from_json("{\"linger\": 1}", "c.json")
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "`linger` in the config file c.json must be true or false, not 1"
        );
    }
}
