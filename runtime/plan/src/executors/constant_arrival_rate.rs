//! `constant-arrival-rate`: iterations start at a fixed rate, whatever they take.

use runner_values::executor::ConstantArrivalRate;
use serde_json::{Value, json};

use super::checks;
use crate::options::{Key, OptionsError, duration, integer};
use crate::types::Duration;

/// Its keys as typed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConstantArrivalRateOptions {
    /// `rate` of iterations per `timeUnit`, required.
    pub rate: Option<i64>,
    /// `timeUnit`, 1 second by default.
    pub time_unit: Option<Duration>,
    /// `duration`, required.
    pub duration: Option<Duration>,
    /// `preAllocatedVUs`, required.
    pub pre_allocated_vus: Option<i64>,
    /// `maxVUs`, as many as are allocated before by default.
    pub max_vus: Option<i64>,
}

impl ConstantArrivalRateOptions {
    pub(super) fn set(
        &mut self,
        field: &str,
        key: &Key<'_>,
        value: &Value,
    ) -> Result<bool, OptionsError> {
        match field {
            "rate" => self.rate = integer(key, value)?,
            "timeUnit" => self.time_unit = duration(key, value)?,
            "duration" => self.duration = duration(key, value)?,
            "preAllocatedVUs" => self.pre_allocated_vus = integer(key, value)?,
            "maxVUs" => self.max_vus = integer(key, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        match self.rate {
            None => problems.push("the iteration rate isn't specified".to_owned()),
            Some(rate) if rate <= 0 => {
                problems.push("the iteration rate must be more than 0".to_owned());
            }
            Some(_) => {}
        }
        checks::time_unit(self.time_unit, &mut problems);
        checks::required_duration(self.duration, &mut problems);
        checks::vu_pool(self.pre_allocated_vus, self.max_vus, &mut problems);
        problems
    }

    pub(super) fn resolve(&self) -> ConstantArrivalRate {
        let pre_allocated_vus = checks::count(self.pre_allocated_vus, 0);
        ConstantArrivalRate {
            rate: checks::count(self.rate, 1),
            time_unit: checks::span(self.time_unit, Duration::from_secs(1)),
            duration: checks::span(self.duration, Duration::ZERO),
            pre_allocated_vus,
            max_vus: checks::count(self.max_vus, pre_allocated_vus),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "rate": self.rate,
            "timeUnit": checks::text(self.time_unit),
            "duration": checks::text(self.duration),
            "preAllocatedVUs": self.pre_allocated_vus,
            "maxVUs": self.max_vus,
        })
    }
}
