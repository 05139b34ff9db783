//! The live counters of a run. Reading them costs a few loads and never waits; nothing here is
//! a consistent snapshot while VUs run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use runner_values::Demand;
use runner_values::Part;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::counter::Padded;
use crate::scenario::ScenarioRun;

/// Shared by the scheduler, the VUs (for `k6/execution`) and whoever shows progress.
#[derive(Debug)]
pub struct RunState {
    scenarios: Vec<Arc<ScenarioRun>>,
    max_duration: Duration,
    planned_vus: u64,
    max_vus: u64,
    vu_limit: Option<u64>,
    clock: Arc<Clock>,
    part: Part,
    /// VUs that may still be made because a scenario finds none idle.
    unplanned_vus: AtomicU64,
    /// The id that was given to a VU last.
    pub(crate) last_vu: AtomicU64,
    pub(crate) active_vus: Padded<AtomicU64>,
    pub(crate) initialised_vus: AtomicU64,
    started: OnceLock<Instant>,
    scenarios_started: OnceLock<Instant>,
    ended: OnceLock<Instant>,
}

impl RunState {
    pub(crate) fn new(
        scenarios: Vec<Arc<ScenarioRun>>,
        demand: Demand,
        vu_limit: Option<u64>,
        clock: Arc<Clock>,
        part: Part,
    ) -> Self {
        Self {
            scenarios,
            max_duration: demand.max_duration,
            planned_vus: demand.planned_vus,
            max_vus: demand.max_vus,
            vu_limit,
            clock,
            part,
            unplanned_vus: AtomicU64::new(demand.max_vus.saturating_sub(demand.planned_vus)),
            last_vu: AtomicU64::new(demand.planned_vus),
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

    /// The clock by which the run goes.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The most VUs that a scenario may have which has `vus` by its options, when all others
    /// have as many as they may need. None where nothing limits it.
    pub(crate) fn room_for(&self, vus: u64) -> Option<u64> {
        let others = self.max_vus.saturating_sub(vus);
        self.vu_limit.map(|limit| limit.saturating_sub(others))
    }

    /// The id in the whole test of the VU with this id in this process. Both count from 1; 0 is
    /// no VU.
    #[must_use]
    pub fn vu_in_test(&self, vu: u64) -> u64 {
        vu.checked_sub(1)
            .map_or(0, |index| self.part.global(index) + 1)
    }

    /// Asks for the right to make one VU more. False when all that were foreseen exist.
    pub(crate) fn take_unplanned(&self) -> bool {
        let taken = self
            .unplanned_vus
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
        taken.is_ok()
    }

    /// True while no iteration may start, because the run was paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.clock.is_paused()
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
        let _ = self.started.set(self.clock.now());
    }

    /// Stops the clock of the run. Its owner calls it after teardown; the first call counts.
    pub fn mark_ended(&self) {
        let _ = self.ended.set(self.clock.now());
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
        let until = self
            .ended
            .get()
            .copied()
            .unwrap_or_else(|| self.clock.now());
        until.saturating_duration_since(from)
    }
}
