//! `ramping-arrival-rate`: the rate at which iterations start follows the stages' targets.

use runner_values::executor::RampingArrivalRate;
use serde_json::{Value, json};

use super::checks;
use crate::options::{Key, OptionsError, duration, integer, stages};
use crate::types::{Duration, StageOptions};

/// Its keys as typed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RampingArrivalRateOptions {
    /// `startRate` of iterations per `timeUnit`, 0 by default.
    pub start_rate: Option<i64>,
    /// `timeUnit`, 1 second by default.
    pub time_unit: Option<Duration>,
    /// `stages`, at least one; targets are rates.
    pub stages: Option<Vec<StageOptions>>,
    /// `preAllocatedVUs`, required.
    pub pre_allocated_vus: Option<i64>,
    /// `maxVUs`, as many as are allocated before by default.
    pub max_vus: Option<i64>,
}

impl RampingArrivalRateOptions {
    pub(super) fn set(
        &mut self,
        field: &str,
        key: &Key<'_>,
        value: &Value,
    ) -> Result<bool, OptionsError> {
        match field {
            "startRate" => self.start_rate = integer(key, value)?,
            "timeUnit" => self.time_unit = duration(key, value)?,
            "stages" => self.stages = stages(key, value)?,
            "preAllocatedVUs" => self.pre_allocated_vus = integer(key, value)?,
            "maxVUs" => self.max_vus = integer(key, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.start_rate.unwrap_or(0) < 0 {
            problems.push("the startRate value can't be negative".to_owned());
        }
        checks::time_unit(self.time_unit, &mut problems);
        checks::stages(self.stages.as_deref(), &mut problems);
        checks::vu_pool(self.pre_allocated_vus, self.max_vus, &mut problems);
        problems
    }

    pub(super) fn resolve(&self) -> RampingArrivalRate {
        let pre_allocated_vus = checks::count(self.pre_allocated_vus, 0);
        RampingArrivalRate {
            start_rate: checks::count(self.start_rate, 0),
            time_unit: checks::span(self.time_unit, Duration::from_secs(1)),
            stages: checks::stage_plans(self.stages.as_deref()),
            pre_allocated_vus,
            max_vus: checks::count(self.max_vus, pre_allocated_vus),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let stages: Option<Vec<_>> = self
            .stages
            .as_ref()
            .map(|stages| stages.iter().map(|s| s.to_json()).collect());
        json!({
            "startRate": self.start_rate,
            "timeUnit": checks::text(self.time_unit),
            "stages": stages,
            "preAllocatedVUs": self.pre_allocated_vus,
            "maxVUs": self.max_vus,
        })
    }
}
