//! Compares the histogram of large trends with the crate `hdrhistogram` (three digits): memory,
//! error, and the cost of recording and of adding two up, for what tests record. Prints one row
//! per kind of values and histogram; ARCHITECTURE.md has the figures.
//!
//!     cargo run --release -p runner-metrics --example histograms
//!
//! Limits: one thread. The other histogram holds whole numbers, so values are scaled first, and
//! negative ones go to a second one, as would be done for a trend. The error is that of every
//! single value, not of some percentiles.

#![allow(
    dead_code,
    reason = "the example uses some of the module that it measures"
)]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a measurement that fails may end"
)]

use std::hint::black_box;
use std::time::Instant;

use hdrhistogram::Histogram as Hdr;

#[path = "../src/sink/histogram.rs"]
mod histogram;

use histogram::Histogram;

const SAMPLES: usize = 1_000_000;
const ROUNDS: usize = 9;

/// Numbers from 0 to 1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Spread evenly over the magnitudes between two numbers.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.next())
    }
}

fn main() {
    println!(
        "{:<34} {:<14} {:>9} {:>9} {:>9} {:>9} {:>10}",
        "values", "histogram", "KiB", "error %", "p99.9 %", "record ns", "merge us"
    );
    let mut random = Random(1);
    // Of whole nanoseconds, as durations are.
    let mut time = |low: f64, high: f64| -> Vec<f64> {
        values(|| (random.between(low, high) * 1e6).round() / 1e6)
    };
    let wide = time(0.05, 60_000.0);
    let phases = time(0.001, 1.0);
    let mut random = Random(2);
    let typical = values(|| {
        // About normal in its logarithm: most between 10 and 40 ms, some of a second.
        let sum: f64 = (0..12).map(|_| random.next()).sum::<f64>() - 6.0;
        (20.0 * (sum * 0.7).exp() * 1e6).round() / 1e6
    });
    let mut random = Random(3);
    let sizes = values(|| random.between(1.0, 1e9).round());
    let mut random = Random(4);
    let signed = values(|| (random.next() - 0.5) * 2000.0);
    let mut random = Random(5);
    let mixed = values(|| {
        let sign = if random.next() < 0.5 { 1.0 } else { -1.0 };
        sign * random.between(1e-9, 1e12)
    });
    for (name, values, scales) in [
        ("latencies, 50 us to 60 s", wide, &[1e6, 1e3][..]),
        ("latencies around 20 ms", typical, &[1e6, 1e3]),
        ("phases of requests, 1 us to 1 ms", phases, &[1e6, 1e3]),
        ("sizes, 1 byte to 1 GB", sizes, &[1.0]),
        ("differences, -1000 to 1000", signed, &[1e3]),
        ("anything, 1e-9 to 1e12, both signs", mixed, &[1e3]),
    ] {
        ours(name, &values);
        for scale in scales {
            theirs(name, &values, *scale);
        }
    }
}

fn values(mut next: impl FnMut() -> f64) -> Vec<f64> {
    (0..SAMPLES).map(|_| next()).collect()
}

fn ours(name: &str, values: &[f64]) {
    let mut histogram = Histogram::default();
    let record = best(|| {
        histogram = Histogram::default();
        values.iter().for_each(|value| histogram.record(*value, 1));
    });
    let other = histogram.clone();
    let merge = best(|| histogram.merge(black_box(&other)));
    let middles: Vec<(f64, u64)> = other
        .buckets()
        .map(|(bucket, count)| (bucket.middle(), count))
        .collect();
    let (worst, high) = errors(values, &middles);
    let kib = other.octaves() * 4;
    row(name, "ours", kib, worst, high, record, merge);
}

fn theirs(name: &str, values: &[f64], scale: f64) {
    let new = || {
        let mut histogram = Hdr::<u64>::new(3).unwrap();
        histogram.auto(true);
        histogram
    };
    let (mut positive, mut negative) = (new(), new());
    let record = best(|| {
        positive.reset();
        negative.reset();
        for value in values {
            let side = if *value < 0.0 {
                &mut negative
            } else {
                &mut positive
            };
            let _ = side.record((value.abs() * scale + 0.5) as u64);
        }
    });
    let (plus, minus) = (positive.clone(), negative.clone());
    let merge = best(|| {
        positive.add(black_box(&plus)).unwrap();
        negative.add(black_box(&minus)).unwrap();
    });
    let of = |side: &Hdr<u64>, sign: f64| -> Vec<(f64, u64)> {
        side.iter_recorded()
            .map(|step| {
                let value = side.median_equivalent(step.value_iterated_to());
                (sign * value as f64 / scale, step.count_at_value())
            })
            .collect()
    };
    let mut middles = of(&minus, -1.0);
    middles.reverse();
    middles.extend(of(&plus, 1.0));
    let (worst, high) = errors(values, &middles);
    let sides = [&plus, &minus].into_iter().filter(|side| !side.is_empty());
    let kib = sides.map(|side| side.distinct_values() * 8).sum::<usize>() / 1024;
    row(
        name,
        &format!("hdr x{scale:e}"),
        kib,
        worst,
        high,
        record,
        merge,
    );
}

/// The largest relative error of all values, and that at the percentile 99.9, in per cent.
fn errors(values: &[f64], middles: &[(f64, u64)]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (mut worst, mut high, mut rank) = (0.0_f64, 0.0, 0);
    for (middle, count) in middles {
        for _ in 0..*count {
            let value = sorted[rank];
            let error = (middle - value).abs() / value.abs().max(f64::MIN_POSITIVE);
            worst = worst.max(error);
            if rank == values.len() / 1000 * 999 {
                high = error;
            }
            rank += 1;
        }
    }
    assert_eq!(rank, values.len());
    (worst * 100.0, high * 100.0)
}

/// Nanoseconds of the fastest of some rounds, which other work on the machine disturbs least.
fn best(mut step: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        step();
        best = best.min(started.elapsed().as_nanos() as f64);
    }
    best
}

fn row(name: &str, what: &str, kib: usize, worst: f64, high: f64, record: f64, merge: f64) {
    println!(
        "{name:<34} {what:<14} {kib:>9} {worst:>9.3} {high:>9.3} {:>9.1} {:>10.1}",
        record / SAMPLES as f64,
        merge / 1e3
    );
}
