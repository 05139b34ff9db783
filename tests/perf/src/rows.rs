//! One function per row of the table: what is run, what is read from it, what the floor is.
//!
//! The floors are the project's own promises; they are stated here and nowhere else.

use std::cell::RefCell;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};

use crate::args::Row;
use crate::bench::{Bench, Load, Series, Who};
use crate::extensions;
use crate::fork;
use crate::kv;
use crate::outputs;
use crate::process::Outcome;
use crate::report::{Figure, Line, kilobytes, milliseconds};
use crate::stats::{geometric_mean, median};

const KERNELS: [&str; 10] = [
    "calls", "loops", "json", "strings", "regex", "maps", "classes", "sort", "arrays", "closures",
];

/// How long one kernel repeats, in milliseconds.
const KERNEL_TIME: &str = "400";

/// Every line of the rows that were asked for.
pub fn measure(bench: &Bench) -> Vec<Line> {
    let mut lines = Vec::new();
    if bench.wants(Row::GetJs) || bench.wants(Row::GetRust) {
        lines.extend(get(bench));
    }
    if bench.wants(Row::Empty) {
        lines.push(empty(bench));
    }
    if bench.wants(Row::Kernels) {
        lines.extend(kernels(bench));
    }
    if bench.wants(Row::Memory) {
        lines.push(memory(bench));
    }
    if bench.wants(Row::TenThousand) {
        lines.extend(ten_thousand(bench));
    }
    if bench.wants(Row::Kv) {
        lines.extend(kv::measure(bench));
    }
    if bench.wants(Row::Start) {
        lines.extend(start(bench));
    }
    if bench.wants(Row::Arrival) {
        lines.extend(crate::arrivals::lines(bench));
    }
    lines.extend(outputs::measure(bench));
    if bench.wants(Row::Fork) {
        lines.extend(fork::measure(bench));
    }
    lines.extend(extensions::measure(bench));
    lines
}

/// 50 VUs, one GET and one check per iteration. The two rows share k6's runs.
fn get(bench: &Bench) -> Vec<Line> {
    let mut whos = vec![Who::K6];
    let mut series = Vec::new();
    if bench.wants(Row::GetJs) {
        whos.push(Who::Runner);
    }
    if bench.wants(Row::GetRust) {
        whos.push(Who::RunnerRust);
    }
    series.extend(bench.race("get", &whos, bench.runs(), |who| {
        let load = Load {
            script: "get.js",
            vus: 50,
            seconds: bench.seconds(),
            watch_memory: false,
        };
        requests_per_second(&bench.load_checked(who, &load)?.must_be_clean()?)
    }));
    let k6 = figure(&series, Who::K6);
    let mut lines = Vec::new();
    if bench.wants(Row::GetJs) {
        let runner = figure(&series, Who::Runner);
        lines.push(Line::rate(
            "50 VUs, GET and check, JS: requests/s",
            &runner,
            &k6,
            3.0,
        ));
    }
    if bench.wants(Row::GetRust) {
        let runner = figure(&series, Who::RunnerRust);
        lines.push(Line::rate(
            "50 VUs, GET and check, Rust: requests/s",
            &runner,
            &k6,
            4.0,
        ));
    }
    lines
}

/// What an iteration costs by itself.
fn empty(bench: &Bench) -> Line {
    let series = bench.race("empty", &[Who::K6, Who::Runner], bench.runs(), |who| {
        let load = Load {
            script: "empty.js",
            vus: 2,
            seconds: bench.seconds(),
            watch_memory: false,
        };
        let outcome = bench.load(who, &load)?.must_be_clean()?;
        let iterations = outcome
            .summary
            .iterations
            .ok_or_else(|| anyhow!("no iterations in the summary"))?;
        Ok(iterations.rate)
    });
    let (runner, k6) = (figure(&series, Who::Runner), figure(&series, Who::K6));
    Line::rate("2 VUs, empty iterations/s", &runner, &k6, 3.0)
}

/// CPU alone: the geometric mean over the kernels, and the worst of them.
fn kernels(bench: &Bench) -> Vec<Line> {
    let mut measured = Vec::new();
    for kernel in KERNELS {
        let checksum = RefCell::new(None);
        let whos = [Who::K6, Who::Runner];
        let series = bench.race(&format!("kernel {kernel}"), &whos, bench.runs(), |who| {
            let (sum, spent) = run_kernel(bench, who, kernel)?;
            let mut known = checksum.borrow_mut();
            if known.get_or_insert_with(|| sum.clone()) != &sum {
                bail!("the two tools computed different results in kernel {kernel}");
            }
            Ok(spent)
        });
        measured.push((
            kernel,
            figure(&series, Who::Runner),
            figure(&series, Who::K6),
        ));
    }
    kernel_lines(&measured)
}

/// The two lines of the kernels' times per call in milliseconds: name, runner, k6.
fn kernel_lines(measured: &[(&str, Figure, Figure)]) -> Vec<Line> {
    let mut times = Vec::new();
    for (kernel, runner, k6) in measured {
        match (runner, k6) {
            (Figure::Value(ours), Figure::Value(theirs)) => times.push((*kernel, *ours, *theirs)),
            // A mean over nine of ten would flatter; one failure fails both lines.
            _ => {
                let failed = |figure: &Figure| match figure {
                    Figure::Value(_) => Figure::Absent,
                    other => other.clone(),
                };
                let (runner, k6) = (failed(runner), failed(k6));
                return vec![
                    Line::faster("ten CPU kernels in JS: geometric mean", &runner, &k6, 2.5),
                    Line::faster("ten CPU kernels in JS: the worst", &runner, &k6, 0.9),
                ];
            }
        }
    }
    let mean = |pick: fn(&(&str, f64, f64)) -> f64| {
        let values: Vec<f64> = times.iter().map(pick).collect();
        geometric_mean(&values).map_or(Figure::Absent, Figure::Value)
    };
    let mut lines = vec![Line::faster(
        "ten CPU kernels in JS: geometric mean",
        &mean(|time| time.1),
        &mean(|time| time.2),
        2.5,
    )];
    let worst = times
        .iter()
        .min_by(|left, right| (left.2 / left.1).total_cmp(&(right.2 / right.1)));
    if let Some((kernel, ours, theirs)) = worst {
        let name = format!("ten CPU kernels in JS: the worst ({kernel})");
        lines.push(Line::faster(
            &name,
            &Figure::Value(*ours),
            &Figure::Value(*theirs),
            0.9,
        ));
    }
    lines
}

/// Runs one kernel; its checksum and the milliseconds per call.
fn run_kernel(bench: &Bench, who: Who, kernel: &str) -> Result<(String, f64)> {
    let variables = [("KERNEL", kernel), ("MS", KERNEL_TIME)];
    let outcome = bench
        .once(who, "kernels.js", &variables, None)?
        .must_be_clean()?;
    let marker = format!("kernel {kernel} ");
    let said = outcome
        .log
        .lines()
        .find_map(|line| line.split_once(&marker))
        .ok_or_else(|| anyhow!("{} printed no result", outcome.command))?;
    let mut words = said.1.split_whitespace();
    let checksum = words.next().unwrap_or_default().to_owned();
    let spent = words
        .next()
        .unwrap_or_default()
        .trim_end_matches(|c: char| !c.is_ascii_digit());
    Ok((checksum, spent.parse()?))
}

/// Private memory per VU, everything the process has included.
fn memory(bench: &Bench) -> Line {
    let series = private_of_get(bench, "memory");
    let (runner, k6) = (figure(&series, Who::Runner), figure(&series, Who::K6));
    Line::bound(
        "5,000 VUs, GET: private memory per VU",
        &runner,
        &k6,
        100_000.0,
        kilobytes,
    )
}

/// Private bytes per VU of 5,000 VUs under load.
pub fn private_of_get(bench: &Bench, row: &str) -> Vec<Series> {
    const VUS: u32 = 5_000;
    let seconds = bench.heavy_seconds();
    bench.race(row, &[Who::K6, Who::Runner], bench.heavy_runs(), |who| {
        bench.needs_files(VUS)?;
        let load = Load {
            script: "get.js",
            vus: VUS,
            seconds,
            watch_memory: true,
        };
        let outcome = bench.load_checked(who, &load)?.must_be_clean()?;
        steady_private(&outcome, seconds)
            .map(|bytes| bytes / f64::from(VUS))
            .ok_or_else(|| anyhow!("the run was too short to look at its memory"))
    })
}

/// The median of the samples that fall into the load. A tool spends time before it on making
/// VUs and after it on the summary, so the window is counted back from the end of the process:
/// without its first two seconds and its last one. A process that is ending has no memory any
/// more; that look does not count.
pub fn steady_private(outcome: &Outcome, seconds: u64) -> Option<f64> {
    let from = outcome
        .wall
        .saturating_sub(Duration::from_secs(seconds.saturating_sub(2)));
    let to = outcome.wall.saturating_sub(Duration::from_secs(1));
    let inside: Vec<f64> = outcome
        .memory
        .iter()
        .filter(|(at, sample)| *at >= from && *at <= to && sample.private > 0)
        .map(|(_, sample)| sample.private as f64)
        .collect();
    median(&inside)
}

/// 10,000 VUs run to the end: errors, and requests per second.
fn ten_thousand(bench: &Bench) -> Vec<Line> {
    const VUS: u32 = 10_000;
    let errors = RefCell::new(Vec::new());
    let whos = [Who::K6, Who::Runner];
    let series = bench.race("10,000 VUs", &whos, bench.heavy_runs(), |who| {
        bench.needs_files(VUS)?;
        let load = Load {
            script: "get.js",
            vus: VUS,
            seconds: bench.heavy_seconds(),
            watch_memory: false,
        };
        let outcome = bench.load(who, &load)?;
        if outcome
            .summary
            .vus_max
            .is_some_and(|most| most != u64::from(VUS))
        {
            bail!("{} did not reach {VUS} VUs", outcome.command);
        }
        let rate = requests_per_second(&outcome)?;
        let failed = outcome.summary.failed_requests + outcome.summary.failed_checks;
        let total = failed + u64::from(outcome.code != Some(0));
        errors.borrow_mut().push((who, total));
        Ok(rate)
    });
    let count = |who: Who| match figure(&series, who) {
        Figure::Value(_) => {
            let sum: u64 = errors
                .borrow()
                .iter()
                .filter(|(w, _)| *w == who)
                .map(|(_, n)| n)
                .sum();
            Figure::Value(sum as f64)
        }
        other => other,
    };
    let (runner, k6) = (figure(&series, Who::Runner), figure(&series, Who::K6));
    let whole = |value: f64| format!("{value:.0}");
    let mut faults = Line::bound(
        "10,000 VUs, GET: errors",
        &count(Who::Runner),
        &count(Who::K6),
        0.0,
        whole,
    );
    faults.ratio = None;
    vec![
        faults,
        Line::rate("10,000 VUs, GET: requests/s", &runner, &k6, 2.0),
    ]
}

/// From the command to its end with a script that does nothing.
fn start(bench: &Bench) -> Vec<Line> {
    let milliseconds_of = |outcome: Outcome| -> Result<f64> {
        Ok(outcome.must_be_clean()?.wall.as_secs_f64() * 1_000.0)
    };
    let whos = [Who::K6, Who::Runner];
    let cached = bench.race("start", &whos, bench.runs() * 3, |who| {
        milliseconds_of(bench.once(who, "empty.js", &[], None)?)
    });
    let first = bench.race("first start", &[Who::Runner], bench.runs(), |who| {
        let cache = bench.fresh_cache()?;
        milliseconds_of(bench.once(who, "empty.js", &[], Some(&cache))?)
    });
    let k6 = figure(&cached, Who::K6);
    vec![
        Line::bound(
            "start of a no-op script, engine cached",
            &figure(&cached, Who::Runner),
            &k6,
            60.0,
            milliseconds,
        ),
        Line::bound(
            "first start ever (empty cache)",
            &figure(&first, Who::Runner),
            &Figure::Absent,
            2_500.0,
            milliseconds,
        ),
    ]
}

/// Requests per second as the summary says.
pub fn requests_per_second(outcome: &Outcome) -> Result<f64> {
    let requests = outcome.summary.requests.ok_or_else(|| {
        let last = outcome.log.lines().last().unwrap_or("it logged nothing");
        anyhow!("{}: no requests in the summary: {last}", outcome.command)
    })?;
    Ok(requests.rate)
}

/// The median of one contestant.
pub fn figure(series: &[Series], who: Who) -> Figure {
    match series.iter().find(|series| series.who == who) {
        Some(Series {
            failed: Some(reason),
            ..
        }) => Figure::Failed(reason.clone()),
        Some(series) => median(&series.values).map_or(Figure::Absent, Figure::Value),
        None => Figure::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Sample;
    use crate::summary::Summary;

    #[test]
    fn kernels_give_a_mean_and_the_worst() {
        let value = Figure::Value;
        let lines = kernel_lines(&[
            ("calls", value(1.0), value(4.0)),
            ("sort", value(4.0), value(2.0)),
            ("json", value(1.0), value(4.0)),
        ]);
        let ratios: Vec<f64> = lines.iter().filter_map(|line| line.ratio).collect();
        assert!((ratios[0] - 2.0).abs() < 1e-9, "{ratios:?}");
        assert_eq!((ratios[1], lines[1].met), (0.5, Some(false)));
        assert!(lines[1].benchmark.contains("(sort)"));
    }

    #[test]
    fn one_failed_kernel_fails_both_lines() {
        let failed = Figure::Failed("no".to_owned());
        let lines = kernel_lines(&[
            ("calls", Figure::Value(1.0), Figure::Value(4.0)),
            ("sort", failed, Figure::Value(2.0)),
        ]);
        assert!(
            lines
                .iter()
                .all(|line| line.met.is_none() && line.runner == "failed")
        );
    }

    #[test]
    fn memory_is_taken_from_the_load_alone() {
        let sample = |second: u64, private: u64| {
            (
                Duration::from_secs(second),
                Sample {
                    private,
                    ..Sample::default()
                },
            )
        };
        let outcome = Outcome {
            command: String::new(),
            wall: Duration::from_secs(20),
            code: Some(0),
            summary: Summary::default(),
            log: String::new(),
            // VUs are made until second 10; the summary comes at 20.
            memory: vec![
                sample(5, 1),
                sample(11, 2),
                sample(13, 100),
                sample(15, 110),
                sample(18, 120),
                sample(20, 5),
            ],
        };
        assert_eq!(steady_private(&outcome, 10), Some(110.0));
    }
}
