//! From samples to snapshots and thresholds, through the public interface only.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly too"
)]

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use runner_metrics::threshold::Definition;
use runner_metrics::{
    HttpSample, Kind, Metrics, MetricsConfig, Registry, Snapshot, SummaryMode, SystemTags,
    TagInterner, ThresholdSet, Unit, Values, builtin,
};

fn thresholds(list: &[(&str, &str)]) -> ThresholdSet {
    ThresholdSet::new(list.iter().map(|(key, expression)| Definition {
        key: (*key).into(),
        expression: (*expression).into(),
        ..Definition::default()
    }))
    .unwrap()
}

fn metrics(thresholds: &ThresholdSet, shards: usize, mode: SummaryMode) -> Arc<Metrics> {
    let registry = Registry::new();
    for (name, kind) in [
        ("my_counter", Kind::Counter),
        ("my_gauge", Kind::Gauge),
        ("my_rate", Kind::Rate),
        ("my_trend", Kind::Trend),
    ] {
        registry.define(name, kind, Unit::Plain).unwrap();
    }
    Metrics::new(MetricsConfig {
        registry: Arc::new(registry),
        interner: Arc::new(TagInterner::new()),
        system_tags: SystemTags::default(),
        submetrics: thresholds.keys().to_vec(),
        shards,
        mode,
        tap: None,
    })
}

fn add(metrics: &Metrics, shard: u64, name: &str, value: f64, tags: &[(&str, &str)]) {
    let id = metrics.registry().get(name).unwrap().id;
    let tags = metrics.tags().intern(tags.iter().copied());
    metrics.shard(shard).lock().add(id, tags, value);
}

fn count(values: &Values) -> f64 {
    match values {
        Values::Counter { count } => *count,
        other => panic!("{other:?}"),
    }
}

/// Everything in a snapshot that is the same however samples were spread over shards.
fn digest(snapshot: &Snapshot) -> Vec<String> {
    let values = |name: &str, values: &Values| match values {
        Values::Trend(t) => {
            format!(
                "{name} {} {} {} {} {}",
                t.count(),
                t.min(),
                t.med(),
                t.max(),
                t.sum()
            )
        }
        other => format!("{name} {other:?}"),
    };
    let mut lines = Vec::new();
    for metric in &snapshot.metrics {
        lines.push(values(&metric.name, &metric.values));
        lines.extend(
            metric
                .submetrics
                .iter()
                .map(|sub| values(&sub.name, &sub.values)),
        );
    }
    for scenario in &snapshot.scenarios {
        lines.push(format!("scenario {} {:?}", scenario.name, scenario.checks));
        lines.extend(
            scenario
                .metrics
                .iter()
                .map(|metric| values(&metric.name, &metric.values)),
        );
    }
    lines.push(format!("{:?} {:?}", snapshot.checks, snapshot.root_group));
    lines
}

#[test]
fn a_request_is_nine_samples_and_its_submetrics() {
    let set = thresholds(&[
        ("http_req_duration{status:200}", "avg<1"),
        ("http_reqs{status:404,method:GET}", "count>1"),
        ("http_reqs{method:GET,status:404}", "count>2"),
    ]);
    let metrics = metrics(&set, 2, SummaryMode::Compact);
    for (shard, status, failed) in [
        (0, "200", Some(false)),
        (1, "404", Some(true)),
        (0, "404", None),
    ] {
        let expected = if failed == Some(true) {
            "false"
        } else {
            "true"
        };
        let tags = [
            ("status", status),
            ("method", "GET"),
            ("expected_response", expected),
        ];
        let sample = HttpSample {
            tags: metrics.tags().intern(tags).into(),
            duration: 6.0,
            blocked: 1.0,
            connecting: 2.0,
            tls_handshaking: 3.0,
            sending: 1.5,
            waiting: 2.5,
            receiving: 2.0,
            failed,
        };
        metrics.shard(shard).lock().http(&sample);
    }
    let snapshot = metrics.snapshot();
    let reqs = snapshot.get(builtin::HTTP_REQS).unwrap();
    assert_eq!(count(&reqs.values), 3.0);
    // Two keys with the same tags are one submetric.
    assert_eq!(reqs.submetrics.len(), 1);
    assert_eq!(
        &*reqs.submetrics[0].name,
        "http_reqs{status:404,method:GET}"
    );
    assert_eq!(count(&reqs.submetrics[0].values), 2.0);
    let duration = snapshot.metric("http_req_duration").unwrap();
    let counts: Vec<_> = duration
        .submetrics
        .iter()
        .map(|sub| match &sub.values {
            Values::Trend(trend) => (&*sub.suffix, trend.count(), trend.max()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        counts,
        [("status:200", 1, 6.0), ("expected_response:true", 2, 6.0)]
    );
    let Values::Rate { trues, total } = snapshot.metric("http_req_failed").unwrap().values else {
        panic!()
    };
    assert_eq!((trues, total), (1, 2));
    for (name, value) in [
        ("tls_handshaking", 3.0),
        ("sending", 1.5),
        ("receiving", 2.0),
    ] {
        let metric = snapshot.metric(&format!("http_req_{name}")).unwrap();
        let Values::Trend(trend) = &metric.values else {
            panic!()
        };
        assert_eq!((trend.count(), trend.avg()), (3, value), "{name}");
    }
    let results = set.evaluate(&snapshot, Duration::from_secs(1));
    let ok: Vec<bool> = results.iter().map(|result| result.ok).collect();
    assert_eq!(ok, [false, true, false]);
}

#[test]
fn checks_keep_the_order_of_their_first_use() {
    let metrics = metrics(&ThresholdSet::default(), 2, SummaryMode::Compact);
    let calls = [
        (1, "", "zeta", true),
        (0, "::a::b", "alpha", false),
        (1, "::a", "zeta", false),
        (0, "", "zeta", true),
        (1, "::a::b", "alpha", true),
    ];
    for (shard, group, name, passed) in calls {
        // Without a `check` tag all of them carry the same set.
        metrics
            .shard(shard)
            .lock()
            .check(group, name, passed, runner_metrics::TagSetId::EMPTY);
    }
    let snapshot = metrics.snapshot();
    let list: Vec<_> = snapshot
        .checks
        .iter()
        .map(|check| (&*check.name, check.passes, check.fails))
        .collect();
    assert_eq!(list, [("zeta", 2, 1), ("alpha", 1, 1)]);
    let root = &snapshot.root_group;
    assert_eq!(
        (root.checks[0].passes, root.checks.len(), root.groups.len()),
        (2, 1, 1)
    );
    let a = &root.groups[0];
    assert_eq!((a.path.as_str(), a.checks[0].fails), ("::a", 1));
    assert_eq!(
        (a.groups[0].name.as_str(), a.groups[0].path.as_str()),
        ("b", "::a::b")
    );
    assert_eq!(a.groups[0].checks.len(), 1);
    let Values::Rate { trues, total } = snapshot.get(builtin::CHECKS).unwrap().values else {
        panic!()
    };
    assert_eq!((trues, total), (3, 5));
}

#[test]
fn full_mode_has_sections_of_scenarios_and_groups() {
    let metrics = metrics(&ThresholdSet::default(), 1, SummaryMode::Full);
    add(&metrics, 0, "my_counter", 1.0, &[("group", "::setup")]);
    add(
        &metrics,
        0,
        "my_counter",
        2.0,
        &[("scenario", "default"), ("group", "::g::h")],
    );
    add(
        &metrics,
        0,
        "my_counter",
        4.0,
        &[("scenario", "zed"), ("group", "")],
    );
    add(
        &metrics,
        0,
        "my_counter",
        8.0,
        &[("scenario", "zed"), ("group", "::g")],
    );
    let snapshot = metrics.snapshot();
    assert_eq!(count(&snapshot.metric("my_counter").unwrap().values), 15.0);
    assert_eq!(snapshot.groups.len(), 1);
    assert!(snapshot.groups[0].metrics.is_empty());
    let inner = &snapshot.groups[0].groups[0];
    assert_eq!(
        (inner.path.as_str(), count(&inner.metrics[0].values)),
        ("::g::h", 2.0)
    );
    assert_eq!(snapshot.scenarios.len(), 1);
    let zed = &snapshot.scenarios[0];
    assert_eq!(
        (zed.name.as_str(), count(&zed.metrics[0].values)),
        ("zed", 12.0)
    );
    assert_eq!(count(&zed.groups[0].metrics[0].values), 8.0);
}

#[test]
fn thresholds_of_empty_metrics() {
    let set = thresholds(&[
        ("my_counter", "count>0"),
        ("my_counter", "rate>=0"),
        ("my_gauge", "value<1"),
        ("my_rate", "rate>0.99"),
        ("my_trend", "p(95)<3"),
        ("my_trend{a:b}", "avg>0"),
    ]);
    let metrics = metrics(&set, 1, SummaryMode::Compact);
    assert_eq!(set.validate(metrics.registry()), Ok(()));
    let results = set.evaluate(&metrics.snapshot(), Duration::from_secs(2));
    let ok: Vec<_> = results
        .iter()
        .map(|result| (result.ok, result.observed))
        .collect();
    let expected = [
        (false, 0.0),
        (true, 0.0),
        (true, 0.0),
        (true, 0.0),
        (true, 0.0),
        (false, 0.0),
    ];
    assert_eq!(ok, expected);
}

#[test]
fn a_counter_rate_is_per_second_of_the_test() {
    let set = thresholds(&[("my_counter", "rate>=2"), ("my_counter", "rate>100")]);
    let metrics = metrics(&set, 1, SummaryMode::Compact);
    add(&metrics, 0, "my_counter", 5.0, &[]);
    let snapshot = metrics.snapshot();
    let results = set.evaluate(&snapshot, Duration::from_millis(2500));
    assert_eq!(
        (results[0].ok, results[0].observed, results[1].ok),
        (true, 2.0, false)
    );
    // Over no time there is nothing to judge.
    assert!(set.evaluate(&snapshot, Duration::ZERO)[1].ok);
}

#[test]
fn validation_names_every_wrong_threshold() {
    let set = thresholds(&[
        ("nope", "count>1"),
        ("my_counter", "avg>1"),
        ("my_trend", "count>1"),
    ]);
    let errors = set.validate(&metrics(&set, 1, SummaryMode::Compact).registry().clone());
    let messages: Vec<String> = errors
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        messages,
        [
            "threshold key \"nope\" names a metric that does not exist: declare it in the \
             script's init code, or correct the name",
            "threshold \"avg>1\" of \"my_counter\" cannot be computed, as the metric is a \
             counter: use count, rate",
            "threshold \"count>1\" of \"my_trend\" cannot be computed, as the metric is a \
             trend: use avg, min, max, med, p(N)",
        ]
    );
}

#[test]
fn what_is_no_number_is_ignored_and_infinity_counts() {
    let metrics = metrics(&ThresholdSet::default(), 1, SummaryMode::Compact);
    for value in [f64::NAN, f64::INFINITY, 3.0] {
        add(&metrics, 0, "my_trend", value, &[]);
    }
    let snapshot = metrics.snapshot();
    let Values::Trend(trend) = &snapshot.metric("my_trend").unwrap().values else {
        panic!()
    };
    assert_eq!((trend.count(), trend.max()), (2, f64::INFINITY));
}

proptest! {
    #[test]
    fn shards_add_up_to_what_one_shard_knows(
        samples in prop::collection::vec(
            (0_u64..5, 0_usize..4, -50_i32..50, 0_usize..4, any::<bool>()),
            0..300,
        ),
    ) {
        let names = ["my_counter", "my_gauge", "my_rate", "my_trend"];
        let tags: [&[(&str, &str)]; 4] = [
            &[],
            &[("a", "b")],
            &[("a", "b"), ("scenario", "s"), ("group", "::g")],
            &[("scenario", "default"), ("group", "::g::h")],
        ];
        let set = thresholds(&[("my_counter{a:b}", "count>0"), ("my_trend{scenario:s}", "max>0")]);
        let one = metrics(&set, 1, SummaryMode::Full);
        let many = metrics(&set, 3, SummaryMode::Full);
        for (shard, metric, value, tag, check) in &samples {
            for metrics in [&one, &many] {
                add(metrics, *shard, names[*metric], f64::from(*value), tags[*tag]);
                let id = metrics.tags().intern(tags[*tag].iter().copied());
                let group = if *tag == 2 { "::g" } else { "" };
                metrics.shard(*shard).lock().check(group, names[*metric], *check, id);
            }
        }
        prop_assert_eq!(digest(&one.snapshot()), digest(&many.snapshot()));
    }

    #[test]
    fn submetrics_match_as_a_plain_filter_would(
        sets in prop::collection::vec(
            prop::collection::btree_map("[ab]", "[xy]", 0..3), 1..20,
        ),
    ) {
        let set = thresholds(&[("my_counter{a:x}", "count>0"), ("my_counter{a:x,b:y}", "count>0")]);
        let metrics = metrics(&set, 1, SummaryMode::Compact);
        for tags in &sets {
            let pairs: Vec<_> = tags.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            add(&metrics, 0, "my_counter", 1.0, &pairs);
        }
        let has = |tags: &std::collections::BTreeMap<String, String>, key: &str, value: &str| {
            tags.get(key).is_some_and(|found| found == value)
        };
        let a = sets.iter().filter(|tags| has(tags, "a", "x"));
        let both = a.clone().filter(|tags| has(tags, "b", "y")).count();
        let snapshot = metrics.snapshot();
        let submetrics = &snapshot.metric("my_counter").unwrap().submetrics;
        prop_assert_eq!(count(&submetrics[0].values), a.count() as f64);
        prop_assert_eq!(count(&submetrics[1].values), both as f64);
    }
}
