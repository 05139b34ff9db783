//! A scenario while it runs: its settings, its counters and its clock. Shared by its executor,
//! its VUs (for `k6/execution`) and whoever shows progress.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use runner_values::executor::Executor;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::config::ScenarioConfig;
use crate::control::Targets;
use crate::counter::{Padded, ShardedCounter};
use crate::vu::IterationContext;

/// One scenario of a run.
#[derive(Debug)]
pub struct ScenarioRun {
    config: ScenarioConfig,
    index: usize,
    clock: Arc<Clock>,
    /// What an `externally-controlled` scenario is to do.
    targets: Option<watch::Sender<Targets>>,
    /// Hands out iteration numbers, so it counts the iterations that were attempted.
    next_iteration: Padded<AtomicU64>,
    pub(crate) completed: ShardedCounter,
    pub(crate) interrupted: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) active_vus: AtomicU64,
    /// VUs that wait for arrivals or run one.
    pub(crate) allocated_vus: AtomicU64,
    started: OnceLock<(Instant, u64)>,
    /// When its VUs were ready, where its clock starts only then.
    clock_started: OnceLock<(Instant, u64)>,
    ended: OnceLock<Instant>,
    aborted: AtomicBool,
}

impl ScenarioRun {
    pub(crate) fn new(config: ScenarioConfig, index: usize, clock: Arc<Clock>) -> Arc<Self> {
        let targets = match &config.executor {
            Executor::ExternallyControlled(config) => {
                Some(Targets::channel(config.vus, config.max_vus))
            }
            _ => None,
        };
        Arc::new(Self {
            config,
            index,
            clock,
            targets,
            next_iteration: Padded::default(),
            completed: ShardedCounter::default(),
            interrupted: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            active_vus: AtomicU64::new(0),
            allocated_vus: AtomicU64::new(0),
            started: OnceLock::new(),
            clock_started: OnceLock::new(),
            ended: OnceLock::new(),
            aborted: AtomicBool::new(false),
        })
    }

    /// The scenario's key in the options.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.config.name
    }

    /// Position among the scenarios of the run, by start time and name.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// The executor's name in the options.
    #[must_use]
    pub fn executor(&self) -> &'static str {
        self.config.executor.kind().name()
    }

    /// The settings it runs with.
    #[must_use]
    pub fn config(&self) -> &ScenarioConfig {
        &self.config
    }

    /// When its clock started, once it has: Unix time in nanoseconds.
    #[must_use]
    pub fn start_unix_nanos(&self) -> Option<u64> {
        self.start().map(|(_, unix)| *unix)
    }

    fn start(&self) -> Option<&(Instant, u64)> {
        self.clock_started.get().or_else(|| self.started.get())
    }

    /// Time since it started, frozen when it ends; None before.
    #[must_use]
    pub fn elapsed(&self) -> Option<Duration> {
        let (started, _) = self.start()?;
        let until = self
            .ended
            .get()
            .copied()
            .unwrap_or_else(|| self.clock.now());
        Some(until.saturating_duration_since(*started))
    }

    /// How far it is, 0 to 1: by iterations where their number is given, else by time.
    #[must_use]
    pub fn progress(&self) -> f64 {
        let Some(elapsed) = self.elapsed() else {
            return 0.0;
        };
        let regular = self.config.executor.regular_duration();
        let is_done = self.has_ended() && !self.was_aborted();
        if elapsed >= regular || is_done {
            return 1.0;
        }
        match self.total_iterations() {
            Some(total) => (self.finished_iterations() as f64 / total as f64).min(1.0),
            None => elapsed.as_secs_f64() / regular.as_secs_f64(),
        }
    }

    /// Iterations that it is to run in all; None where only time limits them.
    #[must_use]
    pub fn total_iterations(&self) -> Option<u64> {
        match &self.config.executor {
            Executor::SharedIterations(config) => Some(config.iterations),
            Executor::PerVuIterations(config) => Some(config.iterations.saturating_mul(config.vus)),
            _ => None,
        }
    }

    /// Iterations that ran to their end.
    #[must_use]
    pub fn completed(&self) -> u64 {
        self.completed.sum()
    }

    /// Iterations that were cut short.
    #[must_use]
    pub fn interrupted(&self) -> u64 {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Iterations that were never started for lack of time.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// VUs that work for the scenario at the moment.
    #[must_use]
    pub fn active_vus(&self) -> u64 {
        self.active_vus.load(Ordering::Relaxed)
    }

    /// True once its regular time is over or its iterations are done, and all VUs are back.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended.get().is_some()
    }

    /// True when it was cut short by an abort of the run.
    #[must_use]
    pub fn was_aborted(&self) -> bool {
        self.aborted.load(Ordering::Relaxed)
    }

    /// The clock by which it goes.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What it is to do, where that is left to whoever controls the run.
    pub(crate) fn targets(&self) -> Option<&watch::Sender<Targets>> {
        self.targets.as_ref()
    }

    /// Iterations that ended, in whatever way.
    pub(crate) fn finished_iterations(&self) -> u64 {
        self.completed() + self.interrupted()
    }

    /// Iterations that were attempted, or more where VUs raced for the last one.
    pub(crate) fn attempted(&self) -> u64 {
        self.next_iteration.0.load(Ordering::Relaxed)
    }

    /// The number of the next iteration.
    #[inline]
    pub(crate) fn next_iteration(&self) -> IterationContext {
        let number = self.next_iteration.0.fetch_add(1, Ordering::Relaxed);
        IterationContext {
            iteration_in_scenario_instance: number,
            iteration_in_scenario_test: self.config.part.global(number),
        }
    }

    pub(crate) fn mark_started(&self, at: Instant) {
        let _ = self.started.set((at, unix_now()));
    }

    /// All its VUs are activated, which its clock has waited for.
    pub(crate) fn mark_clock_started(&self, at: Instant) {
        let _ = self.clock_started.set((at, unix_now()));
    }

    pub(crate) fn mark_ended(&self) {
        let _ = self.ended.set(self.clock.now());
    }

    pub(crate) fn mark_aborted(&self) {
        self.aborted.store(true, Ordering::Relaxed);
    }
}

fn unix_now() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
