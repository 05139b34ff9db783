//! A component as an [`Output`]: samples are collected and handed over some ten times a second,
//! in calls that are made on the output's own thread.
//!
//! An output that traps, does not return in time or wants too much memory has ended: it is said
//! once, and what it would have got is counted as lost. It is not started again, because nobody
//! knows what its destination would make of a second beginning.

use std::time::{Duration, Instant};

use runner_engine::remark;
use runner_metrics::{RawSample, ThresholdResult};
use runner_outputs::{Failure, Output, OutputContext};

use crate::batch::Batcher;
use crate::instance::Running;
use crate::observe;

/// Most samples in one call: half a MiB.
const MOST: usize = 16_384;

/// How often samples are handed over.
const EVERY: Duration = Duration::from_millis(100);

/// How often an output is called at least, and told of the status.
const AT_LEAST: Duration = Duration::from_secs(1);

/// An output's end of a run.
pub(crate) struct Plugin {
    description: String,
    /// None once it has ended.
    running: Option<Running>,
    context: Option<OutputContext>,
    batcher: Batcher,
    /// Samples that were handed over, and those of them that the output gave up.
    given: u64,
    lost: u64,
    /// Whether a failure was reported: of later ones nobody is told but the log.
    failed: bool,
    called: Instant,
    told: Instant,
    thresholds: Vec<ThresholdResult>,
}

impl Plugin {
    pub(crate) fn new(description: String, running: Running) -> Self {
        Self {
            description,
            running: Some(running),
            context: None,
            batcher: Batcher::new(),
            given: 0,
            lost: 0,
            failed: false,
            called: Instant::now(),
            told: Instant::now(),
            thresholds: Vec::new(),
        }
    }

    /// Hands over what waits.
    fn send(&mut self) -> Result<(), Failure> {
        let waiting = self.batcher.len() as u64;
        let Some(running) = &mut self.running else {
            self.batcher.clear();
            return Err(has_ended(waiting));
        };
        let result = running.add_samples(self.batcher.batch());
        self.batcher.clear();
        self.called = Instant::now();
        match result {
            Ok(result) => {
                self.given += waiting;
                result.map_err(|failure| self.own(failure.message, failure.lost))
            }
            Err(message) => Err(self.end(message, waiting)),
        }
    }

    /// A failure that the output itself speaks of: it cannot lose more than it was given.
    fn own(&mut self, message: String, lost: u64) -> Failure {
        let lost = lost.min(self.given.saturating_sub(self.lost));
        self.lost += lost;
        self.failed = true;
        Failure { message, lost }
    }

    fn end(&mut self, message: String, lost: u64) -> Failure {
        let message = remark(&message, "; it is not called again");
        if let Some(running) = self.running.take()
            && self.failed
        {
            running.say(&message);
        }
        Failure { message, lost }
    }

    /// Tells of thresholds when they are others, and of the status.
    fn observe(&mut self) -> Result<(), Failure> {
        let (Some(running), Some(context)) = (&mut self.running, &self.context) else {
            return Ok(());
        };
        if !running.observes() {
            return Ok(());
        }
        self.told = Instant::now();
        let results = context.run.thresholds();
        let mut told = Ok(());
        if results != self.thresholds {
            told = running.on_thresholds(&observe::thresholds(context, &results));
            self.thresholds = results;
        }
        let told = told.and_then(|()| running.on_status(observe::status(context.run.status())));
        told.map_err(|message| self.end(message, 0))
    }
}

impl Output for Plugin {
    fn description(&self) -> String {
        self.description.clone()
    }

    fn start(&mut self, context: &OutputContext) -> Result<(), Failure> {
        self.context = Some(context.clone());
        let Some(running) = &mut self.running else {
            return Err(has_ended(0));
        };
        running.state().set_run(context.run.clone());
        let mut started = Ok(());
        if running.observes() && !context.thresholds.is_empty() {
            started = running.on_thresholds(&observe::thresholds(context, &[]));
        }
        started.and_then(|()| running.open()).map_err(Failure::new)
    }

    fn add_samples(&mut self, samples: &[RawSample]) -> Result<(), Failure> {
        if self.running.is_none() {
            return Err(has_ended(samples.len() as u64));
        }
        let mut failed: Option<Failure> = None;
        for sample in samples {
            if let Some(context) = &self.context {
                self.batcher.push(context, sample);
            }
            if self.batcher.len() >= MOST
                && let Err(failure) = self.send()
            {
                let lost = failed.as_ref().map_or(0, |failed| failed.lost) + failure.lost;
                let first = failed.take().unwrap_or(failure);
                failed = Some(Failure { lost, ..first });
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn flush_interval(&self) -> Duration {
        EVERY
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if self.running.is_none() && self.batcher.len() == 0 {
            return Ok(());
        }
        if self.batcher.len() > 0 || self.called.elapsed() >= AT_LEAST {
            self.send()?;
        }
        if self.told.elapsed() >= AT_LEAST {
            self.observe()?;
        }
        Ok(())
    }

    fn stop(&mut self) -> Result<(), Failure> {
        if self.running.is_none() {
            return Ok(());
        }
        self.observe()?;
        let error = self
            .context
            .as_ref()
            .and_then(|context| context.run.failure());
        let Some(mut running) = self.running.take() else {
            return Ok(());
        };
        match running.stop(error.as_deref()) {
            Ok(result) => result.map_err(|failure| self.own(failure.message, failure.lost)),
            Err(message) => Err(Failure::new(message)),
        }
    }
}

fn has_ended(lost: u64) -> Failure {
    Failure {
        message: "it has ended".to_owned(),
        lost,
    }
}
