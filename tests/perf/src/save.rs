//! Results on disk: a folder per day and architecture with the table, the machine, the commands
//! and every number behind the table.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::args::Args;
use crate::machine;
use crate::report::{Line, markdown};
use crate::tools::{Tools, root};

/// Writes README.md and results.json and returns their folder, relative to the project.
pub fn save(
    args: &Args,
    tools: &Tools,
    lines: &[Line],
    raw: &[Value],
    failures: &[String],
) -> Result<PathBuf> {
    let date = machine::today();
    let name = format!("tests/perf/results/{date}-{}", std::env::consts::ARCH);
    let folder = root().join(&name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {name}"))?;
    let machine = machine::describe(&tools.runner, &tools.k6, &tools.nginx);
    let table: Vec<Value> = lines
        .iter()
        .map(|line| {
            json!({
                "benchmark": line.benchmark, "runner": line.runner, "k6": line.k6,
                "ratio": line.ratio, "floor": line.floor, "met": line.met,
            })
        })
        .collect();
    let all = json!({
        "date": date, "machine": machine, "runs": args.runs, "seconds": args.seconds,
        "body": format!("{:?}", args.body).to_lowercase(),
        "table": table, "not_measured": failures, "raw": raw,
    });
    fs::write(folder.join("results.json"), format!("{all:#}\n"))?;
    fs::write(
        folder.join("README.md"),
        page(args, &date, &machine, lines, raw, failures)?,
    )?;
    Ok(PathBuf::from(name))
}

fn page(
    args: &Args,
    date: &str,
    machine: &Value,
    lines: &[Line],
    raw: &[Value],
    failures: &[String],
) -> Result<String> {
    let mut text = format!("# Results of {date}\n\n{}\n", markdown(lines));
    for failure in failures {
        writeln!(text, "Not measured: {failure}\n")?;
    }
    writeln!(
        text,
        "Medians of {} repetitions of {} s (at most two where VUs are thousands); the",
        args.runs, args.seconds
    )?;
    writeln!(
        text,
        "ratio says how many times as good as k6. Written by `make bench-save`; every number is\nin results.json.\n"
    )?;
    writeln!(text, "## Machine\n")?;
    if let Some(fields) = machine.as_object() {
        for (name, value) in fields {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            writeln!(text, "- {}: {value}", name.replace('_', " "))?;
        }
    }
    writeln!(
        text,
        "\nThe target (nginx) ran on the same machine, over loopback.\n\n## Commands\n\n```"
    )?;
    let mut seen = Vec::new();
    for command in raw
        .iter()
        .filter_map(|entry| entry.get("command")?.as_str())
    {
        if !seen.contains(&command) {
            seen.push(command);
            writeln!(text, "{command}")?;
        }
    }
    writeln!(text, "```\n\n## Repetitions\n")?;
    for entry in raw {
        let (Some(row), Some(tool)) = (
            entry.get("row").and_then(Value::as_str),
            entry.get("tool").and_then(Value::as_str),
        ) else {
            continue;
        };
        let values: Vec<String> = entry
            .get("values")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .map(|value| format!("{value:.2}"))
            .collect();
        writeln!(text, "- {row}, {tool}: {}", values.join(", "))?;
    }
    Ok(text)
}
