//! Heights of ramps: the highest point, and where the line is at a moment.

use std::time::Duration;

use super::{RampingArrivalRate, RampingVus, Stage};

impl RampingVus {
    /// The highest number of VUs of this process that any stage asks for.
    #[must_use]
    pub fn max_vus(&self) -> u64 {
        self.part.scale(highest(self.start_vus, &self.stages))
    }
}

impl RampingArrivalRate {
    /// The highest rate that any stage asks for.
    #[must_use]
    pub fn max_rate(&self) -> u64 {
        highest(self.start_rate, &self.stages)
    }

    /// The rate after `elapsed`.
    #[must_use]
    pub fn rate_at(&self, elapsed: Duration) -> f64 {
        let (mut left, mut from) = (elapsed, self.start_rate);
        for stage in &self.stages {
            let Some(rest) = left.checked_sub(stage.duration) else {
                let (start, end) = (from as f64, stage.target as f64);
                let share = left.as_secs_f64() / stage.duration.as_secs_f64();
                return start + (end - start) * share;
            };
            (left, from) = (rest, stage.target);
        }
        from as f64
    }
}

fn highest(start: u64, stages: &[Stage]) -> u64 {
    stages
        .iter()
        .map(|stage| stage.target)
        .fold(start, u64::max)
}
