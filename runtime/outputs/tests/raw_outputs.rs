//! Raw samples on their way: bytes of the built-in outputs, and what becomes of samples that an
//! output cannot take.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use runner_metrics::threshold::Definition;
use runner_metrics::{
    Kind, Metrics, MetricsConfig, RawSample, Registry, SummaryMode, SystemTag, SystemTags,
    TagInterner, TagSet, TagSetId, ThresholdResult, ThresholdSet, Unit, builtin,
};
use runner_outputs::{
    Failure, Feed, FeedReport, Notice, Output, OutputContext, RunView, Status, Surroundings, Wake,
    create,
};

struct Nothing;

impl RunView for Nothing {
    fn status(&self) -> Status {
        Status::default()
    }

    fn thresholds(&self) -> Vec<ThresholdResult> {
        Vec::new()
    }

    fn stop(&self, _: String) {}
}

struct Run {
    context: OutputContext,
    feed: Feed,
    notices: Arc<Mutex<Vec<String>>>,
}

fn definition(key: &str, expression: &str) -> Definition {
    Definition {
        key: key.into(),
        expression: expression.into(),
        ..Definition::default()
    }
}

fn start(outputs: Vec<Box<dyn Output>>, system_tags: SystemTags) -> Run {
    let registry = Registry::new();
    registry.define("my_t", Kind::Trend, Unit::Time).unwrap();
    let thresholds = ThresholdSet::new([
        definition("my_t", "max<1"),
        definition("my_t{b:<2>}", "avg<2"),
    ]);
    let thresholds = Arc::new(thresholds.unwrap());
    let wake = Wake::default();
    let metrics = Metrics::new(MetricsConfig {
        registry: Arc::new(registry),
        interner: Arc::new(TagInterner::new()),
        system_tags,
        submetrics: thresholds.keys().to_vec(),
        shards: 1,
        mode: SummaryMode::Compact,
        tap: Some(wake.pressure()),
    });
    let context = OutputContext {
        folder: std::path::Path::new("").into(),
        metrics,
        thresholds,
        system_tags,
        script: "x.js".into(),
        options: "{}".into(),
        run: Arc::new(Nothing),
    };
    let notices = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&notices);
    let notice: Notice = Arc::new(move |name, text| {
        kept.lock().unwrap().push(format!("{name}: {text}"));
    });
    let feed = Feed::start(outputs, &context, &wake, &notice).unwrap();
    Run {
        context,
        feed,
        notices,
    }
}

fn built_in(spec: &str) -> Box<dyn Output> {
    let collectors = serde_json::Map::new();
    let surroundings = Surroundings {
        env: &|_| None,
        collectors: &collectors,
    };
    create(spec, &surroundings).unwrap()
}

impl Run {
    fn record(&self) {
        let metrics = &self.context.metrics;
        let my_t = metrics.registry().get("my_t").unwrap().id;
        let tags = metrics.tags().intern([
            ("group", "::a"),
            ("check", "is, one"),
            ("b", "<2>"),
            ("zed", "\"q\""),
        ]);
        let metadata = Arc::new(TagSet::from_pairs([("iter", "0"), ("vu", "1")]));
        let mut shard = metrics.shard(0).lock_with(Some(&metadata));
        shard.add(my_t, tags, 1.5e-5);
        drop(shard);
        let mut shard = metrics.shard(0).lock();
        shard.add(builtin::VUS, TagSetId::EMPTY, 1e6);
        shard.add(my_t, tags, 21.0);
    }

    fn stop(self) -> FeedReport {
        self.feed.stop()
    }
}

/// Replaces what follows `before` up to the next `end`.
fn redact(line: &str, before: &str, end: char) -> String {
    let Some((head, tail)) = line.split_once(before) else {
        return line.to_owned();
    };
    let (_, rest) = tail.split_once(end).unwrap();
    format!("{head}{before}T{end}{rest}")
}

const JSON: [&str; 5] = [
    r#"{"type":"Metric","data":{"name":"my_t","type":"trend","contains":"time","thresholds":["max<1"],"submetrics":[{"name":"my_t{b:<2>}","suffix":"b:<2>","tags":{"b":"<2>"}}]},"metric":"my_t"}"#,
    r#"{"metric":"my_t","type":"Point","data":{"time":"T","value":1.5e-05,"tags":{"b":"<2>","check":"is, one","group":"::a","zed":"\"q\""},"metadata":{"iter":"0","vu":"1"}}}"#,
    r#"{"type":"Metric","data":{"name":"vus","type":"gauge","contains":"default","thresholds":[],"submetrics":null},"metric":"vus"}"#,
    r#"{"metric":"vus","type":"Point","data":{"time":"T","value":1e+06,"tags":{}}}"#,
    r#"{"metric":"my_t","type":"Point","data":{"time":"T","value":21,"tags":{"b":"<2>","check":"is, one","group":"::a","zed":"\"q\""}}}"#,
];

fn json_lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| redact(line, "\"time\":\"", '"'))
        .collect()
}

/// Waits until something is so.
fn soon(what: &str, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn json_and_csv_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let system_tags = SystemTags::EMPTY
        .with(SystemTag::Group)
        .with(SystemTag::Check)
        .with(SystemTag::Status)
        .with(SystemTag::Vu)
        .with(SystemTag::Iter);
    let outputs = ["json=a.json", "json=b.json.gz", "csv=c.csv"].map(|spec| {
        let (kind, name) = spec.split_once('=').unwrap();
        built_in(&format!("{kind}={}", path(name)))
    });
    let run = start(outputs.into(), system_tags);
    run.record();
    let report = run.stop();
    assert_eq!(report.outputs.len(), 3);
    assert_eq!(report.incomplete().count(), 0, "{report:?}");

    let expected = JSON.map(|line| line.replace('<', "\\u003c").replace('>', "\\u003e"));
    // Only values and tags hold such characters, but for the threshold.
    let text = std::fs::read_to_string(path("a.json")).unwrap();
    assert_eq!(json_lines(&text), expected);

    let mut unzipped = String::new();
    let file = std::fs::File::open(path("b.json.gz")).unwrap();
    let mut decoder = flate2::read::GzDecoder::new(file);
    std::io::Read::read_to_string(&mut decoder, &mut unzipped).unwrap();
    assert_eq!(unzipped, text);

    let text = std::fs::read_to_string(path("c.csv")).unwrap();
    let lines: Vec<_> = text.lines().map(|line| redact(line, ",1", ',')).collect();
    let expected = [
        "metric_name,timestamp,metric_value,check,group,status,extra_tags,metadata",
        "my_t,1T,0.000015,\"is, one\",::a,,\"b=<2>&zed=\"\"q\"\"\",iter=0&vu=1",
        "vus,1T,1000000.000000,,,,,",
        "my_t,1T,21.000000,\"is, one\",::a,,\"b=<2>&zed=\"\"q\"\"\",",
    ];
    assert_eq!(lines, expected);
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs /dev/full")]
fn a_full_disk_loses_samples_and_says_so_once() {
    let run = start(vec![built_in("json=/dev/full")], SystemTags::default());
    run.record();
    let notices = Arc::clone(&run.notices);
    soon("a notice", || !notices.lock().unwrap().is_empty());
    run.record();
    let report = run.stop();
    let output = report.incomplete().next().unwrap();
    assert_eq!(output.lost, 6);
    assert!(
        output.failure.as_ref().unwrap().contains("No space left"),
        "{output:?}"
    );
    let notices = notices.lock().unwrap();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].starts_with("json (/dev/full): write /dev/full"));
}

#[test]
fn a_destination_that_cannot_be_opened_is_refused_at_the_start() {
    let run = start(Vec::new(), SystemTags::default());
    let notice: Notice = Arc::new(|_, _| {});
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gone/x.csv");
    let path = path.display();
    let outputs = vec![built_in(&format!("csv={path}"))];
    let error = Feed::start(outputs, &run.context, &Wake::default(), &notice).unwrap_err();
    assert!(
        error.to_string().starts_with(&format!(
            "cannot start the output csv ({path}): open {path}"
        )),
        "{error}"
    );
}

/// Counts samples; can be held up and can fail.
struct Fake {
    seen: Arc<AtomicU64>,
    held: Arc<AtomicBool>,
    fails: bool,
}

impl Output for Fake {
    fn description(&self) -> String {
        "fake".to_owned()
    }

    fn start(&mut self, _: &OutputContext) -> Result<(), Failure> {
        Ok(())
    }

    fn add_samples(&mut self, samples: &[RawSample]) -> Result<(), Failure> {
        while self.held.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
        }
        if self.fails {
            return Err(Failure {
                message: "no".into(),
                lost: samples.len() as u64,
            });
        }
        self.seen.fetch_add(samples.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}

#[test]
fn a_slow_output_and_a_failing_one_hold_nobody_up() {
    let held = Arc::new(AtomicBool::new(true));
    let free = Arc::new(AtomicBool::new(false));
    let seen: [Arc<AtomicU64>; 3] = Default::default();
    let fake = |at: usize, held: &Arc<AtomicBool>, fails| -> Box<dyn Output> {
        Box::new(Fake {
            seen: Arc::clone(&seen[at]),
            held: Arc::clone(held),
            fails,
        })
    };
    let outputs = vec![
        fake(0, &held, false),
        fake(1, &free, true),
        fake(2, &free, false),
    ];
    let run = start(outputs, SystemTags::default());
    let metrics = Arc::clone(&run.context.metrics);
    let total = 1_500_000_u64;
    let started = Instant::now();
    for n in 0..total {
        metrics
            .shard(0)
            .lock()
            .add(builtin::VUS, TagSetId::EMPTY, n as f64);
    }
    // Nobody waited for the held output: that would take for ever.
    assert!(started.elapsed() < Duration::from_secs(50));
    // The one that is free has seen samples while the other is held.
    soon("samples", || seen[2].load(Ordering::Relaxed) > 0);
    held.store(false, Ordering::Relaxed);
    let report = run.stop();
    for (at, output) in report.outputs.iter().enumerate() {
        let got = seen[at].load(Ordering::Relaxed);
        assert_eq!(got + output.lost, total, "{at}: {report:?}");
    }
    assert_eq!(seen[1].load(Ordering::Relaxed), 0);
    // More than its queue holds came while it was held.
    assert!(report.outputs[0].lost > 0);
    assert_eq!(report.outputs[1].failure.as_deref(), Some("no"));
}
