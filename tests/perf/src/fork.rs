//! The rows about VUs that start from an image of the initialised script.

use anyhow::{Result, anyhow};

use crate::bench::{Bench, Load, Who};
use crate::library;
use crate::report::{Line, kilobytes, milliseconds};
use crate::rows::{figure, private_of_get, steady_private};

const VUS: u32 = 200;
const WHOS: [Who; 2] = [Who::K6, Who::Runner];

/// Every line.
pub fn measure(bench: &Bench) -> Vec<Line> {
    let mut lines = vec![library_memory(bench)];
    lines.extend(library_time(bench));
    lines.push(get_memory(bench));
    lines.push(ten_thousand(bench));
    lines
}

/// Memory of 200 VUs that hold the library.
fn library_memory(bench: &Bench) -> Line {
    let seconds = bench.heavy_seconds();
    let series = bench.race("library memory", &WHOS, bench.heavy_runs(), |who| {
        let script = library::write(bench.folder(), 0)?;
        let load = Load {
            script: &script.display().to_string(),
            vus: VUS,
            seconds,
            watch_memory: true,
        };
        let flags = ["-e", "SLEEP=0.5"];
        let outcome = bench.load_with(who, &load, &flags)?.must_be_clean()?;
        steady_private(&outcome, seconds)
            .map(|bytes| bytes / f64::from(VUS))
            .ok_or_else(|| anyhow!("the run was too short to look at its memory"))
    });
    Line::bound(
        "660 KB library, 200 VUs: private memory per VU",
        &figure(&series, Who::Runner),
        &figure(&series, Who::K6),
        300_000.0,
        kilobytes,
    )
}

/// 200 VUs with one iteration each, of a library never seen before and once more.
fn library_time(bench: &Bench) -> Vec<Line> {
    let wall = |who, script: &str| -> Result<f64> {
        let outcome = bench.one_each(who, script, VUS)?.must_be_clean()?;
        Ok(outcome.wall.as_secs_f64() * 1_000.0)
    };
    let copies = std::cell::Cell::new(u64::from(std::process::id()));
    let mut lines = Vec::new();
    for (name, row, again, most) in [
        (
            "660 KB library, 200 VUs, one iteration each: first run",
            "library first",
            false,
            1_500.0,
        ),
        ("the same, second run", "library again", true, 500.0),
    ] {
        let series = bench.race(row, &WHOS, bench.runs(), |who| {
            copies.set(copies.get() + 1);
            let script = library::write(bench.folder(), copies.get())?;
            let script = script.display().to_string();
            if again {
                wall(who, &script)?;
            }
            wall(who, &script)
        });
        lines.push(Line::bound(
            name,
            &figure(&series, Who::Runner),
            &figure(&series, Who::K6),
            most,
            milliseconds,
        ));
    }
    lines
}

fn get_memory(bench: &Bench) -> Line {
    let series = private_of_get(bench, "fork memory");
    Line::bound(
        "5,000 VUs, GET: private memory per VU, from an image",
        &figure(&series, Who::Runner),
        &figure(&series, Who::K6),
        80_000.0,
        kilobytes,
    )
}

/// From the command to the end of 10,000 VUs with 10,000 iterations between them: their start is
/// most of it.
fn ten_thousand(bench: &Bench) -> Line {
    let series = bench.race("start of 10,000", &WHOS, bench.heavy_runs(), |who| {
        let outcome = bench.one_each(who, "get.js", 10_000)?.must_be_clean()?;
        Ok(outcome.wall.as_secs_f64() * 1_000.0)
    });
    Line::bound(
        "10,000 VUs, GET: start, one iteration each and end",
        &figure(&series, Who::Runner),
        &figure(&series, Who::K6),
        3_000.0,
        milliseconds,
    )
}
