//! The rows of the CSV output: metric, time, value, system tags in alphabetical order, other
//! tags and metadata. `vu` and `iter` are metadata and have no column.

use hashbrown::HashMap;
use std::io::Write as _;

use runner_metrics::{RawSample, SystemTag, TagSet};

use super::TimeFormat;
use crate::OutputContext;
use crate::encode::{Clock, integer};

/// Tag sets whose columns are remembered; all are forgotten when there are more.
const REMEMBERED: usize = 20_000;

/// Renders samples.
pub(super) struct Rows {
    context: OutputContext,
    format: TimeFormat,
    clock: Clock,
    columns: Vec<&'static str>,
    /// By metric id.
    names: Vec<String>,
    tags: HashMap<u32, Box<[u8]>>,
}

impl Rows {
    pub(super) fn new(context: OutputContext, format: TimeFormat) -> Self {
        let is_column = |tag: &SystemTag| !matches!(tag, SystemTag::Vu | SystemTag::Iter);
        let mut columns: Vec<_> = context
            .system_tags
            .iter()
            .filter(is_column)
            .map(SystemTag::name)
            .collect();
        columns.sort_unstable();
        Self {
            context,
            format,
            clock: Clock::default(),
            columns,
            names: Vec::new(),
            tags: HashMap::new(),
        }
    }

    /// Appends the names of the columns.
    pub(super) fn head(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"metric_name,timestamp,metric_value");
        for column in &self.columns {
            out.push(b',');
            out.extend_from_slice(column.as_bytes());
        }
        out.extend_from_slice(b",extra_tags,metadata\n");
    }

    /// Appends one sample.
    pub(super) fn row(&mut self, out: &mut Vec<u8>, sample: &RawSample) {
        let at = sample.metric.0 as usize;
        if at >= self.names.len() {
            let metrics = self.context.metrics.registry().all();
            self.names = metrics.iter().map(|info| info.name.to_string()).collect();
        }
        let Some(name) = self.names.get(at) else {
            return;
        };
        field(out, name);
        out.push(b',');
        let time = sample.time;
        match self.format {
            TimeFormat::Unix => integer(out, time / 1_000_000_000),
            TimeFormat::UnixMilli => integer(out, time / 1_000_000),
            TimeFormat::UnixMicro => integer(out, time / 1_000),
            TimeFormat::UnixNano => integer(out, time),
            TimeFormat::Rfc3339 => self.clock.seconds(out, time),
            TimeFormat::Rfc3339Nano => self.clock.nanos(out, time),
        }
        out.push(b',');
        fixed(out, sample.value);
        self.tag_columns(out, sample);
        out.push(b',');
        if let Some(metadata) = sample.metadata() {
            field(out, &join(metadata.iter()));
        }
        out.push(b'\n');
    }

    fn tag_columns(&mut self, out: &mut Vec<u8>, sample: &RawSample) {
        let id = sample.tags_id();
        if let Some(known) = id.and_then(|id| self.tags.get(&id.0)) {
            return out.extend_from_slice(known);
        }
        let start = out.len();
        let tags = sample.tags(self.context.tags());
        for column in &self.columns {
            out.push(b',');
            field(out, tags.get(column).unwrap_or_default());
        }
        out.push(b',');
        let extra = TagSet::iter(&tags).filter(|(name, _)| !self.columns.contains(name));
        field(out, &join(extra));
        if let Some(id) = id {
            if self.tags.len() >= REMEMBERED {
                self.tags.clear();
            }
            let text = out.get(start..).unwrap_or_default();
            self.tags.insert(id.0, text.into());
        }
    }
}

/// `a=1&b=2`, with nothing escaped.
fn join<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}

/// Six decimals; infinities as Go writes them.
fn fixed(out: &mut Vec<u8>, value: f64) {
    // Counts are most of all samples.
    if value == 1.0 {
        out.extend_from_slice(b"1.000000");
    } else if value.is_infinite() {
        out.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    } else {
        let _ = write!(out, "{value:.6}");
    }
}

/// Appends a field, in quotes where it would not read back otherwise.
fn field(out: &mut Vec<u8>, text: &str) {
    let special = |c: char| matches!(c, ',' | '"' | '\n' | '\r');
    let quoted = text == "\\." || text.contains(special) || text.starts_with(char::is_whitespace);
    if !quoted {
        return out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_needed() {
        for (text, expected) in [
            ("a", "a"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            (" a", "\" a\""),
            ("a ", "a "),
            ("a\nb", "\"a\nb\""),
            ("\\.", "\"\\.\""),
        ] {
            let mut out = Vec::new();
            field(&mut out, text);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn values_have_six_decimals() {
        for (value, expected) in [
            (1.0, "1.000000"),
            (-0.0, "-0.000000"),
            (0.1 + 0.2, "0.300000"),
            (1e20, "100000000000000000000.000000"),
            (1.5e-5, "0.000015"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            let mut out = Vec::new();
            fixed(&mut out, value);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
