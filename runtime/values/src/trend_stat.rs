//! Which figures of a Trend the summary shows: `avg`, `p(95)` and so on.

use crate::Expected;

const WRONG: Expected = Expected::fixed("avg, min, med, max, count or p(N) with N from 0 to 100");

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TrendStatKind {
    /// Arithmetic mean.
    Avg,
    /// Smallest value.
    Min,
    /// Median.
    Med,
    /// Largest value.
    Max,
    /// Number of values.
    Count,
    /// Percentile, 0 to 100.
    Percentile(f64),
}

/// A figure and the name under which it is shown, as the user wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendStat {
    /// `p(95)`; also the key in `handleSummary` data.
    pub name: String,
    /// What it stands for.
    pub kind: TrendStatKind,
}

impl TrendStat {
    /// One name.
    ///
    /// # Errors
    /// For unknown names and percentiles outside 0 to 100.
    pub fn parse(text: &str) -> Result<Self, Expected> {
        let kind = match text {
            "avg" => TrendStatKind::Avg,
            "min" => TrendStatKind::Min,
            "med" => TrendStatKind::Med,
            "max" => TrendStatKind::Max,
            "count" => TrendStatKind::Count,
            _ => {
                let rank = text
                    .strip_prefix("p(")
                    .and_then(|rest| rest.strip_suffix(')'));
                let rank: f64 = rank.ok_or(WRONG)?.parse().map_err(|_| WRONG)?;
                if !(0.0..=100.0).contains(&rank) {
                    return Err(WRONG);
                }
                TrendStatKind::Percentile(rank)
            }
        };
        Ok(Self {
            name: text.to_owned(),
            kind,
        })
    }

    /// Names separated by commas, spaces around them ignored.
    ///
    /// # Errors
    /// As [`TrendStat::parse`].
    pub fn parse_list(text: &str) -> Result<Vec<Self>, Expected> {
        text.split(',')
            .map(|name| Self::parse(name.trim()))
            .collect()
    }

    /// `avg, min, med, max, p(90), p(95)`.
    pub fn defaults() -> Vec<Self> {
        use TrendStatKind::{Avg, Max, Med, Min, Percentile};
        let all = [
            ("avg", Avg),
            ("min", Min),
            ("med", Med),
            ("max", Max),
            ("p(90)", Percentile(90.0)),
            ("p(95)", Percentile(95.0)),
        ];
        all.into_iter()
            .map(|(name, kind)| Self {
                name: name.to_owned(),
                kind,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let stats = TrendStat::parse_list("avg, p(99.9),count").unwrap();
        assert_eq!(stats[1].kind, TrendStatKind::Percentile(99.9));
        assert_eq!(stats[1].name, "p(99.9)");
        for wrong in ["x", "p(101)", "p(-1)", "p(x)", "p95", "", "p(NaN)"] {
            assert!(TrendStat::parse_list(wrong).is_err(), "{wrong}");
        }
        for stat in TrendStat::defaults() {
            assert_eq!(TrendStat::parse(&stat.name), Ok(stat));
        }
    }
}
