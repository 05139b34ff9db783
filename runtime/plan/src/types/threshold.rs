//! A threshold as written. The expression is parsed where metrics are known.

use serde_json::{Value, json};

use super::Duration;

/// One expression on one metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThresholdSpec {
    /// Such as `p(95)<200`.
    pub threshold: String,
    /// Ends the run as soon as the threshold fails.
    pub abort_on_fail: bool,
    /// How long after the start `abort_on_fail` has to wait.
    pub delay_abort_eval: Option<Duration>,
}

impl ThresholdSpec {
    pub(crate) fn to_json(&self) -> Value {
        if !self.abort_on_fail && self.delay_abort_eval.is_none() {
            return Value::from(self.threshold.as_str());
        }
        json!({
            "threshold": self.threshold,
            "abortOnFail": self.abort_on_fail,
            "delayAbortEval": self.delay_abort_eval.map(|delay| delay.to_string()),
        })
    }
}
