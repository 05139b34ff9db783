//! The data of an output's store: what its imports work on, and its memory limit.

use std::sync::Arc;

use runner_extensions::{Denials, LastWords, Reach, ReachView};
use runner_outputs::RunView;
use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::bindings::runner::log::log::{Host as LogHost, Level as WitLevel};
use crate::bindings::runner::output::run::Host as RunHost;

/// How serious a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Shown with `--verbose` only.
    Debug,
    /// What is good to know.
    Info,
    /// What may be wrong.
    Warn,
    /// What went wrong.
    Error,
}

/// Takes a line for the run's log: level, source, message, names and values.
pub type Log = Arc<dyn Fn(Level, &str, &str, &[(&str, &str)]) + Send + Sync>;

/// What an output's imports work on.
pub(crate) struct State {
    pub(crate) name: Arc<str>,
    pub(crate) log: Log,
    pub(crate) memory: MemoryLimit,
    pub(crate) denials: Denials,
    pub(crate) words: LastWords,
    reach: Reach,
    wasi: WasiCtx,
    table: ResourceTable,
    /// There from `start` on.
    run: Option<Arc<dyn RunView>>,
    /// Why it wanted to stop the run before there was one.
    early: Option<String>,
}

impl State {
    pub(crate) fn new(
        name: &str,
        log: &Log,
        memory: usize,
        sandbox: runner_extensions::Sandbox,
    ) -> Self {
        Self {
            name: name.into(),
            log: Arc::clone(log),
            memory: MemoryLimit::new(memory),
            denials: sandbox.denials,
            words: sandbox.words,
            reach: sandbox.reach,
            wasi: sandbox.wasi,
            table: ResourceTable::new(),
            run: None,
            early: None,
        }
    }

    /// From now on there is a run that can be stopped.
    pub(crate) fn set_run(&mut self, run: Arc<dyn RunView>) {
        if let Some(reason) = self.early.take() {
            run.stop(reason);
        }
        self.run = Some(run);
    }
}

impl RunHost for State {
    fn stop_run(&mut self, reason: String) {
        let text = format!("the output {} stopped the test: {reason}", self.name);
        match &self.run {
            Some(run) => run.stop(text),
            None => self.early = Some(text),
        }
    }
}

impl LogHost for State {
    fn write(
        &mut self,
        level: WitLevel,
        source: String,
        message: String,
        fields: Vec<(String, String)>,
    ) {
        let level = match level {
            WitLevel::Debug => Level::Debug,
            WitLevel::Info => Level::Info,
            WitLevel::Warn => Level::Warn,
            WitLevel::Error => Level::Error,
        };
        let source = if source.is_empty() {
            &*self.name
        } else {
            source.as_str()
        };
        let fields: Vec<_> = fields
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        (self.log)(level, source, &message, &fields);
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Bounds all linear memories of an output together. A refusal is remembered, because the output
/// makes of it whatever its language makes of a failed allocation.
#[derive(Debug)]
pub(crate) struct MemoryLimit {
    most: usize,
    used: usize,
    refused: bool,
}

impl MemoryLimit {
    fn new(most: usize) -> Self {
        Self {
            most,
            used: 0,
            refused: false,
        }
    }

    /// The limit in MiB, where more was wanted.
    pub(crate) fn exceeded(&self) -> Option<usize> {
        self.refused.then_some(self.most >> 20)
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current);
        let granted = self.used.saturating_add(more) <= self.most;
        if granted {
            self.used += more;
        }
        self.refused |= !granted;
        Ok(granted)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= 100_000)
    }
}

impl ReachView for State {
    fn reach(&self) -> &Reach {
        &self.reach
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_bounded_together() {
        let mut limit = MemoryLimit::new(10 << 20);
        assert!(limit.memory_growing(0, 6 << 20, None).unwrap());
        assert!(limit.memory_growing(0, 4 << 20, None).unwrap());
        assert_eq!(limit.exceeded(), None);
        assert!(!limit.memory_growing(4 << 20, (4 << 20) + 1, None).unwrap());
        assert_eq!(limit.exceeded(), Some(10));
    }
}
