//! What happens during a run that its owner must hear of at once. Rare by design: nothing that
//! happens per iteration is an event.

use std::sync::Arc;
use std::time::Duration;

use crate::scenario::ScenarioRun;
use crate::vu::VuError;

/// Something that the run's owner turns into a sample, a log line or an abort.
#[derive(Debug)]
pub enum Event {
    /// Iterations that a scenario can no longer start: one `dropped_iterations` sample.
    DroppedIterations {
        /// The scenario that lost them.
        scenario: Arc<ScenarioRun>,
        /// How many, at least 1.
        count: u64,
    },
    /// A planned VU was not in the pool when its scenario needed it; the scenario waits on.
    VuLate {
        /// The scenario that waits.
        scenario: Arc<ScenarioRun>,
        /// How long it has waited so far.
        waited: Duration,
    },
    /// No planned VU came back to the pool; the scenario goes on with one VU less.
    VuMissing {
        /// The scenario that gave up.
        scenario: Arc<ScenarioRun>,
        /// How long it waited.
        waited: Duration,
    },
    /// Arrivals found no idle VU, and there are as many VUs as there may be. Once per scenario.
    VusExhausted {
        /// The scenario that has too few.
        scenario: Arc<ScenarioRun>,
        /// How many it has.
        vus: u64,
    },
    /// A VU could not be made, activated or recovered, and is gone from the run.
    VuLost {
        /// The scenario that used it.
        scenario: Arc<ScenarioRun>,
        /// The VU's id.
        vu: u64,
        /// What it reported.
        error: VuError,
    },
}

/// Receives events, from any thread, in the middle of the run: it must return quickly.
pub type EventSink = Arc<dyn Fn(Event) + Send + Sync>;
