//! What the two arrival-rate executors share: iterations start when they are due, whatever the
//! earlier ones take, as long as a VU is idle.
//!
//! An arrival that finds no idle VU is dropped, and asks for one VU more, made in the
//! background, one at a time, up to `maxVUs`. Late arrivals are started at once. The clock wakes
//! the executor to the millisecond, so several arrivals may be due together, and one for which
//! no VU is idle at that moment is dropped only when none becomes idle within a millisecond: at
//! that grain a VU that comes back is as good as one that was there. At absurd rates arrivals
//! are dropped by calculation, thousands at a time, so that the machine stays usable.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::arrivals::Arrivals;
use crate::crew::Crew;
use crate::event::Event;
use crate::fleet::{Fleet, after};
use crate::vu::Vu;
use crate::vu_control::VuControl;

/// The resolution of the clock that wakes tasks.
const GRAIN: Duration = Duration::from_millis(1);

/// The VUs of an arrival-rate scenario.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vus {
    /// Activated before the first arrival.
    pub(super) pre_allocated: u64,
    /// With those that are added when none is idle.
    pub(super) most: u64,
}

/// When the scenario's clock starts, and whether it goes on to its end with nothing left to do.
#[derive(Debug, Clone, Copy)]
pub(super) enum Span {
    /// At that moment; arrivals that are due while VUs are activated are late. To the end.
    From(Instant),
    /// When the VUs are activated. Over with the last arrival.
    Activated,
}

pub(super) async fn run<V: Vu>(fleet: Fleet<V>, arrivals: Arrivals, vus: Vus, span: Span) {
    let scenario = fleet.env().scenario.clone();
    let abort = fleet.env().abort.clone();
    let (clock, config) = (scenario.clock(), scenario.config());
    let mut regular_end = fleet.env().regular_end;
    let mut dispatch = Dispatch {
        crew: Arc::default(),
        arrivals,
        vus,
        controls: Vec::new(),
        is_exhausted: false,
        fleet,
    };
    for _ in 0..vus.pre_allocated {
        dispatch.add(Fleet::launch);
    }
    let start = async {
        dispatch.crew.settled().await;
        let started = match span {
            Span::From(started) => started,
            Span::Activated => {
                let now = clock.now();
                scenario.mark_clock_started(now);
                now
            }
        };
        regular_end = after(started, config.executor.regular_duration());
        dispatch.follow(started).await;
        if let Span::From(_) = span {
            clock.sleep_until(regular_end).await;
        }
    };
    tokio::select! {
        biased;
        () = abort.aborted() => {}
        () = start => {}
    }
    dispatch.crew.close();
    tokio::select! {
        biased;
        () = abort.aborted() => {}
        () = dispatch.fleet.all_back() => {}
        () = clock.sleep_until(after(regular_end, config.graceful_stop)) => {}
    }
    for control in &dispatch.controls {
        control.interrupt();
    }
    dispatch.fleet.all_back().await;
}

struct Dispatch<V> {
    fleet: Fleet<V>,
    crew: Arc<Crew>,
    arrivals: Arrivals,
    vus: Vus,
    controls: Vec<Arc<VuControl>>,
    /// It was said that there are no more VUs to add.
    is_exhausted: bool,
}

impl<V: Vu> Dispatch<V> {
    /// Hands out iterations until the last one is due.
    async fn follow(&mut self, started: Instant) {
        let scenario = self.fleet.env().scenario.clone();
        let clock = scenario.clock();
        let moment = |nanos| after(started, Duration::from_nanos(nanos));
        let mut wakers = Vec::new();
        while let Some(due) = self.arrivals.next_due() {
            let at = moment(due);
            let mut now = clock.now();
            if now < at || clock.is_paused() {
                clock.sleep_until(at).await;
                now = clock.now();
            }
            let elapsed = now.saturating_duration_since(started);
            let due = self.arrivals.pending(nanos(elapsed));
            let given = self.crew.give(due, &scenario, &mut wakers);
            self.arrivals.take(given);
            if given == due {
                continue;
            }
            let expired = elapsed.checked_sub(GRAIN);
            let expired = expired.map_or(0, |then| self.arrivals.pending(nanos(then)));
            if expired > 0 {
                self.arrivals.take(expired);
                self.fleet.env().drop_iterations(expired);
                self.ask_for_more();
            }
            if expired < due - given
                && let Some(next) = self.arrivals.next_due()
            {
                tokio::select! {
                    biased;
                    () = self.crew.idle() => {}
                    () = clock.sleep_until(moment(next) + GRAIN) => {}
                }
            }
        }
    }

    /// An arrival found no idle VU.
    fn ask_for_more(&mut self) {
        if self.crew.len() < self.vus.most {
            if self.crew.is_settled() {
                self.add(Fleet::enlist);
            }
        } else if !self.is_exhausted {
            self.is_exhausted = true;
            let env = self.fleet.env();
            (env.events)(Event::VusExhausted {
                scenario: env.scenario.clone(),
                vus: self.vus.most,
            });
        }
    }

    fn add(&mut self, how: impl FnOnce(&mut Fleet<V>, crate::crew::SeatWork) -> Arc<VuControl>) {
        let env = self.fleet.env();
        let work = self.crew.seat(env.state.clone(), env.scenario.clone());
        self.controls.push(how(&mut self.fleet, work));
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
