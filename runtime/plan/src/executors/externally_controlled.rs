//! `externally-controlled`: whoever controls the run decides how many VUs loop.
//!
//! k6 took this executor away in its second version; keys and rules are those of its first.

use runner_values::executor::ExternallyControlled;
use serde_json::{Value, json};

use super::checks;
use crate::options::{Key, OptionsError, duration, integer};
use crate::types::Duration;

/// Its keys as typed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExternallyControlledOptions {
    /// `vus` at the start, 0 by default.
    pub vus: Option<i64>,
    /// `maxVUs` at the start, as many as `vus` by default.
    pub max_vus: Option<i64>,
    /// `duration`, required; 0 goes on until the run is ended.
    pub duration: Option<Duration>,
}

impl ExternallyControlledOptions {
    pub(super) fn set(
        &mut self,
        field: &str,
        key: &Key<'_>,
        value: &Value,
    ) -> Result<bool, OptionsError> {
        match field {
            "vus" => self.vus = integer(key, value)?,
            "maxVUs" => self.max_vus = integer(key, value)?,
            "duration" => self.duration = duration(key, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let vus = self.vus.unwrap_or(0);
        let max_vus = self.max_vus.unwrap_or(vus);
        if vus < 0 {
            problems.push("the number of VUs can't be negative".to_owned());
        }
        if max_vus < vus {
            problems.push(format!(
                "the number of active VUs ({vus}) must be less than or equal to the number of \
                 maxVUs ({max_vus})"
            ));
        }
        match self.duration {
            None => problems
                .push("the duration must be specified, for infinite duration use 0".to_owned()),
            Some(duration) if duration < Duration::ZERO => problems
                .push("the duration can't be negative, for infinite duration use 0".to_owned()),
            Some(_) => {}
        }
        problems
    }

    pub(super) fn resolve(&self) -> ExternallyControlled {
        let vus = checks::count(self.vus, 0);
        let duration = checks::span(self.duration, Duration::ZERO);
        ExternallyControlled {
            vus,
            max_vus: checks::count(self.max_vus, vus),
            duration: Some(duration).filter(|duration| !duration.is_zero()),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "vus": self.vus,
            "duration": checks::text(self.duration),
            "maxVUs": self.max_vus.or(self.vus),
        })
    }
}
