//! Values of metrics as rows: a name and its figures, before they are laid out.

use std::time::Duration;

use runner_metrics::{Unit, Values};
use runner_values::{TrendStat, TrendStatKind};

use crate::options::figure;
use crate::{TextOptions, format};

/// One line before it is laid out.
#[derive(Debug)]
pub(super) struct Row {
    /// Length of the full name, which counts for the width of the column.
    pub(super) full_name_width: usize,
    /// The name as displayed, indented if it is a submetric.
    pub(super) name: String,
    pub(super) cells: Cells,
}

#[derive(Debug)]
pub(super) enum Cells {
    /// The main value and what explains it.
    Figures { value: String, extras: Vec<String> },
    /// Name and text of each figure of a trend.
    Trend(Vec<(String, String)>),
}

/// Turns values into rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowMaker<'a> {
    pub(super) options: &'a TextOptions,
    pub(super) test_duration: Duration,
}

impl RowMaker<'_> {
    /// The row of a metric.
    pub(super) fn metric(self, name: &str, values: &Values, unit: Unit) -> Row {
        Row {
            full_name_width: width(name),
            name: name.to_owned(),
            cells: self.cells(values, unit),
        }
    }

    /// The row of a submetric.
    pub(super) fn submetric(self, name: &str, suffix: &str, values: &Values, unit: Unit) -> Row {
        let cells = self.cells(values, unit);
        Row {
            full_name_width: width(name),
            name: format!("  {{ {suffix} }}"),
            cells,
        }
    }

    /// A counter's sum per second of the test.
    pub(super) fn per_second(self, count: f64) -> f64 {
        let seconds = self.test_duration.as_secs_f64();
        if seconds > 0.0 { count / seconds } else { 0.0 }
    }

    /// A value in its unit.
    pub(super) fn value(self, value: f64, unit: Unit) -> String {
        format::value(value, unit, self.options.time_unit)
    }

    fn cells(self, values: &Values, unit: Unit) -> Cells {
        match values {
            Values::Counter { count } => Cells::Figures {
                value: self.value(*count, unit),
                extras: vec![format!("{}/s", self.value(self.per_second(*count), unit))],
            },
            Values::Gauge { value, min, max } => Cells::Figures {
                value: self.value(*value, unit),
                extras: vec![
                    format!("min={}", self.value(*min, unit)),
                    format!("max={}", self.value(*max, unit)),
                ],
            },
            Values::Rate { trues, total } => Cells::Figures {
                value: format::percent(Values::rate(*trues, *total)),
                extras: vec![format!("{trues} out of {total}")],
            },
            Values::Trend(trend) => {
                let shown = |stat: &TrendStat| {
                    let unit = if stat.kind == TrendStatKind::Count {
                        Unit::Plain
                    } else {
                        unit
                    };
                    (stat.name.clone(), self.value(figure(stat, trend), unit))
                };
                Cells::Trend(self.options.trend_stats.iter().map(shown).collect())
            }
        }
    }
}

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}
