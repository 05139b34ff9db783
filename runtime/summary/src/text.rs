//! The summary as text: thresholds, the run as a whole, and in full mode its groups and
//! scenarios.
//!
//! The layout is the one that k6's users know, to the space. Every block ends with an empty
//! line, and so do every section and the whole.

use std::time::Duration;

use runner_metrics::{
    CheckResult, GroupSection, Kind, MetricSnapshot, Snapshot, SummaryMode, ThresholdResult,
    Values, threshold::Aggregation,
};

use crate::TextOptions;
use crate::collate::compare;
use crate::format::percent;
use crate::layout::Layout;
use crate::paint::Painter;
use crate::rows::{Row, RowMaker};

/// Metrics that checks and groups show in their own way.
const NEVER_LISTED: [&str; 2] = ["checks", "group_duration"];

/// Phases of requests, which only the full summary lists.
const DETAILS: [&str; 6] = [
    "http_req_blocked",
    "http_req_connecting",
    "http_req_receiving",
    "http_req_sending",
    "http_req_tls_handshaking",
    "http_req_waiting",
];

/// Headings of metrics, in order.
const CATEGORIES: [&str; 8] = [
    "CUSTOM",
    "HTTP",
    "EXECUTION",
    "NETWORK",
    "BROWSER",
    "WEB_VITALS",
    "GRPC",
    "WEBSOCKET",
];

/// Renders the end-of-test summary.
#[must_use]
pub fn render_text(
    snapshot: &Snapshot,
    thresholds: &[ThresholdResult],
    test_duration: Duration,
    options: &TextOptions,
) -> String {
    let mut text = Text {
        out: String::from("\n\n"),
        painter: Painter {
            color: options.color,
        },
        maker: RowMaker {
            options,
            test_duration,
        },
        thresholds,
    };
    text.thresholds();
    text.section("TOTAL RESULTS", |text| {
        text.body(4, &snapshot.checks, &snapshot.metrics);
    });
    if options.mode == SummaryMode::Full {
        for group in &snapshot.groups {
            text.section(&format!("GROUP: {}", group.name), |text| {
                text.group(4, group)
            });
        }
        let mut scenarios: Vec<_> = snapshot.scenarios.iter().collect();
        scenarios.sort_by(|a, b| compare(&a.name, &b.name));
        for scenario in scenarios {
            text.section(&format!("SCENARIO: {}", scenario.name), |text| {
                text.body(4, &scenario.checks, &scenario.metrics);
                for group in &scenario.groups {
                    text.nested_group(4, group);
                }
            });
        }
    }
    text.end();
    text.out
}

struct Text<'a> {
    out: String,
    painter: Painter,
    maker: RowMaker<'a>,
    thresholds: &'a [ThresholdResult],
}

impl Text<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn row(&mut self, indent: usize, layout: &Layout, row: &Row) {
        for line in layout.lines(row, self.painter) {
            self.line(indent, &line);
        }
    }

    /// What an indent leaves of the terminal's width.
    fn room(&self, indent: usize) -> Option<usize> {
        let width = self.maker.options.width;
        width.map(|width| width.saturating_sub(indent))
    }

    fn end(&mut self) {
        self.out.push('\n');
    }

    fn section(&mut self, title: &str, body: impl FnOnce(&mut Self)) {
        self.line(2, &format!("█ {} ", self.painter.title(title)));
        self.end();
        body(self);
        self.end();
    }

    fn thresholds(&mut self) {
        if self.thresholds.is_empty() {
            return;
        }
        let mut sorted: Vec<&ThresholdResult> = self.thresholds.iter().collect();
        // Stable, so that the thresholds of a key keep their order.
        sorted.sort_by(|a, b| compare(&a.metric, &b.metric).then_with(|| compare(&a.key, &b.key)));
        self.section("THRESHOLDS", |text| {
            for of_key in sorted.chunk_by(|a, b| a.key == b.key) {
                let Some(first) = of_key.first() else {
                    continue;
                };
                let is_base = |other: &&ThresholdResult| {
                    other.metric == first.metric && other.suffix.is_none()
                };
                // Submetrics stand below their metric, if it has thresholds too.
                let (indent, title) = match &first.suffix {
                    Some(suffix) if sorted.iter().any(is_base) => (6, format!("{{{suffix}}}")),
                    _ => (4, first.key.clone()),
                };
                text.line(indent, &title);
                for result in of_key {
                    let line = text.threshold(result);
                    text.line(indent, &line);
                }
                text.end();
            }
        });
    }

    fn threshold(&self, result: &ThresholdResult) -> String {
        let painter = self.painter;
        let observed = match (result.kind, result.aggregation) {
            (Kind::Rate, _) => percent(result.observed),
            (Kind::Counter, Aggregation::Rate) => {
                format!("{}/s", self.maker.value(result.observed, result.unit))
            }
            _ => self.maker.value(result.observed, result.unit),
        };
        let label = result
            .source
            .split(['<', '>', '=', '!'])
            .next()
            .unwrap_or_default()
            .trim();
        format!(
            "{} {} {}={}",
            painter.verdict(result.ok, if result.ok { "✓" } else { "✗" }),
            painter.plain(&format!("'{}'", result.source)),
            painter.plain(label),
            painter.value(&observed),
        )
    }

    fn nested_group(&mut self, indent: usize, group: &GroupSection) {
        let title = self.painter.title(&format!("GROUP: {}", group.name));
        self.line(indent, &format!("↳ {title} "));
        self.end();
        self.group(indent + 2, group);
    }

    fn group(&mut self, indent: usize, group: &GroupSection) {
        self.body(indent, &group.checks, &group.metrics);
        for inner in &group.groups {
            self.nested_group(indent, inner);
        }
    }

    fn body(&mut self, indent: usize, checks: &[CheckResult], metrics: &[MetricSnapshot]) {
        self.checks(indent, checks);
        self.metrics(indent, metrics);
    }

    fn checks(&mut self, indent: usize, checks: &[CheckResult]) {
        if checks.is_empty() {
            return;
        }
        let passes = checks.iter().map(|check| check.passes).sum::<u64>();
        let fails = checks.iter().map(|check| check.fails).sum::<u64>();
        let total = passes + fails;
        let unit = runner_metrics::Unit::Plain;
        let rows = [
            (
                "checks_total",
                Values::Counter {
                    count: total as f64,
                },
            ),
            (
                "checks_succeeded",
                Values::Rate {
                    trues: passes,
                    total,
                },
            ),
            (
                "checks_failed",
                Values::Rate {
                    trues: fails,
                    total,
                },
            ),
        ]
        .map(|(name, values)| self.maker.metric(name, &values, unit));
        let layout = Layout::of(rows.iter(), self.room(indent));
        for row in &rows {
            self.row(indent, &layout, row);
        }
        self.end();
        for check in checks {
            if check.fails == 0 {
                self.line(
                    indent,
                    &self.painter.verdict(true, &format!("✓ {}", check.name)),
                );
                continue;
            }
            self.line(
                indent,
                &self.painter.verdict(false, &format!("✗ {}", check.name)),
            );
            let share = 100 * check.passes / (check.passes + check.fails);
            let detail = format!("↳  {share}% — ✓ {} / ✗ {}", check.passes, check.fails);
            self.line(2 * indent - 2, &self.painter.verdict(false, &detail));
        }
        self.end();
    }

    fn metrics(&mut self, indent: usize, metrics: &[MetricSnapshot]) {
        let mut sorted: Vec<&MetricSnapshot> = metrics
            .iter()
            .filter(|metric| self.is_listed(metric))
            .collect();
        sorted.sort_by(|a, b| compare(&a.name, &b.name));
        let rows: Vec<(&str, Row)> = sorted.iter().flat_map(|metric| self.rows(metric)).collect();
        let layout = Layout::of(rows.iter().map(|(_, row)| row), self.room(indent));
        for category in CATEGORIES {
            let mut rows = rows.iter().filter(|(of, _)| *of == category).peekable();
            if rows.peek().is_none() {
                continue;
            }
            self.line(indent, &self.painter.title(category));
            for (_, row) in rows {
                self.row(indent, &layout, row);
            }
            self.end();
        }
    }

    /// Whether a metric has anything to show: samples, or thresholds.
    fn is_listed(&self, metric: &MetricSnapshot) -> bool {
        let name = &*metric.name;
        let compact = self.maker.options.mode == SummaryMode::Compact;
        let hidden = NEVER_LISTED.contains(&name) || compact && DETAILS.contains(&name);
        !hidden && (metric.observed || self.thresholds.iter().any(|result| result.metric == *name))
    }

    /// The lines of a metric and its submetrics, with their heading.
    fn rows(&self, metric: &MetricSnapshot) -> Vec<(&'static str, Row)> {
        let category = category(&metric.name);
        let mut rows = vec![self.maker.metric(&metric.name, &metric.values, metric.unit)];
        let mut submetrics: Vec<_> = metric
            .submetrics
            .iter()
            .filter(|sub| {
                sub.observed || self.thresholds.iter().any(|result| result.key == *sub.name)
            })
            .collect();
        submetrics.sort_by(|a, b| compare(&a.name, &b.name));
        rows.extend(submetrics.iter().map(|sub| {
            self.maker
                .submetric(&sub.name, &sub.suffix, &sub.values, metric.unit)
        }));
        rows.into_iter().map(|row| (category, row)).collect()
    }
}

/// The heading that a metric stands under.
fn category(name: &str) -> &'static str {
    match name {
        "vus" | "vus_max" | "iterations" | "iteration_duration" | "dropped_iterations"
        | "iterations_failed" => "EXECUTION",
        "data_sent" | "data_received" => "NETWORK",
        "http_reqs" | "http_req_duration" | "http_req_failed" => "HTTP",
        _ if DETAILS.contains(&name) => "HTTP",
        _ if name.starts_with("browser_web_vital_") => "WEB_VITALS",
        _ if name.starts_with("browser_") => "BROWSER",
        _ if name.starts_with("grpc_") => "GRPC",
        _ if name.starts_with("ws_") => "WEBSOCKET",
        _ => "CUSTOM",
    }
}
