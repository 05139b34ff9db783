//! A difference as plain data, with names where a process has ids of its own.

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use crate::metrics::Shared;
use crate::shard::{CheckCount, Part, SectionKey};
use crate::sink::{Bucket, Slot, Table, TrendSink};
use crate::tags::Register;
use crate::{Kind, MetricId, Unit};

/// Who took a difference: a number that no other process of the test has, such as a random one.
/// A process that starts anew takes a new number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SourceId(pub u64);

/// What one process recorded since it was last asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Delta {
    pub(super) source: SourceId,
    pub(super) sequence: u64,
    /// Those that are spoken of; [`Named`] counts from here.
    pub(super) metrics: Vec<Metric>,
    pub(super) totals: Sinks,
    pub(super) submetrics: Vec<Submetric>,
    pub(super) sections: Vec<(Place, Sinks)>,
    pub(super) groups: Vec<Group>,
    pub(super) checks: Vec<CheckCount>,
    /// Tag sets that were not there before.
    pub(crate) series: Vec<Register>,
}

/// Position in the table of metrics.
pub(super) type Named = usize;

/// What metrics add up to, ordered by metric.
pub(super) type Sinks = Vec<(Named, Sink)>;

/// Scenario and group of a section.
pub(super) type Place = SectionKey;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Metric {
    pub(super) name: Arc<str>,
    pub(super) kind: Kind,
    pub(super) unit: Unit,
}

/// A metric restricted to samples with certain tags.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Submetric {
    pub(super) metric: Named,
    pub(super) tags: Vec<(Arc<str>, Arc<str>)>,
    pub(super) sink: Sink,
}

/// A group, and when its first sample came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) place: Place,
    pub(super) first: u64,
}

/// What the samples of one metric add up to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sink {
    Counter(f64),
    Gauge {
        value: f64,
        min: f64,
        max: f64,
        at: u64,
    },
    Rate {
        trues: u64,
        total: u64,
    },
    /// All values.
    Exact(Vec<f64>),
    Histogram {
        sum: f64,
        min: f64,
        max: f64,
        /// In ascending order.
        buckets: Vec<(Bucket, u64)>,
    },
}

impl Sink {
    /// `whole` is everything that is known of the metric, this difference included. When it
    /// holds too many values to keep them, nobody who adds it up can keep them either.
    fn of(slot: &Slot, whole: Option<&Slot>) -> Option<Self> {
        Some(match slot {
            Slot::Empty => return None,
            Slot::Counter(sum) => Self::Counter(*sum),
            Slot::Gauge {
                value,
                min,
                max,
                at,
            } => Self::Gauge {
                value: *value,
                min: *min,
                max: *max,
                at: *at,
            },
            Slot::Rate { trues, total } => Self::Rate {
                trues: *trues,
                total: *total,
            },
            Slot::Trend(trend) => {
                let large =
                    |slot: &Slot| matches!(slot, Slot::Trend(trend) if trend.settled().is_some());
                if large(slot) || whole.is_some_and(large) {
                    Self::histogram(trend)
                } else {
                    Self::Exact(trend.pending().to_vec())
                }
            }
        })
    }

    fn histogram(trend: &TrendSink) -> Self {
        let settled = trend.to_settled();
        Self::Histogram {
            sum: settled.sum,
            min: settled.min,
            max: settled.max,
            buckets: settled.histogram.buckets().collect(),
        }
    }
}

impl Delta {
    /// Who took it.
    #[must_use]
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// Its number, from 0, without gaps for each source.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Whether nothing was recorded. It has a number and has to be sent all the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            totals,
            submetrics,
            sections,
            groups,
            checks,
            series,
            ..
        } = self;
        totals.is_empty()
            && submetrics.is_empty()
            && sections.is_empty()
            && groups.is_empty()
            && checks.is_empty()
            && series.is_empty()
    }

    /// Gives names to what was `taken`; `whole` is all that is known by now.
    pub(super) fn new(
        (source, sequence): (SourceId, u64),
        shared: &Shared,
        taken: &Part,
        whole: &Part,
        series: Vec<Register>,
    ) -> Self {
        let mut names = Names::default();
        let totals = names.sinks(&taken.totals, Some(&whole.totals));
        let submetrics = shared.submetrics.iter().zip(&taken.submetrics);
        let submetrics = submetrics
            .enumerate()
            .filter_map(|(at, (definition, slot))| {
                let sink = Sink::of(slot, whole.submetrics.get(at))?;
                let tags = definition.tags.iter();
                Some(Submetric {
                    metric: names.named(definition.metric),
                    tags: tags
                        .map(|(k, v)| (k.as_str().into(), v.as_str().into()))
                        .collect(),
                    sink,
                })
            })
            .collect();
        let sections: IndexMap<_, _> = taken
            .sections
            .iter()
            .map(|(key, table)| (key.clone(), names.sinks(table, whole.sections.get(key))))
            .collect();
        let groups = taken.groups.iter().map(|(place, first)| Group {
            place: place.clone(),
            first: *first,
        });
        Self {
            source,
            sequence,
            metrics: names.metrics(shared),
            totals,
            submetrics,
            sections: sections.into_iter().collect(),
            groups: groups.collect(),
            checks: taken.checks.values().cloned().collect(),
            series,
        }
    }
}

/// The metrics that a difference speaks of.
#[derive(Default)]
struct Names(IndexSet<MetricId>);

impl Names {
    fn named(&mut self, metric: MetricId) -> Named {
        self.0.insert_full(metric).0
    }

    fn sinks(&mut self, table: &Table, whole: Option<&Table>) -> Sinks {
        let mut sinks: Sinks = table
            .iter()
            .filter_map(|(metric, slot)| {
                let sink = Sink::of(slot, whole.and_then(|whole| whole.get(metric)))?;
                Some((self.named(metric), sink))
            })
            .collect();
        sinks.sort_by_key(|(named, _)| *named);
        sinks
    }

    fn metrics(&self, shared: &Shared) -> Vec<Metric> {
        // Samples have ids of the registry only, so that each is found.
        let infos = self.0.iter().filter_map(|id| shared.registry.info(*id));
        infos
            .map(|info| Metric {
                name: info.name,
                kind: info.kind,
                unit: info.unit,
            })
            .collect()
    }
}
