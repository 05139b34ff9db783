//! Reads typed values out of JSON and remembers under which key it looks.
//!
//! Rules shared by all keys: `null` is the same as absent, whole numbers may be written as
//! strings, durations may be numbers. That is what k6 accepts, and scripts rely on it.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::OptionsError;
use crate::types::{Duration, Expected, Stage};

/// The key that is being read: which source, which path.
#[derive(Debug, Clone)]
pub(crate) struct Key<'a> {
    source: &'a str,
    path: String,
}

impl<'a> Key<'a> {
    pub(crate) fn new(source: &'a str, name: &str) -> Self {
        Self {
            source,
            path: name.to_owned(),
        }
    }

    pub(crate) fn child(&self, name: &str) -> Self {
        Self {
            source: self.source,
            path: format!("{}.{name}", self.path),
        }
    }

    pub(crate) fn item(&self, index: usize) -> Self {
        Self {
            source: self.source,
            path: format!("{}[{index}]", self.path),
        }
    }

    /// The error that this key's value is not what it should be.
    pub(crate) fn wrong(&self, expected: &Expected, found: &Value) -> OptionsError {
        OptionsError::Value {
            source_name: self.source.to_owned(),
            key: self.path.clone(),
            expected: expected.to_string(),
            found: shorten(found),
        }
    }

    fn must_be(&self, what: &'static str, found: &Value) -> OptionsError {
        self.wrong(&Expected::fixed(what), found)
    }
}

/// A value for an error message: compact, and at most about 60 characters.
pub(super) fn shorten(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

type Read<T> = Result<Option<T>, OptionsError>;

pub(crate) fn integer(key: &Key<'_>, value: &Value) -> Read<i64> {
    let wrong = || key.must_be("a whole number", value);
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => {
            if let Some(whole) = number.as_i64() {
                return Ok(Some(whole));
            }
            // `1e3` is a whole number too; 2^53 is where floats stop being exact.
            match number.as_f64() {
                Some(float) if float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0 => {
                    Ok(Some(float as i64))
                }
                _ => Err(wrong()),
            }
        }
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

pub(crate) fn boolean(key: &Key<'_>, value: &Value) -> Read<bool> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(*flag)),
        _ => Err(key.must_be("true or false", value)),
    }
}

pub(crate) fn string(key: &Key<'_>, value: &Value) -> Read<String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(key.must_be("a string", value)),
    }
}

/// A string that a type of its own can read.
pub(crate) fn parsed<T>(
    key: &Key<'_>,
    value: &Value,
    parse: impl FnOnce(&str) -> Result<T, Expected>,
) -> Read<T> {
    let Some(text) = string(key, value)? else {
        return Ok(None);
    };
    parse(&text)
        .map(Some)
        .map_err(|expected| key.wrong(&expected, value))
}

pub(crate) fn duration(key: &Key<'_>, value: &Value) -> Read<Duration> {
    const WHAT: &str =
        "a duration such as \"1d12h\", \"10m\" or \"1.5s\", or a number of milliseconds";
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => {
            let read = number.as_f64().and_then(Duration::from_millis);
            read.map(Some).ok_or_else(|| key.must_be(WHAT, value))
        }
        Value::String(text) => Duration::parse_extended(text)
            .map(Some)
            .map_err(|_| key.must_be(WHAT, value)),
        _ => Err(key.must_be(WHAT, value)),
    }
}

pub(crate) fn object<'v>(key: &Key<'_>, value: &'v Value) -> Read<&'v Map<String, Value>> {
    match value {
        Value::Null => Ok(None),
        Value::Object(map) => Ok(Some(map)),
        _ => Err(key.must_be("an object", value)),
    }
}

/// An array, each element read by `read`. A `null` element is an error.
pub(crate) fn list<T>(
    key: &Key<'_>,
    value: &Value,
    mut read: impl FnMut(&Key<'_>, &Value) -> Read<T>,
) -> Read<Vec<T>> {
    let items = match value {
        Value::Null => return Ok(None),
        Value::Array(items) => items,
        _ => return Err(key.must_be("an array", value)),
    };
    let mut result = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let key = key.item(index);
        let item = read(&key, item)?.ok_or_else(|| key.must_be("a value", item))?;
        result.push(item);
    }
    Ok(Some(result))
}

/// An object of strings. A `null` value is the empty string, as in k6.
pub(crate) fn string_map(key: &Key<'_>, value: &Value) -> Read<IndexMap<String, String>> {
    let Some(map) = object(key, value)? else {
        return Ok(None);
    };
    let mut result = IndexMap::with_capacity(map.len());
    for (name, value) in map {
        let text = string(&key.child(name), value)?.unwrap_or_default();
        result.insert(name.clone(), text);
    }
    Ok(Some(result))
}

pub(crate) fn stages(key: &Key<'_>, value: &Value) -> Read<Vec<Stage>> {
    list(key, value, |key, item| {
        let Some(map) = object(key, item)? else {
            return Ok(None);
        };
        let mut stage = Stage::default();
        for (name, value) in map {
            let key = key.child(name);
            match name.as_str() {
                "duration" => stage.duration = duration(&key, value)?,
                "target" => stage.target = integer(&key, value)?,
                // Ignored, as in k6.
                _ => {}
            }
        }
        Ok(Some(stage))
    })
}
