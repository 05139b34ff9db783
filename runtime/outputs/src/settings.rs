//! Settings of an output in k6's four layers: default, config file (`collectors.NAME`), environment,
//! argument of `--out`. Each setting is declared once.

use std::time::Duration;

use runner_values::Duration as Written;
use serde_json::Value;

use crate::Surroundings;

/// One setting of `S`.
pub(crate) struct Setting<S> {
    /// Its name in an argument; in a config file case does not matter.
    pub(crate) key: &'static str,
    /// The environment's name for it.
    pub(crate) variable: &'static str,
    /// Sets it; the error follows the quoted value, such as `is no interval: write 1s`.
    pub(crate) set: fn(&mut S, &str) -> Result<(), String>,
}

/// What a user can choose about an output.
pub(crate) trait Settings: Default + 'static {
    /// The output's name.
    const OUTPUT: &'static str;
    /// All there is.
    const ALL: &'static [Setting<Self>];

    /// Takes an argument that is no list of settings.
    fn set_alone(&mut self, argument: &str);
}

impl<S: Settings> Setting<S> {
    /// The name of the file, which an argument that is no list stands for too.
    pub(crate) const fn file_name(variable: &'static str) -> Self {
        Self {
            key: "fileName",
            variable,
            set: |settings, value| {
                settings.set_alone(value);
                Ok(())
            },
        }
    }
}

/// Why a setting cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SettingError {
    #[error(
        "couldn't parse {argument:?} as argument for {output} output: write key=value,key=value"
    )]
    Argument {
        output: &'static str,
        argument: String,
    },
    #[error("unknown key {key:?} as argument for {output} output: use {known}")]
    Key {
        output: &'static str,
        key: String,
        known: String,
    },
    #[error("{value:?} {complaint}")]
    Value { value: String, complaint: String },
}

/// Puts the layers together.
pub(crate) fn resolve<S: Settings>(
    argument: &str,
    surroundings: &Surroundings<'_>,
) -> Result<S, SettingError> {
    let mut settings = S::default();
    let config = surroundings.collectors.get(S::OUTPUT);
    for setting in S::ALL {
        if let Some(value) = config.and_then(|config| field(config, setting.key)) {
            set(&mut settings, setting, &value)?;
        }
        let value = (surroundings.env)(setting.variable);
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            set(&mut settings, setting, &value)?;
        }
    }
    if argument.is_empty() {
        return Ok(settings);
    }
    if !argument.contains('=') {
        settings.set_alone(argument);
        return Ok(settings);
    }
    for pair in argument.split(',') {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(SettingError::Argument {
                output: S::OUTPUT,
                argument: argument.to_owned(),
            });
        };
        let Some(setting) = S::ALL.iter().find(|setting| setting.key == key) else {
            return Err(SettingError::Key {
                output: S::OUTPUT,
                key: key.to_owned(),
                known: known(S::ALL.iter().map(|setting| setting.key)),
            });
        };
        set(&mut settings, setting, value)?;
    }
    Ok(settings)
}

fn set<S>(settings: &mut S, setting: &Setting<S>, value: &str) -> Result<(), SettingError> {
    (setting.set)(settings, value).map_err(|complaint| SettingError::Value {
        value: value.to_owned(),
        complaint,
    })
}

/// A field of a config file, where the last of several that differ in case stands.
fn field(config: &Value, key: &str) -> Option<String> {
    let fields = config.as_object()?;
    let mut from_last = fields.iter().rev();
    let (_, value) = from_last.find(|(name, _)| name.eq_ignore_ascii_case(key))?;
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `a, b or c`.
fn known<'a>(keys: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<_> = keys.collect();
    match all.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A duration as users write it, of at least `shortest`.
pub(crate) fn duration(text: &str, shortest: Duration) -> Option<Duration> {
    let written = Written::parse_extended(text).ok()?.to_std();
    (written >= shortest).then_some(written)
}

/// Resolves with a config file, in an environment of one variable.
#[cfg(test)]
pub(crate) fn resolved<S: Settings>(
    argument: &str,
    variable: (&str, &str),
    config: Value,
) -> Result<S, String> {
    let mut collectors = serde_json::Map::new();
    collectors.insert(S::OUTPUT.to_owned(), config);
    let surroundings = Surroundings {
        env: &|name| (name == variable.0).then(|| variable.1.to_owned()),
        collectors: &collectors,
    };
    resolve(argument, &surroundings).map_err(|error| error.to_string())
}
