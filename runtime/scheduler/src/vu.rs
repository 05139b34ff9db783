//! The contract between the scheduler and a virtual user. Static dispatch: a run has one kind of
//! VU, and the loop around [`Vu::iterate`] must cost next to nothing.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use crate::scenario::ScenarioRun;

/// What the scheduler knows about the iteration that it asks for. Both numbers start at 0 and
/// are unique within the scenario, over all its VUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IterationContext {
    /// Among the iterations of this process.
    pub iteration_in_scenario_instance: u64,
    /// Among the iterations of the whole test.
    pub iteration_in_scenario_test: u64,
}

/// How an iteration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IterationOutcome {
    /// It ran to its end, be it by an exception: both count as complete.
    Completed,
    /// The VU itself cut it short (the script aborted the run). The VU is still usable.
    Interrupted,
    /// It ended and left the VU unusable (a trap, memory exhausted). Counts as complete;
    /// [`Vu::recover`] is called before anything else.
    Broken,
}

/// One virtual user.
pub trait Vu: Send + 'static {
    /// Counted from 1, unique in the run.
    fn id(&self) -> u64;

    /// Prepares the VU for the iterations of a scenario. Called at each start or restart of a
    /// VU, always before the first [`Vu::iterate`].
    fn activate(
        &mut self,
        scenario: &Arc<ScenarioRun>,
    ) -> impl Future<Output = Result<(), VuError>> + Send;

    /// Runs one iteration. Its future is dropped half-way when the iteration is interrupted,
    /// so guest code that never waits must still return `Pending` from time to time.
    fn iterate(&mut self, ctx: IterationContext) -> impl Future<Output = IterationOutcome> + Send;

    /// The future of an `activate` or `iterate` was dropped: lets go of what others may wait for.
    /// Everything else is left to [`Vu::recover`], which may never be called.
    fn interrupted(&mut self) {}

    /// Makes the VU usable again after a future of `activate` or `iterate` was dropped, or an
    /// iteration was [`IterationOutcome::Broken`]. Called only when the VU is needed again.
    /// On an error the VU is given up.
    fn recover(&mut self) -> impl Future<Output = Result<(), VuError>> + Send;
}

/// Makes VUs.
pub trait VuFactory: Send + Sync + 'static {
    /// What it makes.
    type Vu: Vu;

    /// Makes the VU with this id. Several calls run in parallel.
    fn create(&self, id: u64) -> impl Future<Output = Result<Self::Vu, VuError>> + Send;
}

/// An error of a VU, opaque to the scheduler: whoever wrote the VU gets it back by downcasting.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct VuError(Box<dyn Error + Send + Sync>);

impl VuError {
    /// Wraps any error, or a text.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(error.into())
    }

    /// The wrapped error.
    #[must_use]
    pub fn get(&self) -> &(dyn Error + Send + Sync + 'static) {
        self.0.as_ref()
    }

    /// Gives the wrapped error back.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.0
    }
}
