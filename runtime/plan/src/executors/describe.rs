//! The line that a user reads about a scenario before the run.

use std::time::Duration as StdDuration;

use runner_values::executor::{Executor, Stage};

use crate::types::{Duration, Part};

/// What happens (`10 looping VUs for 10s`), and the details that come first in brackets. Rates are
/// those of `part`.
pub(crate) fn describe(executor: &Executor, part: &Part) -> (String, Vec<String>) {
    match executor {
        Executor::SharedIterations(own) => (
            format!("{} iterations shared among {} VUs", own.iterations, own.vus),
            vec![format!("maxDuration: {}", go(own.max_duration))],
        ),
        Executor::PerVuIterations(own) => (
            format!("{} iterations for each of {} VUs", own.iterations, own.vus),
            vec![format!("maxDuration: {}", go(own.max_duration))],
        ),
        Executor::ConstantVus(own) => (
            format!("{} looping VUs for {}", own.vus, go(own.duration)),
            Vec::new(),
        ),
        Executor::RampingVus(own) => (
            format!(
                "Up to {} looping VUs {}",
                own.max_vus(),
                over(executor, &own.stages)
            ),
            details("gracefulRampDown", own.graceful_ramp_down),
        ),
        Executor::ConstantArrivalRate(own) => (
            format!(
                "{} iterations/s for {}",
                per_second(own.rate, own.time_unit, part),
                go(own.duration)
            ),
            vec![vu_range(executor)],
        ),
        Executor::RampingArrivalRate(own) => {
            let rate = per_second(own.max_rate(), own.time_unit, part);
            (
                format!("Up to {rate} iterations/s {}", over(executor, &own.stages)),
                vec![vu_range(executor)],
            )
        }
        Executor::ExternallyControlled(own) => {
            let length = match own.duration {
                Some(duration) => format!("{} duration", go(duration)),
                None => "infinite duration".to_owned(),
            };
            (
                format!(
                    "Externally controlled execution with {} VUs, {} max VUs, {length}",
                    own.vus, own.max_vus
                ),
                Vec::new(),
            )
        }
    }
}

fn over(executor: &Executor, stages: &[Stage]) -> String {
    let duration = go(executor.regular_duration());
    format!("for {duration} over {} stages", stages.len())
}

fn vu_range(executor: &Executor) -> String {
    match (executor.planned_vus(), executor.max_vus()) {
        (planned, most) if planned < most => format!("maxVUs: {planned}-{most}"),
        (_, most) => format!("maxVUs: {most}"),
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
