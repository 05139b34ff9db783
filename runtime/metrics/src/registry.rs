//! What metrics exist in a run: name, kind and unit of each, known by a small id.
//!
//! Names are resolved once, when a metric is declared; samples carry the id only. Ids are
//! dense and never reused, so that aggregators can index by them. Built-in metrics come
//! first, in the order of [`crate::builtin`].

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::RwLock;

use crate::builtin;

/// Most characters of a wrong name in a message.
const MAX_SHOWN: usize = 150;

/// Index of a metric in its [`Registry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MetricId(pub u32);

impl MetricId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// How the samples of a metric are summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The sum of its samples.
    Counter,
    /// The last sample, with the smallest and the largest.
    Gauge,
    /// The share of samples that are not zero.
    Rate,
    /// The distribution of its samples.
    Trend,
}

impl Kind {
    /// The name that scripts, summaries and outputs use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Rate => "rate",
            Self::Trend => "trend",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the values of a metric mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Plain numbers.
    Plain,
    /// Milliseconds, with fractions.
    Time,
    /// Bytes.
    Data,
}

impl Unit {
    /// The name that summaries and outputs use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "default",
            Self::Time => "time",
            Self::Data => "data",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A declared metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricInfo {
    /// Its index.
    pub id: MetricId,
    /// Its name.
    pub name: Arc<str>,
    /// How its samples are summed up.
    pub kind: Kind,
    /// What its values mean.
    pub unit: Unit,
}

/// Why a metric cannot be declared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefineError {
    /// The name breaks the rule.
    #[error(
        "invalid metric name {name:?}: use 2 to 129 letters, digits and underscores, \
         and don't start with a digit"
    )]
    InvalidName {
        /// The name as given, or its beginning.
        name: String,
    },
    /// The name is taken by a different metric.
    #[error(
        "metric {name:?} is already declared as {old_kind} of {old_unit} values, \
         and cannot become {new_kind} of {new_unit} values: choose another name"
    )]
    Conflict {
        /// The name.
        name: String,
        /// Kind of the metric that exists.
        old_kind: Kind,
        /// Unit of the metric that exists.
        old_unit: Unit,
        /// Kind that was asked for.
        new_kind: Kind,
        /// Unit that was asked for.
        new_unit: Unit,
    },
}

#[derive(Debug, Default)]
struct Inner {
    metrics: Vec<MetricInfo>,
    by_name: HashMap<Arc<str>, MetricId>,
}

/// The metrics of one run. Starts with the built-in ones.
#[derive(Debug)]
pub struct Registry {
    inner: RwLock<Inner>,
    /// How many metrics there are, to check ids without a lock.
    len: AtomicU32,
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl Registry {
    /// A registry that holds the built-in metrics only.
    #[must_use]
    pub fn new() -> Self {
        let mut inner = Inner::default();
        for (name, kind, unit) in builtin::DEFINITIONS {
            inner.push(name, kind, unit);
        }
        let len = inner.len();
        Self {
            inner: RwLock::new(inner),
            len: AtomicU32::new(len),
        }
    }

    /// Declares a metric, or returns the id of the one that was declared before with the
    /// same name, kind and unit.
    ///
    /// # Errors
    /// [`DefineError`] when the name breaks the rule or is taken by a different metric.
    pub fn define(&self, name: &str, kind: Kind, unit: Unit) -> Result<MetricId, DefineError> {
        let mut inner = self.inner.write();
        if let Some(id) = inner.check(name, kind, unit)? {
            return Ok(id);
        }
        let id = inner.push(name, kind, unit);
        self.len.store(inner.len(), Ordering::Release);
        Ok(id)
    }

    /// Whether [`Self::define`] would fail.
    pub(crate) fn check(&self, name: &str, kind: Kind, unit: Unit) -> Result<(), DefineError> {
        self.inner.read().check(name, kind, unit).map(|_| ())
    }

    /// Whether a metric of that id exists: one load, for every sample of a script.
    #[must_use]
    #[inline]
    pub fn has(&self, id: MetricId) -> bool {
        id.0 < self.len.load(Ordering::Acquire)
    }

    /// The metric of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<MetricInfo> {
        let inner = self.inner.read();
        let id = inner.by_name.get(name)?;
        inner.metrics.get(id.index()).cloned()
    }

    /// The metric of that id, which is `None` for ids of other registries.
    #[must_use]
    pub fn info(&self, id: MetricId) -> Option<MetricInfo> {
        self.inner.read().metrics.get(id.index()).cloned()
    }

    /// All metrics, ordered by id.
    #[must_use]
    pub fn all(&self) -> Vec<MetricInfo> {
        self.inner.read().metrics.clone()
    }

    pub(crate) fn kind(&self, id: MetricId) -> Option<Kind> {
        self.inner
            .read()
            .metrics
            .get(id.index())
            .map(|info| info.kind)
    }
}

impl Inner {
    fn len(&self) -> u32 {
        u32::try_from(self.metrics.len()).unwrap_or(u32::MAX)
    }

    /// The metric of that name, if there is one and it is the same.
    fn check(&self, name: &str, kind: Kind, unit: Unit) -> Result<Option<MetricId>, DefineError> {
        if !is_valid_name(name) {
            return Err(DefineError::InvalidName {
                name: shortened(name),
            });
        }
        let old = self.by_name.get(name);
        let Some(old) = old.and_then(|id| self.metrics.get(id.index())) else {
            return Ok(None);
        };
        if old.kind == kind && old.unit == unit {
            return Ok(Some(old.id));
        }
        Err(DefineError::Conflict {
            name: name.to_owned(),
            old_kind: old.kind,
            old_unit: old.unit,
            new_kind: kind,
            new_unit: unit,
        })
    }

    fn push(&mut self, name: &str, kind: Kind, unit: Unit) -> MetricId {
        let id = MetricId(u32::try_from(self.metrics.len()).unwrap_or(u32::MAX));
        let name: Arc<str> = name.into();
        self.by_name.insert(Arc::clone(&name), id);
        self.metrics.push(MetricInfo {
            id,
            name,
            kind,
            unit,
        });
        id
    }
}

/// Names may be megabytes of nonsense, of which a message shows the beginning.
fn shortened(name: &str) -> String {
    let mut shown: String = name.chars().take(MAX_SHOWN).collect();
    if shown.len() < name.len() {
        shown.push('…');
    }
    shown
}

/// `^[a-zA-Z_][a-zA-Z0-9_]{1,128}$`
fn is_valid_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    (2..=129).contains(&bytes.len())
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        && !bytes.first().is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rule() {
        for good in ["ab", "_a", "A9", "my_metric", &"x".repeat(129)] {
            assert!(is_valid_name(good), "{good}");
        }
        for bad in ["", "a", "1a", "a-b", "a b", "é_", "a.b", &"x".repeat(130)] {
            assert!(!is_valid_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_long_wrong_name_is_shortened_in_the_message() {
        let name = "x".repeat(1 << 20);
        let error = Registry::new().define(&name, Kind::Trend, Unit::Time);
        assert!(error.unwrap_err().to_string().len() < 400);
    }

    #[test]
    fn a_second_declaration_must_agree() {
        let registry = Registry::new();
        let id = registry.define("latency", Kind::Trend, Unit::Time).unwrap();
        assert_eq!(registry.define("latency", Kind::Trend, Unit::Time), Ok(id));
        assert!(registry.has(id) && !registry.has(MetricId(id.0 + 1)));
        let error = registry
            .define("latency", Kind::Trend, Unit::Plain)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "metric \"latency\" is already declared as trend of time values, \
             and cannot become trend of default values: choose another name"
        );
        assert!(
            registry
                .define("http_reqs", Kind::Counter, Unit::Plain)
                .is_ok()
        );
        assert!(
            registry
                .define("http_reqs", Kind::Gauge, Unit::Plain)
                .is_err()
        );
    }

    #[test]
    fn built_in_constants_name_their_metrics() {
        let registry = Registry::new();
        let name = |id| registry.info(id).unwrap().name;
        assert_eq!(&*name(builtin::VUS), "vus");
        assert_eq!(&*name(builtin::HTTP_REQS), "http_reqs");
        assert_eq!(
            &*name(builtin::HTTP_REQ_TLS_HANDSHAKING),
            "http_req_tls_handshaking"
        );
        assert_eq!(&*name(builtin::HTTP_REQ_FAILED), "http_req_failed");
        assert_eq!(&*name(builtin::DATA_RECEIVED), "data_received");
        assert_eq!(registry.all().len(), builtin::DEFINITIONS.len());
    }
}
