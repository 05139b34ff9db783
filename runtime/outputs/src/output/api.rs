//! What an output is, and what it gets to know.
//!
//! Contract: each output lives on a thread of its own, where it may block. `start` is called
//! first, then `add_samples` and `flush` in any order, then `stop`, all from one thread at a
//! time. Samples come in the order in which they were fetched from a shard, about 20 times a
//! second; samples of different shards are not ordered by time. An output that is slower than
//! the samples loses the newest ones: it never slows the run. What it loses is counted, be it
//! in its queue or because it returned a [`Failure`].

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use runner_metrics::{
    MetricInfo, Metrics, RawSample, SystemTags, TagInterner, ThresholdResult, ThresholdSet,
};

/// Where samples go.
pub trait Output: Send {
    /// Its name and destination, in a few words, for the description of the run.
    fn description(&self) -> String;

    /// Opens what it writes to. A failure ends the run before it begins.
    ///
    /// # Errors
    /// [`Failure`] says what cannot be opened, and why.
    fn start(&mut self, context: &OutputContext) -> Result<(), Failure>;

    /// Takes samples; all of them are finite.
    ///
    /// # Errors
    /// [`Failure`] with the number of samples that did not arrive. The run goes on, and so do
    /// further calls.
    fn add_samples(&mut self, samples: &[RawSample]) -> Result<(), Failure>;

    /// How often [`Self::flush`] is called.
    fn flush_interval(&self) -> Duration {
        Duration::from_secs(1)
    }

    /// Passes on what waits in buffers of its own.
    ///
    /// # Errors
    /// As for [`Self::add_samples`].
    fn flush(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Writes what is left and closes. Thresholds have been evaluated for the last time. Comes
    /// after a last flush and is called once, also after failures.
    ///
    /// # Errors
    /// As for [`Self::add_samples`].
    fn stop(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

/// Something did not get where it should.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What, and why.
    pub message: String,
    /// How many samples are lost with it.
    pub lost: u64,
}

impl Failure {
    /// A failure that lost no sample.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            lost: 0,
        }
    }
}

/// What an output can look at. Cloning is cheap.
#[derive(Clone)]
pub struct OutputContext {
    /// The metrics, their submetrics and tags.
    pub metrics: Arc<Metrics>,
    /// The thresholds as the user gave them.
    pub thresholds: Arc<ThresholdSet>,
    /// Tags that the host adds to samples.
    pub system_tags: SystemTags,
    /// The script as the user named it.
    pub script: Arc<str>,
    /// The options of the run, resolved, as JSON.
    pub options: Arc<str>,
    /// Where relative paths start.
    pub folder: Arc<Path>,
    /// The run itself.
    pub run: Arc<dyn RunView>,
}

impl std::fmt::Debug for OutputContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutputContext")
            .field("script", &self.script)
            .finish_non_exhaustive()
    }
}

impl OutputContext {
    /// What samples say of their metric.
    #[must_use]
    pub fn metric(&self, sample: &RawSample) -> Option<MetricInfo> {
        self.metrics.registry().info(sample.metric)
    }

    /// What samples say of their tags.
    #[must_use]
    pub fn tags(&self) -> &TagInterner {
        self.metrics.tags()
    }
}

/// A run as its outputs see it.
pub trait RunView: Send + Sync {
    /// Where it is.
    fn status(&self) -> Status;

    /// How the thresholds stood when they were last evaluated; empty before the first time.
    fn thresholds(&self) -> Vec<ThresholdResult>;

    /// Ends the run early, because of what `reason` says: teardown and summary still come, and
    /// the exit code says that something went wrong.
    fn stop(&self, reason: String);

    /// Why the run failed, if it did; known when outputs are stopped.
    fn failure(&self) -> Option<String> {
        None
    }
}

/// Where a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Time since setup began; zero before.
    pub elapsed: Duration,
    /// VUs that execute iterations.
    pub active_vus: u64,
    /// VUs that exist.
    pub initialised_vus: u64,
    /// Iterations that ran to their end.
    pub completed: u64,
    /// Iterations that were cut short.
    pub interrupted: u64,
    /// Whether the run is being ended early.
    pub stopping: bool,
}

/// How the thresholds stood when they were last evaluated. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct LatestResults(Arc<RwLock<Vec<ThresholdResult>>>);

impl LatestResults {
    /// Keeps new results.
    pub fn set(&self, results: Vec<ThresholdResult>) {
        *self.0.write() = results;
    }

    /// The last results.
    #[must_use]
    pub fn get(&self) -> Vec<ThresholdResult> {
        self.0.read().clone()
    }
}
