//! Recording samples. Everything here runs once per sample or request: a sample of known
//! tags costs no allocation and no look at a string.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use super::checks::CheckTable;
use super::part::Part;
use super::route::{GroupSeen, Route, Router, Section};
use crate::metrics::Shared;
use crate::sink::{Slot, Table};
use crate::tap::Tap;
use crate::{MetricId, TagSet, TagsRef, builtin};

/// A shard behind its lock, alone on its cache lines.
#[derive(Debug)]
#[repr(align(128))]
pub struct ShardHandle {
    shard: Mutex<Shard>,
}

impl ShardHandle {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shard: Mutex::new(Shard::new(shared)),
        }
    }

    /// The shard, for as long as the guard lives. Hold it for a few samples at most.
    pub fn lock(&self) -> MutexGuard<'_, Shard> {
        self.lock_with(None)
    }

    /// As [`Self::lock`], for samples with metadata, which only raw samples have.
    pub fn lock_with(&self, metadata: Option<&Arc<TagSet>>) -> MutexGuard<'_, Shard> {
        let mut shard = self.shard.lock();
        if let Some(tap) = &mut shard.tap {
            tap.set_metadata(metadata);
        }
        shard
    }
}

/// One HTTP request, hop by hop. Durations are milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct HttpSample<'a> {
    /// Tags of every sample of the request.
    pub tags: TagsRef<'a>,
    /// Sending, waiting and receiving together.
    pub duration: f64,
    /// Time before the request could be sent.
    pub blocked: f64,
    /// Time to establish the connection.
    pub connecting: f64,
    /// Time of the TLS handshake.
    pub tls_handshaking: f64,
    /// Time to send the request.
    pub sending: f64,
    /// Time to the first byte of the response.
    pub waiting: f64,
    /// Time from the first byte of the response to its last.
    pub receiving: f64,
    /// Whether the response was not an expected one; `None` records no `http_req_failed`.
    pub failed: Option<bool>,
}

/// Aggregates of a part of the run's samples. Samples that are not finite are ignored.
#[derive(Debug)]
pub struct Shard {
    pub(crate) shared: Arc<Shared>,
    pub(crate) totals: Table,
    /// By index of the submetric.
    pub(crate) submetrics: Vec<Slot>,
    pub(crate) router: Router,
    pub(crate) checks: CheckTable,
    pub(crate) tap: Option<Box<Tap>>,
}

impl Shard {
    fn new(shared: Arc<Shared>) -> Self {
        let submetrics = vec![Slot::Empty; shared.submetrics.len()];
        let tap = shared
            .pressure
            .as_ref()
            .map(|pressure| Box::new(Tap::new(Arc::clone(pressure))));
        Self {
            tap,
            shared,
            totals: Table::default(),
            submetrics,
            router: Router::default(),
            checks: CheckTable::default(),
        }
    }

    /// Records one sample.
    pub fn add<'a>(&mut self, metric: MetricId, tags: impl Into<TagsRef<'a>>, value: f64) {
        self.record(tags.into(), &[(metric, value)]);
    }

    /// Records one request: the count, the seven durations and whether it failed.
    pub fn http(&mut self, sample: &HttpSample<'_>) {
        let samples = [
            (builtin::HTTP_REQS, 1.0),
            (builtin::HTTP_REQ_DURATION, sample.duration),
            (builtin::HTTP_REQ_BLOCKED, sample.blocked),
            (builtin::HTTP_REQ_CONNECTING, sample.connecting),
            (builtin::HTTP_REQ_TLS_HANDSHAKING, sample.tls_handshaking),
            (builtin::HTTP_REQ_SENDING, sample.sending),
            (builtin::HTTP_REQ_WAITING, sample.waiting),
            (builtin::HTTP_REQ_RECEIVING, sample.receiving),
            (
                builtin::HTTP_REQ_FAILED,
                f64::from(u8::from(sample.failed == Some(true))),
            ),
        ];
        let recorded = if sample.failed.is_some() {
            samples.len()
        } else {
            samples.len() - 1
        };
        self.record(sample.tags, samples.get(..recorded).unwrap_or_default());
    }

    /// Records an iteration that ran to its end, and its duration in milliseconds.
    pub fn iteration<'a>(&mut self, tags: impl Into<TagsRef<'a>>, milliseconds: f64) {
        let samples = [
            (builtin::ITERATIONS, 1.0),
            (builtin::ITERATION_DURATION, milliseconds),
        ];
        self.record(tags.into(), &samples);
    }

    /// Records bytes on the wire.
    pub fn bytes<'a>(&mut self, tags: impl Into<TagsRef<'a>>, sent: u64, received: u64) {
        let samples = [
            (builtin::DATA_SENT, sent as f64),
            (builtin::DATA_RECEIVED, received as f64),
        ];
        self.record(tags.into(), &samples);
    }

    /// Records one check: in the `checks` metric, and by the path of the group that it was
    /// made in (`""` at the root) and its name. `tags` are those of the sample.
    pub fn check<'a>(
        &mut self,
        group: &str,
        name: &str,
        passed: bool,
        tags: impl Into<TagsRef<'a>>,
    ) {
        let tags = tags.into();
        self.record(tags, &[(builtin::CHECKS, f64::from(u8::from(passed)))]);
        self.checks
            .record(&self.shared, group, name, passed, tags.id);
    }

    #[inline]
    fn record(&mut self, tags: TagsRef<'_>, samples: &[(MetricId, f64)]) {
        if let Some(tap) = &mut self.tap {
            tap.take(tags, samples);
        }
        let tags = tags.id;
        let Self {
            shared,
            totals,
            submetrics,
            router,
            ..
        } = self;
        let shared = &**shared;
        let sequence = &shared.sequence;
        let kind = |metric| move || shared.registry.kind(metric);
        // Infinities count, as in k6; what is not a number adds up to nothing.
        let numbers = samples.iter().copied().filter(|(_, value)| !value.is_nan());
        for (metric, value) in numbers.clone() {
            if let Some(slot) = totals.slot(metric) {
                slot.record(value, sequence, kind(metric));
            }
        }
        let (route, sections) = router.route(shared, tags);
        let Some(Route {
            submetrics: matching,
            sections: within,
        }) = route
        else {
            return;
        };
        for (of, index) in matching {
            for (metric, value) in numbers.clone().filter(|(metric, _)| metric == of) {
                if let Some(slot) = submetrics.get_mut(*index) {
                    slot.record(value, sequence, kind(metric));
                }
            }
        }
        for index in within.iter().flatten() {
            let Some(Section { table, .. }) = sections.get_mut(*index) else {
                continue;
            };
            for (metric, value) in numbers.clone() {
                if let Some(slot) = table.slot(metric) {
                    slot.record(value, sequence, kind(metric));
                }
            }
        }
    }

    /// Hands over what was recorded since the last time.
    pub(crate) fn take(&mut self) -> Part {
        let empty = vec![Slot::Empty; self.submetrics.len()];
        let mut part = Part {
            totals: std::mem::take(&mut self.totals),
            submetrics: std::mem::replace(&mut self.submetrics, empty),
            ..Part::default()
        };
        for section in &mut self.router.sections {
            let table = std::mem::take(&mut section.table);
            if !table.is_empty() {
                part.sections.insert(section.key.clone(), table);
            }
        }
        for seen in self.router.groups.drain(..) {
            part.group(&seen.key, seen.first);
        }
        self.checks.take().for_each(|check| part.check(&check));
        part
    }

    /// Groups in the order of their first sample.
    pub(crate) fn groups(&self) -> &[GroupSeen] {
        &self.router.groups
    }
}
