//! Rows about what is done with samples: what `--out json` costs, and a soak.

use std::time::Duration;

use anyhow::{Result, anyhow, bail};

use crate::args::Row;
use crate::bench::{Bench, Load, Who};
use crate::process::Outcome;
use crate::report::Line;
use crate::rows::{figure, requests_per_second};
use crate::stats::median;

/// Every line of these rows that was asked for.
pub fn measure(bench: &Bench) -> Vec<Line> {
    let mut lines = Vec::new();
    if bench.wants(Row::OutJson) {
        lines.extend(out_json(bench));
    }
    // Too long for a run of all rows.
    if bench.asks_for(Row::Soak) {
        lines.push(soak(bench));
    }
    lines
}

/// 50 VUs, one GET and one check, with every sample written to a file: the rate, and how much of
/// the rate without an output that is. The two runs of a tool follow each other.
fn out_json(bench: &Bench) -> Vec<Line> {
    let file = bench.scratch("samples.json");
    let name = format!("json={}", file.display());
    let load = Load {
        script: "get.js",
        vus: 50,
        seconds: bench.seconds(),
        watch_memory: false,
    };
    let whos = [Who::K6, Who::Runner];
    let rates = std::cell::RefCell::new(Vec::new());
    let share = bench.race("out json", &whos, bench.runs(), |who| {
        let without = requests_per_second(&bench.load_checked(who, &load)?.must_be_clean()?)?;
        let outcome = bench.load_with(who, &load, &["--out", &name]);
        let written = std::fs::metadata(&file).map_or(0, |meta| meta.len());
        let _ = std::fs::remove_file(&file);
        // A run that lost samples has another exit code.
        let with = requests_per_second(&outcome?.must_be_clean()?)?;
        if written == 0 {
            bail!("nothing was written");
        }
        rates.borrow_mut().push((who, with));
        Ok(with / without)
    });
    let rate = |who: Who| {
        let rates = rates.borrow();
        let own: Vec<f64> = rates
            .iter()
            .filter(|(w, _)| *w == who)
            .map(|r| r.1)
            .collect();
        match figure(&share, who) {
            crate::report::Figure::Value(_) => {
                median(&own).map_or(crate::report::Figure::Absent, crate::report::Figure::Value)
            }
            other => other,
        }
    };
    let share_line = Line::share(
        "50 VUs, GET, --out json: share of the rate without",
        &figure(&share, Who::Runner),
        &figure(&share, Who::K6),
    );
    vec![
        Line::rate(
            "50 VUs, GET, --out json: requests/s",
            &rate(Who::Runner),
            &rate(Who::K6),
            2.0,
        ),
        share_line,
    ]
}

/// Full speed with 20 custom tags and about a million trend samples a second: by how many per
/// cent private memory grows after the first minute, or after half of a shorter soak.
fn soak(bench: &Bench) -> Line {
    let seconds = bench.soak_seconds();
    let warm = 60.min(seconds / 2);
    let series = bench.race("soak", &[Who::Runner], 1, |who| {
        let load = Load {
            script: "soak.js",
            vus: 50,
            seconds,
            watch_memory: true,
        };
        let outcome = bench.load(who, &load)?.must_be_clean()?;
        growth(&outcome, warm, seconds)
    });
    Line::bound(
        &format!("soak of {seconds} s: growth of private memory after {warm} s"),
        &figure(&series, Who::Runner),
        &crate::report::Figure::Absent,
        1.0,
        |percent| format!("{percent:.2} %"),
    )
}

/// Growth in per cent between the time after the warm-up and the end of the load, each a median
/// over a tenth of the time.
fn growth(outcome: &Outcome, warm: u64, seconds: u64) -> Result<f64> {
    let window = Duration::from_secs((seconds / 10).clamp(3, 20));
    let between = |from: Duration, to: Duration| {
        let inside: Vec<f64> = outcome
            .memory
            .iter()
            .filter(|(at, sample)| *at >= from && *at <= to && sample.private > 0)
            .map(|(_, sample)| sample.private as f64)
            .collect();
        median(&inside).ok_or_else(|| anyhow!("the run was too short to look at its memory"))
    };
    let warm = Duration::from_secs(warm);
    let end = outcome.wall.saturating_sub(Duration::from_secs(2));
    let before = between(warm, warm + window)?;
    let after = between(end.saturating_sub(window), end)?;
    eprintln!("soak: {:.1} MB, then {:.1} MB", before / 1e6, after / 1e6);
    Ok((after - before) / before * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Sample;
    use crate::summary::Summary;

    #[test]
    fn growth_is_that_of_the_load_after_the_warm_up() {
        let memory = (0..100)
            .map(|second| {
                let private = match second {
                    0..60 => 10 * second,
                    60..90 => 1000,
                    _ => 1010,
                };
                let sample = Sample {
                    private,
                    ..Sample::default()
                };
                (Duration::from_secs(second), sample)
            })
            .collect();
        let outcome = Outcome {
            command: String::new(),
            wall: Duration::from_secs(100),
            code: Some(0),
            summary: Summary::default(),
            log: String::new(),
            memory,
        };
        let growth = growth(&outcome, 60, 100).unwrap();
        assert!((growth - 1.0).abs() < 1e-9, "{growth}");
    }
}
