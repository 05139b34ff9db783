//! The line that a user reads about a scenario before the run.

use std::time::Duration as StdDuration;

use super::{ExecutorPlan, StagePlan};
use crate::types::{Duration, Part};

impl ExecutorPlan {
    /// What happens (`10 looping VUs for 10s`), and the details that come first in brackets.
    pub(crate) fn describe(&self, part: &Part) -> (String, Vec<String>) {
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
                format!(
                    "Up to {} looping VUs {}",
                    self.max_vus(part),
                    self.over(stages)
                ),
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
                    per_second(*rate, *time_unit, part),
                    go(*duration)
                ),
                vec![self.vu_range(part)],
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
                let rate = per_second(most, *time_unit, part);
                (
                    format!("Up to {rate} iterations/s {}", self.over(stages)),
                    vec![self.vu_range(part)],
                )
            }
            Self::ExternallyControlled {
                vus,
                max_vus,
                duration,
            } => {
                let length = match duration {
                    Some(duration) => format!("{} duration", go(*duration)),
                    None => "infinite duration".to_owned(),
                };
                let what = "Externally controlled execution with";
                (
                    format!("{what} {vus} VUs, {max_vus} max VUs, {length}"),
                    Vec::new(),
                )
            }
        }
    }

    fn over(&self, stages: &[StagePlan]) -> String {
        format!("for {} over {} stages", go(self.duration()), stages.len())
    }

    fn vu_range(&self, part: &Part) -> String {
        match (self.planned_vus(part), self.max_vus(part)) {
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

fn per_second(rate: u64, time_unit: StdDuration, part: &Part) -> String {
    let own = rate as f64 * part.share();
    format!("{:.2}", own / time_unit.as_secs_f64())
}
