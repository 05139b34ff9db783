//! The lines of metrics: names filled up with dots, values in columns.
//!
//! Columns are as wide as the widest value among the metrics that are shown together. The
//! column of names is as wide as the longest full name and the longest name as displayed
//! together, and three more.

use std::time::Duration;

use runner_metrics::{Unit, Values};

use super::format;
use super::paint::Painter;
use super::{TextOptions, TrendStat};

/// One line before it is laid out.
#[derive(Debug)]
pub(super) struct Row {
    /// Length of the full name, which counts for the width of the column.
    full_name_width: usize,
    /// The name as displayed, indented if it is a submetric.
    name: String,
    cells: Cells,
}

#[derive(Debug)]
enum Cells {
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
                let figure = |stat: &TrendStat| {
                    let unit = if *stat == TrendStat::Count {
                        Unit::Plain
                    } else {
                        unit
                    };
                    (stat.name().to_owned(), self.value(stat.of(trend), unit))
                };
                Cells::Trend(self.options.trend_stats.iter().map(figure).collect())
            }
        }
    }
}

/// Widths of the columns of some rows.
#[derive(Debug, Default)]
pub(super) struct Layout {
    names: usize,
    values: usize,
    extras: Vec<usize>,
    trend: Vec<usize>,
}

impl Layout {
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut layout = Self::default();
        let (mut full, mut displayed) = (0, 0);
        for row in rows {
            full = full.max(row.full_name_width);
            displayed = displayed.max(width(&row.name));
            match &row.cells {
                Cells::Figures { value, extras } => {
                    layout.values = layout.values.max(width(value));
                    widen(&mut layout.extras, extras.iter().map(String::as_str));
                }
                Cells::Trend(stats) => {
                    widen(
                        &mut layout.trend,
                        stats.iter().map(|(_, text)| text.as_str()),
                    );
                }
            }
        }
        layout.names = full + displayed + 3;
        layout
    }

    /// One line, without indent and line end.
    pub(super) fn line(&self, row: &Row, painter: Painter) -> String {
        let dots = ".".repeat(self.names.saturating_sub(width(&row.name)));
        let mut line = format!("{}{}", row.name, painter.dots(&format!("{dots}:")));
        match &row.cells {
            Cells::Figures { value, extras } => {
                line.push(' ');
                line.push_str(&painter.value(value));
                pad(&mut line, value, self.values);
                for (extra, column) in extras.iter().zip(&self.extras) {
                    line.push(' ');
                    line.push_str(&painter.extra(extra));
                    // A single one is the end of the line.
                    if extras.len() > 1 {
                        pad(&mut line, extra, *column);
                    }
                }
            }
            Cells::Trend(stats) => {
                for ((name, text), column) in stats.iter().zip(&self.trend) {
                    line.push_str(&format!(" {name}={}", painter.value(text)));
                    pad(&mut line, text, *column);
                }
            }
        }
        line
    }
}

fn widen<'a>(columns: &mut Vec<usize>, texts: impl Iterator<Item = &'a str>) {
    for (at, text) in texts.enumerate() {
        match columns.get_mut(at) {
            Some(column) => *column = (*column).max(width(text)),
            None => columns.push(width(text)),
        }
    }
}

fn pad(line: &mut String, text: &str, column: usize) {
    line.push_str(&" ".repeat(column.saturating_sub(width(text))));
}

fn width(text: &str) -> usize {
    text.chars().count()
}
