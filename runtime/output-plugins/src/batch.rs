//! Samples in the form in which they cross: 32 bytes each, with the places of metric, tags and
//! metadata in tables that the output keeps. A metric or set is told once.
//!
//! The tables are begun anew when they have become large, so that neither side grows with the
//! number of different tags in a run.

use std::sync::Arc;

use runner_metrics::{Kind, RawSample, TagSet, Unit};
use runner_outputs::OutputContext;

use crate::bindings::exports::runner::output::lifecycle as wit;

/// Sets that are told before all are forgotten.
const MOST_SETS: u32 = 20_000;

/// Stands for what has no place yet.
const NONE: u32 = u32::MAX;

/// The batch that is being filled, and what was told before it.
pub(crate) struct Batcher {
    batch: wit::Batch,
    /// By metric id.
    metrics: Vec<u32>,
    /// By tag-set id.
    sets: Vec<u32>,
    told_metrics: u32,
    told_sets: u32,
    /// The last metadata: samples of one iteration share it.
    metadata: Option<(Arc<TagSet>, u32)>,
}

impl Batcher {
    pub(crate) fn new() -> Self {
        let mut batcher = Self {
            batch: wit::Batch {
                forget: false,
                metrics: Vec::new(),
                sets: Vec::new(),
                samples: Vec::new(),
            },
            metrics: Vec::new(),
            sets: Vec::new(),
            told_metrics: 0,
            told_sets: 0,
            metadata: None,
        };
        batcher.forget();
        batcher
    }

    /// How many samples wait.
    pub(crate) fn len(&self) -> usize {
        self.batch.samples.len()
    }

    /// What waits, to be sent.
    pub(crate) fn batch(&self) -> &wit::Batch {
        &self.batch
    }

    /// It was sent.
    pub(crate) fn clear(&mut self) {
        self.batch.forget = false;
        self.batch.metrics.clear();
        self.batch.sets.clear();
        self.batch.samples.clear();
        if self.told_sets >= MOST_SETS {
            self.forget();
        }
    }

    pub(crate) fn push(&mut self, context: &OutputContext, sample: &RawSample) {
        let Some(metric) = self.metric(context, sample) else {
            return;
        };
        let tags = self.tags(context, sample);
        let metadata = self.metadata(sample);
        self.batch.samples.push(wit::Sample {
            metric,
            tags,
            metadata,
            time: sample.time,
            value: sample.value,
        });
    }

    /// Begins the tables anew, with the empty set.
    fn forget(&mut self) {
        self.batch.forget = true;
        self.metrics.clear();
        self.sets.clear();
        self.told_metrics = 0;
        self.told_sets = 0;
        self.metadata = None;
        self.tell(&TagSet::default());
    }

    fn metric(&mut self, context: &OutputContext, sample: &RawSample) -> Option<u32> {
        let at = sample.metric.0 as usize;
        if let Some(place) = self.metrics.get(at).filter(|place| **place != NONE) {
            return Some(*place);
        }
        let info = context.metric(sample)?;
        self.batch.metrics.push(wit::Metric {
            name: info.name.to_string(),
            kind: match info.kind {
                Kind::Counter => wit::Kind::Counter,
                Kind::Gauge => wit::Kind::Gauge,
                Kind::Rate => wit::Kind::Rate,
                Kind::Trend => wit::Kind::Trend,
            },
            unit: match info.unit {
                Unit::Plain => wit::Unit::Plain,
                Unit::Time => wit::Unit::Time,
                Unit::Data => wit::Unit::Data,
            },
        });
        let place = self.told_metrics;
        self.told_metrics += 1;
        remember(&mut self.metrics, at, place);
        Some(place)
    }

    fn tags(&mut self, context: &OutputContext, sample: &RawSample) -> u32 {
        let Some(id) = sample.tags_id() else {
            // A set of its own, which no other sample has.
            return self.tell(&sample.tags(context.tags()));
        };
        let at = id.0 as usize;
        if let Some(place) = self.sets.get(at).filter(|place| **place != NONE) {
            return *place;
        }
        let place = self.tell(&sample.tags(context.tags()));
        remember(&mut self.sets, at, place);
        place
    }

    fn metadata(&mut self, sample: &RawSample) -> u32 {
        let Some(set) = sample.metadata().filter(|set| !set.is_empty()) else {
            return 0;
        };
        if let Some((last, place)) = &self.metadata
            && Arc::ptr_eq(last, set)
        {
            return *place;
        }
        let place = self.tell(set);
        self.metadata = Some((Arc::clone(set), place));
        place
    }

    fn tell(&mut self, set: &TagSet) -> u32 {
        if set.is_empty() && self.told_sets > 0 {
            return 0;
        }
        let pairs = set
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.batch.sets.push(pairs.collect());
        let place = self.told_sets;
        self.told_sets += 1;
        place
    }
}

fn remember(places: &mut Vec<u32>, at: usize, place: u32) {
    if places.len() <= at {
        places.resize(at + 1, NONE);
    }
    if let Some(slot) = places.get_mut(at) {
        *slot = place;
    }
}

#[cfg(test)]
mod tests {
    use runner_metrics::{Metrics, MetricsConfig, Pressure, Registry, SummaryMode, TagInterner};
    use runner_metrics::{SystemTags, TagSetId, ThresholdResult, ThresholdSet, builtin};
    use runner_outputs::{RunView, Status};

    use super::*;

    struct Nothing;

    impl RunView for Nothing {
        fn status(&self) -> Status {
            Status::default()
        }

        fn thresholds(&self) -> Vec<ThresholdResult> {
            Vec::new()
        }

        fn stop(&self, _reason: String) {}
    }

    fn context() -> OutputContext {
        let metrics = Metrics::new(MetricsConfig {
            registry: Arc::new(Registry::new()),
            interner: Arc::new(TagInterner::new()),
            system_tags: SystemTags::default(),
            submetrics: Vec::new(),
            shards: 1,
            mode: SummaryMode::Compact,
            tap: Some(Pressure::new(|| {})),
        });
        OutputContext {
            folder: std::path::Path::new("").into(),
            metrics,
            thresholds: Arc::new(ThresholdSet::default()),
            system_tags: SystemTags::default(),
            script: "x.js".into(),
            options: "{}".into(),
            run: Arc::new(Nothing),
        }
    }

    /// What an output would have in its tables.
    #[derive(Default)]
    struct Reader {
        metrics: Vec<String>,
        sets: Vec<Vec<(String, String)>>,
        seen: Vec<String>,
    }

    impl Reader {
        fn read(&mut self, batch: &wit::Batch) {
            if batch.forget {
                self.metrics.clear();
                self.sets.clear();
            }
            self.metrics
                .extend(batch.metrics.iter().map(|metric| metric.name.clone()));
            self.sets.extend(batch.sets.iter().cloned());
            for sample in &batch.samples {
                let set = |at: u32| {
                    let pairs = self.sets[at as usize].iter();
                    pairs
                        .map(|(k, v)| format!("{k}={v}"))
                        .collect::<Vec<_>>()
                        .join(",")
                };
                let metric = &self.metrics[sample.metric as usize];
                let (tags, metadata) = (set(sample.tags), set(sample.metadata));
                self.seen
                    .push(format!("{metric} {} [{tags}] [{metadata}]", sample.value));
            }
        }
    }

    fn pass_on(context: &OutputContext, batcher: &mut Batcher, reader: &mut Reader) {
        context.metrics.drain(|samples| {
            samples
                .iter()
                .for_each(|sample| batcher.push(context, sample));
        });
        reader.read(batcher.batch());
        batcher.clear();
    }

    #[test]
    fn what_an_output_reads_is_what_was_recorded() {
        let context = context();
        let metrics = &context.metrics;
        let (mut batcher, mut reader) = (Batcher::new(), Reader::default());
        let tags = metrics.tags().intern([("b", "2"), ("a", "1")]);
        let metadata = Arc::new(TagSet::from_pairs([("iter", "0"), ("vu", "1")]));
        for _ in 0..2 {
            let mut shard = metrics.shard(0).lock_with(Some(&metadata));
            shard.add(builtin::ITERATIONS, tags, 1.0);
            shard.add(builtin::ITERATION_DURATION, tags, 2.5);
            drop(shard);
            metrics
                .shard(0)
                .lock()
                .add(builtin::VUS, TagSetId::EMPTY, 3.0);
            pass_on(&context, &mut batcher, &mut reader);
        }
        let expected = [
            "iterations 1 [a=1,b=2] [iter=0,vu=1]",
            "iteration_duration 2.5 [a=1,b=2] [iter=0,vu=1]",
            "vus 3 [] []",
        ];
        assert_eq!(reader.seen, [expected, expected].concat());
        assert_eq!(reader.metrics, ["iterations", "iteration_duration", "vus"]);
        // The empty set, the tags, and the metadata once.
        assert_eq!(reader.sets.len(), 3);
        assert_eq!(batcher.len(), 0);
    }

    #[test]
    fn tables_do_not_grow_with_the_number_of_sets() {
        let context = context();
        let metrics = &context.metrics;
        let (mut batcher, mut reader) = (Batcher::new(), Reader::default());
        let mut most = 0;
        for round in 0..25 {
            for n in 0..2_000 {
                let text = (round * 2_000 + n).to_string();
                let tags = metrics.tags().intern([("n", text.as_str())]);
                metrics.shard(0).lock().add(builtin::ITERATIONS, tags, 1.0);
            }
            pass_on(&context, &mut batcher, &mut reader);
            most = most.max(reader.sets.len());
        }
        assert!(most <= MOST_SETS as usize + 2_000, "{most}");
        assert_eq!(reader.seen.len(), 50_000);
        assert_eq!(reader.seen[49_999], "iterations 1 [n=49999] []");
        assert_eq!(reader.seen[0], "iterations 1 [n=0] []");
    }
}
