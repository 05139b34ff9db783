//! Control of a run while it goes on: what the REST interface shows of it and may do to it.
//!
//! Everything here is called from threads that are not the run's own. Nothing is computed unless
//! somebody asks; metrics are added up at most every [`FRESH`], however many ask.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use parking_lot::Mutex;
use runner_control::{ControlError, Counters, Group, LiveRun, Metric, RunStatus, Status};
use runner_host::Repeats;
use runner_metrics::{Metrics, ThresholdSet};
use runner_scheduler::{Abort, AbortReason, Control, RunState, ScaleError};
use runner_vu::{Factory, Phases, VuError};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::Stage;
use crate::reading::{self, Reading};

/// Metrics that were added up within this time are shown again.
const FRESH: Duration = Duration::from_millis(100);
/// The same for whether a threshold is crossed; k6 looks every two seconds.
const FRESH_TAINT: Duration = Duration::from_secs(1);
/// What VUs get to start or stop in before the answer to a scaling is given.
const SETTLE: Duration = Duration::from_secs(1);

/// What [`RunControl`] is made of.
pub(crate) struct Parts {
    pub(crate) control: Control,
    pub(crate) state: Arc<RunState>,
    pub(crate) abort: Abort,
    pub(crate) marked_failed: Arc<OnceLock<String>>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) thresholds: Arc<ThresholdSet>,
    pub(crate) factory: Arc<Factory>,
    pub(crate) phases: Phases,
    pub(crate) repeats: Arc<Repeats>,
    /// How long setup may take; none where the script has none.
    pub(crate) setup: Option<Duration>,
    /// How long teardown may take; none where the script has none.
    pub(crate) teardown: Option<Duration>,
}

/// Controls one run.
pub struct RunControl {
    parts: Parts,
    status: AtomicU8,
    stopped: AtomicBool,
    data: Mutex<SetupData>,
    /// Setup and teardown on demand, one at a time: instances for them are few.
    phase: tokio::sync::Mutex<()>,
    /// The run's own, for what is asked from elsewhere.
    runtime: OnceLock<Handle>,
    linger_over: watch::Sender<bool>,
    reading: Mutex<Option<(Instant, Arc<Reading>)>>,
}

#[derive(Debug, Default)]
struct SetupData {
    /// JSON.
    data: Option<String>,
    /// Whether it came through the interface.
    is_given: bool,
}

impl std::fmt::Debug for RunControl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunControl")
            .field("status", &self.status)
            .field("stopped", &self.stopped)
            .finish_non_exhaustive()
    }
}

impl RunControl {
    pub(crate) fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            parts,
            status: AtomicU8::new(RunStatus::Created.number()),
            stopped: AtomicBool::new(false),
            data: Mutex::default(),
            phase: tokio::sync::Mutex::default(),
            runtime: OnceLock::new(),
            linger_over: watch::Sender::new(false),
            reading: Mutex::default(),
        })
    }

    /// The run begins, on this task's runtime. `paused` lets it wait when its VUs are ready.
    pub(crate) fn begin(&self, paused: bool) {
        let _ = self.runtime.set(Handle::current());
        if paused {
            self.parts.control.pause();
        }
    }

    /// Notes where the run is.
    pub(crate) fn note(&self, stage: Stage) {
        let status = match stage {
            Stage::Initialising(..) => RunStatus::InitVus,
            Stage::Paused => RunStatus::PausedBeforeRun,
            Stage::Setup => RunStatus::Setup,
            Stage::Running => RunStatus::Running,
            Stage::Teardown => RunStatus::Teardown,
            // What is asked for while it lingers does not change how it ended.
            Stage::Lingering | Stage::Finished if self.at_least(RunStatus::Ended) => return,
            Stage::Lingering | Stage::Finished => self.how_it_ended(),
        };
        self.status.store(status.number(), Ordering::Relaxed);
    }

    /// With the VUs ready, waits while the run is paused. False when it was aborted meanwhile.
    pub(crate) async fn may_start(&self, stage: impl Fn(Stage)) -> bool {
        let Parts { control, abort, .. } = &self.parts;
        if control.is_paused() {
            stage(Stage::Paused);
            tokio::select! {
                biased;
                () = abort.aborted() => {}
                () = control.wait_until_running() => {}
            }
        }
        !abort.is_aborted()
    }

    /// Setup data that came through the interface before setup ran: setup is not needed then.
    pub(crate) fn has_setup_data(&self) -> bool {
        self.data.lock().is_given
    }

    /// Keeps what setup returned.
    pub(crate) fn keep_setup_data(&self, data: Option<String>) {
        self.store(data, false);
    }

    /// Waits until [`RunControl::end_linger`] is called; not at all when it was, or when there
    /// is nothing to look at because the run has not started.
    pub(crate) async fn linger(&self, stage: impl Fn(Stage)) {
        let mut over = self.linger_over.subscribe();
        if self.at_least(RunStatus::Started) && !*over.borrow() {
            stage(Stage::Lingering);
            // An error would mean that the sender is gone, and `self` holds it.
            let _ = over.wait_for(|is_over| *is_over).await;
        }
    }

    /// Lets a run that lingers after its end go on to its summary, and one that is not there
    /// yet not linger. For Ctrl-C.
    pub fn end_linger(&self) {
        self.linger_over.send_replace(true);
    }

    fn store(&self, data: Option<String>, is_given: bool) {
        self.parts.factory.set_data(data.clone());
        *self.data.lock() = SetupData { data, is_given };
    }

    fn how_it_ended(&self) -> RunStatus {
        if self.parts.marked_failed.get().is_some() {
            RunStatus::MarkedAsFailed
        } else if self.parts.abort.is_aborted() {
            RunStatus::Interrupted
        } else {
            RunStatus::Ended
        }
    }

    fn at_least(&self, status: RunStatus) -> bool {
        self.status.load(Ordering::Relaxed) >= status.number()
    }

    /// Metrics as they were not longer ago than this.
    fn reading(&self, max_age: Duration) -> Arc<Reading> {
        let mut last = self.reading.lock();
        match &*last {
            Some((at, reading)) if at.elapsed() <= max_age => Arc::clone(reading),
            _ => {
                let reading = Arc::new(Reading::take(
                    &self.parts.metrics,
                    &self.parts.thresholds,
                    self.parts.state.elapsed(),
                ));
                *last = Some((Instant::now(), Arc::clone(&reading)));
                reading
            }
        }
    }

    /// Runs a phase where the run's VUs are: the caller's thread is not made for that.
    async fn on_demand<T: Send + 'static>(
        &self,
        call: impl Future<Output = Result<T, VuError>> + Send + 'static,
    ) -> Result<T, String> {
        let runtime = self.runtime.get().ok_or("the run has not begun")?;
        let _turn = self.phase.lock().await;
        let result = runtime.spawn(call).await;
        result
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())
    }
}

impl LiveRun for RunControl {
    fn status(&self) -> Status {
        let Parts {
            control,
            thresholds,
            ..
        } = &self.parts;
        let status = self.status.load(Ordering::Relaxed);
        let running = RunStatus::Started.number()..RunStatus::Ended.number();
        Status {
            status,
            paused: control.is_paused(),
            vus: control.vus(),
            vus_max: control.max_vus(),
            stopped: self.stopped.load(Ordering::Relaxed),
            running: running.contains(&status),
            tainted: !thresholds.is_empty() && self.reading(FRESH_TAINT).is_tainted(),
            exceptions: self.parts.repeats.failures(),
        }
    }

    fn set_paused(&self, paused: bool) -> Result<(), ControlError> {
        let refused = |text: &str| Err(ControlError::Pause(text.to_owned()));
        if self.at_least(RunStatus::Teardown) {
            return refused("the scenarios are over");
        }
        let control = &self.parts.control;
        match paused {
            true if !control.pause() => refused("test execution was already paused"),
            false if !control.resume() => refused("test execution wasn't paused"),
            _ => Ok(()),
        }
    }

    async fn scale(&self, vus: Option<u64>, max: Option<u64>) -> Result<(), ControlError> {
        let control = &self.parts.control;
        control.scale(vus, max).map_err(|error| match error {
            ScaleError::NoScenario => ControlError::not_externally_controlled(),
            ScaleError::NotRunning => ControlError::NotScalable(error.to_string()),
            _ => ControlError::Scale(format!("invalid configuration supplied: {error}")),
        })?;
        // Whoever asked for ten VUs is to see ten in the answer, if that takes no longer.
        let is_settled = || {
            control.is_paused()
                || self.status.load(Ordering::Relaxed) != RunStatus::Running.number()
                || vus.is_none_or(|vus| control.vus() == vus)
                    && max.is_none_or(|max| control.max_vus() >= max)
        };
        let settled = async {
            while !is_settled() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let _ = timeout(SETTLE, settled).await;
        Ok(())
    }

    fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.parts.abort.abort(AbortReason::Rest);
        self.end_linger();
    }

    fn metrics(&self) -> Vec<Metric> {
        self.reading(FRESH).metrics()
    }

    fn groups(&self) -> Group {
        reading::group(self.reading(FRESH).root_group())
    }

    fn counters(&self) -> Counters {
        let state = &self.parts.state;
        Counters {
            completed: state.completed(),
            interrupted: state.interrupted(),
            dropped: state.dropped(),
            vus: state.active_vus(),
            vus_max: state.initialised_vus(),
        }
    }

    fn setup_data(&self) -> Option<String> {
        self.data.lock().data.clone()
    }

    /// None takes back what was given: setup runs as if nothing had been, if it is still to come.
    fn set_setup_data(&self, data: Option<String>) {
        let is_given = data.is_some();
        self.store(data, is_given);
    }

    async fn run_setup(&self) -> Result<(), ControlError> {
        let data = match self.parts.setup {
            None => None,
            Some(limit) => {
                let phases = self.parts.phases.clone();
                self.on_demand(async move { phases.setup(limit).await })
                    .await
                    .map_err(ControlError::Setup)?
            }
        };
        self.store(data, true);
        Ok(())
    }

    async fn run_teardown(&self) -> Result<(), ControlError> {
        let Some(limit) = self.parts.teardown else {
            return Ok(());
        };
        let (phases, data) = (self.parts.phases.clone(), self.setup_data());
        self.on_demand(async move { phases.teardown(data.as_deref(), limit).await })
            .await
            .map_err(ControlError::Teardown)
    }
}
