//! Measures what it costs to write a sample: nanoseconds per sample of an HTTP request for each
//! built-in output, without the disk. With a folder the files are kept there.
//!
//!     cargo run --release -p runner-outputs --example write [FOLDER]

use std::sync::Arc;
use std::time::Instant;

use runner_metrics::{
    HttpSample, Metrics, MetricsConfig, Pressure, Registry, SummaryMode, SystemTags, TagInterner,
    ThresholdResult, ThresholdSet,
};
use runner_outputs::{OutputContext, RunView, Status, Surroundings, create};

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

fn main() {
    let metrics = Metrics::new(MetricsConfig {
        registry: Arc::new(Registry::new()),
        interner: Arc::new(TagInterner::new()),
        system_tags: SystemTags::default(),
        submetrics: Vec::new(),
        shards: 1,
        mode: SummaryMode::Compact,
        tap: Some(Pressure::new(|| {})),
    });
    let started = Instant::now();
    let samples = record(&metrics);
    let per = |what: &str, started: Instant| {
        let nanos = started.elapsed().as_nanos() as f64 / samples.len() as f64;
        println!("{what:<12} {nanos:>6.1} ns per sample");
    };
    per("record", started);
    let context = OutputContext {
        folder: std::path::Path::new("").into(),
        metrics,
        thresholds: Arc::new(ThresholdSet::default()),
        system_tags: SystemTags::default(),
        script: "x.js".into(),
        options: "{}".into(),
        run: Arc::new(Nothing),
    };
    let collectors = serde_json::Map::new();
    let surroundings = Surroundings {
        env: &|_| None,
        collectors: &collectors,
    };
    for name in ["json", "csv", "hdr"] {
        let file = std::env::args().nth(1).map_or_else(
            || "/dev/null".to_owned(),
            |folder| format!("{folder}/samples.{name}"),
        );
        let Ok(mut output) = create(&format!("{name}={file}"), &surroundings) else {
            continue;
        };
        if let Err(failure) = output.start(&context) {
            println!("{name}: {failure}");
        }
        let started = Instant::now();
        for _ in 0..10 {
            if let Err(failure) =
                output.add_samples(samples.get(..samples.len() / 10).unwrap_or_default())
            {
                println!("{name}: {failure}");
            }
        }
        per(name, started);
        if let Err(failure) = output.stop() {
            println!("{name}: {failure}");
        }
    }
}

/// As many samples as a shard holds.
fn record(metrics: &Metrics) -> Vec<runner_metrics::RawSample> {
    let tags = metrics.tags().intern([
        ("expected_response", "true"),
        ("group", ""),
        ("method", "GET"),
        ("name", "http://127.0.0.1:8080/"),
        ("proto", "HTTP/1.1"),
        ("scenario", "default"),
        ("status", "200"),
        ("url", "http://127.0.0.1:8080/"),
    ]);
    for n in 0..7_000_u32 {
        let waiting = 0.05 + f64::from(n) / 1234.567;
        metrics.shard(0).lock().http(&HttpSample {
            tags: tags.into(),
            duration: waiting + 0.03,
            blocked: 0.001_234,
            connecting: 0.0,
            tls_handshaking: 0.0,
            sending: 0.010_567,
            waiting,
            receiving: 0.023_456,
            failed: Some(false),
        });
    }
    let mut all = Vec::new();
    metrics.drain(|batch| all.extend(batch));
    all
}
