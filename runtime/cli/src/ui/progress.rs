//! Progress as data, and as the lines that show it: one for the run, one per scenario, in the
//! layout of k6.

use super::size::{columns, cut};
use super::style::Style;

/// The run at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What the run as a whole does.
    pub phase: Phase,
    /// One per scenario, in the order in which they start.
    pub bars: Vec<Bar>,
}

/// What the run as a whole does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// VUs are created.
    Initialising {
        /// VUs that exist.
        done: u64,
        /// VUs that are planned.
        total: u64,
    },
    /// All is ready, and waits to be resumed.
    Paused,
    /// The script's `setup` runs.
    Setup,
    /// Scenarios run, or are over and the script's `teardown` runs.
    Running {
        /// Time on the run's clock, of stable width.
        elapsed: String,
        /// VUs that work for a scenario.
        active_vus: u64,
        /// VUs that exist.
        total_vus: u64,
        /// Iterations that ran to their end.
        complete: u64,
        /// Iterations that were cut short.
        interrupted: u64,
    },
}

/// One scenario at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The scenario's key in the options.
    pub name: String,
    /// Shown as a sign before the bar.
    pub status: BarStatus,
    /// 0 to 1.
    pub fraction: f64,
    /// The texts to the right of the bar, one per column.
    pub columns: Vec<String>,
}

/// Where in its life a scenario is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarStatus {
    /// Not started, or running: no sign.
    Plain,
    /// Its start time lies ahead.
    Waiting,
    /// Running iterations finish.
    Stopping,
    /// Over.
    Done,
    /// Cut short.
    Interrupted,
}

impl BarStatus {
    /// 0 while it runs, 1 before, 2 after.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Plain | Self::Stopping => 0,
            Self::Waiting => 1,
            Self::Done | Self::Interrupted => 2,
        }
    }

    fn sign(self, style: Style) -> String {
        match self {
            Self::Plain => " ".to_owned(),
            Self::Waiting => style.dim("•"),
            Self::Stopping => "↓".to_owned(),
            Self::Done => style.good("✓"),
            Self::Interrupted => style.bad("✗"),
        }
    }
}

/// How a bar is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BarShape {
    /// `[  33% ]`, for files and pipes.
    Percent,
    /// `[====>----]`, at most this many columns for the whole line.
    Drawn {
        /// None where the terminal does not tell.
        width: Option<usize>,
    },
}

impl BarShape {
    /// On a narrow terminal names give way before bars do.
    fn longest_name(self) -> usize {
        match self {
            Self::Drawn { width: Some(width) } => width
                .saturating_sub(BESIDE_BAR + SHORTEST_BAR)
                .clamp(SHORTEST_NAME, LONGEST_NAME),
            _ => LONGEST_NAME,
        }
    }

    fn cut(self, line: &str) -> String {
        match self {
            Self::Drawn { width: Some(width) } => cut(line, width),
            _ => line.to_owned(),
        }
    }
}

const LONGEST_NAME: usize = 30;
const SHORTEST_NAME: usize = 4;
const LONGEST_BAR: usize = 38;
const SHORTEST_BAR: usize = 3;
/// Sign, two blanks and the brackets.
const BESIDE_BAR: usize = 5;

/// The lines, without line ends.
pub(super) fn render(progress: &Progress, shape: BarShape, style: Style) -> Vec<String> {
    let longest = shape.longest_name();
    let shortened = |bar: &Bar| shorten(&bar.name, longest);
    let names: Vec<String> = progress.bars.iter().map(shortened).collect();
    let name_width = names
        .iter()
        .map(|name| columns(name))
        .fold(SHORTEST_NAME, usize::max);
    let widths = column_widths(&progress.bars);
    let mut rows: Vec<Row> = Vec::new();
    let mut lines = Vec::new();
    match &progress.phase {
        Phase::Initialising { done, total } => {
            let digits = total.to_string().len();
            rows.push(Row {
                name: "Init".to_owned(),
                status: BarStatus::Plain,
                fraction: *done as f64 / (*total).max(1) as f64,
                right: format!(" {done:0digits$}/{total} VUs initialized"),
            });
        }
        Phase::Paused => rows.push(Row::phase("paused")),
        Phase::Setup => rows.push(Row::phase("setup()")),
        Phase::Running {
            elapsed,
            active_vus,
            total_vus,
            complete,
            interrupted,
        } => {
            let digits = total_vus.to_string().len();
            let line = format!(
                "running ({elapsed}), {active_vus:0digits$}/{total_vus} VUs, \
                 {complete} complete and {interrupted} interrupted iterations"
            );
            lines.push(shape.cut(&line));
        }
    }
    rows.extend(progress.bars.iter().zip(names).map(|(bar, name)| Row {
        name,
        status: bar.status,
        fraction: bar.fraction,
        right: join(&bar.columns, &widths),
    }));
    let longest_right = rows
        .iter()
        .map(|row| columns(&row.right))
        .max()
        .unwrap_or(0);
    lines.extend(
        rows.iter()
            .map(|row| shape.cut(&row.line(name_width, longest_right, shape, style))),
    );
    lines
}

struct Row {
    name: String,
    status: BarStatus,
    fraction: f64,
    right: String,
}

impl Row {
    /// A phase before the scenarios.
    fn phase(name: &str) -> Self {
        Self {
            name: "Run".to_owned(),
            status: BarStatus::Plain,
            fraction: 1.0,
            right: format!(" {name}"),
        }
    }

    fn line(&self, names: usize, longest_right: usize, shape: BarShape, style: Style) -> String {
        let padding = " ".repeat(names.saturating_sub(columns(&self.name)));
        let left = format!("{}{padding} {} ", self.name, self.status.sign(style));
        let fraction = if self.fraction.is_finite() {
            self.fraction.clamp(0.0, 1.0)
        } else {
            0.0
        };
        match shape {
            BarShape::Percent => {
                format!("{left}[ {:3.0}% ]{}", fraction * 100.0, self.right)
            }
            BarShape::Drawn { width } => {
                let fixed = names + BESIDE_BAR;
                let space = width.map_or(LONGEST_BAR, |width| {
                    width
                        .saturating_sub(fixed + longest_right)
                        .clamp(SHORTEST_BAR, LONGEST_BAR)
                });
                format!("{left}[{}]{}", draw(fraction, space, style), self.right)
            }
        }
    }
}

fn draw(fraction: f64, space: usize, style: Style) -> String {
    // Truncation is meant: the bar is full only when all is done.
    let filled = ((fraction * space as f64) as usize).min(space);
    let head = match filled {
        0 => String::new(),
        filled if filled == space => "=".repeat(space),
        filled => format!("{}>", "=".repeat(filled - 1)),
    };
    format!("{head}{}", style.dim(&"-".repeat(space - filled)))
}

/// The columns of a bar, each as wide as its widest neighbour.
fn join(texts: &[String], widths: &[usize]) -> String {
    let mut joined = String::new();
    for (index, (text, width)) in texts.iter().zip(widths).enumerate() {
        joined.push_str(if index == 0 { " " } else { "  " });
        joined.push_str(text);
        joined.extend(std::iter::repeat_n(
            ' ',
            width.saturating_sub(columns(text)),
        ));
    }
    joined.truncate(joined.trim_end().len());
    joined
}

fn column_widths(bars: &[Bar]) -> Vec<usize> {
    let mut widths = Vec::new();
    for bar in bars {
        for (index, text) in bar.columns.iter().enumerate() {
            match widths.get_mut(index) {
                None => widths.push(columns(text)),
                Some(width) => *width = columns(text).max(*width),
            }
        }
    }
    widths
}

fn shorten(name: &str, longest: usize) -> String {
    if columns(name) <= longest {
        return name.to_owned();
    }
    let kept: String = name.chars().take(longest.saturating_sub(3)).collect();
    format!("{kept}...")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(name: &str, status: BarStatus, fraction: f64, columns: &[&str]) -> Bar {
        let columns = columns.iter().map(|text| (*text).to_owned()).collect();
        Bar {
            name: name.to_owned(),
            status,
            fraction,
            columns,
        }
    }

    fn sample() -> Progress {
        Progress {
            phase: Phase::Running {
                elapsed: "00m01.0s".to_owned(),
                active_vus: 6,
                total_vus: 10,
                complete: 10,
                interrupted: 0,
            },
            bars: vec![
                bar("a", BarStatus::Plain, 0.333, &["3 VUs", "1.0s/3s"]),
                bar("ramp", BarStatus::Stopping, 1.0, &["1/3 VUs", "3s"]),
                bar(
                    "pv",
                    BarStatus::Done,
                    1.0,
                    &["2 VUs", "0m00.9s/2m0s", "6/6 iters, 3 per VU"],
                ),
                bar(
                    "cut",
                    BarStatus::Interrupted,
                    0.5,
                    &["0/1 VUs", "1.0s/2.0s"],
                ),
                bar("longer_name", BarStatus::Waiting, 0.0, &["waiting", "0.0s"]),
            ],
        }
    }

    #[test]
    fn percentages_for_files() {
        let lines = render(&sample(), BarShape::Percent, Style { color: false });
        let expected = [
            "running (00m01.0s), 06/10 VUs, 10 complete and 0 interrupted iterations",
            "a             [  33% ] 3 VUs    1.0s/3s",
            "ramp        ↓ [ 100% ] 1/3 VUs  3s",
            "pv          ✓ [ 100% ] 2 VUs    0m00.9s/2m0s  6/6 iters, 3 per VU",
            "cut         ✗ [  50% ] 0/1 VUs  1.0s/2.0s",
            "longer_name • [   0% ] waiting  0.0s",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn bars_for_terminals() {
        let shape = BarShape::Drawn { width: Some(100) };
        let lines = render(&sample(), shape, Style { color: false });
        let expected = [
            "a             [===========>--------------------------] 3 VUs    1.0s/3s",
            "ramp        ↓ [======================================] 1/3 VUs  3s",
        ];
        assert_eq!(lines[1..3], expected);
        let colored = render(&sample(), shape, Style { color: true });
        assert!(
            colored[3].starts_with("pv          \x1b[32m✓\x1b[0m [="),
            "{}",
            colored[3]
        );
        assert!(colored[5].contains("[\x1b[2m------"), "{}", colored[5]);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [1, 5, 10, 16, 20, 40, 60, 66, 80] {
            let shape = BarShape::Drawn { width: Some(width) };
            for color in [false, true] {
                for line in render(&sample(), shape, Style { color }) {
                    assert!(columns(&line) <= width, "{width}: {line}");
                }
            }
        }
    }

    #[test]
    fn phases_before_the_scenarios() {
        let bars = vec![bar("a", BarStatus::Plain, 0.0, &[])];
        let phase = Phase::Initialising { done: 6, total: 12 };
        let style = Style { color: false };
        let init = render(
            &Progress {
                phase,
                bars: bars.clone(),
            },
            BarShape::Percent,
            style,
        );
        assert_eq!(
            init,
            ["Init   [  50% ] 06/12 VUs initialized", "a      [   0% ]"]
        );
        for (phase, text) in [(Phase::Setup, "setup()"), (Phase::Paused, "paused")] {
            let bars = bars.clone();
            let lines = render(&Progress { phase, bars }, BarShape::Percent, style);
            let expected = [format!("Run    [ 100% ] {text}"), "a      [   0% ]".into()];
            assert_eq!(lines, expected);
        }
    }

    #[test]
    fn long_names_are_shortened() {
        let name = "very_long_scenario_name_that_goes_on_and_on";
        let bars = vec![bar(name, BarStatus::Plain, f64::NAN, &[])];
        let progress = Progress {
            phase: Phase::Setup,
            bars,
        };
        let lines = render(&progress, BarShape::Percent, Style { color: false });
        assert_eq!(lines[1], "very_long_scenario_name_tha...   [   0% ]");
    }
}
