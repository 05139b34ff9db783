//! `constant-vus`: a fixed number of VUs loops for a fixed time.

use runner_values::executor::ConstantVus;
use serde_json::{Value, json};

use super::checks;
use crate::options::{Key, OptionsError, duration, integer};
use crate::types::Duration;

/// Its keys as typed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConstantVusOptions {
    /// `vus`, 1 by default.
    pub vus: Option<i64>,
    /// `duration`, required.
    pub duration: Option<Duration>,
}

impl ConstantVusOptions {
    pub(super) fn set(
        &mut self,
        field: &str,
        key: &Key<'_>,
        value: &Value,
    ) -> Result<bool, OptionsError> {
        match field {
            "vus" => self.vus = integer(key, value)?,
            "duration" => self.duration = duration(key, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        checks::vus(self.vus, &mut problems);
        checks::required_duration(self.duration, &mut problems);
        problems
    }

    pub(super) fn resolve(&self) -> ConstantVus {
        ConstantVus {
            vus: checks::count(self.vus, 1),
            duration: checks::span(self.duration, Duration::ZERO),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "vus": self.vus, "duration": checks::text(self.duration) })
    }
}
