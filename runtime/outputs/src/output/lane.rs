//! One output: its queue, its thread, and what became of its samples.
//!
//! The queue is bounded by its weight, which is the number of samples; samples that carry their
//! tags with them weigh more, as each of them is a set of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use runner_metrics::RawSample;

use super::api::{Failure, Output};

/// Most weight in one queue: 40 MiB of ordinary samples.
const QUEUE: usize = 1 << 20;

/// Weight of a sample that carries its tags, in ordinary ones.
const HEAVY: usize = 16;

/// Hears of the first failure of an output when it happens: its description and the message.
pub type Notice = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// Samples on their way to all outputs.
pub(super) type Batch = Arc<Vec<RawSample>>;

pub(super) fn weight(samples: &[RawSample]) -> usize {
    // Samples of one batch are much alike.
    let heavy = samples.last().is_some_and(|last| last.tags_id().is_none());
    samples.len() * if heavy { HEAVY } else { 1 }
}

/// What a lane and its thread share.
#[derive(Debug, Default)]
struct Counts {
    queued: AtomicUsize,
    lost: AtomicU64,
    first: Mutex<Option<String>>,
}

/// The feed's end of one output.
pub(super) struct Lane {
    name: String,
    counts: Arc<Counts>,
    sender: Option<Sender<(Batch, usize)>>,
    thread: Option<JoinHandle<()>>,
}

/// What became of an output's samples.
pub(super) struct LaneReport {
    pub(super) name: String,
    pub(super) lost: u64,
    pub(super) failure: Option<String>,
}

impl Lane {
    /// Starts the thread of an output that was started.
    pub(super) fn start(output: Box<dyn Output>, notice: Notice) -> std::io::Result<Self> {
        let (sender, receiver) = channel();
        let counts = Arc::new(Counts::default());
        let name = output.description();
        let worker = Worker {
            name: name.clone(),
            output,
            counts: Arc::clone(&counts),
            notice,
        };
        let thread = thread::Builder::new()
            .name("output".into())
            .spawn(move || worker.run(&receiver))?;
        Ok(Self {
            name,
            counts,
            sender: Some(sender),
            thread: Some(thread),
        })
    }

    /// Queues a batch, or loses it when the queue is full. Never waits.
    pub(super) fn send(&self, batch: &Batch, weight: usize) {
        let queued = self.counts.queued.load(Ordering::Relaxed);
        let sent = queued + weight <= QUEUE
            && self.sender.as_ref().is_some_and(|sender| {
                self.counts.queued.fetch_add(weight, Ordering::Relaxed);
                sender.send((Arc::clone(batch), weight)).is_ok()
            });
        if !sent {
            self.lose(batch.len() as u64);
        }
    }

    /// Counts samples that never came as far as the queue.
    pub(super) fn lose(&self, samples: u64) {
        self.counts.lost.fetch_add(samples, Ordering::Relaxed);
    }

    /// No more samples will come.
    pub(super) fn close(&mut self) {
        self.sender = None;
    }

    /// Waits until the output has stopped, but not beyond `deadline`.
    pub(super) fn join(mut self, deadline: Instant) -> LaneReport {
        self.close();
        let mut failure = None;
        if let Some(thread) = self.thread.take() {
            while !thread.is_finished() && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(1));
            }
            if !thread.is_finished() {
                failure = Some("it did not stop in time".to_owned());
                let waiting = self.counts.queued.load(Ordering::Relaxed);
                self.lose(waiting as u64);
            } else if thread.join().is_err() {
                failure = Some("it failed for a reason of its own (a panic)".to_owned());
                let waiting = self.counts.queued.load(Ordering::Relaxed);
                self.lose(waiting as u64);
            }
        }
        LaneReport {
            name: self.name,
            lost: self.counts.lost.load(Ordering::Relaxed),
            failure: self.counts.first.lock().take().or(failure),
        }
    }
}

/// The output's end.
struct Worker {
    name: String,
    output: Box<dyn Output>,
    counts: Arc<Counts>,
    notice: Notice,
}

impl Worker {
    fn run(mut self, receiver: &Receiver<(Batch, usize)>) {
        let interval = self.output.flush_interval().max(Duration::from_millis(10));
        let mut due = Instant::now() + interval;
        loop {
            let wait = due.saturating_duration_since(Instant::now());
            match receiver.recv_timeout(wait) {
                Ok((batch, weight)) => {
                    let result = self.output.add_samples(&batch);
                    self.note(result);
                    self.counts.queued.fetch_sub(weight, Ordering::Relaxed);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if Instant::now() >= due {
                let result = self.output.flush();
                self.note(result);
                due = Instant::now() + interval;
            }
        }
        let result = self.output.flush();
        self.note(result);
        let result = self.output.stop();
        self.note(result);
    }

    fn note(&self, result: Result<(), Failure>) {
        let Err(failure) = result else { return };
        self.counts.lost.fetch_add(failure.lost, Ordering::Relaxed);
        let mut first = self.counts.first.lock();
        if first.is_none() {
            (self.notice)(&self.name, &failure.message);
            *first = Some(failure.message);
        }
    }
}
