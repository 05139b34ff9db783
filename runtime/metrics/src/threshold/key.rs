//! The key of a threshold: a metric, or a metric restricted to samples with certain tags.
//!
//! ```text
//! http_req_duration
//! http_req_duration{status:200}
//! http_req_duration{group:::checkout, method:"POST"}
//! ```
//!
//! Tags are ANDed and compared exactly. The value is what follows the first `:`; spaces and
//! quotes around names and values are dropped. Values may have braces, as the names that
//! `http.url` makes do: the tags end at the last brace of the key.

/// A parsed key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricKey {
    /// The key as written, but for spaces next to the braces.
    pub name: String,
    /// Name of the metric.
    pub metric: String,
    /// What stands between the braces, if there are any, without spaces around it.
    pub suffix: Option<String>,
    /// The tags, sorted; empty without braces.
    pub tags: Vec<(String, String)>,
}

/// Why a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Braces don't pair up, or something follows them.
    #[error(
        "threshold key {key:?} has a brace without its counterpart, or text after the braces: \
         write metric{{tag:value}}"
    )]
    Braces {
        /// The key as written.
        key: String,
    },
    /// A tag is not of the form `name:value`.
    #[error("threshold key {key:?} has the malformed tag {tag:?}: write metric{{tag:value}}")]
    Tag {
        /// The key as written.
        key: String,
        /// The tag as written.
        tag: String,
    },
}

impl MetricKey {
    /// Parses a key.
    ///
    /// # Errors
    /// [`KeyError`] when the braces or a tag are malformed.
    pub fn parse(key: &str) -> Result<Self, KeyError> {
        let braces = || KeyError::Braces {
            key: key.to_owned(),
        };
        let Some((metric, rest)) = key.split_once('{') else {
            if key.contains('}') {
                return Err(braces());
            }
            let (name, metric) = (key.to_owned(), key.to_owned());
            return Ok(Self {
                name,
                metric,
                suffix: None,
                tags: Vec::new(),
            });
        };
        let suffix = rest.strip_suffix('}').ok_or_else(braces)?.trim();
        let mut tags = Vec::new();
        for tag in suffix.split(',') {
            let (name, value) = tag.split_once(':').unwrap_or_default();
            let (name, value) = (bare(name), bare(value));
            if name.is_empty() || value.is_empty() {
                return Err(KeyError::Tag {
                    key: key.to_owned(),
                    tag: tag.trim().to_owned(),
                });
            }
            tags.push((name.to_owned(), value.to_owned()));
        }
        tags.sort_unstable();
        tags.dedup();
        let name = format!("{metric}{{{suffix}}}");
        Ok(Self {
            name,
            metric: metric.to_owned(),
            suffix: Some(suffix.to_owned()),
            tags,
        })
    }
}

/// Without spaces and quotes around it.
fn bare(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(key: &str) -> Vec<(String, String)> {
        MetricKey::parse(key).unwrap().tags
    }

    #[test]
    fn keys_without_tags() {
        let key = MetricKey::parse("http_reqs").unwrap();
        assert_eq!((key.metric.as_str(), key.suffix), ("http_reqs", None));
    }

    #[test]
    fn keys_with_tags() {
        let key = MetricKey::parse("my{ z : \"y\" , a:'w'}").unwrap();
        assert_eq!(key.metric, "my");
        assert_eq!(key.name, "my{z : \"y\" , a:'w'}");
        assert_eq!(key.suffix.as_deref(), Some("z : \"y\" , a:'w'"));
        assert_eq!(
            key.tags,
            [("a".into(), "w".into()), ("z".into(), "y".into())]
        );
        assert_eq!(tags("g{group:::a::b}"), [("group".into(), "::a::b".into())]);
        assert_eq!(
            tags("u{url:http://x/?q=1}"),
            [("url".into(), "http://x/?q=1".into())]
        );
    }

    #[test]
    fn values_may_have_braces() {
        let name = "${}/anything/${}";
        assert_eq!(
            tags(&format!("m{{name:{name}}}")),
            [("name".into(), name.into())]
        );
    }

    #[test]
    fn malformed_keys_are_named() {
        for key in ["a{", "a}", "a{b:c}d", "a{b:c"] {
            assert!(
                matches!(MetricKey::parse(key), Err(KeyError::Braces { .. })),
                "{key}"
            );
        }
        for key in ["a{}", "a{b}", "a{b:}", "a{:c}", "a{b:c,}", "a{b:\"\"}"] {
            assert!(
                matches!(MetricKey::parse(key), Err(KeyError::Tag { .. })),
                "{key}"
            );
        }
        assert_eq!(
            MetricKey::parse("a{b}").unwrap_err().to_string(),
            "threshold key \"a{b}\" has the malformed tag \"b\": write metric{tag:value}"
        );
    }
}
