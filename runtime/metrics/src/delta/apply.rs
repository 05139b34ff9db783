//! Adding differences to what is kept.
//!
//! First everything is checked, then everything is added: a difference that is refused has
//! changed nothing, and may be sent again. What nobody can ask for here (submetrics that no
//! threshold names, sections where there are none) is passed over.

use std::collections::HashMap;

use super::model::{Delta, Metric, Sink, Sinks, SourceId};
use super::room::{self, Room};
use crate::metrics::{Shared, SummaryMode};
use crate::shard::Part;
use crate::sink::{Histogram, Settled, Slot, Table, TrendSink};
use crate::{DefineError, MetricId};

/// Most processes that may tell of what they recorded.
const MAX_SOURCES: usize = 10_000;

/// Why a difference was not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// It was added before. Whoever sends it again may go on with the next one.
    #[error("difference {sequence} of source {source_id:016x} was added before")]
    Repeated {
        /// Who took it.
        source_id: u64,
        /// Its number.
        sequence: u64,
    },
    /// One before it has not been added.
    #[error(
        "difference {sequence} of source {source_id:016x} comes too early: send {expected} first"
    )]
    Missing {
        /// Who took it.
        source_id: u64,
        /// Its number.
        sequence: u64,
        /// The number that comes next.
        expected: u64,
    },
    /// A metric is not what it is here.
    #[error("a metric of another process does not go with those here: {0}")]
    Metric(#[from] DefineError),
    /// It would take more memory than there is for differences, or has too many sources.
    #[error("too much was received from other processes ({0}): give fewer names to things")]
    TooMuch(&'static str),
}

/// What is known beside the shards: taken from them or received.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) part: Part,
    /// The number that comes next, by source.
    sources: HashMap<SourceId, u64>,
}

/// Adds a difference but for its series.
pub(crate) fn apply(shared: &Shared, kept: &mut Kept, delta: &Delta) -> Result<(), ApplyError> {
    let Delta {
        source, sequence, ..
    } = delta;
    let expected = kept.sources.get(source).copied().unwrap_or(0);
    let (source_id, sequence) = (source.0, *sequence);
    if sequence < expected {
        return Err(ApplyError::Repeated {
            source_id,
            sequence,
        });
    }
    if sequence > expected {
        return Err(ApplyError::Missing {
            source_id,
            sequence,
            expected,
        });
    }
    if kept.sources.len() >= MAX_SOURCES && !kept.sources.contains_key(source) {
        return Err(ApplyError::TooMuch("sources"));
    }
    let conflicts = delta.metrics.iter().map(|metric| {
        let Metric { name, kind, unit } = metric;
        shared.registry.check(name, *kind, *unit)
    });
    conflicts.collect::<Result<(), _>>()?;
    let known: Vec<Option<MetricId>> = delta
        .metrics
        .iter()
        .map(|metric| shared.registry.get(&metric.name).map(|info| info.id))
        .collect();
    let metrics = shared.registry.all().len();
    let new = known.iter().filter(|id| id.is_none()).count();
    if new > 0 && metrics + new > room::METRICS {
        return Err(ApplyError::TooMuch("metrics"));
    }
    let sections = shared.mode == SummaryMode::Full;
    let mut room = Room::new(&kept.part, metrics + new);
    room.add(delta, &known, &kept.part, sections);
    if room.is_exceeded() {
        return Err(ApplyError::TooMuch("memory"));
    }

    let mut ids = Vec::with_capacity(delta.metrics.len());
    for metric in &delta.metrics {
        // Fails only where a script declares the name at this very moment, or where the
        // difference has it twice.
        let Metric { name, kind, unit } = metric;
        ids.push(shared.registry.define(name, *kind, *unit)?);
    }
    kept.part.merge(&part(shared, delta, &ids, sections));
    kept.sources.insert(*source, expected.saturating_add(1));
    Ok(())
}

/// A difference with the ids of this process.
fn part(shared: &Shared, delta: &Delta, ids: &[MetricId], sections: bool) -> Part {
    let mut part = Part {
        totals: table(&delta.totals, ids),
        ..Part::default()
    };
    part.submetrics
        .resize_with(shared.submetrics.len(), Slot::default);
    for submetric in &delta.submetrics {
        let id = ids.get(submetric.metric);
        let tags = submetric
            .tags
            .iter()
            .map(|(name, value)| (&**name, &**value));
        let at = shared.submetrics.iter().position(|known| {
            let own = known.tags.iter().map(|(name, value)| (&**name, &**value));
            Some(&known.metric) == id && own.eq(tags.clone())
        });
        if let Some(slot) = at.and_then(|at| part.submetrics.get_mut(at)) {
            slot.merge(&slot_of(&submetric.sink));
        }
    }
    for (place, sinks) in delta.sections.iter().filter(|_| sections) {
        let entry = part.sections.entry(place.clone()).or_default();
        entry.merge(&table(sinks, ids));
    }
    for group in &delta.groups {
        part.group(&group.place, group.first);
    }
    delta.checks.iter().for_each(|check| part.check(check));
    part
}

fn table(sinks: &Sinks, ids: &[MetricId]) -> Table {
    let mut table = Table::default();
    for (metric, sink) in sinks {
        let slot = ids.get(*metric).and_then(|id| table.slot(*id));
        if let Some(slot) = slot {
            slot.merge(&slot_of(sink));
        }
    }
    table
}

fn slot_of(sink: &Sink) -> Slot {
    match sink {
        Sink::Counter(sum) => Slot::Counter(*sum),
        Sink::Gauge {
            value,
            min,
            max,
            at,
        } => Slot::Gauge {
            value: *value,
            min: *min,
            max: *max,
            at: *at,
        },
        Sink::Rate { trues, total } => Slot::Rate {
            trues: *trues,
            total: *total,
        },
        Sink::Exact(values) => Slot::Trend(TrendSink::from_exact(values)),
        Sink::Histogram {
            sum,
            min,
            max,
            buckets,
        } => {
            let mut histogram = Histogram::default();
            let mut count: u64 = 0;
            for (bucket, times) in buckets {
                histogram.add(*bucket, *times);
                count = count.saturating_add(*times);
            }
            Slot::Trend(TrendSink::from_settled(Settled {
                histogram,
                count,
                sum: *sum,
                min: *min,
                max: *max,
            }))
        }
    }
}
