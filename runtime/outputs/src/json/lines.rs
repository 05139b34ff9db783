//! The lines of the JSON output.

use hashbrown::HashMap;

use runner_metrics::{MetricInfo, RawSample, TagSet};

use crate::OutputContext;
use crate::encode::{Clock, number, string};

/// Tag sets whose text is remembered; all are forgotten when there are more.
const REMEMBERED: usize = 20_000;

/// Renders samples.
pub(super) struct Renderer {
    context: OutputContext,
    clock: Clock,
    /// By metric id: the beginning of its points. Empty before its first.
    points: Vec<Vec<u8>>,
    tags: HashMap<u32, Box<[u8]>>,
}

impl Renderer {
    pub(super) fn new(context: OutputContext) -> Self {
        Self {
            context,
            clock: Clock::default(),
            points: Vec::new(),
            tags: HashMap::new(),
        }
    }

    /// Appends the line of a sample, and the line of its metric before the first.
    pub(super) fn point(&mut self, out: &mut Vec<u8>, sample: &RawSample) {
        let at = sample.metric.0 as usize;
        if self.points.get(at).is_none_or(Vec::is_empty) {
            let Some(info) = self.context.metric(sample) else {
                return;
            };
            self.metric(out, &info);
        }
        let Some(point) = self.points.get(at) else {
            return;
        };
        out.extend_from_slice(point);
        self.clock.nanos(out, sample.time);
        out.extend_from_slice(b"\",\"value\":");
        number(out, sample.value);
        out.extend_from_slice(b",\"tags\":");
        self.sample_tags(out, sample);
        if let Some(metadata) = sample.metadata().filter(|metadata| !metadata.is_empty()) {
            out.extend_from_slice(b",\"metadata\":");
            object(out, metadata.iter());
        }
        out.extend_from_slice(b"}}\n");
    }

    fn sample_tags(&mut self, out: &mut Vec<u8>, sample: &RawSample) {
        let whole = |out: &mut Vec<u8>| {
            let tags = sample.tags(self.context.tags());
            object(out, TagSet::iter(&tags));
        };
        let Some(id) = sample.tags_id() else {
            return whole(out);
        };
        if let Some(known) = self.tags.get(&id.0) {
            return out.extend_from_slice(known);
        }
        let start = out.len();
        whole(out);
        if self.tags.len() >= REMEMBERED {
            self.tags.clear();
        }
        let text = out.get(start..).unwrap_or_default();
        self.tags.insert(id.0, text.into());
    }

    /// The line that introduces a metric.
    fn metric(&mut self, out: &mut Vec<u8>, info: &MetricInfo) {
        let mut name = Vec::new();
        string(&mut name, &info.name);
        out.extend_from_slice(b"{\"type\":\"Metric\",\"data\":{\"name\":");
        out.extend_from_slice(&name);
        out.extend_from_slice(b",\"type\":");
        string(out, info.kind.as_str());
        out.extend_from_slice(b",\"contains\":");
        string(out, info.unit.as_str());
        out.extend_from_slice(b",\"thresholds\":[");
        let thresholds = &self.context.thresholds;
        list(out, thresholds.expressions_of(&info.name), string);
        out.extend_from_slice(b"],\"submetrics\":");
        let mut submetrics = self.context.metrics.submetrics_of(info.id).peekable();
        if submetrics.peek().is_none() {
            out.extend_from_slice(b"null");
        } else {
            out.push(b'[');
            list(out, submetrics, |out, (name, suffix, tags)| {
                out.extend_from_slice(b"{\"name\":");
                string(out, name);
                out.extend_from_slice(b",\"suffix\":");
                string(out, suffix);
                out.extend_from_slice(b",\"tags\":");
                object(out, tags.iter().map(|(name, value)| (&**name, &**value)));
                out.push(b'}');
            });
            out.push(b']');
        }
        out.extend_from_slice(b"},\"metric\":");
        out.extend_from_slice(&name);
        out.extend_from_slice(b"}\n");

        let at = info.id.0 as usize;
        if at >= self.points.len() {
            self.points.resize_with(at + 1, Vec::new);
        }
        if let Some(point) = self.points.get_mut(at) {
            point.extend_from_slice(b"{\"metric\":");
            point.extend_from_slice(&name);
            point.extend_from_slice(b",\"type\":\"Point\",\"data\":{\"time\":\"");
        }
    }
}

fn list<T>(
    out: &mut Vec<u8>,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, item);
    }
}

fn object<'a>(out: &mut Vec<u8>, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    out.push(b'{');
    list(out, pairs, |out, (name, value)| {
        string(out, name);
        out.push(b':');
        string(out, value);
    });
    out.push(b'}');
}
