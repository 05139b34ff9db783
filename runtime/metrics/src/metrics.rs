//! The aggregation of a run: what is measured, and the shards that VUs record into.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::delta::{ApplyError, Delta, Kept, apply};
use crate::shard::{Part, ShardHandle};
use crate::sink::Sequence;
use crate::snapshot::{Snapshot, build};
use crate::tap::{Pressure, RawSample};
use crate::threshold::{MetricKey, ThresholdResult, ThresholdSet};
use crate::{MetricId, Registry, SystemTag, SystemTags, TagInterner, builtin};

/// The submetric of successful requests, which is always there.
const EXPECTED: &str = "expected_response:true";

/// How much the summary tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SummaryMode {
    /// The run as a whole.
    #[default]
    Compact,
    /// Each group and scenario as well, and every phase of HTTP requests.
    Full,
}

/// What a run is to be measured with.
#[derive(Debug)]
pub struct MetricsConfig {
    /// The metrics. Those declared later are recorded as well.
    pub registry: Arc<Registry>,
    /// The tag sets.
    pub interner: Arc<TagInterner>,
    /// Tags that the host adds; `expected_response` has a submetric of its own.
    pub system_tags: SystemTags,
    /// Submetrics to aggregate, which are the keys of the thresholds. Keys without tags and
    /// those of unknown metrics are passed over.
    pub submetrics: Vec<MetricKey>,
    /// Number of shards, at least 1; one per core is plenty.
    pub shards: usize,
    /// Whether scenarios and groups are aggregated on their own.
    pub mode: SummaryMode,
    /// Has every sample kept until [`Metrics::drain`] takes it away, and is called when many
    /// wait; none where nobody reads raw samples.
    pub tap: Option<Pressure>,
}

/// A metric restricted to samples with certain tags.
#[derive(Clone, Debug)]
pub(crate) struct SubmetricDefinition {
    pub(crate) metric: MetricId,
    /// The key.
    pub(crate) name: Arc<str>,
    /// What stands between the braces.
    pub(crate) suffix: Arc<str>,
    /// Sorted by tag.
    pub(crate) tags: Arc<[(String, String)]>,
}

/// What all shards know.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) registry: Arc<Registry>,
    pub(crate) interner: Arc<TagInterner>,
    pub(crate) submetrics: Vec<SubmetricDefinition>,
    pub(crate) mode: SummaryMode,
    pub(crate) sequence: Sequence,
    pub(crate) pressure: Option<Arc<Pressure>>,
}

/// The metrics of a run. Shared by everything that records or reads them.
#[derive(Debug)]
pub struct Metrics {
    shared: Arc<Shared>,
    shards: Box<[ShardHandle]>,
    /// What is in no shard any more, or never was. Locked before any shard is.
    kept: Mutex<Kept>,
}

impl Metrics {
    /// Sets up the shards, which take next to no memory before their first samples.
    #[must_use]
    pub fn new(config: MetricsConfig) -> Arc<Self> {
        let mut submetrics = Vec::new();
        for key in &config.submetrics {
            let (Some(suffix), Some(metric)) = (&key.suffix, config.registry.get(&key.metric))
            else {
                continue;
            };
            let known =
                |other: &SubmetricDefinition| other.metric == metric.id && *other.tags == *key.tags;
            if !submetrics.iter().any(known) {
                submetrics.push(SubmetricDefinition {
                    metric: metric.id,
                    name: key.name.as_str().into(),
                    suffix: suffix.as_str().into(),
                    tags: key.tags.clone().into(),
                });
            }
        }
        let known = |sub: &SubmetricDefinition| {
            sub.metric == builtin::HTTP_REQ_DURATION && *sub.suffix == *EXPECTED
        };
        if config.system_tags.contains(SystemTag::ExpectedResponse) && !submetrics.iter().any(known)
        {
            submetrics.push(SubmetricDefinition {
                metric: builtin::HTTP_REQ_DURATION,
                name: format!("http_req_duration{{{EXPECTED}}}").into(),
                suffix: EXPECTED.into(),
                tags: [("expected_response".to_owned(), "true".to_owned())].into(),
            });
        }
        let pairs = submetrics.iter().flat_map(|sub| sub.tags.iter().cloned());
        config.interner.want(pairs.collect(), config.tap.is_some());
        let shared = Arc::new(Shared {
            registry: config.registry,
            interner: config.interner,
            submetrics,
            mode: config.mode,
            sequence: Sequence::default(),
            pressure: config.tap.map(Arc::new),
        });
        let shards = (0..config.shards.max(1))
            .map(|_| ShardHandle::new(Arc::clone(&shared)))
            .collect();
        Arc::new(Self {
            shared,
            shards,
            kept: Mutex::default(),
        })
    }

    /// A shard to record into. Any number will do, such as a VU's id: equal ones get the same
    /// shard, others are spread evenly.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "the remainder is below the length, which is > 0"
    )]
    pub fn shard(&self, n: u64) -> &ShardHandle {
        &self.shards[(n % self.shards.len() as u64) as usize]
    }

    /// The metrics that exist.
    #[must_use]
    pub fn registry(&self) -> &Arc<Registry> {
        &self.shared.registry
    }

    /// The tag sets.
    #[must_use]
    pub fn tags(&self) -> &Arc<TagInterner> {
        &self.shared.interner
    }

    /// Name, suffix and tags of the submetrics of a metric.
    pub fn submetrics_of(
        &self,
        metric: MetricId,
    ) -> impl Iterator<Item = (&str, &str, &[(String, String)])> {
        let of_metric = self.shared.submetrics.iter();
        of_metric
            .filter(move |sub| sub.metric == metric)
            .map(|sub| (&*sub.name, &*sub.suffix, &*sub.tags))
    }

    /// Whether raw samples are kept for [`Self::drain`].
    #[must_use]
    pub fn is_tapped(&self) -> bool {
        self.shared.pressure.is_some()
    }

    /// Hands the raw samples that wait to `take`, shard by shard, and returns how many were
    /// lost since the last call because too many waited. Shards are locked for a swap only.
    pub fn drain(&self, mut take: impl FnMut(Vec<RawSample>)) -> u64 {
        let mut lost = 0;
        for handle in &self.shards {
            let waiting = handle.lock().tap.as_ref().map_or(0, |tap| tap.len());
            // Room for what comes until the next time, most likely.
            let mut samples = Vec::with_capacity(waiting);
            if let Some(tap) = &mut handle.lock().tap {
                lost += tap.drain(&mut samples);
            }
            if !samples.is_empty() {
                take(samples);
            }
        }
        lost
    }

    /// What the thresholds say while the run goes on, which looks at their metrics only.
    #[must_use]
    pub fn evaluate(
        &self,
        thresholds: &ThresholdSet,
        test_duration: Duration,
    ) -> Vec<ThresholdResult> {
        let kept = self.kept.lock();
        thresholds.evaluate_live(&self.shared, &self.shards, &kept.part, test_duration)
    }

    /// Adds the shards up, one after the other, while the run goes on.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        build(&self.shared, &self.shards, &self.kept.lock().part)
    }

    /// Moves what the shards know to where it is kept; `see` gets it alone, and with all before.
    pub(crate) fn take<T>(&self, see: impl FnOnce(&Shared, &Part, &Part) -> T) -> T {
        let mut kept = self.kept.lock();
        let mut taken = Part::default();
        for handle in &self.shards {
            // The lock is held for the move only.
            let part = handle.lock().take();
            taken.merge(&part);
        }
        kept.part.merge(&taken);
        see(&self.shared, &taken, &kept.part)
    }

    /// Adds a difference that another process took.
    ///
    /// # Errors
    /// [`ApplyError`] when it was added before, when one before it is missing, and when it does
    /// not go with what is here. Nothing is added then.
    pub fn apply(&self, delta: &Delta) -> Result<(), ApplyError> {
        apply(&self.shared, &mut self.kept.lock(), delta)?;
        // May call the interner's hook, which must not find a lock.
        self.shared.interner.absorb(&delta.series);
        Ok(())
    }
}
