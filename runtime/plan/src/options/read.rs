//! Reads typed values out of JSON and remembers under which key it looks.
//!
//! Rules shared by all keys: case does not matter in names of fields (it does in those that are
//! data: scenarios, metrics, tags, hosts), `null` is the same as absent, whole numbers may be
//! written as strings, durations may be numbers. That is what k6 accepts, and scripts rely on it.

use std::cell::RefCell;

use indexmap::IndexMap;
use runner_hints::guess;
use serde_json::{Map, Value};

use super::{OptionsError, Warning};
use crate::types::{Duration, Expected, StageOptions};

/// A duration without a unit below this many milliseconds was most likely meant to be in seconds.
const SUSPICIOUS_BELOW: f64 = 1000.0;

/// Whether so many milliseconds, written without a unit, will have been meant as seconds.
pub(super) fn is_suspicious(milliseconds: f64) -> bool {
    milliseconds > 0.0 && milliseconds < SUSPICIOUS_BELOW
}

/// Where options are from, and what is worth a warning about them.
#[derive(Debug)]
pub(crate) struct Source {
    /// As messages call it.
    name: String,
    unknown: RefCell<Vec<String>>,
    unitless: RefCell<Vec<(String, String)>>,
}

impl Source {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            unknown: RefCell::default(),
            unitless: RefCell::default(),
        }
    }

    /// What was noticed while options were read, in the order of the keys.
    pub(crate) fn into_warnings(self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let names = self.unknown.into_inner();
        if !names.is_empty() {
            warnings.push(Warning::UnknownFields { names });
        }
        warnings.extend(Warning::of_durations(self.unitless.into_inner()));
        warnings
    }
}

/// The key that is being read: which source, which path.
#[derive(Debug, Clone)]
pub(crate) struct Key<'a> {
    source: &'a Source,
    path: String,
    /// Unknown fields below it are an error, not a warning.
    strict: bool,
}

impl<'a> Key<'a> {
    pub(crate) fn new(source: &'a Source, name: &str) -> Self {
        Self {
            source,
            path: name.to_owned(),
            strict: false,
        }
    }

    fn at(&self, path: String) -> Self {
        Self {
            source: self.source,
            path,
            strict: self.strict,
        }
    }

    pub(crate) fn child(&self, name: &str) -> Self {
        self.at(format!("{}.{name}", self.path))
    }

    pub(crate) fn item(&self, index: usize) -> Self {
        self.at(format!("{}[{index}]", self.path))
    }

    /// From here on unknown fields are an error.
    pub(crate) fn strict(self) -> Self {
        Self {
            strict: true,
            ..self
        }
    }

    /// Nothing is called like this key; `names` are those that something is.
    pub(crate) fn unknown(&self, names: &[&str]) -> Result<(), OptionsError> {
        let written = self.path.rsplit('.').next().unwrap_or_default();
        let guess = guess(written, names.iter().copied());
        if self.strict {
            return Err(OptionsError::UnknownField {
                source_name: self.source.name.clone(),
                key: self.path.clone(),
                guess,
            });
        }
        let shown = format!("\"{}\"{guess}", self.path);
        self.source.unknown.borrow_mut().push(shown);
        Ok(())
    }

    /// Notes a duration that was written as a mere number of milliseconds, where that is so few
    /// that seconds will have been meant.
    pub(super) fn unitless(&self, milliseconds: f64) {
        if is_suspicious(milliseconds) {
            let noted = (self.path.clone(), milliseconds.to_string());
            self.source.unitless.borrow_mut().push(noted);
        }
    }

    /// The error that this key's value is not what it should be.
    pub(crate) fn wrong(&self, expected: &Expected, found: &Value) -> OptionsError {
        OptionsError::Value {
            source_name: self.source.name.clone(),
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
            key.unitless(number.as_f64().unwrap_or_default());
            read.map(Some).ok_or_else(|| key.must_be(WHAT, value))
        }
        Value::String(text) => {
            key.unitless(text.parse().unwrap_or_default());
            Duration::parse_extended(text)
                .map(Some)
                .map_err(|_| key.must_be(WHAT, value))
        }
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

/// The one of `names` that a field's name means.
pub(crate) fn named<'n>(names: &[&'n str], written: &str) -> Option<&'n str> {
    let is_meant = |name: &&&str| name.eq_ignore_ascii_case(written);
    names.iter().find(is_meant).copied()
}

/// Reads the fields of an object, `null` having none: `set` gets each with its name as it is in
/// `names`. Of fields that differ only in case the last one counts.
pub(crate) fn fields(
    key: &Key<'_>,
    value: &Value,
    names: &[&'static str],
    mut set: impl FnMut(&'static str, &Key<'_>, &Value) -> Result<(), OptionsError>,
) -> Result<(), OptionsError> {
    for (written, value) in object(key, value)?.into_iter().flatten() {
        let key = key.child(written);
        match named(names, written) {
            Some(name) => set(name, &key, value)?,
            None => key.unknown(names)?,
        }
    }
    Ok(())
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

pub(crate) fn stages(key: &Key<'_>, value: &Value) -> Read<Vec<StageOptions>> {
    list(key, value, |key, item| {
        let mut stage = StageOptions::default();
        fields(key, item, &["duration", "target"], |name, key, value| {
            match name {
                "duration" => stage.duration = duration(key, value)?,
                _ => stage.target = integer(key, value)?,
            }
            Ok(())
        })?;
        Ok((!item.is_null()).then_some(stage))
    })
}
