//! VUs for tests: they wait instead of running a script, and write down what happens to them,
//! in milliseconds of the paused clock.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use runner_values::executor::Executor;
use runner_values::{Part, Segment, SegmentSequence};
use tokio::time::{Instant, sleep};

use crate::abort::Abort;
use crate::config::{ScenarioConfig, SchedulerConfig};
use crate::event::Event;
use crate::report::RunReport;
use crate::scenario::ScenarioRun;
use crate::scheduler::Scheduler;
use crate::vu::{IterationContext, IterationOutcome, Vu, VuError, VuFactory};

/// What happened to a VU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Activated(Arc<str>),
    Began(u64),
    Ended(u64),
    Recovered,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) ms: u64,
    pub(crate) vu: u64,
    pub(crate) what: What,
}

/// How the VUs behave.
#[derive(Debug, Clone, Default)]
pub(crate) struct Behaviour {
    /// Zero: the iteration never waits at all.
    pub(crate) iteration: Duration,
    /// How long a VU takes to be activated.
    pub(crate) activation: Duration,
    /// Iteration numbers that end like this.
    pub(crate) broken: HashSet<u64>,
    pub(crate) interrupted: HashSet<u64>,
    /// VUs that cannot be created, activated, recovered.
    pub(crate) uncreatable: HashSet<u64>,
    pub(crate) unusable: HashSet<u64>,
    pub(crate) unrecoverable: HashSet<u64>,
}

#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<Vec<Entry>>>, Instant);

pub(crate) struct FakeVu {
    id: u64,
    behaviour: Arc<Behaviour>,
    log: Log,
    is_broken: bool,
}

pub(crate) struct FakeFactory {
    behaviour: Arc<Behaviour>,
    log: Log,
}

impl Log {
    fn add(&self, vu: u64, what: What) {
        let ms = u64::try_from(self.1.elapsed().as_millis()).unwrap();
        self.0.lock().push(Entry { ms, vu, what });
    }
}

impl Vu for FakeVu {
    fn id(&self) -> u64 {
        self.id
    }

    async fn activate(&mut self, scenario: &Arc<ScenarioRun>) -> Result<(), VuError> {
        assert!(!self.is_broken, "a broken VU was activated");
        if self.behaviour.unusable.contains(&self.id) {
            return Err(VuError::new("unusable"));
        }
        if !self.behaviour.activation.is_zero() {
            sleep(self.behaviour.activation).await;
        }
        self.log
            .add(self.id, What::Activated(scenario.name().clone()));
        Ok(())
    }

    async fn iterate(&mut self, ctx: IterationContext) -> IterationOutcome {
        assert!(!self.is_broken, "a broken VU was used");
        let number = ctx.iteration_in_scenario_instance;
        if self.behaviour.iteration.is_zero() {
            std::hint::black_box(number);
            return IterationOutcome::Completed;
        }
        self.log.add(self.id, What::Began(number));
        self.is_broken = true;
        sleep(self.behaviour.iteration).await;
        self.is_broken = self.behaviour.broken.contains(&number);
        self.log.add(self.id, What::Ended(number));
        if self.is_broken {
            IterationOutcome::Broken
        } else if self.behaviour.interrupted.contains(&number) {
            IterationOutcome::Interrupted
        } else {
            IterationOutcome::Completed
        }
    }

    async fn recover(&mut self) -> Result<(), VuError> {
        if self.behaviour.unrecoverable.contains(&self.id) {
            return Err(VuError::new("unrecoverable"));
        }
        self.is_broken = false;
        self.log.add(self.id, What::Recovered);
        Ok(())
    }
}

impl VuFactory for FakeFactory {
    type Vu = FakeVu;

    async fn create(&self, id: u64) -> Result<FakeVu, VuError> {
        if self.behaviour.uncreatable.contains(&id) {
            return Err(VuError::new("uncreatable"));
        }
        let (behaviour, log) = (self.behaviour.clone(), self.log.clone());
        Ok(FakeVu {
            id,
            behaviour,
            log,
            is_broken: false,
        })
    }
}

/// A run with fake VUs.
pub(crate) struct Rig {
    pub(crate) scheduler: Scheduler<FakeFactory>,
    pub(crate) abort: Abort,
    pub(crate) events: Arc<Mutex<Vec<Event>>>,
    log: Log,
}

impl Rig {
    pub(crate) fn new(behaviour: Behaviour, config: SchedulerConfig) -> Self {
        let log = Log(Arc::default(), Instant::now());
        let factory = FakeFactory {
            behaviour: Arc::new(behaviour),
            log: log.clone(),
        };
        let events = Arc::new(Mutex::new(Vec::new()));
        let sink = events.clone();
        let scheduler = Scheduler::new(
            config,
            factory,
            Arc::new(move |event| sink.lock().push(event)),
        );
        Self {
            scheduler,
            abort: Abort::new(),
            events,
            log,
        }
    }

    /// Iterations of `ms` milliseconds.
    pub(crate) fn simple(ms: u64, scenarios: Vec<ScenarioConfig>) -> Self {
        let behaviour = Behaviour {
            iteration: millis(ms),
            ..Behaviour::default()
        };
        Self::new(
            behaviour,
            SchedulerConfig {
                scenarios,
                ..SchedulerConfig::default()
            },
        )
    }

    pub(crate) async fn run(&self) -> RunReport {
        self.scheduler
            .initialise(&self.abort, |_, _| {})
            .await
            .unwrap();
        self.scheduler.run(&self.abort).await
    }

    pub(crate) fn log(&self) -> Vec<Entry> {
        self.log.0.lock().clone()
    }

    /// (ms, vu) of each activation, in order.
    pub(crate) fn activations(&self) -> Vec<(u64, u64)> {
        let is_activation = |entry: &Entry| matches!(entry.what, What::Activated(_));
        self.log()
            .iter()
            .filter(|e| is_activation(e))
            .map(|e| (e.ms, e.vu))
            .collect()
    }

    /// (ms, vu) of each start of an iteration, in order.
    pub(crate) fn begins(&self) -> Vec<(u64, u64)> {
        let is_begin = |entry: &Entry| matches!(entry.what, What::Began(_));
        self.log()
            .iter()
            .filter(|e| is_begin(e))
            .map(|e| (e.ms, e.vu))
            .collect()
    }

    /// Counts of the dropped_iterations events, in order.
    pub(crate) fn dropped(&self) -> Vec<u64> {
        let count = |event: &Event| match event {
            Event::DroppedIterations { count, .. } => Some(*count),
            _ => None,
        };
        self.events.lock().iter().filter_map(count).collect()
    }

    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.log.1.elapsed().as_millis()).unwrap()
    }
}

pub(crate) fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// One of the parts that a sequence cuts a test into.
pub(crate) fn part(segment: &str, sequence: &str) -> Part {
    let sequence = SegmentSequence::parse(sequence).unwrap();
    Part::new(Segment::parse(segment).unwrap(), Some(&sequence)).unwrap()
}

/// A scenario that starts at once.
pub(crate) fn scenario(name: &str, graceful_ms: u64, executor: Executor) -> ScenarioConfig {
    ScenarioConfig {
        name: name.into(),
        start_time: Duration::ZERO,
        graceful_stop: millis(graceful_ms),
        part: Default::default(),
        executor,
    }
}
