//! What a user can choose about the HDR output.

use std::time::Duration;

use crate::settings::{Setting, Settings, duration};

/// Shortest interval: what is shorter has next to no samples and as many lines.
const SHORTEST: Duration = Duration::from_millis(10);

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HdrSettings {
    /// Its name; `-` is standard output.
    pub(crate) file: String,
    /// How much time each line stands for.
    pub(crate) interval: Duration,
}

impl Default for HdrSettings {
    fn default() -> Self {
        Self {
            file: "file.hlog".to_owned(),
            interval: Duration::from_secs(1),
        }
    }
}

impl Settings for HdrSettings {
    const OUTPUT: &'static str = "hdr";
    const ALL: &'static [Setting<Self>] = &[
        Setting::file_name("RUNNER_HDR_FILENAME"),
        Setting {
            key: "interval",
            variable: "RUNNER_HDR_INTERVAL",
            set: |settings, value| {
                settings.interval = duration(value, SHORTEST)
                    .ok_or("is no interval: write a duration such as 1s or 500ms, at least 10ms")?;
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
        let plain = |argument| resolved::<HdrSettings>(argument, ("", ""), json!(null)).unwrap();
        assert_eq!(plain(""), HdrSettings::default());
        assert_eq!(plain("x.hlog.gz").file, "x.hlog.gz");
        let config = json!({ "FILENAME": "c.hlog", "Interval": "3s" });
        let variable = ("RUNNER_HDR_INTERVAL", "2s");
        let settings =
            |argument| resolved::<HdrSettings>(argument, variable, config.clone()).unwrap();
        let seconds = Duration::from_secs;
        assert_eq!(
            (settings("").file, settings("").interval),
            ("c.hlog".to_owned(), seconds(2))
        );
        let chosen = settings("fileName=a.hlog,interval=10s");
        assert_eq!((&*chosen.file, chosen.interval), ("a.hlog", seconds(10)));
    }

    #[test]
    fn wrong_ones_are_named() {
        for (argument, part) in [
            ("a=b", "unknown key \"a\" as argument for hdr output"),
            ("interval=abc", "\"abc\" is no interval"),
            ("interval=0", "\"0\" is no interval"),
            ("interval=-1s", "\"-1s\" is no interval"),
            ("interval=1ms", "\"1ms\" is no interval"),
            (
                "x.hlog,interval=3s",
                "couldn't parse \"x.hlog,interval=3s\"",
            ),
        ] {
            let error = resolved::<HdrSettings>(argument, ("", ""), json!(null)).unwrap_err();
            assert!(error.starts_with(part), "{error}");
        }
    }
}
