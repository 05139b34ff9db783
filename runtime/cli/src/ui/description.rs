//! What is going to run: the block that is printed before a run starts.

use std::fmt::Write as _;

use super::banner::BANNER;
use super::size::fold;
use super::style::Style;

/// The run as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Description {
    /// The script as the user named it.
    pub script: String,
    /// The outputs, `-` when there are none.
    pub output: String,
    /// How much of the test this process runs, in percent.
    pub percent: f64,
    /// The most VUs that exist at one time.
    pub max_vus: u64,
    /// The longest the scenarios can take, graceful periods included, in Go's notation.
    pub max_duration: String,
    /// In the order in which they start.
    pub scenarios: Vec<ScenarioLine>,
}

/// One scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScenarioLine {
    /// Its key in the options.
    pub name: String,
    /// What it does, in one line.
    pub text: String,
}

/// Where a line goes on that does not fit: under the first value.
const INDENT: usize = 18;

/// `width`: columns that a line may take, where that is known. Others are as long as in k6.
pub(super) fn render(description: &Description, style: Style, width: Option<usize>) -> String {
    let count = description.scenarios.len();
    let plural = if count == 1 { "" } else { "s" };
    let head = format!(
        "({:.2}%) {count} scenario{plural}, {} max VUs, {} max duration (incl. graceful stop):",
        description.percent, description.max_vus, description.max_duration
    );
    let mut text = format!("\n{}\n\n", style.banner(BANNER));
    for (label, value) in [
        ("execution", "local"),
        ("script", description.script.as_str()),
        ("output", description.output.as_str()),
    ] {
        let _ = writeln!(text, "{label:>14}: {}", style.value(value));
    }
    let fit = |line: String| match width {
        Some(width) => fold(&line, width, INDENT),
        None => line,
    };
    let head = format!("{:>14}: {}", "scenarios", style.value(&head));
    let _ = writeln!(text, "\n{}", fit(head));
    for scenario in &description.scenarios {
        let line = format!("{:>15} {}: {}", "*", scenario.name, scenario.text);
        let _ = writeln!(text, "{}", fit(line));
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_in_k6() {
        let description = Description {
            script: "a.js".to_owned(),
            output: "-".to_owned(),
            percent: 100.0,
            max_vus: 10,
            max_duration: "10m31s".to_owned(),
            scenarios: vec![ScenarioLine {
                name: "a".to_owned(),
                text: "3 looping VUs for 3s (gracefulStop: 30s)".to_owned(),
            }],
        };
        let text = render(&description, Style { color: false }, None);
        let expected = r"
  _ __ _   _ _ __  _ __   ___ _ __
 | '__| | | | '_ \| '_ \ / _ \ '__|
 | |  | |_| | | | | | | |  __/ |
 |_|   \__,_|_| |_|_| |_|\___|_|

     execution: local
        script: a.js
        output: -

     scenarios: (100.00%) 1 scenario, 10 max VUs, 10m31s max duration (incl. graceful stop):
              * a: 3 looping VUs for 3s (gracefulStop: 30s)

";
        assert_eq!(text, expected);
        let colored = render(&description, Style { color: true }, None);
        assert!(
            colored.contains("script: \x1b[36ma.js\x1b[0m\n"),
            "{colored}"
        );
        let narrow = render(&description, Style { color: false }, Some(50));
        let folded = "
     scenarios: (100.00%) 1 scenario, 10 max VUs,
                  10m31s max duration (incl.
                  graceful stop):
              * a: 3 looping VUs for 3s
                  (gracefulStop: 30s)

";
        assert!(narrow.ends_with(folded), "{narrow}");
    }
}
