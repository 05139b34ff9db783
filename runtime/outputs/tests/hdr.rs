//! Interval logs, read back by the reader of the crate `hdrhistogram`.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use runner_metrics::threshold::MetricKey;
use runner_metrics::{
    Kind, Metrics, MetricsConfig, Pressure, Registry, SERIES_LIMIT, SummaryMode, SystemTags,
    TagInterner, Tags, ThresholdResult, ThresholdSet, Unit, builtin,
};
use runner_outputs::{Failure, Output, OutputContext, RunView, Status, Surroundings, create};

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

/// A run with one output that the test drives itself.
struct Run {
    metrics: Arc<Metrics>,
    output: Box<dyn Output>,
}

impl Run {
    fn start(argument: &str) -> Self {
        let registry = Registry::new();
        for (name, kind, unit) in [
            ("my_time", Kind::Trend, Unit::Time),
            ("my_size", Kind::Trend, Unit::Data),
            ("my_number", Kind::Trend, Unit::Plain),
            ("my_counter", Kind::Counter, Unit::Plain),
        ] {
            registry.define(name, kind, unit).unwrap();
        }
        let keys = ["my_time{a:b}", "my_time{a:b, c:d e}", "my_counter{a:b}"];
        let metrics = Metrics::new(MetricsConfig {
            registry: Arc::new(registry),
            interner: Arc::new(TagInterner::new()),
            system_tags: SystemTags::EMPTY,
            submetrics: keys.map(|key| MetricKey::parse(key).unwrap()).to_vec(),
            shards: 1,
            mode: SummaryMode::Compact,
            tap: Some(Pressure::new(|| {})),
        });
        let collectors = serde_json::Map::new();
        let surroundings = Surroundings {
            env: &|_| None,
            collectors: &collectors,
        };
        let mut output = create(&format!("hdr={argument}"), &surroundings).unwrap();
        let context = OutputContext {
            folder: std::path::Path::new("").into(),
            metrics: Arc::clone(&metrics),
            thresholds: Arc::new(ThresholdSet::default()),
            system_tags: SystemTags::EMPTY,
            script: "x.js".into(),
            options: "{}".into(),
            run: Arc::new(Nothing),
        };
        output.start(&context).unwrap();
        Self { metrics, output }
    }

    fn add(&self, name: &str, value: f64, tags: &[(&str, &str)]) {
        let id = self.metrics.registry().get(name).unwrap().id;
        let tags = self.metrics.tags().extend(&Tags::default(), tags);
        self.metrics.shard(0).lock().add(id, &tags, value);
    }

    fn fetch(&mut self) -> Result<(), Failure> {
        let mut result = Ok(());
        let (metrics, output) = (&self.metrics, &mut self.output);
        metrics.drain(|samples| result = output.add_samples(&samples));
        result
    }
}

struct Line {
    tag: String,
    begin: Duration,
    length: Duration,
    max: f64,
    histogram: Histogram<u64>,
}

fn read(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut moments: Vec<Duration> = Vec::new();
    for entry in IntervalLogIterator::new(text.as_bytes()) {
        match entry.unwrap() {
            LogEntry::StartTime(time) | LogEntry::BaseTime(time) => moments.push(time),
            LogEntry::Interval(interval) => {
                let bytes = base64::prelude::BASE64_STANDARD
                    .decode(interval.encoded_histogram())
                    .unwrap();
                lines.push(Line {
                    tag: interval.tag().unwrap().as_str().to_owned(),
                    begin: interval.start_timestamp(),
                    length: interval.duration(),
                    max: interval.max(),
                    histogram: Deserializer::new().deserialize(&mut &*bytes).unwrap(),
                });
            }
        }
    }
    let [start, base]: [Duration; 2] = moments.try_into().unwrap();
    assert_eq!(start, base);
    assert!(start.as_secs() > 1_700_000_000);
    lines
}

fn counts(lines: &[Line]) -> BTreeMap<&str, u64> {
    let mut counts = BTreeMap::new();
    for line in lines {
        *counts.entry(&*line.tag).or_default() += line.histogram.len();
    }
    counts
}

#[test]
fn trends_and_their_submetrics_have_lines_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.hlog.gz");
    let mut run = Run::start(path.to_str().unwrap());
    run.add("my_time", 0.25, &[("a", "b"), ("c", "d e")]);
    run.add("my_time", 20.0, &[("a", "b"), ("c", "x")]);
    run.add("my_time", 1000.0, &[]);
    run.add("my_size", 1500.0, &[("a", "b")]);
    run.add("my_number", 0.5, &[]);
    run.add("my_counter", 3.0, &[("a", "b")]);
    run.fetch().unwrap();
    run.output.flush().unwrap();
    run.output.stop().unwrap();

    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    let mut decoder = flate2::read::GzDecoder::new(file);
    std::io::Read::read_to_string(&mut decoder, &mut text).unwrap();
    assert!(text.starts_with("#[Histogram log format version 1.3]\n#[StartTime: "));
    let lines = read(&text);
    let expected = [
        ("my_number", 1),
        ("my_size", 1),
        ("my_time", 3),
        ("my_time{a:b%2C%20c:d%20e}", 1),
        ("my_time{a:b}", 2),
    ];
    assert_eq!(counts(&lines), BTreeMap::from(expected));
    let of = |tag: &str| lines.iter().find(|line| line.tag == tag).unwrap();
    let time = &of("my_time").histogram;
    for nanoseconds in [250_000, 20_000_000, 1_000_000_000] {
        assert_eq!(time.count_at(nanoseconds), 1, "{nanoseconds}");
    }
    assert!((of("my_time").max / 1000.0 - 1.0).abs() < 0.001);
    assert!((of("my_time{a:b}").max / 20.0 - 1.0).abs() < 0.001);
    assert_eq!(of("my_size").histogram.count_at(1500), 1);
    assert_eq!(of("my_number").histogram.count_at(500), 1);
}

#[test]
fn samples_are_in_the_interval_of_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.hlog");
    let mut run = Run::start(&format!("fileName={},interval=20ms", path.display()));
    for round in 0..30_u32 {
        for n in 0..=round {
            run.add("my_time", f64::from(n) + 0.5, &[]);
        }
        // Some wait for longer than an interval.
        if round % 5 == 0 {
            run.fetch().unwrap();
        }
        if round == 20 {
            run.output.flush().unwrap();
            // What is over is there before the end.
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!read(&text).is_empty());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    run.fetch().unwrap();
    run.output.flush().unwrap();
    run.output.stop().unwrap();
    let lines = read(&std::fs::read_to_string(path).unwrap());
    assert_eq!(counts(&lines)["my_time"], 30 * 31 / 2);
    let begins: Vec<_> = lines.iter().map(|line| line.begin).collect();
    assert!(begins.is_sorted_by(|a, b| a < b), "{begins:?}");
    // Each round took 20 ms at least.
    assert!(lines.len() > 15, "{}", lines.len());
    assert!(begins[begins.len() - 1] >= Duration::from_millis(560));
    for line in &lines {
        assert!(
            line.begin.as_millis().is_multiple_of(20),
            "{:?}",
            line.begin
        );
        assert!(line.length <= Duration::from_millis(20));
    }
    // More and more per interval: the last ones have the largest values.
    let largest = lines.iter().map(|line| line.max).fold(0.0, f64::max);
    assert!((largest / 29.5 - 1.0).abs() < 0.001);
    assert!(lines[0].max < 15.0, "{}", lines[0].max);
}

#[test]
fn what_the_form_cannot_hold_is_lost_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.hlog");
    let mut run = Run::start(path.to_str().unwrap());
    for value in [-1.0, 4.0, f64::INFINITY] {
        run.add("my_time", value, &[("a", "b")]);
    }
    run.fetch().unwrap();
    let failure = run.output.stop().unwrap_err();
    assert_eq!(
        failure,
        Failure {
            message: "my_time has values that are negative or too large for an HDR histogram"
                .into(),
            lost: 2
        }
    );
    let lines = read(&std::fs::read_to_string(path).unwrap());
    let expected = [("my_time", 1), ("my_time{a:b}", 1)];
    assert_eq!(counts(&lines), BTreeMap::from(expected));
}

#[test]
fn a_full_disk_loses_samples_of_trends() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let mut run = Run::start("/dev/full");
    for n in 0..10 {
        run.add("my_time", f64::from(n), &[("a", "b")]);
        run.add("my_counter", 1.0, &[("a", "b")]);
    }
    run.fetch().unwrap();
    let failure = run.output.stop().unwrap_err();
    assert!(failure.message.starts_with("write /dev/full"), "{failure}");
    assert_eq!(failure.lost, 10);
}

#[test]
fn folded_tag_sets_match_their_submetrics() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.hlog");
    let mut run = Run::start(path.to_str().unwrap());
    let tags = |n: usize| {
        let n = n.to_string();
        run.metrics.tags().extend(&Tags::default(), &[("n", &*n)])
    };
    (0..SERIES_LIMIT).for_each(|n| drop(tags(n)));
    assert!(!tags(SERIES_LIMIT + 1).is_kept());
    for n in 0..4 {
        let id = (SERIES_LIMIT + n).to_string();
        let a = if n % 2 == 0 { "b" } else { "x" };
        run.add("my_time", 7.0, &[("id", &id), ("a", a)]);
    }
    run.metrics
        .shard(0)
        .lock()
        .iteration(Tags::default().id(), 3.0);
    run.fetch().unwrap();
    run.output.stop().unwrap();
    let lines = read(&std::fs::read_to_string(path).unwrap());
    let expected = [
        ("iteration_duration", 1),
        ("my_time", 4),
        ("my_time{a:b}", 2),
    ];
    assert_eq!(counts(&lines), BTreeMap::from(expected));
    assert!(run.metrics.registry().has(builtin::ITERATION_DURATION));
}
