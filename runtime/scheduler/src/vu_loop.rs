//! What one VU does for one scenario: iteration after iteration until it is told to stop, its
//! work is used up, or it is interrupted. The hottest loop of the crate.
//!
//! The whole loop, not each iteration, is raced against the interrupt, and nothing in it
//! allocates, locks or (unless a minimal duration is set) reads the clock per iteration.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use crate::abort::Abort;
use crate::fleet::after;
use crate::pacer::Pacer;
use crate::scenario::ScenarioRun;
use crate::vu::{IterationContext, IterationOutcome, Vu, VuError};
use crate::vu_control::VuControl;

/// Where the iterations of a VU come from: the difference between the executors.
pub(crate) trait Work: Send + 'static {
    /// True where iterations follow each other: the VU is active all the time, holds back
    /// while the run is paused, and minds the regular end. False where somebody else does.
    const LOOPS: bool = true;

    /// The next iteration, or None when there is no more. Pending waits for one.
    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        scenario: &ScenarioRun,
    ) -> Poll<Option<IterationContext>>;

    /// Iterations that were this VU's own and were not started.
    fn unstarted(&self) -> u64 {
        0
    }
}

/// Iterations without end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endless;

impl Work for Endless {
    #[inline]
    fn poll_next(
        &mut self,
        _: &mut Context<'_>,
        scenario: &ScenarioRun,
    ) -> Poll<Option<IterationContext>> {
        Poll::Ready(Some(scenario.next_iteration()))
    }
}

/// How a VU's loop ended.
#[derive(Debug)]
pub(crate) enum LoopEnd {
    /// Between two iterations.
    Finished,
    /// In the middle of one. `is_broken`: the VU must be recovered before it is used again.
    Interrupted { is_broken: bool },
    /// The VU cannot be recovered.
    Lost(VuError),
}

/// What the loop is doing, visible to the race around it.
const BETWEEN: u8 = 0;
const IN_VU: u8 = 1;
const PAUSING: u8 = 2;
const RECOVERING: u8 = 3;

/// What bounds the loop of a VU.
#[derive(Clone, Copy)]
pub(crate) struct Bounds<'a> {
    pub(crate) control: &'a VuControl,
    pub(crate) scenario: &'a ScenarioRun,
    pub(crate) abort: &'a Abort,
    pub(crate) min_iteration: Duration,
    /// The scenario's regular end. The executor stops the VU then; but when thousands of VUs
    /// keep all cores busy, the executor is late, and the VU sees to it itself.
    pub(crate) regular_end: Instant,
}

/// Runs the loop of an activated VU.
pub(crate) async fn run_vu<V: Vu, W: Work>(
    vu: &mut V,
    work: &mut W,
    bounds: Bounds<'_>,
) -> LoopEnd {
    let Bounds {
        control, scenario, ..
    } = bounds;
    // Atomics only because the future must be Send; both stay on this task.
    let doing = AtomicU8::new(BETWEEN);
    let polls = AtomicU32::new(0);
    let ended = {
        let mut iterations = pin!(bounds.iterations(vu, work, &doing, &polls));
        let mut registered = None;
        poll_fn(|cx| {
            polls.store(
                polls.load(Ordering::Relaxed).wrapping_add(1),
                Ordering::Relaxed,
            );
            if control.poll_interrupted(cx, &mut registered).is_ready() {
                return Poll::Ready(None);
            }
            iterations.as_mut().poll(cx).map(Some)
        })
        .await
    };
    match ended {
        Some(Ok(())) => LoopEnd::Finished,
        Some(Err(error)) => LoopEnd::Lost(error),
        None => match doing.into_inner() {
            BETWEEN => LoopEnd::Finished,
            RECOVERING => LoopEnd::Interrupted { is_broken: true },
            doing => {
                scenario.interrupted.fetch_add(1, Ordering::Relaxed);
                LoopEnd::Interrupted {
                    is_broken: doing == IN_VU,
                }
            }
        },
    }
}

impl Bounds<'_> {
    async fn iterations<V: Vu, W: Work>(
        self,
        vu: &mut V,
        work: &mut W,
        doing: &AtomicU8,
        polls: &AtomicU32,
    ) -> Result<(), VuError> {
        let completed = self.scenario.completed.shard(vu.id());
        let is_paced = !self.min_iteration.is_zero();
        let mut pacer = Pacer::default();
        let clock = self.scenario.clock();
        let is_late = || W::LOOPS && clock.now() >= self.regular_end;
        let mut is_over = is_late();
        while !is_over && self.control.may_iterate() {
            if W::LOOPS && clock.is_paused() {
                clock.resumed().await;
                continue;
            }
            let Some(ctx) = poll_fn(|cx| work.poll_next(cx, self.scenario)).await else {
                break;
            };
            let started = is_paced.then(Instant::now);
            doing.store(IN_VU, Ordering::Relaxed);
            let outcome = vu.iterate(ctx).await;
            doing.store(PAUSING, Ordering::Relaxed);
            if outcome == IterationOutcome::Interrupted {
                doing.store(BETWEEN, Ordering::Relaxed);
                self.scenario.interrupted.fetch_add(1, Ordering::Relaxed);
                // The reason was the end of the run: the VU does not wait to be told.
                if self.abort.is_aborted() {
                    break;
                }
            } else {
                if let Some(started) = started {
                    sleep_until(after(started, self.min_iteration)).await;
                }
                // Nothing waits between these two: an iteration is counted once.
                doing.store(BETWEEN, Ordering::Relaxed);
                completed.fetch_add(1, Ordering::Relaxed);
                if outcome == IterationOutcome::Broken {
                    doing.store(RECOVERING, Ordering::Relaxed);
                    vu.recover().await?;
                    doing.store(BETWEEN, Ordering::Relaxed);
                }
            }
            if pacer.after_iteration(polls.load(Ordering::Relaxed), &self.scenario.active_vus) {
                yield_now().await;
                is_over = is_late();
            }
        }
        self.control.exit();
        Ok(())
    }
}
