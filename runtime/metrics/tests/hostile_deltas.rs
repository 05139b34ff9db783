//! Bytes that are no difference, or not quite: reading them ends with an error or with something
//! that can be added, never with a panic, and takes memory in proportion to their number. Memory is
//! what the allocator was asked for at most at one time, counted by this test itself.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly too")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use proptest::prelude::*;
use runner_metrics::threshold::MetricKey;
use runner_metrics::{
    ApplyError, DecodeError, Delta, Differences, Kind, Metrics, MetricsConfig, Registry, SourceId,
    SummaryMode, SystemTags, TagInterner, Tags, Unit,
};

struct Counting;

thread_local! {
    static NOW: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(size: isize) {
    let now = NOW.get() + size;
    NOW.set(now);
    MOST.set(MOST.get().max(now));
}

// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as for the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as for the caller.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `step` returns, and how much memory it took at most.
fn measured<T>(step: impl FnOnce() -> T) -> (T, isize) {
    let before = NOW.get();
    MOST.set(before);
    let result = step();
    (result, MOST.get() - before)
}

fn metrics() -> Arc<Metrics> {
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
        submetrics: vec![MetricKey::parse("my_trend{a:b}").unwrap()],
        shards: 1,
        mode: SummaryMode::Full,
        tap: None,
    })
}

/// A difference with something of everything; `large` ones have a histogram.
fn valid(large: bool) -> Vec<u8> {
    let metrics = metrics();
    let base = [("a", "b"), ("scenario", "s"), ("group", "::g")];
    let tags = metrics.tags().extend(&Tags::default(), &base);
    let mut shard = metrics.shard(0).lock();
    for name in ["my_counter", "my_gauge", "my_rate", "my_trend"] {
        let id = metrics.registry().get(name).unwrap().id;
        for n in 0..if large { 20_000 } else { 5 } {
            let n = f64::from(n) - 2.0;
            // Histograms with few buckets, so that a mutation hits everything in turn.
            shard.add(id, &tags, if large { n % 5.0 } else { n });
        }
    }
    shard.check("::g", "is fine", true, &tags);
    drop(shard);
    Differences::new(metrics, SourceId(3)).take().encode()
}

/// Reads and adds; both may fail, and need little memory.
fn digest(bytes: &[u8]) -> Result<(), String> {
    let (decoded, most) = measured(|| Delta::decode(bytes));
    let allowed = 64 * bytes.len().cast_signed() + 4096;
    assert!(most <= allowed, "{most} for {} bytes", bytes.len());
    let delta = decoded.map_err(|error| error.to_string())?;
    let again = Delta::decode(&delta.encode());
    assert!(again.is_ok(), "{again:?}");
    let sum = metrics();
    sum.apply(&delta).map_err(|error| error.to_string())?;
    let second = sum.apply(&delta);
    assert!(matches!(second, Err(ApplyError::Repeated { .. })));
    let snapshot = sum.snapshot();
    assert!(snapshot.metric("my_trend").is_some());
    Ok(())
}

/// Without the number, so that whatever is wrong it can be added.
fn header() -> Vec<u8> {
    let mut empty = Differences::new(metrics(), SourceId(3)).take().encode();
    empty.truncate(13);
    empty
}

proptest! {
    #[test]
    fn arbitrary_bytes(bytes: Vec<u8>) {
        let _ = digest(&bytes);
        let mut versioned = header();
        versioned.extend(&bytes);
        let _ = digest(&versioned);
    }

    #[test]
    fn mutations(
        large: bool,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
        cuts: bool,
    ) {
        let mut bytes = valid(large);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = digest(&bytes);
    }
}

#[test]
fn every_byte_changed_and_every_end() {
    for large in [false, true] {
        let valid = valid(large);
        assert_eq!(digest(&valid), Ok(()));
        for at in 0..valid.len() {
            assert!(Delta::decode(&valid[..at]).is_err(), "{at}");
            for change in [1, 0x7f, 0x80, 0xff] {
                let mut bytes = valid.clone();
                bytes[at] ^= change;
                let _ = digest(&bytes);
            }
        }
    }
}

#[test]
fn what_is_wrong_is_said() {
    let valid = valid(false);
    let decode = |bytes: &[u8]| Delta::decode(bytes).unwrap_err();
    assert_eq!(decode(b""), DecodeError::Format);
    assert_eq!(decode(b"{\"a\": 1}"), DecodeError::Format);
    assert_eq!(decode(b"RMD"), DecodeError::Truncated);
    let mut newer = valid.clone();
    newer[3] = 9;
    assert_eq!(decode(&newer), DecodeError::Version(9));
    assert!(decode(&newer).to_string().contains("has version 9"));
    let longer = [&*valid, &[0, 0]].concat();
    assert_eq!(decode(&longer), DecodeError::Trailing(2));
}

/// A number of variable length.
fn number(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Sections by the thousand, each with a value in every power of two: some hundred kilobytes that
/// would take gigabytes.
#[test]
fn small_differences_that_would_grow_are_refused() {
    let sum = metrics();
    let mut bytes = header();
    let sections = 1_000_u64;
    number(&mut bytes, sections + 1);
    for text in std::iter::once("my_trend".to_owned()).chain((0..sections).map(|n| n.to_string())) {
        number(&mut bytes, text.len() as u64);
        bytes.extend(text.as_bytes());
    }
    bytes.extend([1, 0, 3]); // One metric: the first text, a trend.
    bytes.extend([0, 0]); // No totals, no submetrics.
    number(&mut bytes, sections);
    for section in 1..=sections {
        number(&mut bytes, section);
        number(&mut bytes, section);
        bytes.extend([1, 0, 1]); // One sink, of that metric, a histogram.
        bytes.extend([0.0, 1.0, 2.0_f64].map(f64::to_le_bytes).concat());
        let octaves = 600;
        number(&mut bytes, octaves);
        for octave in 0..octaves {
            number(&mut bytes, if octave == 0 { 1 << 10 } else { 1 << 9 });
            bytes.push(1);
        }
    }
    bytes.extend([0, 0, 0]);
    let delta = Delta::decode(&bytes).unwrap();
    let (result, most) = measured(|| sum.apply(&delta));
    assert!(
        matches!(result, Err(ApplyError::TooMuch("memory"))),
        "{result:?}"
    );
    assert!(most < 1 << 20, "{most}");
}
