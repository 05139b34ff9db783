//! What a user can choose about the summary.

use runner_metrics::{SummaryMode, TrendValues};
use runner_values::{TimeUnit, TrendStat, TrendStatKind};

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

/// The figure of a trend that `stat` names.
pub(crate) fn figure(stat: &TrendStat, trend: &TrendValues) -> f64 {
    match stat.kind {
        TrendStatKind::Avg => trend.avg(),
        TrendStatKind::Min => trend.min(),
        TrendStatKind::Med => trend.med(),
        TrendStatKind::Max => trend.max(),
        TrendStatKind::Count => trend.count() as f64,
        TrendStatKind::Percentile(percent) => trend.percentile(percent),
    }
}
