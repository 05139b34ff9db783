//! What the interface needs of a run.

use std::future::Future;

use crate::resources::status::Status;

/// Where a run is in its life; the numbers are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum RunStatus {
    /// Nothing has begun.
    Created = 0,
    /// VUs are made.
    InitVus = 1,
    /// Executors are made.
    InitExecutors = 2,
    /// All is ready.
    InitDone = 3,
    /// All is ready, and waits to be resumed.
    PausedBeforeRun = 4,
    /// The run's clock goes.
    Started = 5,
    /// setup runs.
    Setup = 6,
    /// The scenarios run.
    Running = 7,
    /// teardown runs.
    Teardown = 8,
    /// It went to its end.
    Ended = 9,
    /// It was cut short.
    Interrupted = 10,
    /// The script marked it as failed.
    MarkedAsFailed = 11,
}

impl RunStatus {
    /// The number that the interface shows.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// A metric at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Its name, with the tags of a submetric.
    pub name: String,
    /// `counter`, `gauge`, `rate` or `trend`.
    pub kind: &'static str,
    /// `default`, `time` or `data`.
    pub contains: &'static str,
    /// Whether a threshold of it does not hold; none where it has no threshold.
    pub tainted: Option<bool>,
    /// Its figures by name, in alphabetical order.
    pub sample: Vec<(&'static str, f64)>,
}

/// A group with its own checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// `""` for the root.
    pub name: String,
    /// Such as `::outer::inner`, `""` for the root.
    pub path: String,
    /// Groups in it.
    pub groups: Vec<Group>,
    /// Its own checks.
    pub checks: Vec<Check>,
}

/// How often a check passed and failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// How often it passed.
    pub passes: u64,
    /// How often it failed.
    pub fails: u64,
}

/// The counters of a run, for monitoring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Iterations that ran to their end.
    pub completed: u64,
    /// Iterations that were cut short.
    pub interrupted: u64,
    /// Iterations that were due and never started.
    pub dropped: u64,
    /// VUs at work.
    pub vus: u64,
    /// VUs that exist.
    pub vus_max: u64,
}

/// What a run refuses, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// It cannot be paused or resumed now.
    #[error("{0}")]
    Pause(String),
    /// It has no externally-controlled scenario, or that is not at work.
    #[error("{0}")]
    NotScalable(String),
    /// These numbers of VUs cannot be.
    #[error("{0}")]
    Scale(String),
    /// setup failed.
    #[error("{0}")]
    Setup(String),
    /// teardown failed.
    #[error("{0}")]
    Teardown(String),
}

impl ControlError {
    /// For a run without an externally-controlled scenario.
    #[must_use]
    pub fn not_externally_controlled() -> Self {
        let text = "an externally-controlled executor needs to be configured for live \
                    configuration updates";
        Self::NotScalable(text.to_owned())
    }
}

/// A run as the interface sees it. All methods are called while it runs, from a thread that is
/// not its own; none may block for longer than it takes to add up the metrics.
pub trait LiveRun: Send + Sync + 'static {
    /// How it is going.
    fn status(&self) -> Status;

    /// Pauses or resumes.
    ///
    /// # Errors
    /// [`ControlError::Pause`] where it is paused or goes already, or is over.
    fn set_paused(&self, paused: bool) -> Result<(), ControlError>;

    /// Changes the number of VUs of the externally-controlled scenario and the most it may have;
    /// none leaves as it is. May wait for the VUs for a moment, but not for ever.
    fn scale(
        &self,
        vus: Option<u64>,
        max: Option<u64>,
    ) -> impl Future<Output = Result<(), ControlError>> + Send;

    /// Ends the run.
    fn stop(&self);

    /// Metrics that have samples.
    fn metrics(&self) -> Vec<Metric>;

    /// The root group.
    fn groups(&self) -> Group;

    /// Its counters.
    fn counters(&self) -> Counters;

    /// What VUs and teardown are given, as JSON.
    fn setup_data(&self) -> Option<String>;

    /// Replaces what VUs that start from now on and teardown are given; JSON.
    fn set_setup_data(&self, data: Option<String>);

    /// Runs setup and keeps what it returns.
    fn run_setup(&self) -> impl Future<Output = Result<(), ControlError>> + Send;

    /// Runs teardown.
    fn run_teardown(&self) -> impl Future<Output = Result<(), ControlError>> + Send;
}
