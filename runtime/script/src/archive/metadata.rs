//! `metadata.json`: what an archive says about the test in it.
//!
//! Keys and their order are k6's; keys that are not known here are ignored, so that archives of
//! later versions can be read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::ArchiveError;
use crate::location::{self, Base, STDIN_ID};

/// `type` of a script in JavaScript or TypeScript.
pub const JS: &str = "js";
/// `type` of a component. k6 refuses it by name.
pub const COMPONENT: &str = "component";

/// The content of `metadata.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// [`JS`] or [`COMPONENT`].
    #[serde(rename = "type")]
    pub kind: String,
    /// The options of all layers when the archive was made; they take the place of the
    /// script's own.
    #[serde(default)]
    pub options: Value,
    /// Id of the main script.
    pub filename: String,
    /// URL of the folder that relative names start from.
    #[serde(default)]
    pub pwd: String,
    /// The script's environment; none where it was left out.
    #[serde(default)]
    pub env: Option<BTreeMap<String, String>>,
    /// `extended` or `base`; may be empty.
    #[serde(default, rename = "compatibilityMode")]
    pub compatibility_mode: String,
    /// The k6 that made it, or the one whose layout it has.
    #[serde(default, rename = "k6version")]
    pub k6_version: String,
    /// The runner that made it, if one did.
    #[serde(
        default,
        rename = "runnerVersion",
        skip_serializing_if = "Option::is_none"
    )]
    pub runner_version: Option<String>,
    /// The system it was made on, in Go's words.
    #[serde(default)]
    pub goos: String,
}

/// Every key.
const KEYS: [&str; 9] = [
    "type",
    "options",
    "filename",
    "pwd",
    "env",
    "compatibilityMode",
    "k6version",
    "runnerVersion",
    "goos",
];

/// Case does not matter in keys, as in k6; of several that differ only in case the last one counts.
fn in_known_case(written: Map<String, Value>) -> Value {
    let named = |(key, value): (String, Value)| {
        let known = KEYS.iter().find(|known| known.eq_ignore_ascii_case(&key));
        (known.map_or(key, |known| (*known).to_owned()), value)
    };
    written.into_iter().map(named).collect()
}

impl Metadata {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ArchiveError> {
        let wrong = |error: serde_json::Error| ArchiveError::Metadata(error.to_string());
        let written: Map<String, Value> = serde_json::from_slice(bytes).map_err(wrong)?;
        let metadata: Self = serde_json::from_value(in_known_case(written)).map_err(wrong)?;
        match metadata.kind.as_str() {
            JS | COMPONENT => {}
            other => return Err(ArchiveError::Type(other.to_owned())),
        }
        if !matches!(metadata.options, Value::Object(_) | Value::Null) {
            let text = "its options are no object".to_owned();
            return Err(ArchiveError::Metadata(text));
        }
        Ok(metadata)
    }

    /// As it stands in an archive.
    pub(crate) fn to_json(&self) -> String {
        // Strings, maps and values always have a JSON form.
        let value = serde_json::to_value(self).unwrap_or_default();
        format!("{value:#}\n")
    }

    /// Id of the main script, and where its relative names start.
    pub(crate) fn place(&self) -> Result<(String, Base), ArchiveError> {
        let wrong = |key: &str, text: &str| {
            ArchiveError::Metadata(format!(
                "{key} is \"{text}\"; it must be a file or https URL"
            ))
        };
        let id = url(&self.filename).ok_or_else(|| wrong("filename", &self.filename))?;
        let base = if self.pwd.is_empty() {
            Base::beside(&id)
        } else {
            let folder = url(&self.pwd).ok_or_else(|| wrong("pwd", &self.pwd))?;
            Base::folder(&folder)
        };
        let base = base.ok_or_else(|| wrong("pwd", &self.pwd))?;
        let id = match self.filename.as_str() {
            STDIN_ID => STDIN_ID.to_owned(),
            _ => id.into(),
        };
        Ok((id, base))
    }
}

/// A URL; very old archives have plain paths.
fn url(text: &str) -> Option<Url> {
    if text.starts_with('/') {
        let path = location::normalize(std::path::Path::new(text));
        return Url::from_file_path(path).ok();
    }
    let url = Url::parse(text).ok()?;
    matches!(url.scheme(), "file" | "https").then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Metadata, ArchiveError> {
        Metadata::parse(text.as_bytes())
    }

    #[test]
    fn unknown_keys_are_ignored_and_missing_ones_have_defaults() {
        let text = r#"{"type":"js","filename":"file:///a/b.js","dependencies":{"k6":"*"}}"#;
        let metadata = parse(text).unwrap();
        assert_eq!(metadata.env, None);
        let (id, base) = metadata.place().unwrap();
        assert_eq!(id, "file:///a/b.js");
        assert_eq!(base.dir_of("").unwrap(), std::path::Path::new("/a"));
    }

    #[test]
    fn case_does_not_matter_in_keys() {
        let text = r#"{"Type":"js","FILENAME":"file:///a/b.js","K6Version":"1","env":{"A":"1","a":"2"},
                       "filename":"file:///c.js","runnerversion":"2"}"#;
        let metadata = parse(text).unwrap();
        assert_eq!(metadata.filename, "file:///c.js");
        assert_eq!(metadata.env.as_ref().unwrap().len(), 2);
        // What is written has the keys that are known, and no others.
        let written: Value = serde_json::from_str(&metadata.to_json()).unwrap();
        let keys: Vec<_> = written.as_object().unwrap().keys().collect();
        assert_eq!(keys, KEYS);
    }

    #[test]
    fn what_cannot_be_run_is_named() {
        for (text, part) in [
            ("{", "metadata.json cannot be used: EOF"),
            (r#"{"type":"wat","filename":"/a"}"#, "type \"wat\""),
            (r#"{"type":"js"}"#, "missing field `filename`"),
            (
                r#"{"type":"js","filename":"/a","options":3}"#,
                "options are no object",
            ),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        let text = r#"{"type":"js","filename":"ftp://a/b.js"}"#;
        let error = parse(text).unwrap().place().unwrap_err().to_string();
        assert!(error.contains("filename is \"ftp://a/b.js\""), "{error}");
    }

    #[test]
    fn standard_input_keeps_its_folder() {
        let text = r#"{"type":"js","filename":"file:///-","pwd":"file:///work"}"#;
        let (id, base) = parse(text).unwrap().place().unwrap();
        assert_eq!(id, STDIN_ID);
        assert_eq!(
            base.dir_of(STDIN_ID).unwrap(),
            std::path::Path::new("/work")
        );
    }
}
