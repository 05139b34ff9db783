//! Runs the scenarios of a test: creates the planned VUs, starts each scenario at its time, and
//! returns when all are over or the run is aborted.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

use parking_lot::Mutex;
use runner_values::Demand;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::abort::{Abort, AbortReason};
use crate::clock::Clock;
use crate::config::{ScenarioConfig, SchedulerConfig};
use crate::control::Control;
use crate::event::EventSink;
use crate::executor;
use crate::fleet::{Env, Fleet, after};
use crate::pool::Pool;
use crate::recruits::Recruiter;
use crate::report::RunReport;
use crate::scenario::ScenarioRun;
use crate::state::RunState;
use crate::vu::{Vu, VuError, VuFactory};

/// Why the VUs of a run could not be created.
#[derive(Debug, thiserror::Error)]
pub enum InitialiseError {
    /// The factory failed for one VU.
    #[error("cannot create VU {vu}")]
    Create {
        /// The VU's id.
        vu: u64,
        /// What the factory reported.
        source: VuError,
    },
    /// The task that creates VUs ended before its time.
    #[error("cannot create VUs: the task that creates them was lost")]
    Lost(#[source] tokio::task::JoinError),
    /// The run was aborted meanwhile.
    #[error("aborted while VUs were created")]
    Aborted(AbortReason),
}

/// See the module.
pub struct Scheduler<F: VuFactory> {
    factory: Arc<F>,
    pool: Arc<Pool<F::Vu>>,
    state: Arc<RunState>,
    events: EventSink,
    min_iteration: Duration,
    skipped: Vec<Arc<str>>,
}

impl<F: VuFactory> Scheduler<F> {
    /// Lays out a run. `events` hears of what happens in it.
    pub fn new(config: SchedulerConfig, factory: F, events: EventSink) -> Self {
        let (mut scenarios, idle): (Vec<ScenarioConfig>, Vec<ScenarioConfig>) = config
            .scenarios
            .into_iter()
            .partition(|scenario| scenario.executor.has_work());
        scenarios.sort_by(|a, b| (a.start_time, &a.name).cmp(&(b.start_time, &b.name)));
        let demand = Demand::of(scenarios.iter().map(ScenarioConfig::scheduled));
        let clock = Arc::new(Clock::new());
        let runs = scenarios
            .into_iter()
            .enumerate()
            .map(|(index, scenario)| ScenarioRun::new(scenario, index, clock.clone()))
            .collect();
        Self {
            factory: Arc::new(factory),
            pool: Arc::new(Pool::new()),
            state: Arc::new(RunState::new(
                runs,
                demand,
                config.vu_limit,
                clock,
                config.part,
            )),
            events,
            min_iteration: config.min_iteration_duration,
            skipped: idle.into_iter().map(|scenario| scenario.name).collect(),
        }
    }

    /// The live counters of the run.
    #[must_use]
    pub fn state(&self) -> &Arc<RunState> {
        &self.state
    }

    /// A handle that pauses, resumes and scales the run.
    #[must_use]
    pub fn control(&self) -> Control {
        Control::new(self.state.clone())
    }

    /// Scenarios that are left out because they have nothing to do.
    #[must_use]
    pub fn skipped(&self) -> &[Arc<str>] {
        &self.skipped
    }

    /// Creates the planned VUs, ids from 1, as many at a time as there are cores. `created` hears
    /// of each one: how many exist, of how many.
    ///
    /// # Errors
    /// When one VU cannot be created, or the run is aborted: the others are not waited for.
    pub async fn initialise(
        &self,
        abort: &Abort,
        created: impl Fn(u64, u64),
    ) -> Result<(), InitialiseError> {
        let planned = self.state.planned_vus();
        let next_id = Arc::new(AtomicU64::new(1));
        let done = Arc::new(Mutex::new(BTreeMap::new()));
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        for _ in 0..available_parallelism().map_or(1, NonZero::get) {
            let (factory, next_id) = (self.factory.clone(), next_id.clone());
            let (done, state, sender) = (done.clone(), self.state.clone(), sender.clone());
            tasks.spawn(async move {
                loop {
                    let id = next_id.fetch_add(1, Ordering::Relaxed);
                    if id > planned {
                        return Ok(());
                    }
                    let vu = factory
                        .create(id)
                        .await
                        .map_err(|source| InitialiseError::Create { vu: id, source })?;
                    done.lock().insert(id, vu);
                    let count = state.initialised_vus.fetch_add(1, Ordering::Relaxed) + 1;
                    let _ = sender.send(count);
                    // Creating a VU may never wait; others must run too.
                    tokio::task::yield_now().await;
                }
            });
        }
        drop(sender);
        loop {
            tokio::select! {
                biased;
                () = abort.aborted() => {
                    let reason = abort.reason().cloned();
                    let unknown = || AbortReason::Fault("unknown reason".to_owned());
                    return Err(InitialiseError::Aborted(reason.unwrap_or_else(unknown)));
                }
                Some(count) = receiver.recv() => created(count, planned),
                joined = tasks.join_next() => match joined {
                    None => break,
                    Some(result) => result.map_err(InitialiseError::Lost)??,
                },
            }
        }
        while let Ok(count) = receiver.try_recv() {
            created(count, planned);
        }
        // In order of their ids, whatever order they were finished in.
        for vu in std::mem::take(&mut *done.lock()).into_values() {
            self.pool.give_back(vu, false);
        }
        Ok(())
    }

    /// Runs the scenarios to their end, or until `abort`, which interrupts every iteration at
    /// once. Call it once, after [`Scheduler::initialise`] and setup.
    pub async fn run(&self, abort: &Abort) -> RunReport {
        let started = self.state.clock().now();
        let recruits = Arc::new(Recruiter {
            factory: self.factory.clone(),
            state: self.state.clone(),
        });
        self.state.mark_scenarios_started(started);
        let mut scenarios = JoinSet::new();
        for scenario in self.state.scenarios() {
            scenarios.spawn(run_scenario(
                Env {
                    pool: self.pool.clone(),
                    recruits: recruits.clone(),
                    state: self.state.clone(),
                    scenario: scenario.clone(),
                    events: self.events.clone(),
                    abort: abort.clone(),
                    min_iteration: self.min_iteration,
                    regular_end: started,
                },
                started,
            ));
        }
        while let Some(ended) = scenarios.join_next().await {
            if let Err(error) = ended {
                abort.abort(AbortReason::Fault(format!(
                    "a scenario ended before its time: {error}"
                )));
            }
        }
        RunReport::new(&self.state, abort.reason().cloned())
    }
}

async fn run_scenario<V: Vu>(mut env: Env<V>, run_started: Instant) {
    let scenario = env.scenario.clone();
    let abort = env.abort.clone();
    let clock = scenario.clock();
    let start_time = scenario.config().start_time;
    // A pause before or at its start time keeps it waiting.
    if !start_time.is_zero() || clock.is_paused() {
        tokio::select! {
            biased;
            () = abort.aborted() => {}
            () = clock.sleep_until(after(run_started, start_time)) => {}
        }
    }
    if abort.is_aborted() {
        return;
    }
    let started = clock.now();
    scenario.mark_started(started);
    let executor = &scenario.config().executor;
    env.regular_end = after(started, executor.regular_duration());
    executor::run(Fleet::new(Arc::new(env)), executor, started).await;
    if abort.is_aborted() {
        scenario.mark_aborted();
    }
    scenario.mark_ended();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::fake::{Behaviour, Entry, Rig, What, millis, scenario};
    use crate::progress::ScenarioStatus;
    use runner_values::executor::{ConstantVus, Executor, PerVuIterations};

    fn constant(name: &str, start_ms: u64, vus: u64, ms: u64) -> ScenarioConfig {
        let config = ConstantVus {
            vus,
            duration: millis(ms),
        };
        let mut scenario = scenario(name, 0, Executor::ConstantVus(config));
        scenario.start_time = millis(start_ms);
        scenario
    }

    fn per_vu(iterations: u64) -> ScenarioConfig {
        let config = PerVuIterations {
            vus: 1,
            iterations,
            max_duration: millis(60_000),
        };
        scenario("p", 30_000, Executor::PerVuIterations(config))
    }

    #[tokio::test(start_paused = true)]
    async fn later_scenarios_reuse_the_vus_of_earlier_ones() {
        let rig = Rig::simple(
            400,
            vec![constant("b", 1000, 3, 1000), constant("a", 0, 2, 1000)],
        );
        assert_eq!(rig.scheduler.state().planned_vus(), 3);
        let report = rig.run().await;
        let names: Vec<_> = report
            .scenarios
            .iter()
            .map(|s| (&*s.name, s.completed))
            .collect();
        assert_eq!(names, [("a", 4), ("b", 6)]);
        assert_eq!(report.interrupted, 5);
        let count = |what: &What| rig.log().iter().filter(|e| e.what == *what).count();
        assert_eq!(count(&What::Activated("b".into())), 3);
        assert_eq!(
            count(&What::Recovered),
            2,
            "both were interrupted in scenario a"
        );
        assert!(
            !rig.events
                .lock()
                .iter()
                .any(|e| matches!(e, Event::VuMissing { .. }))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn progress_tells_what_waits_and_what_is_over() {
        let rig = Rig::simple(
            400,
            vec![constant("a", 0, 2, 1000), constant("b", 2000, 1, 1000)],
        );
        let state = rig.scheduler.state();
        let idle = state.progress();
        assert_eq!(idle.scenarios[0].status, ScenarioStatus::Idle);
        assert!(idle.scenarios[0].columns.is_empty());
        tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(1500)).await;
            let progress = state.progress();
            assert_eq!((progress.active_vus, progress.initialised_vus), (0, 2));
            assert_eq!(progress.elapsed, "1.5s");
            assert_eq!(progress.scenarios[0].status, ScenarioStatus::Done);
            assert_eq!(progress.scenarios[0].columns, ["2 VUs", "1s"]);
            assert_eq!(progress.scenarios[1].status, ScenarioStatus::Waiting);
            assert_eq!(progress.scenarios[1].columns, ["waiting", "0.5s"]);
        });
        assert!(
            state
                .progress()
                .scenarios
                .iter()
                .all(|s| s.status == ScenarioStatus::Done)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_abort_before_its_start_time_leaves_a_scenario_unstarted() {
        let rig = Rig::simple(400, vec![constant("a", 60_000, 1, 1000)]);
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(100)).await;
            rig.abort.abort(AbortReason::Signal("interrupt".to_owned()));
        });
        assert!(!report.scenarios[0].started);
        assert_eq!(rig.now(), 100);
        let status = rig.scheduler.state().progress().scenarios[0].status;
        assert_eq!(status, ScenarioStatus::Waiting);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_shifts_start_times_ramps_and_ends() {
        let ramp = runner_values::executor::RampingVus {
            start_vus: 0,
            stages: vec![runner_values::executor::Stage {
                duration: millis(1000),
                target: 2,
            }],
            graceful_ramp_down: millis(0),
            part: Default::default(),
        };
        let rig = Rig::simple(
            100,
            vec![
                constant("a", 0, 1, 1000),
                constant("b", 800, 1, 1000),
                scenario("r", 0, Executor::RampingVus(ramp)),
            ],
        );
        let control = rig.scheduler.control();
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(250)).await;
            control.pause();
            tokio::time::sleep(millis(60_000)).await;
            control.resume();
        });
        let activated = |name: &str| {
            let log = rig.log();
            let entry = log
                .iter()
                .find(|e| e.what == What::Activated(name.into()))
                .unwrap();
            entry.ms
        };
        assert_eq!(
            (activated("a"), activated("b"), activated("r")),
            (0, 60_800, 60_500)
        );
        // Nothing began between the end of the last iteration and the resumption.
        assert!(
            !rig.begins()
                .iter()
                .any(|(ms, _)| (201..60_250).contains(ms))
        );
        assert_eq!(rig.now(), 61_800);
        assert!(report.completed >= 22, "{report:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_run_can_be_aborted() {
        let rig = Rig::simple(
            100,
            vec![constant("a", 0, 2, 1000), constant("b", 500, 1, 1000)],
        );
        let control = rig.scheduler.control();
        let (report, ()) = tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(250)).await;
            control.pause();
            tokio::time::sleep(millis(1000)).await;
            rig.abort.abort(AbortReason::Rest);
        });
        assert_eq!((report.completed, report.interrupted), (6, 0));
        assert_eq!(rig.now(), 1250);
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_that_starts_paused_waits() {
        let rig = Rig::simple(100, vec![constant("a", 0, 1, 1000)]);
        let control = rig.scheduler.control();
        control.pause();
        tokio::join!(rig.run(), async {
            tokio::time::sleep(millis(5000)).await;
            assert!(rig.begins().is_empty());
            control.resume();
            control.wait_until_running().await;
        });
        assert_eq!(rig.begins()[0].0, 5000);
        assert_eq!(rig.scheduler.state().elapsed(), millis(1000));
    }

    #[tokio::test(start_paused = true)]
    async fn scenarios_without_work_are_skipped() {
        let rig = Rig::simple(
            400,
            vec![constant("none", 0, 0, 1000), constant("a", 0, 1, 1000)],
        );
        assert_eq!(rig.scheduler.skipped(), ["none".into()]);
        assert_eq!(rig.run().await.scenarios.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn initialising_tells_of_each_vu_and_keeps_their_order() {
        let rig = Rig::simple(400, vec![constant("a", 0, 20, 1000)]);
        let seen = Mutex::new(Vec::new());
        rig.scheduler
            .initialise(&rig.abort, |n, of| seen.lock().push((n, of)))
            .await
            .unwrap();
        assert_eq!(
            seen.into_inner(),
            (1..=20).map(|n| (n, 20)).collect::<Vec<_>>()
        );
        rig.scheduler.run(&rig.abort).await;
        assert_eq!(
            rig.activations(),
            (1..=20).map(|vu| (0, vu)).collect::<Vec<_>>()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_vu_that_cannot_be_created_ends_the_initialisation() {
        let behaviour = Behaviour {
            uncreatable: [3].into(),
            ..Behaviour::default()
        };
        let scenarios = vec![constant("a", 0, 5, 1000)];
        let rig = Rig::new(
            behaviour,
            SchedulerConfig {
                scenarios,
                ..Default::default()
            },
        );
        let error = rig
            .scheduler
            .initialise(&rig.abort, |_, _| {})
            .await
            .unwrap_err();
        assert!(
            matches!(error, InitialiseError::Create { vu: 3, .. }),
            "{error}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_abort_ends_the_initialisation() {
        let rig = Rig::simple(400, vec![constant("a", 0, 5, 1000)]);
        rig.abort.abort(AbortReason::Signal("interrupt".to_owned()));
        let error = rig
            .scheduler
            .initialise(&rig.abort, |_, _| {})
            .await
            .unwrap_err();
        assert!(
            matches!(error, InitialiseError::Aborted(AbortReason::Signal(_))),
            "{error}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_minimal_duration_spaces_iterations() {
        let behaviour = Behaviour {
            iteration: millis(100),
            ..Behaviour::default()
        };
        let config = SchedulerConfig {
            scenarios: vec![per_vu(3)],
            min_iteration_duration: millis(250),
            ..Default::default()
        };
        let rig = Rig::new(behaviour, config);
        assert_eq!(rig.run().await.completed, 3);
        assert_eq!(rig.begins(), [(0, 1), (250, 1), (500, 1)]);
        assert_eq!(rig.now(), 750);
    }

    #[tokio::test(start_paused = true)]
    async fn a_broken_vu_is_recovered_and_its_iteration_counts() {
        let behaviour = Behaviour {
            iteration: millis(100),
            broken: [1].into(),
            ..Behaviour::default()
        };
        let config = SchedulerConfig {
            scenarios: vec![per_vu(3)],
            ..Default::default()
        };
        let rig = Rig::new(behaviour, config);
        let report = rig.run().await;
        assert_eq!((report.completed, report.interrupted), (3, 0));
        let recovered = Entry {
            ms: 200,
            vu: 1,
            what: What::Recovered,
        };
        assert_eq!(
            rig.log()
                .iter()
                .filter(|entry| **entry == recovered)
                .count(),
            1
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_iteration_that_cuts_itself_short_counts_as_interrupted() {
        let behaviour = Behaviour {
            iteration: millis(100),
            interrupted: [1].into(),
            ..Behaviour::default()
        };
        let config = SchedulerConfig {
            scenarios: vec![per_vu(3)],
            ..Default::default()
        };
        let report = Rig::new(behaviour, config).run().await;
        assert_eq!((report.completed, report.interrupted), (2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn vus_that_are_lost_are_reported_and_the_others_go_on() {
        let behaviour = Behaviour {
            iteration: millis(400),
            unusable: [1].into(),
            broken: [0].into(),
            unrecoverable: [2].into(),
            ..Behaviour::default()
        };
        let scenarios = vec![constant("a", 0, 3, 1000)];
        let rig = Rig::new(
            behaviour,
            SchedulerConfig {
                scenarios,
                ..Default::default()
            },
        );
        let report = rig.run().await;
        let lost: Vec<_> = rig
            .events
            .lock()
            .iter()
            .filter_map(|event| match event {
                Event::VuLost { vu, error, .. } => Some((*vu, error.to_string())),
                _ => None,
            })
            .collect();
        assert_eq!(
            lost,
            [(1, "unusable".to_owned()), (2, "unrecoverable".to_owned())]
        );
        assert_eq!(rig.scheduler.state().initialised_vus(), 1);
        // VU 2: one iteration, after which it is lost. VU 3: two, and one interrupted.
        assert_eq!((report.completed, report.interrupted), (3, 1));
    }
}
