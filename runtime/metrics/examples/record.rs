//! Measures what a sample costs: nanoseconds per HTTP request recorded (nine samples and one
//! submetric), per check, and per look-up of a known tag set; then memory after many samples.
//!
//!     cargo run --release -p runner-metrics --example record
//!
//! Limits: one thread, so it shows the cost of the work and not of contention.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use runner_metrics::{
    HttpSample, Metrics, MetricsConfig, Registry, SummaryMode, SystemTags, TagInterner, TagSetId,
    builtin, threshold::MetricKey,
};

const BATCHES: u32 = 100;
const ROUNDS: u32 = 20_000;

fn main() {
    for mode in [SummaryMode::Compact, SummaryMode::Full] {
        println!("{mode:?}");
        measure(mode);
    }
}

fn measure(mode: SummaryMode) {
    let submetrics = ["http_req_duration{status:200}", "http_reqs{scenario:other}"];
    let metrics = Metrics::new(MetricsConfig {
        registry: Arc::new(Registry::new()),
        interner: Arc::new(TagInterner::new()),
        system_tags: SystemTags::default(),
        submetrics: submetrics
            .iter()
            .filter_map(|key| MetricKey::parse(key).ok())
            .collect(),
        shards: 2,
        mode,
        tap: None,
    });
    let tags = metrics.tags();
    let base = tags.intern([("scenario", "checkout"), ("group", "::basket")]);
    let response: &[(&str, &str)] = &[
        ("expected_response", "true"),
        ("method", "GET"),
        ("name", "http://127.0.0.1:8080/"),
        ("proto", "HTTP/1.1"),
        ("status", "200"),
        ("url", "http://127.0.0.1:8080/"),
    ];
    let request = tags.with(base, response);
    let check = tags.with(base, &[("check", "status is 200")]);

    print("http", |n| {
        metrics.shard(0).lock().http(&sample(request, n))
    });
    print("check", |_| {
        metrics
            .shard(0)
            .lock()
            .check("::basket", "status is 200", true, check)
    });
    print("iteration", |n| {
        metrics.shard(0).lock().iteration(base, f64::from(n))
    });
    print("tag look-up, 6 tags", |_| {
        black_box(tags.with(base, black_box(response)));
    });
    print("tag look-up, 1 tag", |_| {
        black_box(tags.with(base, black_box(&[("check", "status is 200")])));
    });

    let started = Instant::now();
    let snapshot = metrics.snapshot();
    println!(
        "  {:<22} {:>8.2} ms",
        "snapshot",
        started.elapsed().as_secs_f64() * 1e3
    );
    let counted = snapshot
        .get(builtin::HTTP_REQS)
        .map(|metric| &metric.values);
    println!("  {counted:?}");
}

/// Latencies from 50 µs to about 25 ms.
fn sample(tags: TagSetId, n: u32) -> HttpSample<'static> {
    let random = f64::from(n.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24);
    let waiting = 0.05 + random * random * 25.0;
    HttpSample {
        tags: tags.into(),
        duration: waiting + 0.03,
        blocked: 0.001,
        connecting: 0.0,
        tls_handshaking: 0.0,
        sending: 0.01,
        waiting,
        receiving: 0.02,
        failed: Some(false),
    }
}

/// Prints the best of several batches, which other work on the machine disturbs least.
fn print(what: &str, mut step: impl FnMut(u32)) {
    let mut best = f64::INFINITY;
    for batch in 0..BATCHES {
        let started = Instant::now();
        for n in 0..ROUNDS {
            step(batch * ROUNDS + n);
        }
        best = best.min(started.elapsed().as_nanos() as f64 / f64::from(ROUNDS));
    }
    println!("  {what:<22} {best:>8.1} ns");
}
