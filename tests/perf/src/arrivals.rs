//! The rows about arrival rates: are as many iterations started as are due, and when.
//!
//! The script itself compares each start with the moment at which it was due, by the same
//! calculation in both tools (`scripts/arrival.js`).

use std::cell::RefCell;

use anyhow::{Context, Result};

use crate::bench::{Bench, Who};
use crate::report::{Figure, Line, milliseconds};
use crate::stats::median;

const RATE: u32 = 2_000;
const SECONDS: u32 = 10;

/// What one run says of itself.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Arrivals {
    started: f64,
    dropped: f64,
    /// Milliseconds.
    p99: f64,
}

/// A constant rate, and a ramp up to it.
pub fn lines(bench: &Bench) -> Vec<Line> {
    let due = f64::from(RATE * SECONDS);
    let constant = shape(bench, "arrivals", "no");
    let ramp = shape(bench, "arrivals in a ramp", "yes");
    let mut lines = of_shape("2,000/s for 10 s", due, &constant);
    lines.extend(of_shape("0 to 2,000/s in 10 s", due / 2.0, &ramp));
    lines
}

type Runs = Vec<(Who, Arrivals)>;

fn shape(bench: &Bench, row: &str, ramp: &str) -> Runs {
    let all = RefCell::new(Vec::new());
    let (rate, seconds) = (RATE.to_string(), SECONDS.to_string());
    bench.race(row, &[Who::K6, Who::Runner], bench.heavy_runs(), |who| {
        let variables = [
            ("RATE", rate.as_str()),
            ("SECONDS", seconds.as_str()),
            ("RAMP", ramp),
        ];
        let outcome = bench.scenarios(who, "arrival.js", &variables)?;
        let arrivals = parse(&outcome.must_be_clean()?.log)?;
        all.borrow_mut().push((who, arrivals));
        Ok(arrivals.p99)
    });
    all.into_inner()
}

fn parse(log: &str) -> Result<Arrivals> {
    let words = log
        .lines()
        .find_map(|line| line.strip_prefix("arrivals "))
        .context("the script's own summary is missing")?;
    let mut numbers = words.split_whitespace().map(str::parse);
    let mut next = || -> Result<f64> { Ok(numbers.next().context("a number is missing")??) };
    Ok(Arrivals {
        started: next()?,
        dropped: next()?,
        p99: next()?,
    })
}

fn of_shape(name: &str, due: f64, runs: &Runs) -> Vec<Line> {
    let figure = |who: Who, value: fn(&Arrivals) -> f64| {
        let values: Vec<f64> = runs
            .iter()
            .filter(|(whose, _)| *whose == who)
            .map(|(_, run)| value(run))
            .collect();
        median(&values).map_or(Figure::Absent, Figure::Value)
    };
    let off = |figure: Figure| match figure {
        Figure::Value(started) => Figure::Value((started - due).abs() / due * 100.0),
        other => other,
    };
    let line = |what: &str, value: fn(&Arrivals) -> f64, most, show: fn(f64) -> String| {
        let (ours, theirs) = (figure(Who::Runner, value), figure(Who::K6, value));
        Line::bound(&format!("{name}: {what}"), &ours, &theirs, most, show)
    };
    let started = |who| off(figure(who, |run| run.started));
    let mut deviation = Line::bound(
        &format!("{name}: iterations started, off by"),
        &started(Who::Runner),
        &started(Who::K6),
        0.1,
        |percent| format!("{percent:.3} %"),
    );
    deviation.ratio = None;
    vec![
        deviation,
        line(
            "dropped",
            |run| run.dropped,
            0.0,
            |count| format!("{count:.0}"),
        ),
        line(
            "99 % of starts late by at most",
            |run| run.p99,
            5.0,
            milliseconds,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_script_says() {
        let arrivals = parse("time=x\narrivals 20000 0 1.500 7.250\n").unwrap();
        let expected = Arrivals {
            started: 20_000.0,
            dropped: 0.0,
            p99: 1.5,
        };
        assert_eq!(arrivals, expected);
        assert!(parse("arrivals 1 x 2").is_err());
        assert!(parse("").is_err());
    }

    #[test]
    fn each_shape_has_three_figures() {
        let run = |started, p99| Arrivals {
            started,
            dropped: 0.0,
            p99,
        };
        let runs = vec![
            (Who::K6, run(19_999.0, 2.0)),
            (Who::Runner, run(19_900.0, 1.0)),
        ];
        let lines = of_shape("x", 20_000.0, &runs);
        let met: Vec<_> = lines.iter().map(|line| line.met).collect();
        assert_eq!(met, [Some(false), Some(true), Some(true)]);
        assert_eq!(lines[2].ratio, Some(2.0));
        assert_eq!(lines[0].runner, "0.500 %");
    }
}
