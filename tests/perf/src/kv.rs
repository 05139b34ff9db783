//! The key-value store: calls per second from JS over 50 VUs, in memory against floors of its own.
//! On disk it is held against plain fjall twice: from JS, and the store itself, without a script,
//! in this process. Plain fjall and the store run with as many threads as there are cores, the
//! same keys and values, and the same promise (written to the operating system).

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use fjall::{Database, KeyspaceCreateOptions};
use runner_kv::{Options, Store};

use crate::bench::{Bench, Load, Series, Who};
use crate::report::{Figure, Line, per_second};
use crate::rows::figure;
use crate::stats::median;

/// As in scripts/kv.js.
const KEYS: u64 = 10_000;
const CALLS: f64 = 100.0;
const STEP: u64 = 7_919;

const MEMORY_GET: f64 = 300_000.0;
const MEMORY_SET: f64 = 150_000.0;
/// Of what plain fjall does.
const DISK: f64 = 1.0 / 3.0;

/// All lines.
pub fn measure(bench: &Bench) -> Vec<Line> {
    let mut lines = vec![
        memory(bench, "get", MEMORY_GET),
        memory(bench, "set", MEMORY_SET),
    ];
    lines.extend(["get", "set"].into_iter().flat_map(|op| disk(bench, op)));
    lines
}

fn memory(bench: &Bench, op: &str, floor: f64) -> Line {
    let row = format!("kv memory {op}");
    let series = bench.race(&row, &[Who::Runner], bench.runs(), |_| {
        calls(bench, op, "memory")
    });
    let ours = figure(&series, Who::Runner);
    Line {
        floor: format!("≥ {}", per_second(floor)),
        met: match ours {
            Figure::Value(ours) => Some(ours >= floor),
            _ => None,
        },
        ..Line::rate(
            &format!("50 VUs, kv in memory, JS: {op}/s"),
            &ours,
            &Figure::Absent,
            floor,
        )
    }
}

/// From JS, and the store itself.
fn disk(bench: &Bench, op: &str) -> [Line; 2] {
    let (mut plain, mut store, mut failed) = (Vec::new(), Vec::new(), None);
    let mut ours: Vec<Series> = Vec::new();
    let time = Duration::from_secs(bench.seconds());
    for _ in 0..bench.runs() {
        match fjall(op, time) {
            Ok(rate) => plain.push(rate),
            Err(error) => failed = Some(format!("plain fjall: {error:#}")),
        }
        match alone(op, time) {
            Ok(rate) => store.push(rate),
            Err(error) => failed = Some(format!("the store: {error:#}")),
        }
        ours.extend(
            bench.race(&format!("kv disk {op}"), &[Who::Runner], 1, |_| {
                let folder = tempfile::tempdir()?;
                let store = folder.path().join("store");
                calls(bench, op, &store.display().to_string())
            }),
        );
    }
    let rates: Vec<f64> = ours
        .iter()
        .flat_map(|series| series.values.iter().copied())
        .collect();
    let value = |rates: &[f64], failed: Option<String>| match (failed, median(rates)) {
        (Some(reason), _) => Figure::Failed(reason),
        (None, Some(rate)) => Figure::Value(rate),
        (None, None) => Figure::Absent,
    };
    let fault = ours.into_iter().find_map(|series| series.failed);
    let plain = value(&plain, failed.clone());
    let line = |what: &str, ours: &Figure| Line {
        floor: "≥ 1/3 of plain fjall".to_owned(),
        ..Line::rate(
            &format!("{what}: {op}/s (against plain fjall)"),
            ours,
            &plain,
            DISK,
        )
    };
    [
        line("kv on disk, the store itself", &value(&store, failed)),
        line("50 VUs, kv on disk, JS", &value(&rates, fault)),
    ]
}

/// Calls per second of a run.
fn calls(bench: &Bench, op: &str, store: &str) -> Result<f64> {
    let load = Load {
        script: "kv.js",
        vus: 50,
        seconds: bench.seconds(),
        watch_memory: false,
    };
    let variables = [format!("OP={op}"), format!("STORE={store}")];
    let flags: Vec<&str> = variables.iter().flat_map(|v| ["-e", v]).collect();
    let outcome = bench.load_with(Who::Runner, &load, &flags)?;
    if outcome.log.contains("level=error") {
        bail!("{} logged errors", outcome.command);
    }
    let outcome = outcome.must_be_clean()?;
    let iterations = outcome
        .summary
        .iterations
        .ok_or_else(|| anyhow!("no iterations in the summary"))?;
    Ok(iterations.rate * CALLS)
}

fn value(at: u64) -> String {
    format!("{{\"id\":{at},\"name\":\"Alice\"}}")
}

/// Calls per second of fjall alone.
fn fjall(op: &str, time: Duration) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let db = Database::builder(folder.path()).open()?;
    let entries = db.keyspace("entries", KeyspaceCreateOptions::default)?;
    for at in 0..KEYS {
        entries.insert(format!("user:{at}"), value(at))?;
    }
    threads(time, |at| {
        let key = format!("user:{at}");
        if op == "get" {
            entries.get(key)?.context("a key is missing")?;
        } else {
            entries.insert(key, value(at))?;
        }
        Ok(())
    })
}

/// Calls per second of the store without a script.
fn alone(op: &str, time: Duration) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&Options::disk(folder.path().join("store")))?;
    for at in 0..KEYS {
        store.set(&format!("user:{at}"), value(at).into(), None)?;
    }
    threads(time, |at| {
        let key = format!("user:{at}");
        if op == "get" {
            store.get(&key)?;
        } else {
            store.set(&key, value(at).into(), None)?;
        }
        Ok(())
    })
}

/// Calls per second of one thread per core.
fn threads(time: Duration, call: impl Fn(u64) -> Result<()> + Sync) -> Result<f64> {
    let done = AtomicU64::new(0);
    let start = Instant::now();
    let work = |thread: u64| -> Result<()> {
        let (mut at, mut count) = (thread * 31, 0);
        while start.elapsed() < time {
            for _ in 0..100 {
                at = (at + STEP) % KEYS;
                call(at)?;
            }
            count += 100;
        }
        done.fetch_add(count, Ordering::Relaxed);
        Ok(())
    };
    let threads = available_parallelism().map_or(1, NonZero::get) as u64;
    std::thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || work(thread)))
            .collect();
        for thread in running {
            thread.join().map_err(|_| anyhow!("a thread failed"))??;
        }
        Ok::<_, anyhow::Error>(())
    })?;
    Ok(done.into_inner() as f64 / start.elapsed().as_secs_f64())
}
