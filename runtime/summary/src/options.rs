//! What a user can choose about the summary.

use std::fmt;

use runner_metrics::{SummaryMode, TrendValues};

/// How the text is rendered.
#[derive(Clone, Debug, PartialEq)]
pub struct TextOptions {
    /// Whether groups and scenarios have sections of their own.
    pub mode: SummaryMode,
    /// Whether the text has ANSI colours.
    pub color: bool,
    /// The figures of trends, in order.
    pub trend_stats: Vec<TrendStat>,
    /// The unit of all times; each picks its own if there is none.
    pub time_unit: Option<TimeUnit>,
    /// Columns of the terminal that the text is for; none where it goes somewhere else.
    pub width: Option<usize>,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            mode: SummaryMode::Compact,
            color: false,
            trend_stats: TrendStat::defaults(),
            time_unit: None,
            width: None,
        }
    }
}

/// A fixed unit for times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
}

/// A text that names no unit of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid summary time unit {text:?}, use 's', 'ms' or 'us'")]
pub struct UnknownTimeUnit {
    /// The text as given.
    pub text: String,
}

impl TimeUnit {
    /// Parses `s`, `ms` or `us`.
    ///
    /// # Errors
    /// [`UnknownTimeUnit`] for anything else.
    pub fn parse(text: &str) -> Result<Self, UnknownTimeUnit> {
        match text {
            "s" => Ok(Self::Seconds),
            "ms" => Ok(Self::Milliseconds),
            "us" => Ok(Self::Microseconds),
            _ => Err(UnknownTimeUnit {
                text: text.to_owned(),
            }),
        }
    }

    /// The name in options.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "us",
        }
    }
}

/// A figure of a trend.
#[derive(Clone, Debug, PartialEq)]
pub enum TrendStat {
    /// The mean.
    Avg,
    /// The smallest value.
    Min,
    /// The median.
    Med,
    /// The largest value.
    Max,
    /// The number of values.
    Count,
    /// A percentile.
    Percentile {
        /// From 0 to 100.
        percent: f64,
        /// The name as the user wrote it, such as `p(99.90)`.
        name: String,
    },
}

/// Why a text names no figure of a trend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrendStatError {
    /// It is none of the names.
    #[error("invalid trend stat '{0}', unknown format")]
    Unknown(String),
    /// It is a percentile, but not of a number in range.
    #[error("invalid percentile trend stat value '{0}', provide a number between 0 and 100")]
    Percentile(String),
}

impl TrendStat {
    /// The figures of a summary unless a user chooses.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        let percentile = |percent| Self::Percentile {
            percent,
            name: format!("p({percent})"),
        };
        vec![
            Self::Avg,
            Self::Min,
            Self::Med,
            Self::Max,
            percentile(90.0),
            percentile(95.0),
        ]
    }

    /// Parses `avg`, `min`, `med`, `max`, `count` or `p(N)`.
    ///
    /// # Errors
    /// [`TrendStatError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, TrendStatError> {
        Ok(match text {
            "avg" => Self::Avg,
            "min" => Self::Min,
            "med" => Self::Med,
            "max" => Self::Max,
            "count" => Self::Count,
            _ => {
                let number = text
                    .strip_prefix("p(")
                    .and_then(|rest| rest.strip_suffix(')'));
                let number = number.ok_or_else(|| TrendStatError::Unknown(text.to_owned()))?;
                let percent = number.parse().ok().filter(|p| (0.0..=100.0).contains(p));
                let percent = percent.ok_or_else(|| TrendStatError::Percentile(text.to_owned()))?;
                Self::Percentile {
                    percent,
                    name: text.to_owned(),
                }
            }
        })
    }

    /// The name, as the user wrote it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Med => "med",
            Self::Max => "max",
            Self::Count => "count",
            Self::Percentile { name, .. } => name,
        }
    }

    /// The figure.
    #[must_use]
    pub fn of(&self, trend: &TrendValues) -> f64 {
        match self {
            Self::Avg => trend.avg(),
            Self::Min => trend.min(),
            Self::Med => trend.med(),
            Self::Max => trend.max(),
            Self::Count => trend.count() as f64,
            Self::Percentile { percent, .. } => trend.percentile(*percent),
        }
    }
}

impl fmt::Display for TrendStat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trend_stats_are_parsed() {
        for text in [
            "avg", "min", "med", "max", "count", "p(0)", "p(99.99)", "p(99.90)",
        ] {
            assert_eq!(TrendStat::parse(text).unwrap().name(), text);
        }
        let message = |text| TrendStat::parse(text).unwrap_err().to_string();
        assert_eq!(message("foo"), "invalid trend stat 'foo', unknown format");
        for text in ["p(x)", "p(101)", "p(-1)", "p()", "p(NaN)"] {
            assert_eq!(
                message(text),
                format!(
                    "invalid percentile trend stat value '{text}', \
                     provide a number between 0 and 100"
                )
            );
        }
    }
}
