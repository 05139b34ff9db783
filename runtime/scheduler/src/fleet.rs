//! The VUs that work for one scenario: borrows them, runs each in a task of its own, gives them
//! back, and keeps count. What the executors have in common.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::abort::{Abort, AbortReason};
use crate::event::{Event, EventSink};
use crate::pool::{Idle, Pool};
use crate::recruits::Recruits;
use crate::scenario::ScenarioRun;
use crate::state::RunState;
use crate::vu::{Vu, VuError};
use crate::vu_control::VuControl;
use crate::vu_loop::{Bounds, LoopEnd, Work, run_vu};

/// What every VU of a scenario demand.
pub(crate) struct Env<V> {
    pub(crate) pool: Arc<Pool<V>>,
    pub(crate) recruits: Arc<dyn Recruits<V>>,
    pub(crate) state: Arc<RunState>,
    pub(crate) scenario: Arc<ScenarioRun>,
    pub(crate) events: EventSink,
    pub(crate) abort: Abort,
    pub(crate) min_iteration: Duration,
    pub(crate) regular_end: Instant,
}

impl<V> Env<V> {
    /// Counts and reports iterations that will not be started. An abort asked for that: no loss.
    pub(crate) fn drop_iterations(&self, count: u64) {
        if count > 0 && !self.abort.is_aborted() {
            self.scenario.dropped.fetch_add(count, Ordering::Relaxed);
            (self.events)(Event::DroppedIterations {
                scenario: self.scenario.clone(),
                count,
            });
        }
    }

    fn lose(&self, vu: u64, error: VuError) {
        self.state.initialised_vus.fetch_sub(1, Ordering::Relaxed);
        self.tell_lost(vu, error);
    }

    /// Reports a VU that is gone, or that could not be made.
    pub(crate) fn tell_lost(&self, vu: u64, error: VuError) {
        (self.events)(Event::VuLost {
            scenario: self.scenario.clone(),
            vu,
            error,
        });
    }
}

/// The tasks of a scenario's VUs.
pub(crate) struct Fleet<V> {
    env: Arc<Env<V>>,
    tasks: JoinSet<()>,
}

impl<V: Vu> Fleet<V> {
    pub(crate) fn new(env: Arc<Env<V>>) -> Self {
        Self {
            env,
            tasks: JoinSet::new(),
        }
    }

    /// Puts a VU to work. It is taken from the pool at once where one is idle, so that VUs are
    /// used in order; else its task waits for one.
    pub(crate) fn launch(&mut self, work: impl Work) -> Arc<VuControl> {
        // A ramp launches VUs again and again: do not pile up the tasks that are over.
        while let Some(ended) = self.tasks.try_join_next() {
            self.check(ended);
        }
        let source = match self.env.pool.try_borrow() {
            Some(idle) => Source::Idle(idle),
            None => Source::Pool,
        };
        self.spawn(source, work)
    }

    /// Puts a VU to work that was not planned: a new one, as long as more are foreseen, else one
    /// that another scenario has no need for.
    pub(crate) fn enlist(&mut self, work: impl Work) -> Arc<VuControl> {
        let source = if self.env.state.take_unplanned() {
            Source::New
        } else {
            Source::Pool
        };
        self.spawn(source, work)
    }

    fn spawn(&mut self, source: Source<V>, work: impl Work) -> Arc<VuControl> {
        let control = Arc::new(VuControl::default());
        self.tasks
            .spawn(run_task(self.env.clone(), source, work, control.clone()));
        control
    }

    pub(crate) fn env(&self) -> &Env<V> {
        &self.env
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Completes when a VU is back, or at once when none is out.
    pub(crate) async fn one_back(&mut self) {
        if let Some(ended) = self.tasks.join_next().await {
            self.check(ended);
        }
    }

    /// Runs `vus` VUs until their work is used up or the regular end has come, and then until
    /// they are back, for at most the scenario's graceful period.
    pub(crate) async fn run_constant<W: Work>(&mut self, vus: u64, mut work: impl FnMut() -> W) {
        let controls: Vec<_> = (0..vus).map(|_| self.launch(work())).collect();
        let graceful = self.env.scenario.config().graceful_stop;
        let stop_at = self.env.regular_end;
        let interrupt_at = after(stop_at, graceful);
        let mut is_stopping = graceful.is_zero();
        let env = self.env.clone();
        let abort = env.abort.clone();
        let mut aborted = std::pin::pin!(abort.aborted());
        while !self.is_empty() {
            let next = if is_stopping { interrupt_at } else { stop_at };
            tokio::select! {
                biased;
                () = &mut aborted => break,
                () = env.state.clock().sleep_until(next) => {
                    if is_stopping {
                        break;
                    }
                    controls.iter().for_each(|control| control.stop());
                    is_stopping = true;
                }
                () = self.all_back() => {}
            }
        }
        controls.iter().for_each(|control| control.interrupt());
        self.all_back().await;
    }

    /// Completes when all VUs are back.
    pub(crate) async fn all_back(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            self.check(ended);
        }
    }

    /// A VU whose code panicked is gone, and what it did is unknown: the run cannot go on.
    fn check(&self, ended: Result<(), JoinError>) {
        if let Err(error) = ended {
            let fault = format!("the task of a VU ended before its time: {error}");
            self.env.abort.abort(AbortReason::Fault(fault));
        }
    }
}

/// Where a VU comes from.
enum Source<V> {
    Idle(Idle<V>),
    /// Nobody is idle: the task waits for one.
    Pool,
    /// It is made.
    New,
}

/// `duration` after `instant`; far away where that cannot be represented.
pub(crate) fn after(instant: Instant, duration: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    instant.checked_add(duration.min(FAR)).unwrap_or(instant)
}

/// One activation of one VU, from the pool and back to it.
async fn run_task<V: Vu, W: Work>(
    env: Arc<Env<V>>,
    source: Source<V>,
    mut work: W,
    control: Arc<VuControl>,
) {
    let idle = match source {
        Source::Idle(idle) => Some(idle),
        Source::Pool => borrow(&env, &control).await,
        Source::New => recruit(&env, &control).await,
    };
    if let Some(Idle { mut vu, is_broken }) = idle {
        let active = W::LOOPS.then(|| Active::new(&env));
        match serve(&env, &mut vu, is_broken, &mut work, &control).await {
            LoopEnd::Finished => env.pool.give_back(vu, false),
            LoopEnd::Interrupted { is_broken } => {
                if is_broken {
                    vu.interrupted();
                }
                env.pool.give_back(vu, is_broken);
            }
            LoopEnd::Lost(error) => env.lose(vu.id(), error),
        }
        drop(active);
    }
    control.exit();
    env.drop_iterations(work.unstarted());
}

async fn serve<V: Vu, W: Work>(
    env: &Env<V>,
    vu: &mut V,
    is_broken: bool,
    work: &mut W,
    control: &VuControl,
) -> LoopEnd {
    let prepare = async {
        if is_broken {
            vu.recover().await?;
        }
        vu.activate(&env.scenario).await
    };
    match unless_interrupted(control, prepare).await {
        None => LoopEnd::Interrupted { is_broken: true },
        Some(Err(error)) => LoopEnd::Lost(error),
        Some(Ok(())) => {
            let bounds = Bounds {
                control,
                scenario: &env.scenario,
                abort: &env.abort,
                min_iteration: env.min_iteration,
                regular_end: env.regular_end,
            };
            run_vu(vu, work, bounds).await
        }
    }
}

async fn borrow<V: Vu>(env: &Env<V>, control: &VuControl) -> Option<Idle<V>> {
    let scenario = &env.scenario;
    let started = Instant::now();
    let late = |waited| {
        (env.events)(Event::VuLate {
            scenario: scenario.clone(),
            waited,
        });
    };
    let found = unless_interrupted(control, env.pool.borrow(late)).await;
    match found {
        Some(None) => {
            let waited = started.elapsed();
            (env.events)(Event::VuMissing {
                scenario: scenario.clone(),
                waited,
            });
            None
        }
        Some(found) => found,
        None => None,
    }
}

async fn recruit<V: Vu>(env: &Env<V>, control: &VuControl) -> Option<Idle<V>> {
    let is_broken = false;
    match unless_interrupted(control, env.recruits.recruit()).await? {
        Ok(vu) => Some(Idle { vu, is_broken }),
        Err((vu, error)) => {
            env.tell_lost(vu, error);
            None
        }
    }
}

/// The future's result, or None when the VU is interrupted first.
async fn unless_interrupted<T>(
    control: &VuControl,
    future: impl Future<Output = T> + Send,
) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut registered = None;
    std::future::poll_fn(|cx| {
        if control.poll_interrupted(cx, &mut registered).is_ready() {
            return std::task::Poll::Ready(None);
        }
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

/// Counts a VU as active for as long as it lives.
struct Active<'a, V>(&'a Env<V>);

impl<'a, V> Active<'a, V> {
    fn new(env: &'a Env<V>) -> Self {
        env.state.active_vus.0.fetch_add(1, Ordering::Relaxed);
        env.scenario.active_vus.fetch_add(1, Ordering::Relaxed);
        Self(env)
    }
}

impl<V> Drop for Active<'_, V> {
    fn drop(&mut self) {
        self.0.state.active_vus.0.fetch_sub(1, Ordering::Relaxed);
        self.0.scenario.active_vus.fetch_sub(1, Ordering::Relaxed);
    }
}
