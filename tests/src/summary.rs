//! Reading the end-of-test summary back, so that tests can ask for a metric by name.

use std::collections::HashMap;

/// Metric lines, checks and threshold lines of a text summary.
#[derive(Debug)]
pub struct Summary {
    text: String,
    metrics: HashMap<String, String>,
}

impl Summary {
    pub(crate) fn parse(stdout: &str) -> Option<Self> {
        let start = stdout.find('█')?;
        let text = stdout[start..].to_owned();
        let mut metrics = HashMap::new();
        let mut parent = String::new();
        for line in text.lines() {
            let Some((name, value)) = dotted(line.trim()) else {
                continue;
            };
            let key = if name.starts_with('{') {
                format!("{parent}{}", name.replace("{ ", "{").replace(" }", "}"))
            } else {
                parent = name.to_owned();
                name.to_owned()
            };
            metrics.entry(key).or_insert_with(|| value.to_owned());
        }
        Some(Self { text, metrics })
    }

    /// Everything from the first section on.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands behind a metric's dots. Submetrics are called `name{tag:value}`.
    pub fn line(&self, metric: &str) -> Option<&str> {
        self.metrics.get(metric).map(String::as_str)
    }

    /// The first number of a metric's line: the count of a counter, the value of a gauge.
    #[track_caller]
    pub fn number(&self, metric: &str) -> f64 {
        let Some(line) = self.line(metric) else {
            panic!("no {metric} in\n{}", self.text)
        };
        let word = line
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .trim_end_matches('%');
        word.parse()
            .unwrap_or_else(|_| panic!("{metric} has no number: {line}"))
    }

    /// `min=`, `p(90)=` and the like, as written.
    #[track_caller]
    pub fn stat(&self, metric: &str, stat: &str) -> &str {
        let Some(line) = self.line(metric) else {
            panic!("no {metric} in\n{}", self.text)
        };
        let key = format!("{stat}=");
        let found = line
            .split_whitespace()
            .find_map(|word| word.strip_prefix(key.as_str()));
        found.unwrap_or_else(|| panic!("no {stat} in {metric}: {line}"))
    }

    /// The names of all metrics, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.metrics.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }
}

/// `name......: value`.
fn dotted(line: &str) -> Option<(&str, &str)> {
    let (head, value) = line
        .split_once("...: ")
        .or_else(|| line.split_once(".: "))?;
    let name = head.trim_end_matches('.');
    (!name.is_empty()).then_some((name, value.trim()))
}

/// A duration of the summary in milliseconds.
#[track_caller]
pub fn millis(text: &str) -> f64 {
    let parse = |number: &str| number.parse::<f64>().unwrap_or_else(|_| panic!("{text}"));
    if let Some((minutes, seconds)) = text
        .split_once('m')
        .filter(|(_, rest)| rest.ends_with('s') && *rest != "s")
    {
        return parse(minutes) * 60_000.0 + parse(seconds.trim_end_matches('s')) * 1000.0;
    }
    for (unit, factor) in [("ns", 1e-6), ("µs", 1e-3), ("ms", 1.0), ("s", 1000.0)] {
        if let Some(number) = text.strip_suffix(unit) {
            return parse(number) * factor;
        }
    }
    // Zero has no unit everywhere.
    parse(text)
}

/// `1.2 kB` in bytes.
#[track_caller]
pub fn bytes(line: &str) -> f64 {
    let mut words = line.split_whitespace();
    let number: f64 = words.next().and_then(|word| word.parse().ok()).expect(line);
    let factor = match words.next() {
        Some("kB") => 1e3,
        Some("MB") => 1e6,
        Some("GB") => 1e9,
        _ => 1.0,
    };
    number * factor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_and_submetrics() {
        let text = "banner\n  █ TOTAL RESULTS\n\n    HTTP\n    http_reqs......: 3   10.5/s\n      \
                    { status:200 }...: 2 7/s\n    d: avg=1ms\n    http_req_failed.....: 50.00% 1 out of 2\n";
        let summary = Summary::parse(text).unwrap();
        assert_eq!(summary.number("http_reqs"), 3.0);
        assert_eq!(summary.line("http_reqs{status:200}"), Some("2 7/s"));
        assert_eq!(summary.number("http_req_failed"), 50.0);
    }

    #[test]
    fn units() {
        assert_eq!(millis("1.5s"), 1500.0);
        assert_eq!(millis("2m3s"), 123_000.0);
        assert_eq!(millis("250µs"), 0.25);
        assert_eq!(bytes("1.5 kB 3 B/s"), 1500.0);
    }
}
