//! Makes a VU whose iterations never wait for anything let other tasks run, at almost no cost.
//!
//! Tokio switches tasks only when one of them waits. A VU that computes for a whole run would
//! therefore starve the VUs behind it, and the timers. The pacer asks for a yield after about a
//! slice of uninterrupted work; it learns how many iterations fit into a slice, so the clock is
//! read a handful of times per slice and not once per iteration. An iteration that waits by
//! itself costs one comparison.
//!
//! The more VUs there are, the shorter the slices, so that a round of all of them stays short.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const LONGEST_SLICE: Duration = Duration::from_micros(250);
/// Below this, switching would cost more than a few percent.
const SHORTEST_SLICE: Duration = Duration::from_micros(20);
/// CPU time of a round of all VUs, as far as the shortest slice allows.
const ROUND: Duration = Duration::from_millis(20);

/// Decides after each iteration whether the VU yields.
#[derive(Debug, Default)]
pub(crate) struct Pacer {
    polls_seen: u32,
    slice: Duration,
    /// When the clock was first read in this slice.
    since: Option<Instant>,
    /// Iterations since then.
    done: u32,
    /// Iterations until the clock is read again.
    left: u32,
}

impl Pacer {
    /// True when the task should yield. `polls` counts how often the task was polled: a change
    /// means that it has waited, and so has let others run. `vus` is the number of VUs at work.
    #[inline]
    pub(crate) fn after_iteration(&mut self, polls: u32, vus: &AtomicU64) -> bool {
        if polls != self.polls_seen {
            *self = Self {
                polls_seen: polls,
                ..Self::default()
            };
            return false;
        }
        self.done = self.done.saturating_add(1);
        if self.left > 0 {
            self.left -= 1;
            return false;
        }
        self.read_clock(vus)
    }

    fn read_clock(&mut self, vus: &AtomicU64) -> bool {
        let now = Instant::now();
        let Some(since) = self.since else {
            let vus = u32::try_from(vus.load(Ordering::Relaxed))
                .unwrap_or(u32::MAX)
                .max(1);
            self.slice = (ROUND / vus).clamp(SHORTEST_SLICE, LONGEST_SLICE);
            self.since = Some(now);
            self.done = 0;
            return false;
        };
        let elapsed = now.duration_since(since);
        if elapsed >= self.slice {
            return true;
        }
        // As many iterations as fit into the rest of the slice at the pace seen so far, but at
        // most as many as that pace is known from.
        let pace = (elapsed.as_nanos() / u128::from(self.done.max(1))).max(1);
        let fit = (self.slice - elapsed).as_nanos() / pace;
        self.left = u32::try_from(fit).unwrap_or(u32::MAX).min(self.done);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iteration_that_waits_never_yields() {
        let mut pacer = Pacer::default();
        for polls in 1..1000 {
            assert!(!pacer.after_iteration(polls, &AtomicU64::new(1)));
        }
    }

    #[test]
    fn long_iterations_that_do_not_wait_yield_after_each_slice() {
        let mut pacer = Pacer::default();
        pacer.after_iteration(1, &AtomicU64::new(1));
        let mut yields = 0;
        for _ in 0..6 {
            std::thread::sleep(LONGEST_SLICE);
            yields += u32::from(pacer.after_iteration(1, &AtomicU64::new(1)));
        }
        assert!(yields >= 4, "{yields} yields in 6 slices");
    }

    #[test]
    fn short_iterations_read_the_clock_seldom_but_do_yield() {
        let mut pacer = Pacer::default();
        let started = Instant::now();
        let mut iterations = 0_u64;
        while !pacer.after_iteration(0, &AtomicU64::new(1)) {
            iterations += 1;
            assert!(started.elapsed() < Duration::from_secs(30), "never yields");
        }
        assert!(iterations > 4, "{iterations} iterations in a slice");
    }
}
