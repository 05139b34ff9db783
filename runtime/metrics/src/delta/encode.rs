//! A difference as bytes.
//!
//! Numbers are of variable length (`wire.rs`), floats and moments have eight bytes, little-endian.
//! A list is a number of items, and the items. In order:
//!
//! | what | how |
//! |---|---|
//! | beginning | `RMD`, a byte with the version |
//! | source, sequence | eight bytes, number |
//! | texts | list of length and UTF-8; further on a text is its place in it |
//! | metrics | list of text, and a byte: kind + 4 * unit; further on a metric is its place in it |
//! | totals | sinks: list of metric and sink, by ascending metric |
//! | submetrics | list of metric, list of tags (two texts each), sink |
//! | sections | list of two texts (scenario, group), sinks |
//! | groups | list of two texts, moment |
//! | checks | list of three texts (scenario, group, name), moment, passes, fails |
//! | series | list of register (distance from the one before), byte |
//!
//! A sink is, by the kind of its metric, a float (counter); last, smallest, largest float and a
//! moment (gauge); two numbers (rate); or (trend) a byte 0 and a list of floats, or a byte 1, sum,
//! smallest, largest float and a list of buckets: distance from the one before, count. Buckets
//! ascend; the distance of the first is its own number, zigzag.

use std::sync::Arc;

use indexmap::IndexSet;

use super::model::{Delta, Sink, Sinks};
use super::wire::{MAGIC, VERSION, Writer};
use crate::{Kind, Unit};

impl Delta {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let texts = self.texts();
        let mut writer = Writer(MAGIC.to_vec());
        writer.byte(VERSION);
        writer.fixed(self.source.0);
        writer.number(self.sequence);
        writer.count(texts.0.len());
        texts.0.iter().for_each(|text| writer.text(text));
        writer.count(self.metrics.len());
        for metric in &self.metrics {
            texts.write(&mut writer, [&metric.name]);
            writer.byte(kind(metric.kind) | unit(metric.unit) << 2);
        }
        sinks(&mut writer, &self.totals);
        writer.count(self.submetrics.len());
        for submetric in &self.submetrics {
            writer.count(submetric.metric);
            writer.count(submetric.tags.len());
            for (name, value) in &submetric.tags {
                texts.write(&mut writer, [name, value]);
            }
            sink(&mut writer, &submetric.sink);
        }
        writer.count(self.sections.len());
        for (place, list) in &self.sections {
            texts.write(&mut writer, [&place.scenario, &place.group]);
            sinks(&mut writer, list);
        }
        writer.count(self.groups.len());
        for group in &self.groups {
            texts.write(&mut writer, [&group.place.scenario, &group.place.group]);
            writer.fixed(group.first);
        }
        writer.count(self.checks.len());
        for check in &self.checks {
            texts.write(&mut writer, [&check.scenario, &check.group, &check.name]);
            writer.fixed(check.first);
            writer.number(check.passes);
            writer.number(check.fails);
        }
        writer.count(self.series.len());
        let mut next = 0;
        for register in &self.series {
            writer.number(u64::from(register.at() - next));
            writer.byte(register.rank());
            next = register.at() + 1;
        }
        writer.0
    }

    fn texts(&self) -> Texts<'_> {
        let mut texts = IndexSet::new();
        texts.extend(self.metrics.iter().map(|metric| &*metric.name));
        let tags = self.submetrics.iter().flat_map(|submetric| &submetric.tags);
        texts.extend(tags.flat_map(|(name, value)| [&**name, &**value]));
        let sections = self.sections.iter().map(|(place, _)| place);
        let groups = self.groups.iter().map(|group| &group.place);
        let places = sections.chain(groups);
        texts.extend(places.flat_map(|place| [&*place.scenario, &*place.group]));
        let checks = self.checks.iter();
        texts.extend(checks.flat_map(|check| [&*check.scenario, &*check.group, &*check.name]));
        Texts(texts)
    }
}

/// All texts of a difference, each once.
struct Texts<'a>(IndexSet<&'a str>);

impl Texts<'_> {
    /// Appends the places of texts, each of which is there.
    fn write<const N: usize>(&self, writer: &mut Writer, texts: [&Arc<str>; N]) {
        for text in texts {
            writer.count(self.0.get_index_of(&**text).unwrap_or_default());
        }
    }
}

fn sinks(writer: &mut Writer, sinks: &Sinks) {
    writer.count(sinks.len());
    for (metric, one) in sinks {
        writer.count(*metric);
        sink(writer, one);
    }
}

fn sink(writer: &mut Writer, sink: &Sink) {
    match sink {
        Sink::Counter(sum) => writer.float(*sum),
        Sink::Gauge {
            value,
            min,
            max,
            at,
        } => {
            writer.floats([value, min, max]);
            writer.fixed(*at);
        }
        Sink::Rate { trues, total } => {
            writer.number(*trues);
            writer.number(*total);
        }
        Sink::Exact(values) => {
            writer.byte(0);
            writer.count(values.len());
            writer.floats(values);
        }
        Sink::Histogram {
            sum,
            min,
            max,
            buckets,
        } => {
            writer.byte(1);
            writer.floats([sum, min, max]);
            writer.count(buckets.len());
            let mut last = None;
            for (bucket, count) in buckets {
                let number = bucket.number();
                writer.number(match last {
                    None => zigzag(number),
                    // They ascend.
                    Some(last) => u64::from(number.abs_diff(last)),
                });
                writer.number(*count);
                last = Some(number);
            }
        }
    }
}

/// Small magnitudes as small numbers.
fn zigzag(number: i32) -> u64 {
    u64::from((number << 1 ^ number >> 31).cast_unsigned())
}

fn kind(kind: Kind) -> u8 {
    match kind {
        Kind::Counter => 0,
        Kind::Gauge => 1,
        Kind::Rate => 2,
        Kind::Trend => 3,
    }
}

fn unit(unit: Unit) -> u8 {
    match unit {
        Unit::Plain => 0,
        Unit::Time => 1,
        Unit::Data => 2,
    }
}
