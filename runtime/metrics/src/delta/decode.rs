//! Bytes as a difference, or what is wrong with them.
//!
//! Whatever comes out here can be encoded again and could have been taken by a process: sinks go
//! with the kinds of their metrics, lists ascend, counts add up without overflow.

use std::sync::Arc;

use super::model::{Delta, Group, Metric, Named, Place, Sink, Sinks, SourceId, Submetric};
use super::wire::{DecodeError, MAGIC, Reader, VERSION};
use crate::shard::CheckCount;
use crate::sink::{Bucket, EXACT_LIMIT};
use crate::tags::Register;
use crate::{Kind, Unit};

/// Most samples of a sink: far more than a process can record in a second, and few enough that
/// no sum of real ones overflows.
const MAX_COUNT: u64 = 1 << 48;

impl Delta {
    /// Reads bytes that [`Self::encode`] made, or that claim to be such. Allocates at most some
    /// fifty times their length; whoever receives them limits that.
    ///
    /// # Errors
    /// [`DecodeError`] says what is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader(bytes);
        match reader.array() {
            Ok(MAGIC) => {}
            _ => return Err(DecodeError::Format),
        }
        let version = reader.byte()?;
        if version != VERSION {
            return Err(DecodeError::Version(version));
        }
        let source = SourceId(reader.fixed()?);
        let sequence = reader.number()?;
        let texts = Texts(reader.list(1, Reader::text)?);
        let metrics = reader.list(2, |reader| metric(reader, &texts))?;
        let totals = sinks(&mut reader, &metrics)?;
        let submetrics = reader.list(4, |reader| submetric(reader, &texts, &metrics))?;
        let sections = reader.list(3, |reader| {
            Ok((texts.place(reader)?, sinks(reader, &metrics)?))
        })?;
        let groups = reader.list(10, |reader| {
            Ok(Group {
                place: texts.place(reader)?,
                first: reader.fixed()?,
            })
        })?;
        let checks = reader.list(13, |reader| check(reader, &texts))?;
        let series = series(&mut reader)?;
        if !reader.0.is_empty() {
            return Err(DecodeError::Trailing(reader.0.len()));
        }
        Ok(Self {
            source,
            sequence,
            metrics,
            totals,
            submetrics,
            sections,
            groups,
            checks,
            series,
        })
    }
}

/// The texts of a difference.
struct Texts(Vec<Arc<str>>);

impl Texts {
    fn one(&self, reader: &mut Reader<'_>) -> Result<Arc<str>, DecodeError> {
        let at = usize::try_from(reader.number()?).ok();
        let text = at.and_then(|at| self.0.get(at)).cloned();
        text.ok_or(DecodeError::Damaged("a text that is not in its table"))
    }

    fn place(&self, reader: &mut Reader<'_>) -> Result<Place, DecodeError> {
        Ok(Place {
            scenario: self.one(reader)?,
            group: self.one(reader)?,
        })
    }
}

fn metric(reader: &mut Reader<'_>, texts: &Texts) -> Result<Metric, DecodeError> {
    let name = texts.one(reader)?;
    let byte = reader.byte()?;
    let kind = match byte & 3 {
        0 => Kind::Counter,
        1 => Kind::Gauge,
        2 => Kind::Rate,
        _ => Kind::Trend,
    };
    let unit = match byte >> 2 {
        0 => Unit::Plain,
        1 => Unit::Time,
        2 => Unit::Data,
        _ => return Err(DecodeError::Damaged("an unknown unit")),
    };
    Ok(Metric { name, kind, unit })
}

/// A metric of the table.
fn named(reader: &mut Reader<'_>, metrics: &[Metric]) -> Result<(Named, Kind), DecodeError> {
    let at = usize::try_from(reader.number()?).unwrap_or(usize::MAX);
    let kind = metrics.get(at).map(|metric| metric.kind);
    let kind = kind.ok_or(DecodeError::Damaged("a metric that is not in its table"))?;
    Ok((at, kind))
}

fn sinks(reader: &mut Reader<'_>, metrics: &[Metric]) -> Result<Sinks, DecodeError> {
    let mut last = None;
    reader.list(3, |reader| {
        let (metric, kind) = named(reader, metrics)?;
        if last.replace(metric) >= Some(metric) {
            return Err(DecodeError::Damaged("metrics that do not ascend"));
        }
        Ok((metric, sink(reader, kind)?))
    })
}

fn submetric(
    reader: &mut Reader<'_>,
    texts: &Texts,
    metrics: &[Metric],
) -> Result<Submetric, DecodeError> {
    let (metric, kind) = named(reader, metrics)?;
    let tags = reader.list(2, |reader| Ok((texts.one(reader)?, texts.one(reader)?)))?;
    let sink = sink(reader, kind)?;
    Ok(Submetric { metric, tags, sink })
}

fn sink(reader: &mut Reader<'_>, kind: Kind) -> Result<Sink, DecodeError> {
    Ok(match kind {
        Kind::Counter => Sink::Counter(reader.float()?),
        Kind::Gauge => {
            let (value, min, max) = (reader.sample()?, reader.sample()?, reader.sample()?);
            if !(min..=max).contains(&value) {
                return Err(DecodeError::Damaged("a gauge beyond its extremes"));
            }
            Sink::Gauge {
                value,
                min,
                max,
                at: reader.fixed()?,
            }
        }
        Kind::Rate => {
            let (trues, total) = (reader.number()?, reader.number()?);
            if trues > total || total > MAX_COUNT {
                return Err(DecodeError::Damaged("a rate that cannot be"));
            }
            Sink::Rate { trues, total }
        }
        Kind::Trend => match reader.byte()? {
            0 => {
                let values = reader.list(8, Reader::sample)?;
                if values.is_empty() || values.len() >= EXACT_LIMIT {
                    return Err(DecodeError::Damaged("too few or too many exact values"));
                }
                Sink::Exact(values)
            }
            1 => histogram(reader)?,
            _ => return Err(DecodeError::Damaged("an unknown form of a trend")),
        },
    })
}

fn histogram(reader: &mut Reader<'_>) -> Result<Sink, DecodeError> {
    let (sum, min, max) = (reader.float()?, reader.sample()?, reader.sample()?);
    let mut last: Option<Bucket> = None;
    let mut total: u64 = 0;
    let buckets = reader.list(2, |reader| {
        let distance = reader.number()?;
        let number = match last {
            None => unzigzag(distance),
            Some(last) => i32::try_from(distance)
                .ok()
                .filter(|distance| *distance > 0)
                .and_then(|distance| last.number().checked_add(distance)),
        };
        let bucket = number.and_then(Bucket::new);
        let bucket = bucket.ok_or(DecodeError::Damaged("a bucket that does not exist"))?;
        let count = reader.number()?;
        total = total.saturating_add(count);
        last = Some(bucket);
        if count == 0 {
            return Err(DecodeError::Damaged("a bucket without values"));
        }
        Ok((bucket, count))
    })?;
    if min > max || total == 0 || total > MAX_COUNT {
        return Err(DecodeError::Damaged("a histogram that cannot be"));
    }
    Ok(Sink::Histogram {
        sum,
        min,
        max,
        buckets,
    })
}

fn unzigzag(number: u64) -> Option<i32> {
    let number = u32::try_from(number).ok()?;
    Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

fn check(reader: &mut Reader<'_>, texts: &Texts) -> Result<CheckCount, DecodeError> {
    let check = CheckCount {
        scenario: texts.one(reader)?,
        group: texts.one(reader)?,
        name: texts.one(reader)?,
        first: reader.fixed()?,
        passes: reader.number()?,
        fails: reader.number()?,
    };
    if check.passes.max(check.fails) > MAX_COUNT {
        return Err(DecodeError::Damaged("a check that was made too often"));
    }
    Ok(check)
}

fn series(reader: &mut Reader<'_>) -> Result<Vec<Register>, DecodeError> {
    let mut next = 0_u64;
    reader.list(2, |reader| {
        let at = next.saturating_add(reader.number()?);
        next = at.saturating_add(1);
        let rank = reader.byte()?;
        let register = u16::try_from(at)
            .ok()
            .and_then(|at| Register::new(at, rank));
        register.ok_or(DecodeError::Damaged("a register that does not exist"))
    })
}
