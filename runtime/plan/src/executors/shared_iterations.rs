//! `shared-iterations`: VUs take iterations from one common number.

use runner_values::executor::SharedIterations;
use serde_json::{Value, json};

use super::checks::{self, DEFAULT_MAX_DURATION};
use crate::options::{Key, OptionsError, duration, integer};
use crate::types::Duration;

/// Its keys as typed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SharedIterationsOptions {
    /// `vus`, 1 by default.
    pub vus: Option<i64>,
    /// `iterations` of all VUs together, 1 by default.
    pub iterations: Option<i64>,
    /// `maxDuration`, 10 minutes by default.
    pub max_duration: Option<Duration>,
}

impl SharedIterationsOptions {
    pub(super) fn set(
        &mut self,
        field: &str,
        key: &Key<'_>,
        value: &Value,
    ) -> Result<bool, OptionsError> {
        match field {
            "vus" => self.vus = integer(key, value)?,
            "iterations" => self.iterations = integer(key, value)?,
            "maxDuration" => self.max_duration = duration(key, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let (vus, iterations) = (self.vus.unwrap_or(1), self.iterations.unwrap_or(1));
        checks::vus(self.vus, &mut problems);
        if iterations < vus {
            problems.push(format!(
                "the number of iterations ({iterations}) can't be less than the number of VUs ({vus})"
            ));
        }
        let max_duration = self.max_duration.unwrap_or(DEFAULT_MAX_DURATION);
        checks::min_duration("maxDuration", max_duration, &mut problems);
        problems
    }

    pub(super) fn resolve(&self) -> SharedIterations {
        SharedIterations {
            vus: checks::count(self.vus, 1),
            iterations: checks::count(self.iterations, 1),
            max_duration: checks::span(self.max_duration, DEFAULT_MAX_DURATION),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "vus": self.vus,
            "iterations": self.iterations,
            "maxDuration": checks::text(self.max_duration),
        })
    }
}
