//! `runner:metrics`: custom metrics, checks and groups.

use parking_lot::MutexGuard;
use runner_metrics::{DefineError, Kind, MetricId, Shard, Tags, Unit};

use crate::bindings::runner::metrics::metrics::{
    Host, Kind as WitKind, MetricError, Unit as WitUnit,
};
use crate::context::LoadContext;
use crate::log::Level;
use crate::{Phase, VuState};

impl Host for VuState {
    fn define(&mut self, name: String, kind: WitKind, unit: WitUnit) -> Result<u32, MetricError> {
        let kind = match kind {
            WitKind::Counter => Kind::Counter,
            WitKind::Gauge => Kind::Gauge,
            WitKind::Rate => Kind::Rate,
            WitKind::Trend => Kind::Trend,
        };
        let unit = match unit {
            WitUnit::Plain => Unit::Plain,
            WitUnit::Time => Unit::Time,
            WitUnit::Data => Unit::Data,
        };
        if self.phase != Phase::Init {
            // An extension that is started anew asks again for what it has declared.
            let known = self.script.registry.get(&name);
            return known
                .filter(|known| known.kind == kind && known.unit == unit)
                .map(|known| known.id.0)
                .ok_or(MetricError::OutsideInit);
        }
        match self.script.registry.define(&name, kind, unit) {
            Ok(id) => Ok(id.0),
            Err(error) => {
                let message = error.to_string();
                Err(match error {
                    DefineError::InvalidName { .. } => MetricError::InvalidName(message),
                    DefineError::Conflict { .. } => MetricError::Conflict(message),
                    #[allow(unreachable_patterns, reason = "the registry may gain cases")]
                    _ => MetricError::Other(message),
                })
            }
        }
    }

    fn add(
        &mut self,
        metric: u32,
        value: f64,
        tags: Vec<(String, String)>,
    ) -> Result<(), MetricError> {
        let load = loaded(&self.load, self.phase)?;
        if !self.script.registry.has(MetricId(metric)) {
            return Err(MetricError::UnknownMetric(metric));
        }
        if value.is_nan() {
            self.no_number(MetricId(metric));
            return Ok(());
        }
        let tags = self.with_tags(load, &tags);
        self.shard(load).add(MetricId(metric), &tags, value);
        Ok(())
    }

    fn check(
        &mut self,
        name: String,
        passed: bool,
        tags: Vec<(String, String)>,
    ) -> Result<(), MetricError> {
        let load = loaded(&self.load, self.phase)?;
        if name.contains("::") {
            return Err(MetricError::SeparatorInName(name));
        }
        let mut base = self.with_tags(load, &tags);
        if load.system_tags.contains(runner_metrics::SystemTag::Check) {
            base = load.metrics.tags().extend(&base, &[("check", &name)]);
        }
        // A group that the call names counts, as it does in the sample.
        let called = tags.iter().find(|(name, _)| name == "group");
        let group = called.map_or(self.tags.group(), |(_, group)| group);
        self.shard(load).check(group, &name, passed, &base);
        Ok(())
    }

    fn enter_group(&mut self, name: String) -> Result<(), MetricError> {
        let load = loaded(&self.load, self.phase)?;
        if name.contains("::") {
            return Err(MetricError::SeparatorInName(name));
        }
        self.tags.enter(load, &name);
        Ok(())
    }

    fn leave_group(&mut self) {
        self.end_group();
    }
}

impl VuState {
    /// Says that a component added what is no number, as the JS engine says itself.
    #[cold]
    fn no_number(&self, metric: MetricId) {
        if let Some(info) = self.script.registry.info(metric) {
            let message = format!(
                "'NaN' is an invalid value for metric '{}', a number is expected",
                info.name
            );
            self.script.log.log(Level::Warn, "", &message, &[]);
        }
    }

    /// Ends groups that an iteration left open, because it threw inside one.
    pub(crate) fn end_groups(&mut self) {
        while self.tags.in_group() {
            self.end_group();
        }
    }

    fn end_group(&mut self) {
        let Some(load) = &self.load else { return };
        let Some((carried, milliseconds)) = self.tags.leave(load) else {
            return;
        };
        let group_duration = runner_metrics::builtin::GROUP_DURATION;
        load.metrics
            .shard(self.vu)
            .lock_with(carried.metadata.as_ref())
            .add(group_duration, &carried.tags, milliseconds);
    }

    /// Where the samples of this VU are recorded.
    pub(crate) fn shard<'a>(&self, load: &'a LoadContext) -> MutexGuard<'a, Shard> {
        load.metrics
            .shard(self.vu)
            .lock_with(self.tags.carried.metadata.as_ref())
    }

    fn with_tags(&self, load: &LoadContext, tags: &[(String, String)]) -> Tags {
        load.metrics.tags().extend(&self.tags.carried.tags, tags)
    }
}

/// The load context, unless this is init code.
fn loaded(
    load: &Option<std::sync::Arc<LoadContext>>,
    phase: Phase,
) -> Result<&LoadContext, MetricError> {
    match (load, phase) {
        (Some(load), Phase::Setup | Phase::Iteration | Phase::Teardown) => Ok(load),
        _ => Err(MetricError::InsideInit),
    }
}
