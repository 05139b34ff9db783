//! The clock of a run, which stands still while the run is paused.
//!
//! Executors, scenarios and progress read this clock and no other. Its moments are tokio's
//! [`Instant`]s moved back by the time that was spent paused so far: durations, stages and
//! arrivals are written down once, and a pause shifts all that lies ahead without anybody having
//! to recompute anything. A run that is never paused pays one relaxed load per reading.
//!
//! What belongs to an iteration that runs already (its minimal duration, waiting for a VU) is
//! measured in real time: a pause lets it finish.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// See the module.
#[derive(Debug)]
pub(crate) struct Clock {
    /// Whether it stands still now.
    paused: AtomicBool,
    /// Whether it ever stood still: until then it is the real clock.
    was_paused: AtomicBool,
    lost: Mutex<Lost>,
    /// Mirrors `paused`, for those who wait.
    changes: watch::Sender<bool>,
}

/// Time that the clock did not count.
#[derive(Debug, Default)]
struct Lost {
    /// In pauses that are over.
    past: Duration,
    /// Since when it stands still.
    since: Option<Instant>,
}

impl Clock {
    /// A clock that goes, or one that stands still until it is resumed.
    pub(crate) fn new() -> Self {
        Self {
            paused: AtomicBool::new(false),
            was_paused: AtomicBool::new(false),
            lost: Mutex::default(),
            changes: watch::Sender::new(false),
        }
    }

    /// Stops the clock. False when it stands still already.
    pub(crate) fn pause(&self) -> bool {
        let mut lost = self.lost.lock();
        if lost.since.is_some() {
            return false;
        }
        lost.since = Some(Instant::now());
        self.was_paused.store(true, Ordering::Relaxed);
        self.paused.store(true, Ordering::Relaxed);
        self.changes.send_replace(true);
        true
    }

    /// Lets the clock go on. False when it does not stand still.
    pub(crate) fn resume(&self) -> bool {
        let mut lost = self.lost.lock();
        let Some(since) = lost.since.take() else {
            return false;
        };
        lost.past = lost.past.saturating_add(since.elapsed());
        self.paused.store(false, Ordering::Relaxed);
        self.changes.send_replace(false);
        true
    }

    /// True while it stands still. Cheap: VUs ask before each iteration.
    #[inline]
    pub(crate) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// Completes when the clock goes; at once when it does.
    pub(crate) async fn resumed(&self) {
        // An error would mean that the sender is gone, and `self` holds it.
        let _ = self
            .changes
            .subscribe()
            .wait_for(|is_paused| !is_paused)
            .await;
    }

    /// The moment that the clock shows.
    pub(crate) fn now(&self) -> Instant {
        if !self.was_paused.load(Ordering::Relaxed) {
            return Instant::now();
        }
        let lost = self.lost.lock();
        let real = lost.since.unwrap_or_else(Instant::now);
        real.checked_sub(lost.past).unwrap_or(real)
    }

    /// Completes when the clock shows `at` and goes.
    pub(crate) async fn sleep_until(&self, at: Instant) {
        loop {
            self.resumed_if_paused().await;
            // Only ever too early: a pause moves the real moment away, nothing brings it closer.
            let past = self.past();
            sleep_until(at.checked_add(past).unwrap_or(at)).await;
            if !self.is_paused() && self.past() == past {
                return;
            }
        }
    }

    async fn resumed_if_paused(&self) {
        if self.is_paused() {
            self.resumed().await;
        }
    }

    fn past(&self) -> Duration {
        if self.was_paused.load(Ordering::Relaxed) {
            self.lost.lock().past
        } else {
            Duration::ZERO
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fake::millis;

    #[tokio::test(start_paused = true)]
    async fn what_lies_ahead_is_shifted_by_each_pause() {
        let clock = Arc::new(Clock::new());
        let (real, started) = (Instant::now(), clock.now());
        let waiter = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(started + millis(1000)).await }
        });
        for _ in 0..2 {
            tokio::time::sleep(millis(300)).await;
            assert!(clock.pause());
            assert!(!clock.pause());
            tokio::time::sleep(millis(5000)).await;
            assert!(clock.resume());
            assert!(!clock.resume());
        }
        assert_eq!(clock.now() - started, millis(600));
        waiter.await.unwrap();
        assert_eq!(clock.now() - started, millis(1000));
        assert_eq!(real.elapsed(), millis(11_000));
    }

    #[tokio::test(start_paused = true)]
    async fn a_moment_that_came_during_a_pause_waits_for_its_end() {
        let clock = Clock::new();
        let started = clock.now();
        clock.pause();
        let resume = async {
            tokio::time::sleep(millis(700)).await;
            clock.resume();
        };
        tokio::join!(clock.sleep_until(started), clock.resumed(), resume);
        assert_eq!(clock.now(), started);
    }
}
