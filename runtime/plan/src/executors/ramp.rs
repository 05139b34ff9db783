//! How long each VU of a `ramping-vus` scenario is held.
//!
//! Within a stage that goes from `f` to `t` VUs in `d`: up, VU `v` starts after `d·(v−f)/(t−f)`;
//! down, it stops after `d·(f−v+1)/(f−t)`. A VU that stops is held through its graceful ramp-down,
//! though not past the scenario's end; one that starts again before that is the same VU. Numbers
//! are those of the whole test.

use std::time::Duration;

use super::resolved::{Reservation, StagePlan};
use crate::types::Part;

/// Above this many VUs times stages only the outline is computed: no process holds so many.
const MOST: u64 = 200_000;

/// A ramp, and when all of it is over.
pub(super) struct Ramp<'a> {
    pub(super) start_vus: u64,
    pub(super) stages: &'a [StagePlan],
    pub(super) graceful_ramp_down: Duration,
    pub(super) end: Duration,
}

impl Ramp<'_> {
    /// One or more reservations for each VU of `part`.
    pub(super) fn reservations(&self, part: &Part) -> Vec<Reservation> {
        let most = self
            .stages
            .iter()
            .fold(self.start_vus, |most, stage| most.max(stage.target));
        let own = part.scale(most);
        if own == 0 {
            return Vec::new();
        }
        if own.saturating_mul(self.stages.len() as u64) > MOST {
            return vec![Reservation::of(Duration::ZERO, self.end, own)];
        }
        let mut all = Vec::new();
        for local in 0..own {
            self.hold(part.global(local).saturating_add(1), &mut all);
        }
        all
    }

    fn hold(&self, vu: u64, all: &mut Vec<Reservation>) {
        let (mut at, mut before) = (Duration::ZERO, self.start_vus);
        // While it runs, since when; when it has stopped, from when and until when it is held.
        let mut since = (vu <= before).then_some(Duration::ZERO);
        let mut held: Option<(Duration, Duration)> = None;
        for stage in self.stages {
            let target = stage.target;
            if before < vu && vu <= target {
                let start = at.saturating_add(share(stage, vu - before, target - before));
                since = Some(start);
                if let Some((from, to)) = held.take() {
                    if to < start {
                        all.push(Reservation::of(from, to, 1));
                    } else {
                        since = Some(from);
                    }
                }
            } else if target < vu && vu <= before {
                let stop = at.saturating_add(share(stage, before - vu + 1, before - target));
                let to = stop.saturating_add(self.graceful_ramp_down).min(self.end);
                held = since.take().map(|from| (from, to));
            }
            (at, before) = (at.saturating_add(stage.duration), target);
        }
        let last = since.map(|from| (from, self.end)).or(held);
        all.extend(last.map(|(from, to)| Reservation::of(from, to, 1)));
    }
}

/// `part/whole` of a stage, in whole nanoseconds, rounded down.
fn share(stage: &StagePlan, part: u64, whole: u64) -> Duration {
    let nanos = stage.duration.as_nanos() * u128::from(part) / u128::from(whole.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
