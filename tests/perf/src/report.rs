//! The table: one line per figure that has a floor.

/// A figure against its floor.
#[derive(Debug, Clone)]
pub struct Line {
    /// What was measured.
    pub benchmark: String,
    /// runner's figure.
    pub runner: String,
    /// k6's figure, when it has one.
    pub k6: String,
    /// How many times as good as k6, whatever direction is good.
    pub ratio: Option<f64>,
    /// The floor in words.
    pub floor: String,
    /// Whether it holds; `None` when the figure could not be measured.
    pub met: Option<bool>,
}

impl Line {
    /// A line whose floor is a multiple of k6's figure. More is better.
    pub fn rate(benchmark: &str, runner: &Figure, k6: &Figure, floor: f64) -> Self {
        let ratio = match (runner, k6) {
            (Figure::Value(ours), Figure::Value(theirs)) if *theirs > 0.0 => Some(ours / theirs),
            _ => None,
        };
        Self {
            benchmark: benchmark.to_owned(),
            runner: runner.show(per_second),
            k6: k6.show(per_second),
            ratio,
            floor: format!("≥ {floor}x"),
            met: ratio.map(|ratio| ratio >= floor),
        }
    }

    /// A line of times, in milliseconds, whose floor is a multiple of k6's speed. Less is better.
    pub fn faster(benchmark: &str, runner: &Figure, k6: &Figure, floor: f64) -> Self {
        let show = |value: f64| format!("{value:.2} ms");
        let bound = Self::bound(benchmark, runner, k6, 0.0, show);
        Self {
            floor: format!("≥ {floor}x"),
            met: bound.ratio.map(|ratio| ratio >= floor),
            ..bound
        }
    }

    /// A line of shares, which is there to be read: it has no floor. More is better.
    pub fn share(benchmark: &str, runner: &Figure, k6: &Figure) -> Self {
        let percent = |value: f64| format!("{:.0} %", value * 100.0);
        let rate = Self::rate(benchmark, runner, k6, 0.0);
        Self {
            runner: runner.show(percent),
            k6: k6.show(percent),
            floor: "–".to_owned(),
            ..rate
        }
    }

    /// A line whose floor is an upper bound. Less is better.
    pub fn bound(
        benchmark: &str,
        runner: &Figure,
        k6: &Figure,
        most: f64,
        show: impl Fn(f64) -> String + Copy,
    ) -> Self {
        let ratio = match (runner, k6) {
            (Figure::Value(ours), Figure::Value(theirs)) if *ours > 0.0 => Some(theirs / ours),
            _ => None,
        };
        Self {
            benchmark: benchmark.to_owned(),
            runner: runner.show(show),
            k6: k6.show(show),
            ratio,
            floor: format!("≤ {}", show(most)),
            met: match runner {
                Figure::Value(ours) => Some(*ours <= most),
                _ => None,
            },
        }
    }
}

/// A median, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// Measured.
    Value(f64),
    /// Not measured, with the reason.
    Failed(String),
    /// There is nothing to measure.
    Absent,
}

impl Figure {
    fn show(&self, show: impl Fn(f64) -> String) -> String {
        match self {
            Self::Value(value) => show(*value),
            Self::Failed(_) => "failed".to_owned(),
            Self::Absent => "–".to_owned(),
        }
    }
}

/// `53,104/s`
pub fn per_second(value: f64) -> String {
    format!("{}/s", thousands(value))
}

/// `71.3 KB`, of 1,000 bytes as in k6's summary.
pub fn kilobytes(value: f64) -> String {
    format!("{:.1} KB", value / 1_000.0)
}

/// `71.3 MB`, of 1,000,000 bytes.
pub fn megabytes(value: f64) -> String {
    format!("{:.1} MB", value / 1_000_000.0)
}

/// `2.31 µs`
pub fn microseconds(value: f64) -> String {
    format!("{value:.2} µs")
}

/// `38.2 ms`
pub fn milliseconds(value: f64) -> String {
    if value < 1_000.0 {
        format!("{value:.1} ms")
    } else {
        format!("{:.2} s", value / 1_000.0)
    }
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The table in Markdown, columns aligned so that it reads well in a terminal too.
pub fn markdown(lines: &[Line]) -> String {
    let head = ["benchmark", "runner", "k6", "ratio", "floor", "met?"].map(str::to_owned);
    let mut rows = vec![head];
    for line in lines {
        let met = match line.met {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not measured",
        };
        rows.push([
            line.benchmark.clone(),
            line.runner.clone(),
            line.k6.clone(),
            line.ratio
                .map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}x")),
            line.floor.clone(),
            met.to_owned(),
        ]);
    }
    let mut widths = [3_usize; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(widths) {
            text.push_str(&format!("| {cell:width$} "));
        }
        text.push_str("|\n");
        if index == 0 {
            for width in widths {
                text.push_str(&format!("|{}", "-".repeat(width + 2)));
            }
            text.push_str("|\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_meets_its_floor_as_a_ratio() {
        let line = Line::rate(
            "GET",
            &Figure::Value(60_000.0),
            &Figure::Value(20_000.0),
            3.0,
        );
        assert_eq!((line.ratio, line.met), (Some(3.0), Some(true)));
        assert_eq!(
            (line.runner.as_str(), line.floor.as_str()),
            ("60,000/s", "≥ 3x")
        );
        let line = Line::rate(
            "GET",
            &Figure::Value(59_000.0),
            &Figure::Value(20_000.0),
            3.0,
        );
        assert_eq!(line.met, Some(false));
    }

    #[test]
    fn what_failed_is_not_measured() {
        let line = Line::rate(
            "GET",
            &Figure::Failed("no".into()),
            &Figure::Value(1.0),
            3.0,
        );
        assert_eq!((line.met, line.runner.as_str()), (None, "failed"));
    }

    #[test]
    fn a_bound_holds_without_a_peer() {
        let line = Line::bound(
            "start",
            &Figure::Value(59.0),
            &Figure::Absent,
            60.0,
            milliseconds,
        );
        assert_eq!(
            (line.met, line.ratio, line.k6.as_str()),
            (Some(true), None, "–")
        );
    }

    #[test]
    fn the_table_is_aligned() {
        let line = Line::bound(
            "start",
            &Figure::Value(2_600.0),
            &Figure::Absent,
            2_500.0,
            milliseconds,
        );
        assert_eq!(
            markdown(&[line]),
            "| benchmark | runner | k6  | ratio | floor    | met? |\n\
             |-----------|--------|-----|-------|----------|------|\n\
             | start     | 2.60 s | –   | –     | ≤ 2.50 s | no   |\n"
        );
    }
}
