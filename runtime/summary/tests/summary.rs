//! The rendered summary of a run with fixed samples, to the byte.
//!
//! The layout was compared with what k6 prints for the same samples; a change of a snapshot is
//! a change that users see.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use std::sync::Arc;
use std::time::Duration;

use runner_metrics::threshold::Definition;
use runner_metrics::{
    HttpSample, Kind, Metrics, MetricsConfig, Registry, Snapshot, SummaryMode, SystemTags,
    TagInterner, ThresholdResult, ThresholdSet, Unit, builtin,
};
use runner_summary::{
    About, DataOptions, TextOptions, data_json, export_json, indented, machine_readable_json,
    render_text,
};
use runner_values::{TimeUnit, TrendStat};
use serde_json::json;

const DURATION: Duration = Duration::from_millis(12_500);

const THRESHOLDS: [(&str, &str); 12] = [
    ("http_req_duration", "p(95)<200"),
    ("http_req_duration", "avg < 0.5"),
    ("http_req_duration{ status:404 }", "max<=3"),
    ("http_req_duration{status:500}", "p(99)<1"),
    ("http_reqs{scenario:browse}", "count>1"),
    ("http_req_waiting{status:200}", "med>0"),
    ("checks", "rate>0.99"),
    ("orders", "rate>0.1"),
    ("orders{kind:big}", "count===1"),
    ("data_received", "rate>1000"),
    ("unused_rate", "rate>0.5"),
    ("queue_length", "value<3"),
];

struct Run {
    metrics: Arc<Metrics>,
    thresholds: ThresholdSet,
}

impl Run {
    fn new(mode: SummaryMode) -> Self {
        let registry = Registry::new();
        for (name, kind, unit) in [
            ("orders", Kind::Counter, Unit::Plain),
            ("queue_length", Kind::Gauge, Unit::Plain),
            ("unused_rate", Kind::Rate, Unit::Plain),
            ("unused_trend", Kind::Trend, Unit::Plain),
            ("Answer_time", Kind::Trend, Unit::Time),
        ] {
            registry.define(name, kind, unit).unwrap();
        }
        let thresholds = ThresholdSet::new(THRESHOLDS.map(|(key, expression)| Definition {
            key: key.into(),
            expression: expression.into(),
            ..Definition::default()
        }))
        .unwrap();
        thresholds.validate(&registry).unwrap();
        let metrics = Metrics::new(MetricsConfig {
            registry: Arc::new(registry),
            interner: Arc::new(TagInterner::new()),
            system_tags: SystemTags::default(),
            submetrics: thresholds.keys().to_vec(),
            shards: 2,
            mode,
            tap: None,
        });
        let run = Self {
            metrics,
            thresholds,
        };
        run.record();
        run
    }

    fn record(&self) {
        self.check("", "::setup", "shop is open", true);
        for (n, scenario) in (0_u32..).zip(["default", "default", "browse", "buy"]) {
            let f = f64::from(n);
            self.http(scenario, "", "200", 1.25 + 100.0 * f);
            self.check(scenario, "", "home is 200", true);
            self.http(
                scenario,
                "::cart",
                if n == 3 { "404" } else { "200" },
                2.5 + f,
            );
            self.check(scenario, "::cart", "cart is 200", n != 3);
            self.check(scenario, "::cart::pay", "home is 200", n == 0);
            self.add(
                "orders",
                scenario,
                "::cart::pay",
                1.0,
                if n == 3 { "big" } else { "small" },
            );
            self.add(
                "Answer_time",
                scenario,
                "::cart",
                0.0125 + 61_234.5 * f,
                "any",
            );
            self.add("queue_length", scenario, "", 4.0 - f / 4.0, "any");
            self.add("group_duration", scenario, "::empty", 3.0, "any");
            let tags = self.tags(scenario, "", &[]);
            let mut shard = self.metrics.shard(u64::from(n)).lock();
            shard.iteration(tags, 1500.0 + f);
            shard.bytes(tags, 120 + u64::from(n), 45_678 * (1 + u64::from(n)));
        }
        let mut shard = self.metrics.shard(0).lock();
        for vus in [1.0, 4.0, 2.0] {
            shard.add(builtin::VUS, self.tags("", "", &[]), vus);
            shard.add(builtin::VUS_MAX, self.tags("", "", &[]), 4.0);
        }
    }

    fn tags(&self, scenario: &str, group: &str, more: &[(&str, &str)]) -> runner_metrics::TagSetId {
        let mut tags = vec![("group", group)];
        if !scenario.is_empty() {
            tags.push(("scenario", scenario));
        }
        self.metrics
            .tags()
            .intern(tags.into_iter().chain(more.iter().copied()))
    }

    fn http(&self, scenario: &str, group: &str, status: &str, waiting: f64) {
        let expected = if status == "200" { "true" } else { "false" };
        let tags = self.tags(
            scenario,
            group,
            &[("status", status), ("expected_response", expected)],
        );
        self.metrics.shard(1).lock().http(&HttpSample {
            tags: tags.into(),
            duration: waiting + 0.375,
            blocked: 0.0421,
            connecting: 0.03,
            tls_handshaking: 0.0,
            sending: 0.125,
            waiting,
            receiving: 0.25,
            failed: Some(status != "200"),
        });
    }

    fn check(&self, scenario: &str, group: &str, name: &str, passed: bool) {
        let tags = self.tags(scenario, group, &[("check", name)]);
        self.metrics
            .shard(0)
            .lock()
            .check(group, name, passed, tags);
    }

    fn add(&self, name: &str, scenario: &str, group: &str, value: f64, kind: &str) {
        let id = self.metrics.registry().get(name).unwrap().id;
        self.metrics
            .shard(0)
            .lock()
            .add(id, self.tags(scenario, group, &[("kind", kind)]), value);
    }

    fn results(&self) -> (Snapshot, Vec<ThresholdResult>) {
        let snapshot = self.metrics.snapshot();
        let results = self.thresholds.evaluate(&snapshot, DURATION);
        (snapshot, results)
    }

    fn render(&self, options: &TextOptions) -> String {
        let (snapshot, results) = self.results();
        render_text(&snapshot, &results, DURATION, options)
    }
}

#[test]
fn compact() {
    insta::assert_snapshot!(Run::new(SummaryMode::Compact).render(&TextOptions::default()));
}

#[test]
fn full() {
    let options = TextOptions {
        mode: SummaryMode::Full,
        ..TextOptions::default()
    };
    insta::assert_snapshot!(Run::new(SummaryMode::Full).render(&options));
}

#[test]
fn coloured() {
    let options = TextOptions {
        color: true,
        ..TextOptions::default()
    };
    insta::assert_snapshot!(
        Run::new(SummaryMode::Compact)
            .render(&options)
            .escape_debug()
    );
}

#[test]
fn other_figures_in_milliseconds() {
    let stats = ["count", "p(99.90)", "med"];
    let options = TextOptions {
        trend_stats: stats
            .iter()
            .map(|stat| TrendStat::parse(stat).unwrap())
            .collect(),
        time_unit: Some(TimeUnit::Milliseconds),
        ..TextOptions::default()
    };
    insta::assert_snapshot!(Run::new(SummaryMode::Compact).render(&options));
}

#[test]
fn colours_change_nothing_but_colours() {
    let run = Run::new(SummaryMode::Full);
    let plain = TextOptions {
        mode: SummaryMode::Full,
        ..TextOptions::default()
    };
    let mut coloured = run.render(&TextOptions {
        color: true,
        ..plain.clone()
    });
    while let Some(start) = coloured.find('\x1b') {
        let len = coloured[start..].find('m').unwrap() + 1;
        coloured.replace_range(start..start + len, "");
    }
    assert_eq!(coloured, run.render(&plain));
}

fn on_a_terminal(mode: SummaryMode, width: usize) -> String {
    Run::new(mode).render(&TextOptions {
        mode,
        width: Some(width),
        ..TextOptions::default()
    })
}

#[test]
fn eighty_columns() {
    insta::assert_snapshot!(on_a_terminal(SummaryMode::Full, 80));
}

#[test]
fn forty_columns() {
    insta::assert_snapshot!(on_a_terminal(SummaryMode::Compact, 40));
}

#[test]
fn lines_fit_the_terminal_and_say_the_same() {
    // Dots, and where lines end, are all that differs.
    let words = |text: &str| -> Vec<String> {
        let words = text
            .split([' ', '\n', ':'])
            .map(|word| word.trim_end_matches('.'));
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let wide = Run::new(SummaryMode::Full).render(&TextOptions {
        mode: SummaryMode::Full,
        ..TextOptions::default()
    });
    for width in 36..220 {
        let text = on_a_terminal(SummaryMode::Full, width);
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
        assert_eq!(words(&text), words(&wide), "{width}");
    }
    assert_eq!(on_a_terminal(SummaryMode::Full, 220), wide);
}

#[test]
fn a_run_without_samples() {
    let metrics = Metrics::new(MetricsConfig {
        registry: Arc::new(Registry::new()),
        interner: Arc::new(TagInterner::new()),
        system_tags: SystemTags::default(),
        submetrics: Vec::new(),
        shards: 1,
        mode: SummaryMode::Full,
        tap: None,
    });
    let options = TextOptions {
        mode: SummaryMode::Full,
        ..TextOptions::default()
    };
    let text = render_text(&metrics.snapshot(), &[], Duration::ZERO, &options);
    assert_eq!(text, "\n\n  █ TOTAL RESULTS \n\n\n\n");
}

#[test]
fn handle_summary_data() {
    let (snapshot, results) = Run::new(SummaryMode::Compact).results();
    let options = DataOptions {
        trend_stats: TrendStat::defaults(),
        time_unit: Some(TimeUnit::Seconds),
        no_color: true,
        stdout_is_tty: false,
        stderr_is_tty: true,
        setup_data: Some(json!({ "token": "abc" })),
    };
    let data = data_json(&snapshot, &results, DURATION, &options);
    insta::assert_snapshot!(serde_json::to_string_pretty(&data).unwrap());
}

#[test]
fn exported() {
    let (snapshot, results) = Run::new(SummaryMode::Compact).results();
    let options = DataOptions {
        trend_stats: TrendStat::defaults(),
        time_unit: None,
        no_color: true,
        stdout_is_tty: false,
        stderr_is_tty: true,
        setup_data: Some(json!({ "token": "abc" })),
    };
    let data = export_json(&snapshot, &results, DURATION, &options);
    insta::assert_snapshot!(indented(&data));
}

#[test]
fn machine_readable() {
    let (snapshot, _) = Run::new(SummaryMode::Compact).results();
    let about = About {
        generated_at: 1_795_228_261_500_000_000,
        script: "export default () => {}".into(),
    };
    let mut data = machine_readable_json(&snapshot, DURATION, &TrendStat::defaults(), &about);
    data["metadata"]["k6_version"] = "VERSION".into();
    insta::assert_snapshot!(serde_json::to_string_pretty(&data).unwrap());
}
