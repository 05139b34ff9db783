//! The VUs of an arrival-rate scenario: those that are idle wait here, in the order in which
//! they became idle, and are handed iterations when these are due.
//!
//! Handing one over takes no task, channel or allocation: the number of the iteration is put
//! into the VU's seat and its task is woken. Both sides take one short lock per iteration.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;

use crate::scenario::ScenarioRun;
use crate::state::RunState;
use crate::vu::IterationContext;
use crate::vu_loop::Work;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Crew {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    seats: Vec<Seat>,
    idle: VecDeque<usize>,
    /// Seats whose VU is ready, or will never be.
    settled: usize,
    /// No more iterations: idle VUs leave.
    is_closed: bool,
    /// Whoever hands out iterations and waits for an idle VU or a new one.
    dispatcher: Option<Waker>,
}

#[derive(Debug, Default)]
struct Seat {
    state: SeatState,
    waker: Option<Waker>,
}

#[derive(Debug, Default)]
enum SeatState {
    /// The VU is not there yet, or runs an iteration, or is gone.
    #[default]
    Away,
    Idle,
    Given(IterationContext),
}

impl Crew {
    /// A seat for a VU that is about to come.
    pub(crate) fn seat(
        self: &Arc<Self>,
        state: Arc<RunState>,
        scenario: Arc<ScenarioRun>,
    ) -> SeatWork {
        let mut inner = self.inner.lock();
        inner.seats.push(Seat::default());
        SeatWork {
            crew: self.clone(),
            seat: inner.seats.len() - 1,
            state,
            scenario,
            has_settled: false,
            is_active: false,
        }
    }

    /// Number of seats.
    pub(crate) fn len(&self) -> u64 {
        self.inner.lock().seats.len() as u64
    }

    /// True when no VU is on its way.
    pub(crate) fn is_settled(&self) -> bool {
        let inner = self.inner.lock();
        inner.settled == inner.seats.len()
    }

    /// Completes when no VU is on its way.
    pub(crate) async fn settled(&self) {
        self.wait(|inner| inner.settled == inner.seats.len()).await;
    }

    /// Completes when a VU is idle.
    pub(crate) async fn idle(&self) {
        self.wait(|inner| !inner.idle.is_empty()).await;
    }

    async fn wait(&self, is_so: impl Fn(&Inner) -> bool) {
        poll_fn(|cx| {
            let mut inner = self.inner.lock();
            if is_so(&inner) {
                inner.dispatcher = None;
                Poll::Ready(())
            } else {
                inner.dispatcher = Some(cx.waker().clone());
                Poll::Pending
            }
        })
        .await;
    }

    /// Hands out at most `count` iterations of `scenario`, as many as there are idle VUs.
    /// `wakers` is working memory. Returns how many it were.
    pub(crate) fn give(&self, count: u64, scenario: &ScenarioRun, wakers: &mut Vec<Waker>) -> u64 {
        let mut given = 0;
        {
            let mut inner = self.inner.lock();
            while given < count {
                let Some(index) = inner.idle.pop_front() else {
                    break;
                };
                if let Some(seat) = inner.seats.get_mut(index) {
                    seat.state = SeatState::Given(scenario.next_iteration());
                    wakers.extend(seat.waker.clone());
                    given += 1;
                }
            }
        }
        for waker in wakers.drain(..) {
            waker.wake();
        }
        given
    }

    /// Sends idle VUs away, and the others when they are done.
    pub(crate) fn close(&self) {
        let mut inner = self.inner.lock();
        inner.is_closed = true;
        inner.idle.clear();
        let wakers: Vec<_> = inner
            .seats
            .iter()
            .filter_map(|seat| seat.waker.clone())
            .collect();
        drop(inner);
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// What a VU of a crew does: the iterations that it is handed. It is active only meanwhile.
#[derive(Debug)]
pub(crate) struct SeatWork {
    crew: Arc<Crew>,
    seat: usize,
    state: Arc<RunState>,
    scenario: Arc<ScenarioRun>,
    has_settled: bool,
    is_active: bool,
}

impl SeatWork {
    fn set_active(&mut self, is_active: bool) {
        if is_active == self.is_active {
            return;
        }
        self.is_active = is_active;
        let counters = [&self.state.active_vus.0, &self.scenario.active_vus];
        for counter in counters {
            if is_active {
                counter.fetch_add(1, Ordering::Relaxed);
            } else {
                counter.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

impl Work for SeatWork {
    const LOOPS: bool = false;

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        _: &ScenarioRun,
    ) -> Poll<Option<IterationContext>> {
        self.set_active(false);
        let mut guard = self.crew.inner.lock();
        let inner = &mut *guard;
        if !self.has_settled {
            self.has_settled = true;
            inner.settled += 1;
            self.scenario.allocated_vus.fetch_add(1, Ordering::Relaxed);
        }
        let Some(seat) = inner.seats.get_mut(self.seat) else {
            return Poll::Ready(None);
        };
        if let SeatState::Given(ctx) = seat.state {
            seat.state = SeatState::Away;
            drop(guard);
            self.set_active(true);
            return Poll::Ready(Some(ctx));
        }
        if inner.is_closed {
            return Poll::Ready(None);
        }
        if !seat
            .waker
            .as_ref()
            .is_some_and(|waker| waker.will_wake(cx.waker()))
        {
            seat.waker = Some(cx.waker().clone());
        }
        if matches!(seat.state, SeatState::Away) {
            seat.state = SeatState::Idle;
            inner.idle.push_back(self.seat);
            let dispatcher = inner.dispatcher.take();
            drop(guard);
            if let Some(dispatcher) = dispatcher {
                dispatcher.wake();
            }
        }
        Poll::Pending
    }

    /// An iteration that was handed over when the VU was interrupted is dropped.
    fn unstarted(&self) -> u64 {
        let inner = self.crew.inner.lock();
        let seat = inner.seats.get(self.seat);
        seat.is_some_and(|seat| matches!(seat.state, SeatState::Given(_)))
            .into()
    }
}

impl Drop for SeatWork {
    fn drop(&mut self) {
        self.set_active(false);
        let mut inner = self.crew.inner.lock();
        if !self.has_settled {
            inner.settled += 1;
        }
        // An idle VU that is interrupted: only when the run is aborted.
        if !inner.is_closed {
            let seat = self.seat;
            inner.idle.retain(|idle| *idle != seat);
        }
        if let Some(dispatcher) = inner.dispatcher.take() {
            drop(inner);
            dispatcher.wake();
        }
    }
}
