//! What a user can choose about the CSV output. Precedence: default, config file
//! (`collectors.csv`), environment (`K6_CSV_*`), argument of `--out`.

use std::time::Duration;

use runner_values::Duration as Written;
use serde_json::Value;

/// How times are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeFormat {
    /// Seconds since 1970.
    #[default]
    Unix,
    /// Milliseconds.
    UnixMilli,
    /// Microseconds.
    UnixMicro,
    /// Nanoseconds.
    UnixNano,
    /// Date and time, whole seconds.
    Rfc3339,
    /// Date and time with decimals.
    Rfc3339Nano,
}

impl TimeFormat {
    fn parse(text: &str) -> Result<Self, SettingError> {
        Ok(match text {
            "unix" => Self::Unix,
            "unix_milli" => Self::UnixMilli,
            "unix_micro" => Self::UnixMicro,
            "unix_nano" => Self::UnixNano,
            "rfc3339" => Self::Rfc3339,
            "rfc3339_nano" => Self::Rfc3339Nano,
            _ => return Err(SettingError::TimeFormat(text.to_owned())),
        })
    }
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvSettings {
    /// Its name; `-` is standard output.
    pub file: String,
    /// How often rows are written.
    pub save_interval: Duration,
    /// How times are written.
    pub time_format: TimeFormat,
}

impl Default for CsvSettings {
    fn default() -> Self {
        Self {
            file: "file.csv".to_owned(),
            save_interval: Duration::from_secs(1),
            time_format: TimeFormat::default(),
        }
    }
}

/// Why a setting cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SettingError {
    #[error("couldn't parse {0:?} as argument for csv output: write key=value,key=value")]
    Argument(String),
    #[error(
        "unknown key {0:?} as argument for csv output: use fileName, saveInterval or timeFormat"
    )]
    Key(String),
    #[error(
        "{0:?} is no time format: use unix, unix_milli, unix_micro, unix_nano, rfc3339 or \
         rfc3339_nano"
    )]
    TimeFormat(String),
    #[error("{0:?} is no save interval: write a duration such as 1s or 500ms, more than 0")]
    SaveInterval(String),
}

/// Puts the layers together.
pub(crate) fn resolve(
    argument: &str,
    env: &dyn Fn(&str) -> Option<String>,
    config: Option<&Value>,
) -> Result<CsvSettings, SettingError> {
    let mut settings = CsvSettings::default();
    for (key, variable) in [
        ("fileName", "K6_CSV_FILENAME"),
        ("saveInterval", "K6_CSV_SAVE_INTERVAL"),
        ("timeFormat", "K6_CSV_TIME_FORMAT"),
    ] {
        let text = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        // Case does not matter in a config file.
        let fields = config.and_then(Value::as_object);
        let field = fields.and_then(|fields| {
            let mut from_last = fields.iter().rev();
            from_last.find(|(name, _)| name.eq_ignore_ascii_case(key))
        });
        if let Some(value) = field.and_then(|(_, value)| text(value)) {
            settings.set(key, &value)?;
        }
        if let Some(value) = env(variable).filter(|value| !value.is_empty()) {
            settings.set(key, &value)?;
        }
    }
    if argument.is_empty() {
        return Ok(settings);
    }
    if !argument.contains('=') {
        settings.file = argument.to_owned();
        return Ok(settings);
    }
    for pair in argument.split(',') {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(SettingError::Argument(argument.to_owned()));
        };
        settings.set(key, value)?;
    }
    Ok(settings)
}

impl CsvSettings {
    fn set(&mut self, key: &str, value: &str) -> Result<(), SettingError> {
        match key {
            "fileName" => self.file = value.to_owned(),
            "timeFormat" => self.time_format = TimeFormat::parse(value)?,
            "saveInterval" => {
                let interval = Written::parse_extended(value)
                    .map(Written::to_std)
                    .ok()
                    .filter(|interval| !interval.is_zero());
                self.save_interval =
                    interval.ok_or_else(|| SettingError::SaveInterval(value.to_owned()))?;
            }
            _ => return Err(SettingError::Key(key.to_owned())),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn layers() {
        let none = |_: &str| None;
        assert_eq!(resolve("", &none, None), Ok(CsvSettings::default()));
        assert_eq!(resolve("x.csv.gz", &none, None).unwrap().file, "x.csv.gz");
        let config = json!({ "FILENAME": "c.csv", "SaveInterval": "3s", "timeFormat": "rfc3339" });
        let env = |name: &str| (name == "K6_CSV_TIME_FORMAT").then(|| "unix_nano".to_owned());
        let settings = resolve("fileName=a.csv", &env, Some(&config)).unwrap();
        let expected = CsvSettings {
            file: "a.csv".into(),
            save_interval: Duration::from_secs(3),
            time_format: TimeFormat::UnixNano,
        };
        assert_eq!(settings, expected);
    }

    #[test]
    fn wrong_ones_are_named() {
        for (argument, part) in [
            ("a=b", "unknown key \"a\" as argument for csv output"),
            ("fileName=x,saveInterval=abc", "\"abc\" is no save interval"),
            ("saveInterval=0", "\"0\" is no save interval"),
            ("saveInterval=-1s", "\"-1s\" is no save interval"),
            ("timeFormat=zzz", "\"zzz\" is no time format"),
            (
                "x.csv,saveInterval=3s",
                "couldn't parse \"x.csv,saveInterval=3s\"",
            ),
        ] {
            let error = resolve(argument, &|_| None, None).unwrap_err().to_string();
            assert!(error.starts_with(part), "{error}");
        }
    }
}
