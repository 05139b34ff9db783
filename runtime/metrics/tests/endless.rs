//! Runs that never stop making new tags and samples: what is exact stays exact, and memory stays
//! bounded. Memory is what the allocator was asked for, counted by this test itself.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use runner_metrics::threshold::{Definition, MetricKey};
use runner_metrics::{
    Kind, Metrics, MetricsConfig, Registry, SummaryMode, SystemTags, TagInterner, Tags,
    ThresholdSet, Unit, Values, builtin,
};

struct Counting;

static ALLOCATED: AtomicIsize = AtomicIsize::new(0);

// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: as for the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size().cast_signed(), Ordering::Relaxed);
        // SAFETY: as for the caller.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One measurement at a time: the counter is that of the whole process.
static TURN: Mutex<()> = Mutex::new(());

const MIB: isize = 1 << 20;

fn metrics(interner: TagInterner, submetrics: &[&str]) -> Arc<Metrics> {
    let registry = Registry::new();
    registry.define("latency", Kind::Trend, Unit::Time).unwrap();
    registry
        .define("orders", Kind::Counter, Unit::Plain)
        .unwrap();
    Metrics::new(MetricsConfig {
        registry: Arc::new(registry),
        interner: Arc::new(interner),
        system_tags: SystemTags::default(),
        submetrics: submetrics
            .iter()
            .map(|key| MetricKey::parse(key).unwrap())
            .collect(),
        shards: 4,
        mode: SummaryMode::Full,
        tap: None,
    })
}

#[test]
fn a_million_distinct_tag_sets() {
    let _turn = TURN.lock();
    static WARNED: AtomicUsize = AtomicUsize::new(0);
    let interner = TagInterner::with_warning(Box::new(|count| {
        assert!(count > 100_000);
        WARNED.fetch_add(1, Ordering::Relaxed);
    }));
    let metrics = metrics(interner, &["orders{status:200}", "orders{id:999999}"]);
    let orders = metrics.registry().get("orders").unwrap().id;
    let base = Tags::from(metrics.tags().intern([
        ("scenario", "shop"),
        ("group", "::buy"),
        ("zone", "eu"),
    ]));
    let before = ALLOCATED.load(Ordering::Relaxed);
    let mut at_cap = 0;
    for n in 0..1_000_000_u64 {
        let status = if n % 2 == 0 { "200" } else { "500" };
        let tags = [("id", &*n.to_string()), ("status", status)];
        let tags = metrics.tags().extend(&base, &tags);
        metrics.shard(n).lock().add(orders, &tags, 1.0);
        if n == 150_000 {
            at_cap = ALLOCATED.load(Ordering::Relaxed) - before;
        }
    }
    let grown = ALLOCATED.load(Ordering::Relaxed) - before;
    assert!(grown < 64 * MIB, "{} MiB", grown / MIB);
    assert!(grown - at_cap < MIB, "{} after the limit", grown - at_cap);
    // At 100,000, 200,000, 400,000 and 800,000.
    assert_eq!(WARNED.load(Ordering::Relaxed), 4);

    let snapshot = metrics.snapshot();
    let orders = snapshot.metric("orders").unwrap();
    let count = |values: &Values| match values {
        Values::Counter { count } => *count,
        other => panic!("{other:?}"),
    };
    assert_eq!(count(&orders.values), 1e6);
    assert_eq!(count(&orders.submetrics[0].values), 5e5);
    assert_eq!(count(&orders.submetrics[1].values), 1.0);
    let group = &snapshot.scenarios[0].groups[0];
    assert_eq!(
        (&*group.path, count(&group.metrics[0].values)),
        ("::buy", 1e6)
    );
}

#[test]
fn more_groups_than_are_kept() {
    let _turn = TURN.lock();
    let metrics = metrics(TagInterner::new(), &["orders{status:200}"]);
    let orders = metrics.registry().get("orders").unwrap().id;
    let before = ALLOCATED.load(Ordering::Relaxed);
    let mut bounded = 0;
    for n in 0..350_000_u64 {
        let tags = [("group", &*format!("::{n}")), ("status", "200")];
        let tags = metrics.tags().extend(&Tags::default(), &tags);
        metrics.shard(0).lock().add(orders, &tags, 1.0);
        if n == 250_000 {
            bounded = ALLOCATED.load(Ordering::Relaxed) - before;
        }
    }
    let grown = ALLOCATED.load(Ordering::Relaxed) - before;
    assert!(grown - bounded < MIB, "{} after the limit", grown - bounded);
    let snapshot = metrics.snapshot();
    let Values::Counter { count } = snapshot.metric("orders").unwrap().submetrics[0].values else {
        panic!();
    };
    assert_eq!(count, 3.5e5);
}

/// Samples of trends with 20 custom tags, as many as a machine makes in some seconds: once the
/// histograms are there, nothing grows.
#[test]
fn trends_are_flat() {
    let _turn = TURN.lock();
    let metrics = metrics(TagInterner::new(), &["latency{t3:v3}"]);
    let latency = metrics.registry().get("latency").unwrap().id;
    let custom: Vec<_> = (0..20)
        .map(|n| (format!("t{n}"), format!("v{n}")))
        .collect();
    let mut random = 1_u64;
    let mut record = |samples: u64| {
        for n in 0..samples {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let tags = metrics.tags().extend(&Tags::default(), &custom);
            let value = (random >> 11) as f64 / (1_u64 << 53) as f64 * 1000.0;
            metrics.shard(n).lock().add(latency, &tags, value);
        }
    };
    record(1_000_000);
    let before = ALLOCATED.load(Ordering::Relaxed);
    record(2_000_000);
    let grown = ALLOCATED.load(Ordering::Relaxed) - before;
    assert!(grown < MIB / 4, "{grown} bytes");
}

#[test]
fn thresholds_while_the_run_goes_on() {
    let _turn = TURN.lock();
    let definition = |key: &str, expression: &str| Definition {
        key: key.into(),
        expression: expression.into(),
        abort_on_fail: true,
        delay_abort_eval: std::time::Duration::from_secs(3),
    };
    let set = ThresholdSet::new([
        definition("latency", "p(95)<10"),
        definition("latency{a:b}", "max<5"),
        definition("orders", "count>5"),
        definition("http_req_failed", "rate<0.5"),
    ])
    .unwrap();
    let metrics = metrics(TagInterner::new(), &["latency{a:b}"]);
    let seconds = std::time::Duration::from_secs;
    // No samples yet: nothing is judged.
    assert_eq!(metrics.evaluate(&set, seconds(2)), []);
    let latency = metrics.registry().get("latency").unwrap().id;
    let tagged = metrics.tags().intern([("a", "b")]);
    for n in 0..100 {
        let mut shard = metrics.shard(n).lock();
        shard.add(latency, tagged, 4.0);
        shard.add(latency, Tags::default().id(), 9.0);
        shard.add(builtin::HTTP_REQ_FAILED, tagged, 1.0);
    }
    let results = metrics.evaluate(&set, seconds(4));
    let told: Vec<_> = results
        .iter()
        .map(|result| (&*result.key, result.observed, result.ok))
        .collect();
    assert_eq!(
        told,
        [
            ("latency", 9.0, true),
            ("latency{a:b}", 4.0, true),
            ("http_req_failed", 1.0, false)
        ]
    );
    assert!(!results[2].aborts(seconds(3)) && results[2].aborts(seconds(4)));
    assert!(!results[0].aborts(seconds(9)));
}
