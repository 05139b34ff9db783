//! The live counters of a run. Reading them costs a few loads and never waits; nothing here is
//! a consistent snapshot while VUs run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use crate::counter::Padded;
use crate::scenario::ScenarioRun;

/// Shared by the scheduler, the VUs (for `k6/execution`) and whoever shows progress.
#[derive(Debug)]
pub struct RunState {
    scenarios: Vec<Arc<ScenarioRun>>,
    max_duration: Duration,
    planned_vus: u64,
    pub(crate) active_vus: Padded<AtomicU64>,
    pub(crate) initialised_vus: AtomicU64,
    started: OnceLock<Instant>,
    scenarios_started: OnceLock<Instant>,
    ended: OnceLock<Instant>,
}

impl RunState {
    pub(crate) fn new(
        scenarios: Vec<Arc<ScenarioRun>>,
        planned_vus: u64,
        max_duration: Duration,
    ) -> Self {
        Self {
            scenarios,
            max_duration,
            planned_vus,
            active_vus: Padded::default(),
            initialised_vus: AtomicU64::new(0),
            started: OnceLock::new(),
            scenarios_started: OnceLock::new(),
            ended: OnceLock::new(),
        }
    }

    /// The scenarios that have work, by start time and name.
    #[must_use]
    pub fn scenarios(&self) -> &[Arc<ScenarioRun>] {
        &self.scenarios
    }

    /// From the start of the scenarios to the end of the last, graceful periods included.
    #[must_use]
    pub fn max_duration(&self) -> Duration {
        self.max_duration
    }

    /// VUs that are created before the run.
    #[must_use]
    pub fn planned_vus(&self) -> u64 {
        self.planned_vus
    }

    /// VUs that work for a scenario at the moment.
    #[must_use]
    pub fn active_vus(&self) -> u64 {
        self.active_vus.0.load(Ordering::Relaxed)
    }

    /// VUs that exist.
    #[must_use]
    pub fn initialised_vus(&self) -> u64 {
        self.initialised_vus.load(Ordering::Relaxed)
    }

    /// Iterations that ran to their end.
    #[must_use]
    pub fn completed(&self) -> u64 {
        self.scenarios
            .iter()
            .map(|scenario| scenario.completed())
            .sum()
    }

    /// Iterations that were cut short.
    #[must_use]
    pub fn interrupted(&self) -> u64 {
        self.scenarios
            .iter()
            .map(|scenario| scenario.interrupted())
            .sum()
    }

    /// Iterations that were never started.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.scenarios
            .iter()
            .map(|scenario| scenario.dropped())
            .sum()
    }

    /// Starts the clock of the run. Its owner calls it before setup; the first call counts.
    pub fn mark_started(&self) {
        let _ = self.started.set(Instant::now());
    }

    /// Stops the clock of the run. Its owner calls it after teardown; the first call counts.
    pub fn mark_ended(&self) {
        let _ = self.ended.set(Instant::now());
    }

    pub(crate) fn mark_scenarios_started(&self, at: Instant) {
        let _ = self.started.set(at);
        let _ = self.scenarios_started.set(at);
    }

    /// Time since the scenarios started; None before.
    pub(crate) fn scenarios_elapsed(&self) -> Option<Duration> {
        self.scenarios_started
            .get()
            .map(|started| self.until_now(*started))
    }

    /// Time on the run's clock; zero before it starts.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started
            .get()
            .map_or(Duration::ZERO, |started| self.until_now(*started))
    }

    fn until_now(&self, from: Instant) -> Duration {
        let until = self.ended.get().copied().unwrap_or_else(Instant::now);
        until.saturating_duration_since(from)
    }
}
