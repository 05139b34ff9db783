//! The condition of a threshold: `aggregation operator number`, such as `p(95) < 200`.

use std::fmt;
use std::time::Duration;

use crate::{Kind, Values};

/// What is computed from the samples of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aggregation {
    /// Sum of a counter.
    Count,
    /// Share of a rate's samples that are not zero, or a counter's sum per second.
    Rate,
    /// Last value of a gauge.
    Value,
    /// Mean of a trend.
    Avg,
    /// Smallest value of a trend.
    Min,
    /// Largest value of a trend.
    Max,
    /// Median of a trend.
    Med,
    /// Percentile of a trend, 0 to 100.
    Percentile(f64),
}

impl fmt::Display for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => f.write_str("count"),
            Self::Rate => f.write_str("rate"),
            Self::Value => f.write_str("value"),
            Self::Avg => f.write_str("avg"),
            Self::Min => f.write_str("min"),
            Self::Max => f.write_str("max"),
            Self::Med => f.write_str("med"),
            Self::Percentile(percent) => write!(f, "p({percent})"),
        }
    }
}

impl Aggregation {
    /// Whether metrics of that kind have it.
    #[must_use]
    pub fn is_of(self, kind: Kind) -> bool {
        match kind {
            Kind::Counter => matches!(self, Self::Count | Self::Rate),
            Kind::Gauge => matches!(self, Self::Value),
            Kind::Rate => matches!(self, Self::Rate),
            Kind::Trend => !matches!(self, Self::Count | Self::Rate | Self::Value),
        }
    }

    /// The aggregations that metrics of a kind have, for messages.
    #[must_use]
    pub fn names_of(kind: Kind) -> &'static str {
        match kind {
            Kind::Counter => "count, rate",
            Kind::Gauge => "value",
            Kind::Rate => "rate",
            Kind::Trend => "avg, min, max, med, p(N)",
        }
    }

    /// The figure, or `None` if the metric has no such figure. A counter's rate over no time
    /// at all is 0.
    #[must_use]
    pub fn of(self, values: &Values, test_duration: Duration) -> Option<f64> {
        Some(match (values, self) {
            (Values::Counter { count }, Self::Count) => *count,
            (Values::Counter { .. }, Self::Rate) if test_duration.is_zero() => 0.0,
            (Values::Counter { count }, Self::Rate) => count / test_duration.as_secs_f64(),
            (Values::Gauge { value, .. }, Self::Value) => *value,
            (Values::Rate { trues, total }, Self::Rate) => Values::rate(*trues, *total),
            (Values::Trend(trend), Self::Avg) => trend.avg(),
            (Values::Trend(trend), Self::Min) => trend.min(),
            (Values::Trend(trend), Self::Max) => trend.max(),
            (Values::Trend(trend), Self::Med) => trend.med(),
            (Values::Trend(trend), Self::Percentile(percent)) => trend.percentile(percent),
            _ => return None,
        })
    }

    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "count" => Self::Count,
            "rate" => Self::Rate,
            "value" => Self::Value,
            "avg" => Self::Avg,
            "min" => Self::Min,
            "max" => Self::Max,
            "med" => Self::Med,
            _ => {
                let percent = text.strip_prefix("p(")?.strip_suffix(')')?.parse().ok()?;
                (0.0..=100.0)
                    .contains(&percent)
                    .then_some(Self::Percentile(percent))?
            }
        })
    }
}

/// How the figure is compared with the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==` and `===`
    Equal,
    /// `!=`
    NotEqual,
}

impl Operator {
    /// Whether the comparison holds.
    #[must_use]
    #[expect(
        clippy::float_cmp,
        reason = "users ask for equality of exact counts and rates"
    )]
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            Self::Equal => left == right,
            Self::NotEqual => left != right,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "==" | "===" => Self::Equal,
            "!=" => Self::NotEqual,
            _ => return None,
        })
    }
}

/// A parsed condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expression {
    /// What is computed.
    pub aggregation: Aggregation,
    /// How it is compared.
    pub operator: Operator,
    /// What it is compared with.
    pub value: f64,
}

/// Why a condition cannot be used. The fragments read after the condition itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// There is no comparison in it.
    #[error("has no comparison: write for example p(95)<200")]
    NoOperator,
    /// There is something else where the operator should be.
    #[error("has the unknown operator {0:?}: use <, <=, >, >=, ==, === or !=")]
    Operator(String),
    /// The left side is no aggregation.
    #[error(
        "has the unknown aggregation {0:?}: use count, rate, value, avg, min, max, med, \
         or p(N) with N from 0 to 100"
    )]
    Aggregation(String),
    /// The right side is no number.
    #[error("compares with {0:?}, which is not a number: write it without a unit")]
    Number(String),
}

impl Expression {
    /// Parses a condition. Spaces around its parts don't matter.
    ///
    /// # Errors
    /// [`ExpressionError`] for the first part that is wrong.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let is_operator = |c: char| matches!(c, '<' | '>' | '=' | '!');
        let start = text.find(is_operator).ok_or(ExpressionError::NoOperator)?;
        let (left, rest) = text.split_at(start);
        let end = rest.find(|c| !is_operator(c)).unwrap_or(rest.len());
        let (operator, right) = rest.split_at(end);
        let (left, right) = (left.trim(), right.trim());
        let operator = Operator::parse(operator)
            .ok_or_else(|| ExpressionError::Operator(operator.to_owned()))?;
        let aggregation = Aggregation::parse(left)
            .ok_or_else(|| ExpressionError::Aggregation(left.to_owned()))?;
        let value = right
            .parse()
            .ok()
            .filter(|value: &f64| value.is_finite())
            .ok_or_else(|| ExpressionError::Number(right.to_owned()))?;
        Ok(Self {
            aggregation,
            operator,
            value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_parsed() {
        let parse = |text| {
            let parsed = Expression::parse(text).unwrap();
            (parsed.aggregation, parsed.operator, parsed.value)
        };
        assert_eq!(
            parse("p(95)<200"),
            (Aggregation::Percentile(95.0), Operator::Less, 200.0)
        );
        assert_eq!(
            parse(" avg  >=  -1.5e3 "),
            (Aggregation::Avg, Operator::GreaterOrEqual, -1500.0)
        );
        assert_eq!(
            parse("rate===.5"),
            (Aggregation::Rate, Operator::Equal, 0.5)
        );
        assert_eq!(
            parse("count != 0"),
            (Aggregation::Count, Operator::NotEqual, 0.0)
        );
        assert_eq!(parse("p(99.99)<=1").0.to_string(), "p(99.99)");
    }

    #[test]
    fn errors_name_the_wrong_part() {
        let error = |text: &str| Expression::parse(text).unwrap_err();
        assert_eq!(error("p(99)"), ExpressionError::NoOperator);
        assert_eq!(error(""), ExpressionError::NoOperator);
        assert_eq!(error("avg => 1"), ExpressionError::Operator("=>".into()));
        assert_eq!(error("p99>1"), ExpressionError::Aggregation("p99".into()));
        assert_eq!(
            error("p(101)>1"),
            ExpressionError::Aggregation("p(101)".into())
        );
        assert_eq!(error("avg > 1ms"), ExpressionError::Number("1ms".into()));
        assert_eq!(error("avg >"), ExpressionError::Number(String::new()));
    }
}
