//! Fetches raw samples from the metrics and hands them to every output.
//!
//! One thread fetches, every 50 ms or when a buffer fills up; each output has a thread and a
//! bounded queue of its own (`lane.rs`). So neither a slow output nor a busy machine makes a VU
//! wait, and one output does not hold up another.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle, Thread};
use std::time::{Duration, Instant};

use runner_metrics::{Metrics, Pressure};

use super::api::{Failure, Output, OutputContext};
use super::lane::{Batch, Lane, Notice, weight};

/// How often samples are fetched.
const FETCH: Duration = Duration::from_millis(50);

/// How long outputs may take to write what is queued, once the run is over.
const STOP_LIMIT: Duration = Duration::from_secs(60);

/// Wakes the thread that fetches. Made before the metrics are, and given to the feed later.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<OnceLock<Thread>>);

impl Wake {
    /// What [`runner_metrics::MetricsConfig::tap`] takes.
    #[must_use]
    pub fn pressure(&self) -> Pressure {
        let thread = Arc::clone(&self.0);
        Pressure::new(move || {
            if let Some(thread) = thread.get() {
                thread.unpark();
            }
        })
    }
}

/// An output that could not be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot start the output {output}: {reason}")]
pub struct StartError {
    /// Its description.
    pub output: String,
    /// What it said.
    pub reason: Failure,
}

/// What became of the samples of one output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputReport {
    /// Its description.
    pub name: String,
    /// Samples that it did not get or could not write.
    pub lost: u64,
    /// The first thing that went wrong.
    pub failure: Option<String>,
}

/// What became of all samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedReport {
    /// By output.
    pub outputs: Vec<OutputReport>,
}

impl FeedReport {
    /// Outputs that did not get or write everything.
    pub fn incomplete(&self) -> impl Iterator<Item = &OutputReport> {
        self.outputs
            .iter()
            .filter(|output| output.lost > 0 || output.failure.is_some())
    }
}

/// The way from the metrics to the outputs. Dropping it loses what has not been fetched.
pub struct Feed {
    fetching: Option<JoinHandle<Vec<Lane>>>,
    over: Arc<AtomicBool>,
    lanes: Vec<Lane>,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").finish_non_exhaustive()
    }
}

impl Feed {
    /// Starts the outputs, one after the other, and then to fetch.
    ///
    /// # Errors
    /// [`StartError`] for the first output that cannot start; those before it are stopped.
    pub fn start(
        outputs: Vec<Box<dyn Output>>,
        context: &OutputContext,
        wake: &Wake,
        notice: &Notice,
    ) -> Result<Self, StartError> {
        let mut lanes: Vec<Lane> = Vec::new();
        for mut output in outputs {
            let name = output.description();
            let started = output.start(context).and_then(|()| {
                Lane::start(output, Arc::clone(notice))
                    .map_err(|error| Failure::new(format!("no thread for it: {error}")))
            });
            match started {
                Ok(lane) => lanes.push(lane),
                Err(reason) => {
                    let deadline = Instant::now() + STOP_LIMIT;
                    lanes.into_iter().for_each(|lane| {
                        lane.join(deadline);
                    });
                    return Err(StartError {
                        output: name,
                        reason,
                    });
                }
            }
        }
        let over = Arc::new(AtomicBool::new(false));
        let fetcher = Fetcher {
            metrics: Arc::clone(&context.metrics),
            over: Arc::clone(&over),
            lanes,
        };
        let fetching = thread::Builder::new()
            .name("samples".into())
            .spawn(move || fetcher.run())
            .map_err(|error| StartError {
                output: "samples".to_owned(),
                reason: Failure::new(format!("no thread to fetch samples: {error}")),
            })?;
        // There is one feed per wake.
        let _ = wake.0.set(fetching.thread().clone());
        Ok(Self {
            fetching: Some(fetching),
            over,
            lanes: Vec::new(),
        })
    }

    /// Fetches the last samples: nothing is recorded any more. Outputs go on writing.
    pub fn finish(&mut self) {
        self.over.store(true, Ordering::Release);
        if let Some(fetching) = self.fetching.take() {
            fetching.thread().unpark();
            // The thread does not panic; without it there would be nothing to wait for.
            self.lanes = fetching.join().unwrap_or_default();
        }
    }

    /// Stops the outputs, which write what is queued first: for a minute at most.
    #[must_use]
    pub fn stop(mut self) -> FeedReport {
        self.finish();
        let deadline = Instant::now() + STOP_LIMIT;
        let mut lanes = std::mem::take(&mut self.lanes);
        lanes.iter_mut().for_each(Lane::close);
        let outputs = lanes.into_iter().map(|lane| {
            let report = lane.join(deadline);
            OutputReport {
                name: report.name,
                lost: report.lost,
                failure: report.failure,
            }
        });
        FeedReport {
            outputs: outputs.collect(),
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        if let Some(fetching) = &self.fetching {
            fetching.thread().unpark();
        }
    }
}

struct Fetcher {
    metrics: Arc<Metrics>,
    over: Arc<AtomicBool>,
    lanes: Vec<Lane>,
}

impl Fetcher {
    fn run(self) -> Vec<Lane> {
        loop {
            // Asked before, so that one more round follows the last sample.
            let over = self.over.load(Ordering::Acquire);
            let lost = self.metrics.drain(|samples| {
                let weight = weight(&samples);
                let batch: Batch = Arc::new(samples);
                self.lanes.iter().for_each(|lane| lane.send(&batch, weight));
            });
            if lost > 0 {
                self.lanes.iter().for_each(|lane| lane.lose(lost));
            }
            if over {
                return self.lanes;
            }
            thread::park_timeout(FETCH);
        }
    }
}
