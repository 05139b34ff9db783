//! One entry of `scenarios` as typed: the keys that all executors share, then the executor's.

use indexmap::IndexMap;
use runner_hints::guess;
use runner_values::executor::ExecutorKind;
use serde_json::{Map, Value, json};

use super::OptionsError;
use super::read::{Key, duration, fields, named, object, string, string_map};
use crate::executors::ExecutorOptions;
use crate::types::Duration;

/// A scenario as typed.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioOptions {
    /// Which executor, and its own keys.
    pub executor: ExecutorOptions,
    /// `startTime`, from the end of setup.
    pub start_time: Option<Duration>,
    /// `gracefulStop`: how much longer iterations may take after the end.
    pub graceful_stop: Option<Duration>,
    /// `env`: on top of the run's environment.
    pub env: Option<IndexMap<String, String>>,
    /// `exec`: which exported function runs.
    pub exec: Option<String>,
    /// `tags`: on every sample of the scenario.
    pub tags: Option<IndexMap<String, String>>,
    /// `options.browser`, passed on as it is.
    pub browser: Option<Value>,
}

impl ScenarioOptions {
    /// Only an executor; everything else absent.
    pub fn new(executor: ExecutorOptions) -> Self {
        Self {
            executor,
            start_time: None,
            graceful_stop: None,
            env: None,
            exec: None,
            tags: None,
            browser: None,
        }
    }

    pub(super) fn from_value(
        name: &str,
        key: &Key<'_>,
        value: &Value,
    ) -> Result<Self, OptionsError> {
        let no_executor = || OptionsError::NoExecutor {
            scenario: name.to_owned(),
        };
        let map = object(key, value)?.ok_or_else(no_executor)?;
        let executor = map
            .iter()
            .rfind(|(field, _)| field.eq_ignore_ascii_case("executor"));
        let (field, executor) = executor.ok_or_else(no_executor)?;
        let executor = string(&key.child(field), executor)?.unwrap_or_default();
        if executor.is_empty() {
            return Err(no_executor());
        }
        let kind =
            ExecutorKind::from_name(&executor).ok_or_else(|| OptionsError::UnknownExecutor {
                scenario: name.to_owned(),
                guess: guess(&executor, ExecutorKind::ALL.map(ExecutorKind::name)),
                executor: executor.clone(),
                known: ExecutorKind::ALL.map(ExecutorKind::name).join(", "),
            })?;
        let mut scenario = Self::new(ExecutorOptions::empty(kind));
        let shown = scenario.to_json();
        let shown = shown.as_object().into_iter().flat_map(Map::keys);
        let names: Vec<&str> = shown.map(String::as_str).chain(["options"]).collect();
        let key = key.clone().strict();
        for (written, value) in map {
            let field = named(&names, written).unwrap_or_default();
            if !scenario.set(field, &key.child(written), value)? {
                return Err(OptionsError::UnknownScenarioField {
                    scenario: name.to_owned(),
                    guess: guess(written, names.iter().copied()),
                    field: written.clone(),
                    executor,
                });
            }
        }
        Ok(scenario)
    }

    /// Sets one field; false where neither scenarios nor this executor have it.
    fn set(&mut self, field: &str, key: &Key<'_>, value: &Value) -> Result<bool, OptionsError> {
        match field {
            "executor" => {}
            "startTime" => self.start_time = duration(key, value)?,
            "gracefulStop" => self.graceful_stop = duration(key, value)?,
            "env" => self.env = string_map(key, value)?,
            "exec" => self.exec = string(key, value)?,
            "tags" => self.tags = string_map(key, value)?,
            "options" => {
                fields(key, value, &["browser"], |_, key, value| {
                    self.browser = object(key, value)?.map(|map| Value::Object(map.clone()));
                    Ok(())
                })?;
            }
            _ => return self.executor.set(field, key, value),
        }
        Ok(true)
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut map = Map::new();
        let mut put = |key: &str, value: Value| map.insert(key.to_owned(), value);
        put("executor", self.executor.kind().name().into());
        put("startTime", json!(self.start_time.map(|d| d.to_string())));
        put(
            "gracefulStop",
            json!(self.graceful_stop.map(|d| d.to_string())),
        );
        put("env", json!(self.env));
        put("exec", json!(self.exec));
        put("tags", json!(self.tags));
        if let Some(browser) = &self.browser {
            put("options", json!({ "browser": browser }));
        }
        self.executor.add_json(&mut map);
        Value::Object(map)
    }
}
