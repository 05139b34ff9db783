//! Extensions: what a call from JS costs, what an instance adds to a VU, and that a run without
//! one pays nothing.
//!
//! k6's extensions are compiled into it, so its column is empty. A call's time is the median
//! iteration of 1,000 calls divided by 1,000; the script's own loop is in it. An instance's
//! memory is the difference between two runs that differ in nothing else, and includes the
//! pages of its own data that the component touched.

use anyhow::{Context, Result, anyhow};

use crate::args::Row;
use crate::bench::{Bench, Load, Who};
use crate::process::Outcome;
use crate::report::{Figure, Line, kilobytes, megabytes, microseconds};
use crate::rows::{figure, steady_private};

/// As in scripts/ext.js.
const CALLS: f64 = 1_000.0;
/// VUs of the memory row.
const VUS: u32 = 250;
/// VUs of the row without an extension.
const FEW: u32 = 10;
/// What those had before there were extensions (39.6 MB, two thirds of it code), and a tenth.
const FEW_PRIVATE: f64 = 44_000_000.0;

/// Calls: which, how they are shown, and how many microseconds one may take.
const FLOORS: [(&str, &str, f64); 4] = [
    ("integers", "extension call, two integers", 3.0),
    ("method", "extension call, method of a resource", 3.0),
    ("string", "extension call, 10 KB string both ways", 30.0),
    ("bytes", "extension call, 10 KB of bytes both ways", 30.0),
];

/// Every line.
pub fn measure(bench: &Bench) -> Vec<Line> {
    if !bench.wants(Row::Ext) {
        return Vec::new();
    }
    let mut lines: Vec<Line> = FLOORS
        .iter()
        .map(|(call, name, most)| time(bench, call, name, *most))
        .collect();
    lines.push(instance(bench));
    lines.push(without(bench));
    lines
}

fn time(bench: &Bench, call: &str, name: &str, most: f64) -> Line {
    let series = bench.race(name, &[Who::Runner], bench.runs(), |_| {
        let variable = format!("CALL={call}");
        let outcome = with_extension(bench, "ext.js", 1, false, &["-e", &variable])?;
        let median = outcome.summary.iteration_median;
        median
            .map(|seconds| seconds * 1e6 / CALLS)
            .ok_or_else(|| anyhow!("no iteration_duration in the summary"))
    });
    let ours = figure(&series, Who::Runner);
    Line::bound(name, &ours, &Figure::Absent, most, microseconds)
}

/// What an extension's instance adds to a VU.
fn instance(bench: &Bench) -> Line {
    let name = format!("{VUS} VUs: private memory that an extension adds per VU");
    let series = bench.race(&name, &[Who::Runner], bench.heavy_runs(), |_| {
        let with = with_extension(bench, "ext-vus.js", VUS, true, &[])?;
        let without = plain(bench, VUS)?;
        Ok((private(bench, &with)? - private(bench, &without)?) / f64::from(VUS))
    });
    let ours = figure(&series, Who::Runner);
    Line::bound(&name, &ours, &Figure::Absent, 80_000.0, kilobytes)
}

/// What a run has that uses no extension.
fn without(bench: &Bench) -> Line {
    let name = format!("{FEW} VUs without an extension: private memory of the process");
    let series = bench.race(&name, &[Who::Runner], bench.runs(), |_| {
        private(bench, &plain(bench, FEW)?)
    });
    let ours = figure(&series, Who::Runner);
    Line::bound(&name, &ours, &Figure::Absent, FEW_PRIVATE, megabytes)
}

fn private(bench: &Bench, outcome: &Outcome) -> Result<f64> {
    steady_private(outcome, bench.heavy_seconds())
        .ok_or_else(|| anyhow!("the run was too short to look at its memory"))
}

fn plain(bench: &Bench, vus: u32) -> Result<Outcome> {
    let load = Load {
        script: "plain-vus.js",
        vus,
        seconds: bench.heavy_seconds(),
        watch_memory: true,
    };
    bench.load(Who::Runner, &load)?.must_be_clean()
}

fn with_extension(
    bench: &Bench,
    script: &str,
    vus: u32,
    watch_memory: bool,
    flags: &[&str],
) -> Result<Outcome> {
    let file = bench.extension().context(
        "tests/guests/ext-probe is not built; run `scripts/guests.sh build tests/guests/ext-probe` \
         or give --extension",
    )?;
    let extension = format!("probe={}", file.display());
    let mut all = vec!["--ext", extension.as_str()];
    all.extend(flags);
    let load = Load {
        script,
        vus,
        seconds: if watch_memory {
            bench.heavy_seconds()
        } else {
            bench.seconds()
        },
        watch_memory,
    };
    bench.load_with(Who::Runner, &load, &all)?.must_be_clean()
}
