//! Raw samples for outputs. Without outputs there is no tap, and this costs one branch per
//! recording.
//!
//! Each shard has a bounded buffer, which is taken away from time to time by whoever feeds the
//! outputs. A full buffer loses samples, and counts them, instead of making a VU wait. This is
//! the one place of the crate that reads a clock: raw samples have a time.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::{MetricId, TagInterner, TagSet, TagSetId, TagsRef};

/// Most samples that wait in one shard.
const CAPACITY: usize = 65_536;

/// How many samples must wait for the reader to be woken before its time.
const PRESSURE: usize = CAPACITY / 4;

/// One sample as it was recorded.
#[derive(Clone, Debug)]
pub struct RawSample {
    /// What was measured.
    pub metric: MetricId,
    /// Unix time in nanoseconds.
    pub time: u64,
    /// Its value, which is finite.
    pub value: f64,
    tags: TagSetId,
    whole: Option<Arc<TagSet>>,
    metadata: Option<Arc<TagSet>>,
}

impl RawSample {
    /// A number that samples with the same tags share, unless the interner did not keep them.
    #[must_use]
    pub fn tags_id(&self) -> Option<TagSetId> {
        self.whole.is_none().then_some(self.tags)
    }

    /// All of its tags.
    #[must_use]
    pub fn tags(&self, interner: &TagInterner) -> Arc<TagSet> {
        match &self.whole {
            Some(whole) => Arc::clone(whole),
            None => interner.get(self.tags),
        }
    }

    /// What it carries besides tags, if anything.
    #[must_use]
    pub fn metadata(&self) -> Option<&Arc<TagSet>> {
        self.metadata.as_ref()
    }
}

/// Wakes the reader when a buffer fills up. Must not block.
#[derive(Clone)]
pub struct Pressure(Arc<dyn Fn() + Send + Sync>);

impl Pressure {
    /// Calls `wake` from the thread that recorded a sample.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(wake))
    }
}

impl fmt::Debug for Pressure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pressure")
    }
}

/// The buffer of one shard.
#[derive(Debug)]
pub(crate) struct Tap {
    samples: Vec<RawSample>,
    metadata: Option<Arc<TagSet>>,
    lost: u64,
    pressure: Arc<Pressure>,
}

impl Tap {
    pub(crate) fn new(pressure: Arc<Pressure>) -> Self {
        Self {
            samples: Vec::new(),
            metadata: None,
            lost: 0,
            pressure,
        }
    }

    /// What the samples to come carry besides tags.
    pub(crate) fn set_metadata(&mut self, metadata: Option<&Arc<TagSet>>) {
        let same = match (&self.metadata, metadata) {
            (None, None) => true,
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            _ => false,
        };
        if !same {
            self.metadata = metadata.cloned();
        }
    }

    pub(crate) fn take(&mut self, tags: TagsRef<'_>, samples: &[(MetricId, f64)]) {
        let before = self.samples.len();
        if before + samples.len() > CAPACITY {
            self.lost += samples.len() as u64;
            return;
        }
        let time = now();
        let numbers = samples.iter().filter(|(_, value)| !value.is_nan());
        self.samples
            .extend(numbers.map(|(metric, value)| RawSample {
                metric: *metric,
                time,
                value: *value,
                tags: tags.id,
                whole: tags.whole.cloned(),
                metadata: self.metadata.clone(),
            }));
        if before < PRESSURE && self.samples.len() >= PRESSURE {
            (self.pressure.0)();
        }
    }

    /// How many samples wait.
    pub(crate) fn len(&self) -> usize {
        self.samples.len()
    }

    /// Swaps what waits for `empty`, and resets the number of lost samples.
    pub(crate) fn drain(&mut self, empty: &mut Vec<RawSample>) -> u64 {
        std::mem::swap(&mut self.samples, empty);
        std::mem::take(&mut self.lost)
    }
}

fn now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
