//! Control of a run from outside while it goes on: pause, resume, and the number of VUs of an
//! `externally-controlled` scenario.
//!
//! A pause holds for every executor. No iteration starts, those that run finish, and the clock
//! of the run stands still: durations, stages and arrivals that lie ahead are shifted, so nothing
//! piles up and nothing is lost. Paused time is in no elapsed time.

use std::sync::Arc;

use tokio::sync::watch;

use crate::state::RunState;

/// Controls one run. Clones control the same run, from any thread.
#[derive(Debug, Clone)]
pub struct Control {
    state: Arc<RunState>,
}

/// Why a run was not scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScaleError {
    /// The number of VUs can only be set where a scenario leaves it to be set.
    #[error(
        "an externally-controlled executor demand to be configured to change the number of VUs"
    )]
    NoScenario,
    /// The scenario is over.
    #[error("the externally-controlled scenario is over")]
    NotRunning,
    /// More VUs at work than there may be.
    #[error(
        "the number of active VUs ({vus}) must be less than or equal to the number of maxVUs ({max})"
    )]
    VusAboveMax {
        /// VUs that were asked for.
        vus: u64,
        /// The maximum that would hold.
        max: u64,
    },
    /// Other scenarios may count on the VUs that were there from the start.
    #[error(
        "the new number of max VUs cannot be lower than the starting number of max VUs ({start})"
    )]
    MaxBelowStart {
        /// `maxVUs` in the options.
        start: u64,
    },
    /// This process has no room for so many.
    #[error("the number of max VUs ({max}) is more than this run has room for ({limit})")]
    MaxAboveLimit {
        /// What was asked for.
        max: u64,
        /// The most that can be had.
        limit: u64,
    },
}

/// What an `externally-controlled` scenario is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Targets {
    /// VUs at work.
    pub(crate) vus: u64,
    /// VUs that exist for it.
    pub(crate) max_vus: u64,
}

impl Control {
    pub(crate) fn new(state: Arc<RunState>) -> Self {
        Self { state }
    }

    /// Lets no further iteration start. False when the run is paused already.
    pub fn pause(&self) -> bool {
        self.state.clock().pause()
    }

    /// Ends a pause. False when there is none.
    pub fn resume(&self) -> bool {
        self.state.clock().resume()
    }

    /// True from [`Control::pause`] to [`Control::resume`].
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.state.clock().is_paused()
    }

    /// Completes when the run is not paused, at once when it is not.
    pub async fn wait_until_running(&self) {
        self.state.clock().resumed().await;
    }

    /// VUs that work for a scenario at the moment.
    #[must_use]
    pub fn vus(&self) -> u64 {
        self.state.active_vus()
    }

    /// VUs that exist at the moment, those that will be used later included.
    #[must_use]
    pub fn max_vus(&self) -> u64 {
        self.state.initialised_vus()
    }

    /// Sets the number of VUs, the maximum, or both, of the first `externally-controlled`
    /// scenario; what is None stays. VUs that are too many finish their iteration. The scenario
    /// follows at once, or when it starts; this call does not wait for VUs to be made.
    ///
    /// # Errors
    /// See [`ScaleError`]; nothing has changed then.
    pub fn scale(&self, vus: Option<u64>, max: Option<u64>) -> Result<(), ScaleError> {
        let found = self
            .state
            .scenarios()
            .iter()
            .find_map(|scenario| Some((scenario, scenario.targets()?)));
        let (scenario, targets) = found.ok_or(ScaleError::NoScenario)?;
        if scenario.has_ended() {
            return Err(ScaleError::NotRunning);
        }
        let start = scenario.config().executor.max_vus();
        let limit = self.state.room_for(start);
        let mut outcome = Ok(());
        targets.send_if_modified(|targets| {
            let next = Targets {
                vus: vus.unwrap_or(targets.vus),
                max_vus: max.unwrap_or(targets.max_vus),
            };
            outcome = next.check(start, limit);
            let is_new = outcome.is_ok() && next != *targets;
            if is_new {
                *targets = next;
            }
            is_new
        });
        outcome
    }
}

impl Targets {
    pub(crate) fn channel(vus: u64, max_vus: u64) -> watch::Sender<Self> {
        watch::Sender::new(Self { vus, max_vus })
    }

    fn check(self, start: u64, limit: Option<u64>) -> Result<(), ScaleError> {
        let Self { vus, max_vus: max } = self;
        if vus > max {
            return Err(ScaleError::VusAboveMax { vus, max });
        }
        if max < start {
            return Err(ScaleError::MaxBelowStart { start });
        }
        match limit {
            Some(limit) if max > limit => Err(ScaleError::MaxAboveLimit { max, limit }),
            _ => Ok(()),
        }
    }
}
