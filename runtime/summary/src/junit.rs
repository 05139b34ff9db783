//! The end of a run as JUnit XML, which continuous integration shows as tests.
//!
//! What decides the exit code decides here: one test case per threshold, and one for the run
//! itself. Checks by themselves fail no run, so they are told as text (`system-out`), with their
//! numbers, and are no test cases.

use std::fmt::Write;
use std::time::Duration;

use runner_metrics::{Group, Snapshot, ThresholdResult};

use crate::number::shortest;

/// The report. `failure` says why the run failed, where it was not by its thresholds.
#[must_use]
pub fn junit_xml(
    snapshot: &Snapshot,
    thresholds: &[ThresholdResult],
    test_duration: Duration,
    failure: Option<&str>,
) -> String {
    let crossed = thresholds.iter().filter(|result| !result.ok).count();
    let failed = usize::from(failure.is_some());
    let totals = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.3}\"",
        thresholds.len() + 1,
        crossed + failed,
        test_duration.as_secs_f64()
    );
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"runner\" {totals}>");
    let _ = writeln!(out, "  <testsuite name=\"runner\" {totals} skipped=\"0\">");
    case(&mut out, "run", "run", failure);
    for result in thresholds {
        let class = format!("thresholds.{}", result.key);
        let observed = format!("{} is {}", result.aggregation, shortest(result.observed));
        let message = (!result.ok).then_some(observed.as_str());
        case(&mut out, &class, &result.source, message);
    }
    let mut checks = String::new();
    list(&snapshot.root_group, &mut checks);
    if !checks.is_empty() {
        let _ = writeln!(out, "    <system-out>{}</system-out>", escaped(&checks));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(out: &mut String, class: &str, name: &str, failure: Option<&str>) {
    let (class, name) = (escaped(class), escaped(name));
    let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{name}\"");
    let _ = match failure {
        None => writeln!(out, "/>"),
        Some(message) => writeln!(
            out,
            ">\n      <failure message=\"{}\"/>\n    </testcase>",
            escaped(message)
        ),
    };
}

/// A line per check, with the groups that it stands in.
fn list(group: &Group, out: &mut String) {
    for check in &group.checks {
        let path = match group.path.trim_start_matches("::") {
            "" => String::new(),
            path => format!("{} > ", path.replace("::", " > ")),
        };
        let (passes, fails) = (check.passes, check.fails);
        let _ = writeln!(out, "{path}{}: {passes} passed, {fails} failed", check.name);
    }
    for child in &group.groups {
        list(child, out);
    }
}

/// As text or as the value of an attribute. XML has no way to write most control characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(character),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() && c < ' ' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use runner_metrics::CheckResult;

    #[test]
    fn nothing_breaks_the_xml() {
        let mut snapshot = Snapshot::default();
        snapshot.root_group.groups = vec![Group {
            name: "a<b".into(),
            path: "::a<b".into(),
            groups: vec![],
            checks: vec![CheckResult {
                name: "\"x\" & \u{1}".into(),
                passes: 2,
                fails: 1,
            }],
        }];
        let duration = Duration::from_millis(1500);
        let text = junit_xml(&snapshot, &[], duration, Some("said \"stop\""));
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="runner" tests="1" failures="1" errors="0" time="1.500">
  <testsuite name="runner" tests="1" failures="1" errors="0" time="1.500" skipped="0">
    <testcase classname="run" name="run">
      <failure message="said &quot;stop&quot;"/>
    </testcase>
    <system-out>a&lt;b &gt; &quot;x&quot; &amp; �: 2 passed, 1 failed
</system-out>
  </testsuite>
</testsuites>
"#;
        assert_eq!(text, expected);
    }
}
