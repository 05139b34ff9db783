//! Samples as lines of StatsD: `k6.http_reqs:1|c`, with tags as DogStatsD has them where that is
//! wanted: `k6.http_reqs:1|c|#method:GET,status:200`.
//!
//! Counters and rates become counts, gauges gauges, trends timings. A check counts under its own
//! name: `k6.check.NAME.pass`. What repeats is rendered once: the beginning of a line per metric,
//! the tags per set.

use std::io::Write;

use crate::settings::Settings;

/// How samples of a metric are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Count,
    Gauge,
    Timing,
    Rate,
}

/// What was told of metrics and sets.
#[derive(Default)]
pub struct Lines {
    namespace: String,
    tags: bool,
    blocklist: Vec<String>,
    metrics: Vec<(String, Form)>,
    sets: Vec<Set>,
}

#[derive(Default)]
struct Set {
    /// `|#a:b,c:d`, or nothing.
    suffix: String,
    check: Option<String>,
}

impl Lines {
    pub fn new(settings: &Settings) -> Self {
        Self {
            namespace: settings.namespace.clone(),
            tags: settings.tags,
            blocklist: settings.blocklist.clone(),
            ..Self::default()
        }
    }

    /// The numbers of metrics and sets begin at 0 again.
    pub fn forget(&mut self) {
        self.metrics.clear();
        self.sets.clear();
    }

    /// The next metric.
    pub fn metric(&mut self, name: &str, form: Form) {
        self.metrics
            .push((format!("{}{name}", self.namespace), form));
    }

    /// The next set of tags.
    pub fn set(&mut self, tags: &[(String, String)]) {
        let check = tags.iter().find(|(name, _)| name == "check");
        let mut set = Set {
            suffix: String::new(),
            check: check.map(|(_, value)| clean(value, &[' '])),
        };
        if self.tags {
            for (name, value) in tags {
                if value.is_empty() || self.blocklist.contains(name) {
                    continue;
                }
                set.suffix
                    .push_str(if set.suffix.is_empty() { "|#" } else { "," });
                set.suffix.push_str(&clean(name, &[',', ' ']));
                set.suffix.push(':');
                set.suffix.push_str(&clean(value, &[',']));
            }
        }
        self.sets.push(set);
    }

    /// Appends what stands for a sample, each line with its end. Nothing for what was not told, and
    /// for infinities, which no server reads.
    pub fn sample(&self, out: &mut Vec<u8>, metric: usize, set: usize, value: f64) {
        if !value.is_finite() {
            return;
        }
        let (Some((name, form)), Some(set)) = (self.metrics.get(metric), self.sets.get(set)) else {
            return;
        };
        let suffix = &set.suffix;
        // Writing to memory does not fail.
        let _ = match (form, &set.check) {
            (Form::Rate, Some(check)) => {
                let outcome = if value == 0.0 { "fail" } else { "pass" };
                let namespace = &self.namespace;
                writeln!(out, "{namespace}check.{check}.{outcome}:1|c{suffix}")
            }
            (Form::Rate | Form::Count, _) => writeln!(out, "{name}:{value}|c{suffix}"),
            // A gauge with a sign is a change to what it was, so it is set to 0 before.
            (Form::Gauge, _) if value < 0.0 => {
                writeln!(out, "{name}:0|g{suffix}\n{name}:{value}|g{suffix}")
            }
            (Form::Gauge, _) => writeln!(out, "{name}:{value}|g{suffix}"),
            (Form::Timing, _) => writeln!(out, "{name}:{value}|ms{suffix}"),
        };
    }
}

/// Without the characters that have a meaning in a line.
fn clean(text: &str, more: &[char]) -> String {
    let bad = |c: char| matches!(c, ':' | '|' | '@' | '#') || c.is_control() || more.contains(&c);
    text.chars().map(|c| if bad(c) { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(settings: Settings) -> Lines {
        let mut lines = Lines::new(&settings);
        lines.metric("http_reqs", Form::Count);
        lines.metric("vus", Form::Gauge);
        lines.metric("http_req_duration", Form::Timing);
        lines.metric("checks", Form::Rate);
        lines.set(&[]);
        let tag = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        lines.set(&[
            tag("check", "is 200: ok"),
            tag("group", ""),
            tag("url", "http://x/"),
        ]);
        lines.set(&[
            tag("method", "GET"),
            tag("name", "a,b|c#d"),
            tag("url", "http://x/"),
        ]);
        lines
    }

    fn text(lines: &Lines, samples: &[(usize, usize, f64)]) -> String {
        let mut out = Vec::new();
        for (metric, set, value) in samples {
            lines.sample(&mut out, *metric, *set, *value);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_kind_has_its_line() {
        let lines = lines(Settings::default());
        let samples = [
            (0, 2, 1.0),
            (1, 0, 50.0),
            (1, 0, -2.5),
            (2, 2, 12.25),
            (3, 0, 1.0),
            (3, 1, 1.0),
            (3, 1, 0.0),
        ];
        assert_eq!(
            text(&lines, &samples),
            "k6.http_reqs:1|c\nk6.vus:50|g\nk6.vus:0|g\nk6.vus:-2.5|g\n\
             k6.http_req_duration:12.25|ms\nk6.checks:1|c\n\
             k6.check.is_200__ok.pass:1|c\nk6.check.is_200__ok.fail:1|c\n"
        );
    }

    #[test]
    fn tags_are_cleaned_and_some_left_out() {
        let lines = lines(Settings {
            tags: true,
            namespace: String::new(),
            ..Settings::default()
        });
        assert_eq!(
            text(&lines, &[(0, 2, 2.0), (3, 1, 1.0), (1, 0, 0.5)]),
            "http_reqs:2|c|#method:GET,name:a_b_c_d\n\
             check.is_200__ok.pass:1|c|#check:is 200_ ok\nvus:0.5|g\n"
        );
    }

    #[test]
    fn what_was_never_told_is_left_out() {
        let mut lines = lines(Settings::default());
        assert_eq!(text(&lines, &[(9, 0, 1.0), (0, 9, 1.0)]), "");
        lines.forget();
        assert_eq!(text(&lines, &[(0, 0, 1.0)]), "");
    }
}
