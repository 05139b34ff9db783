//! The scheduler's live counters, as VUs see them through `exec.instance`.
//!
//! VUs are made before the scheduler that counts them, so the counters arrive later.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use runner_host::InstanceCounters;
use runner_scheduler::RunState;

/// Zeros until the scheduler's state is put in.
#[derive(Debug, Default)]
pub(crate) struct LateCounters(OnceLock<Arc<RunState>>);

impl LateCounters {
    pub(crate) fn set(&self, state: &Arc<RunState>) {
        // There is one scheduler per run.
        let _ = self.0.set(Arc::clone(state));
    }
}

impl InstanceCounters for LateCounters {
    fn completed(&self) -> u64 {
        self.0.get().map_or(0, |state| state.completed())
    }

    fn interrupted(&self) -> u64 {
        self.0.get().map_or(0, |state| state.interrupted())
    }

    fn vu_in_test(&self, vu: u64) -> u64 {
        self.0.get().map_or(vu, |state| state.vu_in_test(vu))
    }

    fn vus_active(&self) -> u64 {
        self.0.get().map_or(0, |state| state.active_vus())
    }

    fn vus_initialized(&self) -> u64 {
        self.0.get().map_or(0, |state| state.initialised_vus())
    }

    fn elapsed(&self) -> Duration {
        self.0.get().map_or(Duration::ZERO, |state| state.elapsed())
    }

    fn scenario(&self, name: &str) -> (u64, f64) {
        let Some(state) = self.0.get() else {
            return (0, 0.0);
        };
        let found = state.scenarios().iter().find(|run| &**run.name() == name);
        found.map_or((0, 0.0), |run| {
            (run.start_unix_nanos().unwrap_or_default(), run.progress())
        })
    }
}
