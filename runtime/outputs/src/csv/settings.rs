//! What a user can choose about the CSV output.

use std::time::Duration;

use crate::settings::{Setting, Settings, duration};

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
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "unix" => Self::Unix,
            "unix_milli" => Self::UnixMilli,
            "unix_micro" => Self::UnixMicro,
            "unix_nano" => Self::UnixNano,
            "rfc3339" => Self::Rfc3339,
            "rfc3339_nano" => Self::Rfc3339Nano,
            _ => return None,
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

impl Settings for CsvSettings {
    const OUTPUT: &'static str = "csv";
    const ALL: &'static [Setting<Self>] = &[
        Setting::file_name("K6_CSV_FILENAME"),
        Setting {
            key: "saveInterval",
            variable: "K6_CSV_SAVE_INTERVAL",
            set: |settings, value| {
                let interval = duration(value, Duration::from_nanos(1)).ok_or(
                    "is no save interval: write a duration such as 1s or 500ms, more than 0",
                )?;
                settings.save_interval = interval;
                Ok(())
            },
        },
        Setting {
            key: "timeFormat",
            variable: "K6_CSV_TIME_FORMAT",
            set: |settings, value| {
                settings.time_format = TimeFormat::parse(value).ok_or(
                    "is no time format: use unix, unix_milli, unix_micro, unix_nano, rfc3339 or \
                     rfc3339_nano",
                )?;
                Ok(())
            },
        },
    ];

    fn set_alone(&mut self, argument: &str) {
        argument.clone_into(&mut self.file);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::resolved;

    #[test]
    fn layers() {
        let plain = |argument| resolved::<CsvSettings>(argument, ("", ""), json!(null)).unwrap();
        assert_eq!(plain(""), CsvSettings::default());
        assert_eq!(plain("x.csv.gz").file, "x.csv.gz");
        let config = json!({ "FILENAME": "c.csv", "SaveInterval": "3s", "timeFormat": "rfc3339" });
        let variable = ("K6_CSV_TIME_FORMAT", "unix_nano");
        let settings = resolved("fileName=a.csv", variable, config);
        let expected = CsvSettings {
            file: "a.csv".into(),
            save_interval: Duration::from_secs(3),
            time_format: TimeFormat::UnixNano,
        };
        assert_eq!(settings, Ok(expected));
    }

    #[test]
    fn wrong_ones_are_named() {
        for (argument, part) in [
            (
                "a=b",
                "unknown key \"a\" as argument for csv output: use fileName, saveInterval or timeFormat",
            ),
            ("fileName=x,saveInterval=abc", "\"abc\" is no save interval"),
            ("saveInterval=0", "\"0\" is no save interval"),
            ("saveInterval=-1s", "\"-1s\" is no save interval"),
            ("timeFormat=zzz", "\"zzz\" is no time format"),
            (
                "x.csv,saveInterval=3s",
                "couldn't parse \"x.csv,saveInterval=3s\"",
            ),
        ] {
            let error = resolved::<CsvSettings>(argument, ("", ""), json!(null)).unwrap_err();
            assert!(error.starts_with(part), "{error}");
        }
    }
}
