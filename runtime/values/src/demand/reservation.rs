//! When a scenario holds how many VUs, graceful periods included.
//!
//! A VU that is ramped down is held through its graceful period, though not past the scenario's
//! end; one that starts again before that is the same VU.

use std::time::Duration;

use super::ramp::ramp_steps;
use crate::executor::{Executor, RampingVus};

/// Above this many VUs times stages only the outline of a ramp is computed: no process holds so
/// many.
const MOST: u64 = 200_000;

/// VUs that are held from one moment to another, counted from the scenario's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reservation {
    pub from: Duration,
    /// None where they are held until the run ends.
    pub to: Option<Duration>,
    /// Initialised before the run.
    pub planned: u64,
    /// With those that are initialised when they are needed.
    pub most: u64,
}

impl Reservation {
    /// All of a scenario; where they overlap, VUs add up.
    pub fn all(executor: &Executor, graceful_stop: Duration) -> Vec<Self> {
        if !executor.has_work() {
            return Vec::new();
        }
        let end = executor.regular_duration().saturating_add(graceful_stop);
        let to = match executor {
            Executor::RampingVus(config) => return of_ramp(config, end),
            // Its end interrupts iterations at once.
            Executor::ExternallyControlled(config) => config.duration,
            _ => Some(end),
        };
        vec![Self {
            from: Duration::ZERO,
            to,
            planned: executor.planned_vus(),
            most: executor.max_vus(),
        }]
    }

    /// Of VUs that are all planned.
    fn planned(from: Duration, to: Duration, vus: u64) -> Self {
        Self {
            from,
            to: Some(to),
            planned: vus,
            most: vus,
        }
    }
}

/// One or more reservations for each VU.
fn of_ramp(config: &RampingVus, end: Duration) -> Vec<Reservation> {
    let most = config.max_vus();
    if most.saturating_mul(config.stages.len() as u64) > MOST {
        return vec![Reservation::planned(Duration::ZERO, end, most)];
    }
    // Per VU since when, and once it has stopped, until when.
    let mut held: Vec<(Duration, Option<Duration>)> = Vec::new();
    let mut all = Vec::new();
    for step in ramp_steps(config) {
        let at = Duration::from_nanos(step.at);
        let index = usize::try_from(step.vu.saturating_sub(1)).unwrap_or(usize::MAX);
        match (held.get_mut(index), step.starts) {
            (None, true) => held.push((at, None)),
            (None, false) => {}
            (Some((since, until)), true) => {
                if let Some(to) = until.take().filter(|to| *to < at) {
                    all.push(Reservation::planned(*since, to, 1));
                    *since = at;
                }
            }
            (Some((_, until)), false) => {
                *until = Some(at.saturating_add(config.graceful_ramp_down).min(end));
            }
        }
    }
    let last = |(since, until): (Duration, Option<Duration>)| {
        Reservation::planned(since, until.unwrap_or(end), 1)
    };
    all.extend(held.into_iter().map(last));
    all
}
