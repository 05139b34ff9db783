//! Differences between processes: however samples are dealt over processes, shards and moments,
//! whoever adds the differences up knows what one process would have known.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

use std::sync::Arc;

use proptest::prelude::*;
use runner_metrics::threshold::{Definition, MetricKey};
use runner_metrics::{
    ApplyError, Delta, Differences, Kind, Metrics, MetricsConfig, Registry, SERIES_LIMIT, Snapshot,
    SourceId, SummaryMode, SystemTags, TagInterner, Tags, ThresholdSet, TrendValues, Unit, Values,
    builtin,
};

const NAMES: [&str; 4] = ["my_counter", "my_gauge", "my_rate", "my_trend"];

const TAGS: [&[(&str, &str)]; 4] = [
    &[],
    &[("a", "b")],
    &[("a", "b"), ("scenario", "s"), ("group", "::g")],
    &[("scenario", "default"), ("group", "::g::h")],
];

fn metrics(shards: usize, mode: SummaryMode) -> Arc<Metrics> {
    let registry = Registry::new();
    for (name, kind) in NAMES
        .iter()
        .zip([Kind::Counter, Kind::Gauge, Kind::Rate, Kind::Trend])
    {
        registry.define(name, kind, Unit::Plain).unwrap();
    }
    let submetrics = ["my_counter{a:b}", "my_trend{scenario:s}", "my_gauge{a:b}"];
    Metrics::new(MetricsConfig {
        registry: Arc::new(registry),
        interner: Arc::new(TagInterner::new()),
        system_tags: SystemTags::default(),
        submetrics: submetrics
            .map(|key| MetricKey::parse(key).unwrap())
            .to_vec(),
        shards,
        mode,
        tap: None,
    })
}

fn add(metrics: &Metrics, shard: u64, name: &str, value: f64, tags: &[(&str, &str)]) {
    let id = metrics.registry().get(name).unwrap().id;
    let tags = metrics.tags().extend(&Tags::default(), tags);
    metrics.shard(shard).lock().add(id, &tags, value);
}

fn trend(values: &Values) -> &TrendValues {
    match values {
        Values::Trend(trend) => trend,
        other => panic!("{other:?}"),
    }
}

/// Everything in a snapshot, in words. Values are whole numbers, so that their sums do not depend
/// on the order of the additions.
fn digest(snapshot: &Snapshot) -> Vec<String> {
    let values = |name: &str, values: &Values| match values {
        Values::Trend(t) => {
            let percentiles = [0.0, 10.0, 50.0, 90.0, 99.9, 100.0].map(|p| t.percentile(p));
            format!("{name} {} {} {percentiles:?}", t.count(), t.sum())
        }
        other => format!("{name} {other:?}"),
    };
    let mut lines = Vec::new();
    for metric in &snapshot.metrics {
        lines.push(values(&metric.name, &metric.values));
        for sub in &metric.submetrics {
            lines.push(format!(
                "{} {}",
                values(&sub.name, &sub.values),
                sub.observed
            ));
        }
    }
    lines.push(format!("{:?} {:?}", snapshot.checks, snapshot.root_group));
    let groups = snapshot.groups.iter();
    let of_scenarios = snapshot.scenarios.iter().flat_map(|one| {
        lines.push(format!("scenario {} {:?}", one.name, one.checks));
        lines.extend(one.metrics.iter().map(|m| values(&m.name, &m.values)));
        &one.groups
    });
    let of_scenarios: Vec<_> = of_scenarios.collect();
    for group in groups.chain(of_scenarios) {
        lines.push(format!("group {} {:?}", group.path, group.checks));
        lines.extend(group.metrics.iter().map(|m| values(&m.name, &m.values)));
        lines.extend(group.groups.iter().map(|group| group.path.clone()));
    }
    lines
}

/// A process, as its coordinator knows it.
struct Agent {
    metrics: Arc<Metrics>,
    differences: Differences,
}

impl Agent {
    fn new(source: u64, shards: usize, mode: SummaryMode) -> Self {
        let metrics = metrics(shards, mode);
        let differences = Differences::new(Arc::clone(&metrics), SourceId(source));
        Self {
            metrics,
            differences,
        }
    }

    /// Over the wire.
    fn send(&mut self, to: &Metrics) -> Delta {
        let taken = self.differences.take();
        let received = Delta::decode(&taken.encode()).unwrap();
        assert_eq!(received, taken);
        to.apply(&received).unwrap();
        received
    }
}

#[derive(Clone, Debug)]
enum Event {
    Sample(usize, u64, usize, i32, usize),
    Check(usize, u64, usize, bool, usize),
    Send(usize),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        8 => (0_usize..3, 0_u64..2, 0_usize..4, -50_i32..50, 0_usize..4)
            .prop_map(|(a, s, m, v, t)| Event::Sample(a, s, m, v, t)),
        2 => (0_usize..3, 0_u64..2, 0_usize..4, any::<bool>(), 0_usize..4)
            .prop_map(|(a, s, m, v, t)| Event::Check(a, s, m, v, t)),
        1 => (0_usize..3).prop_map(Event::Send),
    ];
    prop::collection::vec(event, 0..300)
}

proptest! {
    #[test]
    fn differences_add_up_to_the_whole(events in events(), full: bool) {
        let mode = if full { SummaryMode::Full } else { SummaryMode::Compact };
        let whole = metrics(1, mode);
        let sum = metrics(2, mode);
        let mut agents: Vec<_> = (0..3).map(|n| Agent::new(n, 2, mode)).collect();
        for event in &events {
            match *event {
                Event::Send(agent) => {
                    let delta = agents[agent].send(&sum);
                    // The second time it is noticed, and changes nothing.
                    let error = sum.apply(&delta).unwrap_err();
                    let is_repeated = matches!(error, ApplyError::Repeated { .. });
                    prop_assert!(is_repeated);
                }
                Event::Sample(agent, shard, metric, value, tags) => {
                    for metrics in [&whole, &agents[agent].metrics] {
                        add(metrics, shard, NAMES[metric], f64::from(value), TAGS[tags]);
                    }
                }
                Event::Check(agent, shard, name, passed, tags) => {
                    for metrics in [&whole, &agents[agent].metrics] {
                        let id = metrics.tags().intern(TAGS[tags].iter().copied());
                        let group = if tags == 2 { "::g" } else { "" };
                        metrics.shard(shard).lock().check(group, NAMES[name], passed, id);
                    }
                }
            }
        }
        let alone: Vec<_> = agents.iter().map(|agent| digest(&agent.metrics.snapshot())).collect();
        for agent in &mut agents {
            agent.send(&sum);
            prop_assert!(agent.differences.take().is_empty());
        }
        prop_assert_eq!(digest(&sum.snapshot()), digest(&whole.snapshot()));
        // Taking changes nothing where it was taken.
        for (agent, before) in agents.iter().zip(alone) {
            prop_assert_eq!(digest(&agent.metrics.snapshot()), before);
        }
    }
}

/// Trends that are too large to be kept, by shards and processes that become so at different
/// moments.
#[test]
fn large_trends_stay_within_a_thousandth() {
    let sum = metrics(1, SummaryMode::Compact);
    let mut agents: Vec<_> = (0..3)
        .map(|n| Agent::new(n, 2, SummaryMode::Compact))
        .collect();
    let mut values = Vec::new();
    let mut random = 1_u64;
    for round in 0..12 {
        for _ in 0..5_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let sign = if random & (1 << 40) == 0 { 1.0 } else { -1.0 };
            let exponent = (random >> 60) as i32 / 2 - 4;
            let fraction = (random >> 11) as f64 / (1_u64 << 53) as f64 + 0.1;
            let value = sign * fraction * 10_f64.powi(exponent);
            values.push(value);
            // The first has most, the last few.
            let agent = [0, 0, 0, 0, 1, 1, 2][(random >> 20) as usize % 7];
            add(&agents[agent].metrics, random >> 30, "my_trend", value, &[]);
        }
        agents[round % 3].send(&sum);
        if round == 6 {
            agents.iter_mut().for_each(|agent| drop(agent.send(&sum)));
        }
    }
    for agent in &mut agents {
        agent.send(&sum);
    }
    let snapshot = sum.snapshot();
    let found = trend(&snapshot.metric("my_trend").unwrap().values);
    values.sort_by(f64::total_cmp);
    assert_eq!(found.count(), values.len() as u64);
    assert_eq!(
        (found.min(), found.max()),
        (values[0], values[values.len() - 1])
    );
    let total: f64 = values.iter().sum();
    assert!((found.sum() - total).abs() <= total.abs() * 1e-9);
    for percent in [0.1, 1.0, 10.0, 33.3, 50.0, 66.7, 90.0, 99.0, 99.9] {
        let position = percent / 100.0 * (values.len() - 1) as f64;
        let (low, high) = (
            values[position.floor() as usize],
            values[position.ceil() as usize],
        );
        let exact = low + (high - low) * position.fract();
        let error = (found.percentile(percent) - exact).abs() / exact.abs();
        assert!(error <= 0.001, "p({percent}): {error}");
    }
}

#[test]
fn what_is_missing_or_early_is_noticed() {
    let sum = metrics(1, SummaryMode::Compact);
    let mut agent = Agent::new(7, 1, SummaryMode::Compact);
    let taken: Vec<Delta> = (0..3)
        .map(|n| {
            add(&agent.metrics, 0, "my_counter", f64::from(n) + 1.0, &[]);
            agent.differences.take()
        })
        .collect();
    assert_eq!((taken[1].source(), taken[1].sequence()), (SourceId(7), 1));
    let missing = |sequence, expected| {
        Err(ApplyError::Missing {
            source_id: 7,
            sequence,
            expected,
        })
    };
    assert_eq!(sum.apply(&taken[1]), missing(1, 0));
    assert_eq!(sum.apply(&taken[0]), Ok(()));
    assert_eq!(sum.apply(&taken[2]), missing(2, 1));
    assert_eq!(sum.apply(&taken[1]), Ok(()));
    let repeated = sum.apply(&taken[0]).unwrap_err().to_string();
    assert_eq!(
        repeated,
        "difference 0 of source 0000000000000007 was added before"
    );
    assert_eq!(sum.apply(&taken[2]), Ok(()));
    let snapshot = sum.snapshot();
    let values = &snapshot.metric("my_counter").unwrap().values;
    assert!(
        matches!(values, Values::Counter { count: 6.0 }),
        "{values:?}"
    );
}

/// Thresholds of whoever adds up, on samples that others recorded and some of its own.
#[test]
fn thresholds_see_what_was_received() {
    let definition = |key: &str, expression: &str| Definition {
        key: key.into(),
        expression: expression.into(),
        ..Definition::default()
    };
    let set = ThresholdSet::new([
        definition("my_trend", "med<10"),
        definition("my_counter{a:b}", "count<3"),
        definition("my_rate", "rate<1"),
    ])
    .unwrap();
    let sum = metrics(1, SummaryMode::Compact);
    let second = std::time::Duration::from_secs(1);
    for (source, value) in [(1, 1.0), (2, 20.0)] {
        let mut agent = Agent::new(source, 1, SummaryMode::Compact);
        add(&agent.metrics, 0, "my_trend", value, &[]);
        add(&agent.metrics, 0, "my_counter", 1.0, &[("a", "b")]);
        agent.send(&sum);
        // The agent's own thresholds see what it has told as well.
        let seen = agent.metrics.evaluate(&set, second);
        assert_eq!(
            seen.iter().map(|one| one.observed).collect::<Vec<_>>(),
            [value, 1.0]
        );
    }
    add(&sum, 0, "my_trend", 30.0, &[]);
    add(&sum, 0, "my_counter", 1.0, &[("a", "b")]);
    let seen = sum.evaluate(&set, second);
    let seen: Vec<_> = seen.iter().map(|one| (one.observed, one.ok)).collect();
    assert_eq!(seen, [(20.0, false), (3.0, false)]);
}

#[test]
fn metrics_come_with_the_difference_or_must_be_the_same() {
    let sum = metrics(1, SummaryMode::Compact);
    let mut agent = Agent::new(1, 1, SummaryMode::Compact);
    let registry = agent.metrics.registry();
    registry.define("theirs", Kind::Trend, Unit::Time).unwrap();
    add(&agent.metrics, 0, "theirs", 3.0, &[]);
    agent.send(&sum);
    let snapshot = sum.snapshot();
    let theirs = snapshot.metric("theirs").unwrap();
    assert_eq!(
        (theirs.unit, trend(&theirs.values).max()),
        (Unit::Time, 3.0)
    );

    let mut agent = Agent::new(2, 1, SummaryMode::Compact);
    let registry = agent.metrics.registry();
    registry.define("theirs", Kind::Gauge, Unit::Time).unwrap();
    add(&agent.metrics, 0, "theirs", 3.0, &[]);
    add(&agent.metrics, 0, "my_counter", 1.0, &[]);
    let delta = agent.differences.take();
    let error = sum.apply(&delta).unwrap_err().to_string();
    assert!(error.contains("already declared as trend"), "{error}");
    // Nothing of it was added, and it is not counted as added.
    assert!(!sum.snapshot().metric("my_counter").unwrap().observed);
    assert_eq!(sum.apply(&delta).unwrap_err().to_string(), error);
}

/// Endless tag sets in two processes, half of which both have.
#[test]
fn folded_sets_count_as_they_do_in_one_process() {
    let sum = metrics(1, SummaryMode::Full);
    let mut agents: Vec<_> = (0..2)
        .map(|n| Agent::new(n, 2, SummaryMode::Full))
        .collect();
    let each = SERIES_LIMIT as u64 * 5 / 4;
    for (at, agent) in agents.iter_mut().enumerate() {
        let first = at as u64 * each / 2;
        for n in first..first + each {
            let id = n.to_string();
            let a = if n % 2 == 0 { "b" } else { "c" };
            let tags = [("id", &*id), ("a", a), ("scenario", "s"), ("group", "::g")];
            add(&agent.metrics, n, "my_counter", 1.0, &tags);
            if n % 50_000 == 0 {
                agent.send(&sum);
            }
        }
        agent.send(&sum);
    }
    let snapshot = sum.snapshot();
    let count = |values: &Values| match values {
        Values::Counter { count } => *count as u64,
        other => panic!("{other:?}"),
    };
    let counter = snapshot.metric("my_counter").unwrap();
    assert_eq!(count(&counter.values), 2 * each);
    assert_eq!(count(&counter.submetrics[0].values), each);
    let group = &snapshot.scenarios[0].groups[0];
    assert_eq!(count(&group.metrics[0].values), 2 * each);
    let distinct = sum.tags().distinct() as f64;
    let error = distinct / (each as f64 * 1.5) - 1.0;
    assert!(error.abs() < 0.06, "{distinct}");
    // Alone, an agent knows what it keeps exactly.
    assert!(agents[0].metrics.tags().distinct() > SERIES_LIMIT);
}

#[test]
fn whoever_adds_up_hears_of_too_many_sets() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static WARNED: AtomicUsize = AtomicUsize::new(0);
    let interner = TagInterner::with_warning(Box::new(|count| {
        assert!(count > SERIES_LIMIT);
        WARNED.fetch_add(1, Ordering::Relaxed);
    }));
    let sum = Metrics::new(MetricsConfig {
        registry: Arc::new(Registry::new()),
        interner: Arc::new(interner),
        system_tags: SystemTags::default(),
        submetrics: Vec::new(),
        shards: 1,
        mode: SummaryMode::Compact,
        tap: None,
    });
    for source in 0..3 {
        let mut agent = Agent::new(source, 1, SummaryMode::Compact);
        for n in 0..SERIES_LIMIT as u64 * 2 / 5 {
            let id = (source << 32 | n).to_string();
            let tags = agent.metrics.tags().extend(&Tags::default(), &[("id", id)]);
            agent.metrics.shard(0).lock().add(builtin::VUS, &tags, 1.0);
        }
        agent.send(&sum);
    }
    assert_eq!(WARNED.load(Ordering::Relaxed), 1);
}
