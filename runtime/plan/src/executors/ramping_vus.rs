//! `ramping-vus`: the number of looping VUs follows a line through the stages' targets.

use runner_values::executor::RampingVus;
use serde_json::{Value, json};

use super::checks::{self, DEFAULT_GRACEFUL_RAMP_DOWN};
use crate::options::{Key, OptionsError, duration, integer, stages};
use crate::types::{Duration, Part, StageOptions};

/// More VUs than any process can hold; above it the number is surely a mistake.
const MAX_TARGET: i64 = 100_000_000;

/// Its keys as typed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RampingVusOptions {
    /// `startVUs`, 1 by default.
    pub start_vus: Option<i64>,
    /// `stages`, at least one.
    pub stages: Option<Vec<StageOptions>>,
    /// `gracefulRampDown`, 30 seconds by default.
    pub graceful_ramp_down: Option<Duration>,
}

impl RampingVusOptions {
    pub(super) fn set(
        &mut self,
        field: &str,
        key: &Key<'_>,
        value: &Value,
    ) -> Result<bool, OptionsError> {
        match field {
            "startVUs" => self.start_vus = integer(key, value)?,
            "stages" => self.stages = stages(key, value)?,
            "gracefulRampDown" => self.graceful_ramp_down = duration(key, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let start = self.start_vus.unwrap_or(1);
        let stages = self.stages.as_deref().unwrap_or_default();
        if start < 0 {
            problems.push("the number of start VUs can't be negative".to_owned());
        }
        if start > MAX_TARGET {
            problems.push(format!("the startVUs exceed max limit of {MAX_TARGET}"));
        }
        checks::stages(Some(stages), &mut problems);
        for (number, stage) in (1..).zip(stages) {
            if stage.target.is_some_and(|target| target > MAX_TARGET) {
                problems.push(format!(
                    "target for stage {number} exceeds max limit of {MAX_TARGET}"
                ));
            }
        }
        let idle = start <= 0 && stages.iter().all(|stage| stage.target.unwrap_or(0) <= 0);
        if idle && problems.is_empty() {
            problems.push(
                "either startVUs or one of the stages' target values must be greater than 0"
                    .to_owned(),
            );
        }
        problems
    }

    pub(super) fn resolve(&self) -> RampingVus {
        RampingVus {
            start_vus: checks::count(self.start_vus, 1),
            stages: checks::stage_plans(self.stages.as_deref()),
            graceful_ramp_down: checks::span(self.graceful_ramp_down, DEFAULT_GRACEFUL_RAMP_DOWN),
            part: Part::default(),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let stages: Option<Vec<_>> = self
            .stages
            .as_ref()
            .map(|stages| stages.iter().map(|s| s.to_json()).collect());
        json!({
            "startVUs": self.start_vus,
            "stages": stages,
            "gracefulRampDown": checks::text(self.graceful_ramp_down),
        })
    }
}
