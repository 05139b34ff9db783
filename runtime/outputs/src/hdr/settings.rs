//! What a user can choose about the HDR output. Precedence: default, config file
//! (`collectors.hdr`), environment (`RUNNER_HDR_*`), argument of `--out`.

use std::time::Duration;

use runner_plan::types::Duration as PlanDuration;
use serde_json::Value;

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

/// Why a setting cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SettingError {
    #[error("couldn't parse {0:?} as argument for hdr output: write key=value,key=value")]
    Argument(String),
    #[error("unknown key {0:?} as argument for hdr output: use fileName or interval")]
    Key(String),
    #[error("{0:?} is no interval: write a duration such as 1s or 500ms, at least 10ms")]
    Interval(String),
}

/// Puts the layers together.
pub(crate) fn resolve(
    argument: &str,
    env: &dyn Fn(&str) -> Option<String>,
    config: Option<&Value>,
) -> Result<HdrSettings, SettingError> {
    let mut settings = HdrSettings::default();
    for (key, variable) in [
        ("fileName", "RUNNER_HDR_FILENAME"),
        ("interval", "RUNNER_HDR_INTERVAL"),
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

impl HdrSettings {
    fn set(&mut self, key: &str, value: &str) -> Result<(), SettingError> {
        match key {
            "fileName" => self.file = value.to_owned(),
            "interval" => {
                let interval = PlanDuration::parse_extended(value)
                    .map(PlanDuration::to_std)
                    .ok()
                    .filter(|interval| *interval >= SHORTEST);
                self.interval = interval.ok_or_else(|| SettingError::Interval(value.to_owned()))?;
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
        assert_eq!(resolve("", &none, None), Ok(HdrSettings::default()));
        assert_eq!(resolve("x.hlog.gz", &none, None).unwrap().file, "x.hlog.gz");
        let config = json!({ "FILENAME": "c.hlog", "Interval": "3s" });
        let env = |name: &str| (name == "RUNNER_HDR_INTERVAL").then(|| "2s".to_owned());
        let settings = |argument| resolve(argument, &env, Some(&config)).unwrap();
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
            let error = resolve(argument, &|_| None, None).unwrap_err().to_string();
            assert!(error.starts_with(part), "{error}");
        }
    }
}
