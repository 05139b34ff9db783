//! Measures what it costs to tell another process what was measured: for a second of HTTP requests
//! of a process, how large a difference is, and how long it takes to take, to write, to read and to
//! add it.
//!
//!     cargo run --release -p runner-metrics --example differences
//!
//! Limits: one thread; values are random, so that histograms have more buckets than real ones.

use std::sync::Arc;
use std::time::Instant;

use runner_metrics::{
    Delta, Differences, HttpSample, Metrics, MetricsConfig, Registry, SourceId, SummaryMode,
    SystemTags, TagInterner,
};

const SECONDS: u32 = 20;

fn main() {
    for mode in [SummaryMode::Compact, SummaryMode::Full] {
        for requests in [100, 1_000, 10_000, 50_000] {
            measure(mode, requests);
        }
    }
}

fn metrics(mode: SummaryMode) -> Arc<Metrics> {
    Metrics::new(MetricsConfig {
        registry: Arc::new(Registry::new()),
        interner: Arc::new(TagInterner::new()),
        system_tags: SystemTags::default(),
        submetrics: Vec::new(),
        shards: 2,
        mode,
        tap: None,
    })
}

fn measure(mode: SummaryMode, requests: u32) {
    let agent = metrics(mode);
    let sum = metrics(mode);
    let mut differences = Differences::new(Arc::clone(&agent), SourceId(1));
    let tags = agent.tags().intern([
        ("scenario", "checkout"),
        ("group", "::basket"),
        ("expected_response", "true"),
    ]);
    let mut random = 1_u64;
    let mut first = 0;
    let mut last = (0, [0.0; 4]);
    for second in 0..SECONDS {
        for n in 0..requests {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let waiting = 0.05 * 1e4_f64.powf((random >> 11) as f64 / (1_u64 << 53) as f64);
            agent.shard(u64::from(n)).lock().http(&HttpSample {
                tags: tags.into(),
                duration: waiting + 0.03,
                blocked: 0.001,
                connecting: 0.0,
                tls_handshaking: 0.0,
                sending: 0.01,
                waiting,
                receiving: 0.02,
                failed: Some(false),
            });
        }
        let started = Instant::now();
        let delta = differences.take();
        let taken = started.elapsed();
        let bytes = delta.encode();
        let written = started.elapsed();
        let Ok(delta) = Delta::decode(&bytes) else {
            return;
        };
        let read = started.elapsed();
        if sum.apply(&delta).is_err() {
            return;
        }
        let added = started.elapsed();
        let times = [taken, written - taken, read - written, added - read];
        last = (bytes.len(), times.map(|time| time.as_secs_f64() * 1e6));
        if second == 0 {
            first = bytes.len();
        }
    }
    let (size, [take, write, read, add]) = last;
    println!(
        "{mode:?}, {requests:>6} requests/s: {first:>8} bytes at first, {size:>6} later; \
         take {take:>6.0} us, write {write:>5.0} us, read {read:>5.0} us, add {add:>5.0} us"
    );
}
