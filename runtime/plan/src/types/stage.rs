//! One step of a ramp, as `duration:target`.

use serde_json::{Value, json};

use super::{Duration, Expected};

/// A step as written. Which parts are missing is judged when the plan is resolved, because the
/// message names the step's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StageOptions {
    /// How long the step takes.
    pub duration: Option<Duration>,
    /// VUs (or iterations per time unit) at its end.
    pub target: Option<i64>,
}

impl StageOptions {
    /// `10s:5`; the target may be left out (and is then missed by validation).
    ///
    /// # Errors
    /// Where either part cannot be read.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let wrong = || Expected::fixed("a stage such as 30s:10 (duration:target)");
        let (duration, target) = match text.split_once(':') {
            Some((duration, target)) => (duration, Some(target)),
            None => (text, None),
        };
        let duration = Duration::parse_go(duration.trim()).map_err(|_| wrong())?;
        let target = match target.map(str::trim) {
            None | Some("") => None,
            Some(target) => Some(target.parse().map_err(|_| wrong())?),
        };
        Ok(Self {
            duration: Some(duration),
            target,
        })
    }

    /// Stages separated by commas; an empty text is an empty list.
    ///
    /// # Errors
    /// Of the first stage that cannot be read.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, Expected> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        text.split(',').map(Self::parse).collect()
    }

    pub(crate) fn to_json(self) -> Value {
        json!({ "duration": self.duration.map(|d| d.to_string()), "target": self.target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        let stages = StageOptions::parse_list("10s:5,1m:0").unwrap();
        let read: Vec<_> = stages
            .iter()
            .map(|s| (s.duration.unwrap().to_string(), s.target))
            .collect();
        assert_eq!(
            read,
            [("10s".to_owned(), Some(5)), ("1m0s".to_owned(), Some(0))]
        );
        assert_eq!(StageOptions::parse_list(""), Ok(vec![]));
        assert_eq!(StageOptions::parse("1s").unwrap().target, None);
        for wrong in ["x", "1s:x", ":5", "10:5", "1s:5:6", "1s:5,,2s:1"] {
            assert!(StageOptions::parse_list(wrong).is_err(), "{wrong}");
        }
    }
}
