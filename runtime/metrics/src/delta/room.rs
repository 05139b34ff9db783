//! How much memory what is kept takes, and what a difference would add to it.
//!
//! A few bytes can stand for a counter in a power of two that nothing else is in (4 KiB), or for a
//! section (a place for each metric), and names can be new every time. So a process that tells
//! nonsense, on purpose or not, could fill the memory of whoever listens. Sizes are estimates that
//! are too large rather than too small.

use std::collections::HashSet;

use super::model::{Delta, Sink, Sinks};
use crate::MetricId;
use crate::shard::Part;
use crate::sink::{Bucket, Histogram, Slot, Table};

/// Most metrics, built-in ones included, where some are received.
pub(super) const METRICS: usize = 10_000;

/// Most bytes that are kept: a full summary of a hundred groups over eight trends takes some
/// hundred megabytes.
const LIMIT: usize = 1 << 30;

/// The counters of one power of two.
const OCTAVE: usize = 4096;

/// A check or a group, without its names.
const ENTRY: usize = 256;

/// Bytes that are taken.
pub(super) struct Room {
    bytes: usize,
    /// A place for each metric.
    table: usize,
}

impl Room {
    /// What is taken already.
    pub(super) fn new(part: &Part, metrics: usize) -> Self {
        let mut room = Self {
            bytes: 0,
            table: metrics * size_of::<Slot>(),
        };
        let texts = |texts: &[&str]| ENTRY + texts.iter().map(|text| text.len()).sum::<usize>();
        let slots = part.sections.values().chain([&part.totals]);
        let slots = slots.flat_map(Table::iter).map(|(_, slot)| slot);
        for slot in slots.chain(&part.submetrics) {
            let Slot::Trend(trend) = slot else { continue };
            room.bytes += size_of_val(trend.pending());
            let octaves = trend.settled().map(|settled| settled.histogram.octaves());
            room.bytes += octaves.unwrap_or_default() * OCTAVE;
        }
        for key in part.sections.keys() {
            room.bytes += room.table + texts(&[&key.scenario, &key.group]);
        }
        for key in part.groups.keys() {
            room.bytes += texts(&[&key.scenario, &key.group]);
        }
        for (scenario, group, name) in part.checks.keys() {
            room.bytes += texts(&[scenario, group, name]);
        }
        room
    }

    /// Whether there is none left.
    pub(super) fn is_exceeded(&self) -> bool {
        self.bytes > LIMIT
    }

    /// Takes what a difference needs. `ids` are those of its metrics that are known here.
    pub(super) fn add(
        &mut self,
        delta: &Delta,
        ids: &[Option<MetricId>],
        part: &Part,
        sections: bool,
    ) {
        self.sinks(&delta.totals, ids, Some(&part.totals));
        for submetric in &delta.submetrics {
            self.sink(&submetric.sink, None);
        }
        let mut new = HashSet::new();
        for (place, sinks) in delta.sections.iter().filter(|_| sections) {
            let known = part.sections.get(place);
            if known.is_none() && new.insert(place) {
                self.bytes += self.table + ENTRY + place.scenario.len() + place.group.len();
            }
            self.sinks(sinks, ids, known);
        }
        let groups = delta.groups.iter().map(|group| &group.place);
        for place in groups.filter(|place| !part.groups.contains_key(*place)) {
            self.bytes += ENTRY + place.scenario.len() + place.group.len();
        }
        for check in &delta.checks {
            if !part.checks.contains_key(&check.key()) {
                let texts = [&check.scenario, &check.group, &check.name];
                self.bytes += ENTRY + texts.iter().map(|text| text.len()).sum::<usize>();
            }
        }
    }

    fn sinks(&mut self, sinks: &Sinks, ids: &[Option<MetricId>], known: Option<&Table>) {
        for (metric, sink) in sinks {
            let id = ids.get(*metric).copied().flatten();
            self.sink(sink, known.and_then(|table| table.get(id?)));
        }
    }

    fn sink(&mut self, sink: &Sink, known: Option<&Slot>) {
        let settled = match known {
            Some(Slot::Trend(trend)) => trend.settled(),
            _ => None,
        };
        let known = settled.map(|settled| &settled.histogram);
        self.bytes += OCTAVE
            * match sink {
                Sink::Exact(values) => {
                    self.bytes += size_of_val(values.as_slice());
                    octaves(values.iter().map(|value| Bucket::of(*value)), known)
                }
                Sink::Histogram { buckets, .. } => {
                    octaves(buckets.iter().map(|(bucket, _)| *bucket), known)
                }
                _ => 0,
            };
    }
}

/// Powers of two that `known` has no counters for.
fn octaves(buckets: impl Iterator<Item = Bucket>, known: Option<&Histogram>) -> usize {
    let mut seen = [0_u64; 64];
    let mut new = 0;
    for bucket in buckets {
        let Some(octave) = bucket.octave() else {
            continue;
        };
        let word = seen.get_mut(octave / 64);
        let bit = 1 << (octave % 64);
        if let Some(word) = word.filter(|word| **word & bit == 0) {
            *word |= bit;
            new += usize::from(known.is_none_or(|known| !known.has(bucket)));
        }
    }
    new
}
