//! The line that a user reads about a scenario before the run.

use std::time::Duration as StdDuration;

use super::{ExecutorPlan, StagePlan};
use crate::types::Duration;

impl ExecutorPlan {
    /// What happens (`10 looping VUs for 10s`), and the details that come first in brackets.
    pub(crate) fn describe(&self) -> (String, Vec<String>) {
        match self {
            Self::SharedIterations {
                vus,
                iterations,
                max_duration,
            } => (
                format!("{iterations} iterations shared among {vus} VUs"),
                vec![format!("maxDuration: {}", go(*max_duration))],
            ),
            Self::PerVuIterations {
                vus,
                iterations,
                max_duration,
            } => (
                format!("{iterations} iterations for each of {vus} VUs"),
                vec![format!("maxDuration: {}", go(*max_duration))],
            ),
            Self::ConstantVus { vus, duration } => (
                format!("{vus} looping VUs for {}", go(*duration)),
                Vec::new(),
            ),
            Self::RampingVus {
                stages,
                graceful_ramp_down,
                ..
            } => (
                format!("Up to {} looping VUs {}", self.max_vus(), self.over(stages)),
                details("gracefulRampDown", *graceful_ramp_down),
            ),
            Self::ConstantArrivalRate {
                rate,
                time_unit,
                duration,
                ..
            } => (
                format!(
                    "{} iterations/s for {}",
                    per_second(*rate, *time_unit),
                    go(*duration)
                ),
                vec![self.vu_range()],
            ),
            Self::RampingArrivalRate {
                start_rate,
                time_unit,
                stages,
                ..
            } => {
                let most = stages
                    .iter()
                    .fold(*start_rate, |most, stage| most.max(stage.target));
                let rate = per_second(most, *time_unit);
                (
                    format!("Up to {rate} iterations/s {}", self.over(stages)),
                    vec![self.vu_range()],
                )
            }
        }
    }

    fn over(&self, stages: &[StagePlan]) -> String {
        format!("for {} over {} stages", go(self.duration()), stages.len())
    }

    fn vu_range(&self) -> String {
        match (self.planned_vus(), self.max_vus()) {
            (planned, most) if planned < most => format!("maxVUs: {planned}-{most}"),
            (_, most) => format!("maxVUs: {most}"),
        }
    }
}

/// `name: 30s`, or nothing where it is zero.
pub(crate) fn details(name: &str, duration: StdDuration) -> Vec<String> {
    if duration.is_zero() {
        Vec::new()
    } else {
        vec![format!("{name}: {}", go(duration))]
    }
}

fn go(duration: StdDuration) -> Duration {
    Duration::from_std(duration)
}

fn per_second(rate: u64, time_unit: StdDuration) -> String {
    format!("{:.2}", rate as f64 / time_unit.as_secs_f64())
}
