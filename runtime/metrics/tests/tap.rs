//! Raw samples: what a reader gets, in what order, and what becomes of those that it does not
//! fetch in time.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use runner_metrics::{
    Metrics, MetricsConfig, Pressure, Registry, SERIES_LIMIT, SummaryMode, SystemTags, TagInterner,
    TagSet, Tags, builtin,
};

fn metrics(tap: Option<Pressure>) -> Arc<Metrics> {
    Metrics::new(MetricsConfig {
        registry: Arc::new(Registry::new()),
        interner: Arc::new(TagInterner::new()),
        system_tags: SystemTags::default(),
        submetrics: Vec::new(),
        shards: 1,
        mode: SummaryMode::Compact,
        tap,
    })
}

#[test]
fn samples_have_tags_time_and_metadata() {
    let metrics = metrics(Some(Pressure::new(|| {})));
    let tags = metrics.tags().intern([("a", "1")]);
    let metadata = Arc::new(TagSet::from_pairs([("vu", "7")]));
    {
        let mut shard = metrics.shard(0).lock_with(Some(&metadata));
        shard.iteration(tags, 12.5);
        shard.add(builtin::VUS, tags, f64::NAN);
    }
    metrics.shard(0).lock().add(builtin::VUS, tags, 3.0);
    let mut all = Vec::new();
    assert_eq!(metrics.drain(|batch| all.extend(batch)), 0);
    let found: Vec<_> = all.iter().map(|s| (s.metric, s.value)).collect();
    assert_eq!(
        found,
        [
            (builtin::ITERATIONS, 1.0),
            (builtin::ITERATION_DURATION, 12.5),
            (builtin::VUS, 3.0)
        ]
    );
    assert_eq!(all[0].time, all[1].time);
    assert!(all[0].time > 1_700_000_000_000_000_000);
    assert_eq!(all[0].tags(metrics.tags()).get("a"), Some("1"));
    assert_eq!(all[1].metadata().unwrap().get("vu"), Some("7"));
    assert!(all[2].metadata().is_none());
    metrics.drain(|_| panic!("nothing is left"));
}

#[test]
fn without_a_tap_nothing_is_kept() {
    let metrics = metrics(None);
    metrics
        .shard(0)
        .lock()
        .add(builtin::VUS, Tags::default().id(), 1.0);
    assert!(!metrics.is_tapped());
    metrics.drain(|_| panic!("nothing is kept"));
}

#[test]
fn what_is_not_fetched_is_counted_and_the_reader_is_woken() {
    let woken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&woken);
    let metrics = metrics(Some(Pressure::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
    })));
    for n in 0..100_000 {
        metrics
            .shard(0)
            .lock()
            .add(builtin::VUS, Tags::default().id(), f64::from(n));
    }
    let mut kept = 0;
    let lost = metrics.drain(|batch| kept += batch.len() as u64);
    assert_eq!(kept + lost, 100_000);
    assert!(lost > 0 && kept > 50_000, "{kept} {lost}");
    assert_eq!(woken.load(Ordering::Relaxed), 1);
    assert_eq!(metrics.drain(|_| {}), 0);
}

#[test]
fn samples_beyond_the_limit_of_sets_have_all_their_tags() {
    let metrics = metrics(Some(Pressure::new(|| {})));
    let set = |n: usize| {
        let value = n.to_string();
        metrics.tags().extend(&Tags::default(), &[("n", &*value)])
    };
    (0..SERIES_LIMIT).for_each(|n| drop(set(n)));
    let tags = set(SERIES_LIMIT + 5);
    metrics.shard(0).lock().add(builtin::VUS, &tags, 1.0);
    let mut all = Vec::new();
    metrics.drain(|batch| all.extend(batch));
    assert_eq!(all[0].tags_id(), None);
    assert_eq!(all[0].tags(metrics.tags()).get("n"), Some("100005"));
}
