//! What the commands print: the YAML of k6 v1, key by key, for scripts that read it.
//!
//! That has two oddities, which are kept: `status` shows some values as strings, and `stats`
//! shows types as a pair of name and `valid`.

use std::fmt::Write;

use crate::resources::metrics::MetricReport;
use crate::resources::status::Status;

/// What `status`, `pause`, `resume` and `scale` print.
#[must_use]
pub fn status_yaml(status: &Status) -> String {
    let mut text = format!(
        "status: {}\npaused: \"{}\"\nvus: \"{}\"\nvus-max: \"{}\"\nstopped: {}\nrunning: {}\n\
         tainted: {}\n",
        status.status,
        status.paused,
        status.vus,
        status.vus_max,
        status.stopped,
        status.running,
        status.tainted
    );
    if status.exceptions > 0 {
        let _ = writeln!(text, "exceptions: {}", status.exceptions);
    }
    text
}

/// What `stats` prints.
#[must_use]
pub fn metrics_yaml(metrics: &[MetricReport]) -> String {
    if metrics.is_empty() {
        return "[]\n".to_owned();
    }
    let mut text = String::new();
    for metric in metrics {
        let tainted = metric.tainted.map(|tainted| tainted.to_string());
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "- name: {}\n  type:\n    type: {}\n    valid: true\n  contains:\n    type: {}\n    \
             valid: true\n  tainted: \"{}\"\n",
            scalar(&metric.name),
            scalar(&metric.kind),
            scalar(&metric.contains),
            tainted.unwrap_or_default()
        );
        text.push_str(if metric.sample.is_empty() {
            "  sample: {}\n"
        } else {
            "  sample:\n"
        });
        for (name, value) in &metric.sample {
            let _ = writeln!(text, "    {}: {value}", scalar(name));
        }
    }
    text
}

/// A name as it is where YAML reads it so, else in quotes: tags may have any character.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_{}:().,/=-".contains(c);
    let begins_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if begins_well && !is_word && text.chars().all(is_plain) && !text.ends_with(':') {
        text.to_owned()
    } else {
        // A JSON string is a YAML string.
        serde_json::Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_is_k6s() {
        let status = Status {
            status: 7,
            vus: 3,
            vus_max: 8,
            running: true,
            tainted: true,
            ..Status::default()
        };
        let expected = "\
status: 7
paused: \"false\"
vus: \"3\"
vus-max: \"8\"
stopped: false
running: true
tainted: true
";
        assert_eq!(status_yaml(&status), expected);
        let failing = Status {
            exceptions: 3,
            ..status
        };
        assert_eq!(status_yaml(&failing), format!("{expected}exceptions: 3\n"));
    }

    #[test]
    fn metrics_are_k6s() {
        let report = |name: &str, kind: &str, tainted, sample: &[(&str, f64)]| MetricReport {
            name: name.to_owned(),
            kind: kind.to_owned(),
            contains: "time".to_owned(),
            tainted,
            sample: sample
                .iter()
                .map(|(name, value)| ((*name).to_owned(), *value))
                .collect(),
        };
        let metrics = [
            report(
                "my_trend",
                "trend",
                Some(true),
                &[("avg", 0.25), ("p(90)", 5.0)],
            ),
            report("r{a:b}", "rate", None, &[("rate", 1.0)]),
        ];
        let expected = "\
- name: my_trend
  type:
    type: trend
    valid: true
  contains:
    type: time
    valid: true
  tainted: \"true\"
  sample:
    avg: 0.25
    p(90): 5
- name: r{a:b}
  type:
    type: rate
    valid: true
  contains:
    type: time
    valid: true
  tainted: \"\"
  sample:
    rate: 1
";
        assert_eq!(metrics_yaml(&metrics), expected);
        assert_eq!(metrics_yaml(&[]), "[]\n");
    }

    #[test]
    fn odd_names_are_quoted() {
        assert_eq!(scalar("r{a:b: c}"), "\"r{a:b: c}\"");
        assert_eq!(scalar("r{a:\"\n}"), "\"r{a:\\\"\\n}\"");
        assert_eq!(scalar("True"), "\"True\"");
        assert_eq!(scalar("p(99.9)"), "p(99.9)");
    }
}
