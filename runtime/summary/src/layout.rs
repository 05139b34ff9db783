//! The lines of metrics: names filled up with dots, values in columns.
//!
//! Columns are as wide as the widest value among the metrics that are shown together. The
//! column of names is as wide as the longest full name and the longest name as displayed
//! together, and three more: that is how k6's users know it, and what goes to a file or a pipe.
//!
//! On a terminal with less room, dots give way first. Then the figures of trends go on below each
//! other, and a name that takes more than half of the line has a line of its own. Where even two
//! figures do not fit beside the names, all names do.

use crate::paint::Painter;
use crate::rows::{Cells, Row, width};

/// Widths of the columns of some rows.
#[derive(Debug, Default)]
pub(super) struct Layout {
    names: usize,
    values: usize,
    extras: Vec<usize>,
    /// Values of trends by their figure; where lines have fewer, those below each other agree.
    trend: Vec<usize>,
    /// Figures of a trend in one line.
    per_line: usize,
    /// It was made to fit, so spaces at the ends of lines have to go too.
    is_fitted: bool,
}

impl Layout {
    /// The layout of rows that are shown together, in `room` columns if they are few.
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Row> + Clone, room: Option<usize>) -> Self {
        let mut layout = Self::default();
        let (mut full, mut displayed) = (0, 0);
        for row in rows.clone() {
            full = full.max(row.full_name_width);
            displayed = displayed.max(width(&row.name));
            match &row.cells {
                Cells::Figures { value, extras } => {
                    layout.values = layout.values.max(width(value));
                    widen(&mut layout.extras, extras.iter().map(|text| width(text)));
                }
                Cells::Trend(stats) => {
                    widen(&mut layout.trend, stats.iter().map(|(_, text)| width(text)));
                }
            }
        }
        layout.names = full + displayed + 3;
        layout.per_line = layout.trend.len();
        match room {
            Some(room) => layout.fit(rows, room),
            None => layout,
        }
    }

    /// Makes it narrower where it is too wide.
    fn fit<'a>(mut self, rows: impl Iterator<Item = &'a Row>, room: usize) -> Self {
        let (mut names, mut labels) = (0, Vec::new());
        for row in rows {
            if let Cells::Trend(stats) = &row.cells {
                widen(&mut labels, stats.iter().map(|(name, _)| width(name)));
            }
            // One that takes more than half of the room is shown above its figures.
            if width(&row.name) <= room / 2 {
                names = names.max(width(&row.name));
            }
        }
        let figures = self.figures();
        let needs = |per_line| figures.max(self.trend_width(&labels, per_line));
        if self.names + 1 + needs(self.per_line) <= room {
            return self;
        }
        // Evenly filled lines, and beside names more than one figure if there are several.
        let counts = || (1..=self.trend.len().max(1)).map(|lines| self.trend.len().div_ceil(lines));
        let enough = self.trend.len().min(2);
        let beside = counts().find(|count| *count >= enough && names + 2 + needs(*count) <= room);
        let per_line = beside
            .or_else(|| counts().find(|count| needs(*count) < room))
            .unwrap_or(1);
        let most = room.saturating_sub(1 + needs(per_line));
        let natural = self.names;
        self.names = match beside {
            Some(_) => natural.min(most),
            None => 0,
        };
        self.share_columns(&labels, per_line);
        self
    }

    /// Columns of the figures of what is no trend, with the space before each.
    fn figures(&self) -> usize {
        1 + self.values + self.extras.iter().map(|extra| 1 + extra).sum::<usize>()
    }

    /// The same of a trend, in lines of so many figures.
    fn trend_width(&self, labels: &[usize], per_line: usize) -> usize {
        let cell = |at: usize| self.trend.get(at).unwrap_or(&0) + labels.get(at).unwrap_or(&0) + 2;
        let column = |first: usize| {
            let below = (first..self.trend.len()).step_by(per_line.max(1));
            below.map(cell).max().unwrap_or_default()
        };
        (0..per_line).map(column).sum()
    }

    /// Widens what stands in one column to the same width, label and value together.
    fn share_columns(&mut self, labels: &[usize], per_line: usize) {
        self.per_line = per_line;
        self.is_fitted = true;
        let label = |at: usize| labels.get(at).copied().unwrap_or_default();
        for first in 0..per_line {
            let below: Vec<usize> = (first..self.trend.len()).step_by(per_line).collect();
            let cells = below
                .iter()
                .map(|at| self.trend.get(*at).unwrap_or(&0) + label(*at));
            let widest = cells.max().unwrap_or_default();
            for at in below {
                if let Some(value) = self.trend.get_mut(at) {
                    *value = widest - label(at);
                }
            }
        }
    }

    /// The lines of a row, without indent; all but the last with their ends.
    pub(super) fn lines(&self, row: &Row, painter: Painter) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = match self.names.checked_sub(width(&row.name)) {
            Some(dots) => {
                let dots = format!("{}:", ".".repeat(dots));
                format!("{}{}", row.name, painter.dots(&dots))
            }
            None => {
                lines.push(format!("{}{}", row.name, painter.dots(":")));
                self.below()
            }
        };
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
                for (at, ((name, text), column)) in stats.iter().zip(&self.trend).enumerate() {
                    if at > 0 && at % self.per_line.max(1) == 0 {
                        lines.push(std::mem::replace(&mut line, self.below()));
                    }
                    line.push_str(&format!(" {name}={}", painter.value(text)));
                    pad(&mut line, text, *column);
                }
            }
        }
        lines.push(line);
        if self.is_fitted {
            for line in &mut lines {
                line.truncate(line.trim_end().len());
            }
        }
        lines
    }

    /// What stands before the figures of a further line.
    fn below(&self) -> String {
        " ".repeat(self.names + 1)
    }
}

fn widen(columns: &mut Vec<usize>, widths: impl Iterator<Item = usize>) {
    for (at, width) in widths.enumerate() {
        match columns.get_mut(at) {
            Some(column) => *column = (*column).max(width),
            None => columns.push(width),
        }
    }
}

fn pad(line: &mut String, text: &str, column: usize) {
    line.push_str(&" ".repeat(column.saturating_sub(width(text))));
}
