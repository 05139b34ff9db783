//! An output that does what its argument says, for tests of what the host makes of it:
//! `configure-fail`, `add-trap`, `stop-loop` and so on, `PLACE-DEED`; or one of the deeds that are
//! good ones (`observe`, `count`, `end-run`, `env`, `net`).

use std::cell::RefCell;
use std::net::TcpStream;
use std::time::Duration;

use exports::runner::output::lifecycle::{Batch, Config, Failure, Guest};
use exports::runner::output::observer;
use exports::runner::output::observer::{Status, Threshold};
use runner::log::log::{Level, write};
use runner::output::run::stop_run;

wit_bindgen::generate!({
    path: "../../../wit",
    world: "runner:output/observing-output",
    generate_all,
});

struct Faults;

export!(Faults);

#[derive(Default)]
struct State {
    argument: String,
    metrics: Vec<String>,
    sets: Vec<Vec<(String, String)>>,
    samples: u64,
    empty: u64,
    iterations: f64,
    last: String,
    kept: Vec<Vec<u8>>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

fn with<T>(act: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(act)
}

fn argument() -> String {
    with(|state| state.argument.clone())
}

fn info(message: &str) {
    write(Level::Info, "", message, &[]);
}

/// What is to happen in `place`.
fn deed(place: &str) -> Result<(), String> {
    let argument = argument();
    let Some(deed) = argument
        .strip_prefix(place)
        .and_then(|rest| rest.strip_prefix('-'))
    else {
        return Ok(());
    };
    match deed {
        "fail" => return Err(format!("{place} fails on purpose")),
        "trap" => panic!("a trap in {place}, on purpose"),
        "loop" => loop {
            std::hint::black_box(());
        },
        "sleep" => std::thread::sleep(Duration::from_secs(3600)),
        "grow" => loop {
            let more = vec![1; 8 << 20];
            with(|state| state.kept.push(more));
        },
        "slow" => std::thread::sleep(Duration::from_millis(300)),
        other => return Err(format!("no deed is called {other}")),
    }
    Ok(())
}

impl Guest for Faults {
    fn configure(config: Config) -> Result<String, String> {
        with(|state| state.argument = config.argument.clone());
        deed("configure")?;
        if config.argument == "config" {
            info(&format!(
                "{} {:?} {}",
                config.name, config.settings, config.script
            ));
            info(&config.options);
        }
        Ok(format!("faults ({})", config.argument))
    }

    fn start() -> Result<(), String> {
        deed("start")?;
        match argument().as_str() {
            "env" => {
                let mut names: Vec<_> = std::env::vars().map(|(name, _)| name).collect();
                names.sort();
                info(&format!("variables: {}", names.join(",")));
            }
            "net" => {
                TcpStream::connect("127.0.0.1:9").map_err(|error| error.to_string())?;
            }
            _ => {}
        }
        Ok(())
    }

    fn add_samples(batch: Batch) -> Result<(), Failure> {
        with(|state| {
            if batch.forget {
                state.metrics.clear();
                state.sets.clear();
            }
            state
                .metrics
                .extend(batch.metrics.into_iter().map(|metric| metric.name));
            state.sets.extend(batch.sets);
            state.samples += batch.samples.len() as u64;
            state.empty += u64::from(batch.samples.is_empty());
            for sample in &batch.samples {
                let metric = &state.metrics[sample.metric as usize];
                if metric == "iterations" {
                    state.iterations += sample.value;
                    let join = |set: &[(String, String)]| {
                        let pairs: Vec<_> = set.iter().map(|(k, v)| format!("{k}={v}")).collect();
                        pairs.join("&")
                    };
                    state.last = format!(
                        "{} {}",
                        join(&state.sets[sample.tags as usize]),
                        join(&state.sets[sample.metadata as usize])
                    );
                }
            }
        });
        let lost = batch.samples.len() as u64;
        if lost > 0 {
            deed("add").map_err(|message| Failure { message, lost })?;
            if argument() == "end-run" {
                stop_run("the output has seen enough");
                stop_run("and says so twice");
            }
        }
        Ok(())
    }

    fn stop(error: Option<String>) -> Result<(), Failure> {
        deed("stop").map_err(|message| Failure { message, lost: 7 })?;
        with(|state| {
            println!(
                "faults saw {} iterations in {} samples of {} metrics, last {:?}; {}; {}",
                state.iterations,
                state.samples,
                state.metrics.len(),
                state.last,
                if state.empty > 0 {
                    "some empty"
                } else {
                    "none empty"
                },
                error.as_deref().unwrap_or("no error"),
            );
        });
        Ok(())
    }
}

impl observer::Guest for Faults {
    fn on_thresholds(all: Vec<Threshold>) {
        if argument() == "observe" {
            for one in all {
                info(&format!(
                    "threshold {} {} {} {:?}",
                    one.metric, one.condition, one.abort_on_fail, one.state
                ));
            }
        }
    }

    fn on_status(now: Status) {
        if argument() == "observe" {
            info(&format!(
                "status {} of {} VUs, {} done, stopping {}, {}",
                now.active_vus,
                now.initialised_vus,
                now.completed_iterations,
                now.stopping,
                if now.elapsed > 0 {
                    "started"
                } else {
                    "not started"
                }
            ));
        }
    }
}
