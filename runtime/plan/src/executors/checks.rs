//! Rules that several executors share, and conversions to the types of a plan.

use std::time::Duration as StdDuration;

use runner_values::executor::Stage;

use crate::types::{Duration, StageOptions};

/// The shortest run of an executor.
const MIN_DURATION: Duration = Duration::from_secs(1);
/// `maxDuration` where none is given.
pub(super) const DEFAULT_MAX_DURATION: Duration = Duration::from_secs(600);
/// `gracefulRampDown` where none is given.
pub(super) const DEFAULT_GRACEFUL_RAMP_DOWN: Duration = Duration::from_secs(30);

pub(super) fn vus(vus: Option<i64>, problems: &mut Vec<String>) {
    if vus.unwrap_or(1) <= 0 {
        problems.push("the number of VUs must be more than 0".to_owned());
    }
}

pub(super) fn min_duration(name: &str, duration: Duration, problems: &mut Vec<String>) {
    if duration < MIN_DURATION {
        problems.push(format!(
            "the {name} must be at least {MIN_DURATION}, but is {duration}"
        ));
    }
}

pub(super) fn required_duration(duration: Option<Duration>, problems: &mut Vec<String>) {
    match duration {
        Some(duration) => min_duration("duration", duration, problems),
        None => problems.push("the duration is unspecified".to_owned()),
    }
}

pub(super) fn stages(stages: Option<&[StageOptions]>, problems: &mut Vec<String>) {
    let stages = stages.unwrap_or_default();
    if stages.is_empty() {
        problems.push("at least one stage has to be specified".to_owned());
    }
    for (number, stage) in (1..).zip(stages) {
        match stage.duration {
            None => problems.push(format!("stage {number} doesn't have a duration")),
            Some(duration) if duration < Duration::ZERO => {
                problems.push(format!("the duration for stage {number} can't be negative"));
            }
            Some(_) => {}
        }
        match stage.target {
            None => problems.push(format!("stage {number} doesn't have a target")),
            Some(target) if target < 0 => {
                problems.push(format!("the target for stage {number} can't be negative"));
            }
            Some(_) => {}
        }
    }
}

pub(super) fn time_unit(time_unit: Option<Duration>, problems: &mut Vec<String>) {
    if time_unit.is_some_and(|unit| unit <= Duration::ZERO) {
        problems.push("the timeUnit must be more than 0".to_owned());
    }
}

pub(super) fn vu_pool(pre_allocated: Option<i64>, max: Option<i64>, problems: &mut Vec<String>) {
    let Some(pre_allocated) = pre_allocated else {
        problems.push("the number of preAllocatedVUs isn't specified".to_owned());
        return;
    };
    if pre_allocated < 0 {
        problems.push("the number of preAllocatedVUs can't be negative".to_owned());
    }
    if max.is_some_and(|max| max < pre_allocated) {
        problems.push("maxVUs can't be less than preAllocatedVUs".to_owned());
    }
}

/// A number that validation has found not to be negative.
pub(super) fn count(value: Option<i64>, default: u64) -> u64 {
    value.map_or(default, |value| u64::try_from(value).unwrap_or(0))
}

pub(super) fn span(value: Option<Duration>, default: Duration) -> StdDuration {
    value.unwrap_or(default).to_std()
}

pub(super) fn stage_plans(stages: Option<&[StageOptions]>) -> Vec<Stage> {
    let resolve = |stage: &StageOptions| Stage {
        duration: stage.duration.unwrap_or_default().to_std(),
        target: count(stage.target, 0),
    };
    stages.unwrap_or_default().iter().map(resolve).collect()
}

pub(super) fn text(duration: Option<Duration>) -> Option<String> {
    duration.map(|duration| duration.to_string())
}
