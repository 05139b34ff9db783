//! `runner run FILE`: plans, runs, shows progress, writes the summary.

use std::fs;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use runner_plan::{Layers, Options, Plan, consolidate};
use runner_session::{
    Abort, AbortReason, Outcome, Prepared, Run, RunSettings, RunState, SessionError, Stage,
    SummaryMode, SummaryOutput, SummarySettings, go_duration,
};

use super::{CommandError, environment, exit_code, prepare, threads};
use crate::args::{self, GlobalOptions, RunArgs, load_config};
use crate::exit_code::ExitCode;
use crate::logging::{Level, Logger};
use crate::ui::{
    Bar, BarStatus, Description, Phase, Progress, ScenarioLine, Ui, UiOptions, use_color,
};

/// Runs a test.
pub fn run(
    args: &RunArgs,
    global: &GlobalOptions,
    logger: &Logger,
) -> Result<ExitCode, CommandError> {
    let runtime = args.runtime(environment)?;
    let config = load_config(global.config.as_deref(), environment)?;
    let env = Options::from_env(environment).map_err(args::ArgsError::from)?;
    let ui = Arc::new(Ui::new(
        UiOptions {
            tty: stdout().is_terminal(),
            color: use_color(global.no_color),
            quiet: global.quiet,
        },
        stdout(),
    ));
    if let Some(screen) = ui.screen() {
        logger.attach(screen);
    }
    threads()?.block_on(async {
        let prepared = prepare(&args.file, &runtime, Arc::new(logger.clone())).await?;
        let layers = Layers {
            cli: args.options(),
            env,
            script: script_options(&prepared, logger)?,
            config: config.options,
        };
        let plan = plan(layers, &prepared, logger)?;
        let settings = RunSettings {
            summary: summary_settings(runtime.summary_mode, global),
            thresholds: !runtime.no_thresholds,
        };
        let description = describe(args, &plan);
        let run = Run::new(prepared, plan, settings)?;
        ui.start(&description);
        let (outcome, last) = execute(run, &ui).await;
        // The log first: it is about what the summary sums up.
        logger.flush();
        let code = finish(outcome, &ui, logger);
        ui.finish(&last);
        Ok(code)
    })
}

/// The file for `console.*`: known before the script is, because init code may use it.
pub(super) fn console_output(args: &RunArgs) -> Option<PathBuf> {
    let flag = args.options().console_output;
    let file = flag
        .or_else(|| environment("K6_CONSOLE_OUTPUT"))
        .filter(|file| !file.is_empty());
    file.map(PathBuf::from)
}

fn script_options(prepared: &Prepared, logger: &Logger) -> Result<Options, CommandError> {
    let (options, warnings) = Options::from_json(&prepared.description.options, &prepared.name)
        .map_err(|error| SessionError::Config(error.to_string()))?;
    for warning in warnings {
        let detail = warning.detail();
        let fields: Vec<_> = detail
            .iter()
            .map(|detail| ("fields", detail.as_str()))
            .collect();
        logger.log(Level::Warning, "", &warning.message(), &fields);
    }
    Ok(options)
}

fn plan(layers: Layers, prepared: &Prepared, logger: &Logger) -> Result<Plan, CommandError> {
    let (options, warnings) = consolidate(layers);
    if prepared.description.functions.is_empty() {
        return Err(SessionError::NoFunctions.into());
    }
    let plan = Plan::resolve(&options, &prepared.description.functions)
        .map_err(|error| SessionError::Config(error.to_string()))?;
    for warning in warnings.iter().chain(&plan.warnings) {
        logger.log(Level::Warning, "", &warning.message(), &[]);
    }
    Ok(plan)
}

fn summary_settings(mode: args::SummaryMode, global: &GlobalOptions) -> Option<SummarySettings> {
    let mode = match mode {
        args::SummaryMode::Disabled => return None,
        args::SummaryMode::Compact => SummaryMode::Compact,
        args::SummaryMode::Full => SummaryMode::Full,
    };
    let stdout_tty = stdout().is_terminal();
    Some(SummarySettings {
        mode,
        color: stdout_tty && use_color(global.no_color),
        no_color: !use_color(global.no_color),
        stdout_tty,
        stderr_tty: stderr().is_terminal(),
    })
}

fn describe(args: &RunArgs, plan: &Plan) -> Description {
    let line = |scenario: &Arc<runner_plan::ScenarioPlan>| ScenarioLine {
        name: scenario.name.clone(),
        text: scenario.description(),
    };
    Description {
        script: args.file.to_string_lossy().into_owned(),
        output: "-".to_owned(),
        max_vus: plan.max_vus(),
        max_duration: go_duration(plan.total_duration()),
        scenarios: plan.scenarios.iter().map(line).collect(),
    }
}

/// Runs with progress and signals beside it; returns the last progress too.
async fn execute(run: Run, ui: &Arc<Ui>) -> (Outcome, Progress) {
    let state = Arc::clone(run.state());
    let stage = Arc::new(Mutex::new(Stage::Initialising(0, state.planned_vus())));
    let signals = tokio::spawn(watch_signals(run.abort()));
    let shown = tokio::spawn({
        let (ui, state, stage) = (Arc::clone(ui), Arc::clone(&state), Arc::clone(&stage));
        async move {
            loop {
                tokio::time::sleep(ui.interval()).await;
                ui.tick(&progress(&state, now(&stage)));
            }
        }
    });
    let outcome = run
        .execute(|next| {
            if let Ok(mut stage) = stage.lock() {
                *stage = next;
            }
            if next == Stage::Finished {
                shown.abort();
            }
        })
        .await;
    signals.abort();
    let last = progress(&state, now(&stage));
    (outcome, last)
}

fn now(stage: &Mutex<Stage>) -> Stage {
    // Poisoned only by a panic that has ended the run anyway.
    stage.lock().map_or(Stage::Running, |stage| *stage)
}

fn progress(state: &RunState, stage: Stage) -> Progress {
    let run = state.progress();
    let phase = match stage {
        Stage::Initialising(done, total) => Phase::Initialising { done, total },
        Stage::Setup => Phase::Setup,
        Stage::Running | Stage::Teardown | Stage::Finished => Phase::Running {
            elapsed: run.elapsed,
            active_vus: run.active_vus,
            total_vus: run.initialised_vus,
            complete: run.completed,
            interrupted: run.interrupted,
        },
    };
    let bars = run.scenarios.into_iter().map(|scenario| Bar {
        name: scenario.name,
        status: bar_status(scenario.status),
        fraction: scenario.fraction,
        columns: scenario.columns,
    });
    Progress {
        phase,
        bars: bars.collect(),
    }
}

fn bar_status(status: runner_session::ScenarioStatus) -> BarStatus {
    use runner_session::ScenarioStatus;
    match status {
        ScenarioStatus::Idle | ScenarioStatus::Running => BarStatus::Plain,
        ScenarioStatus::Waiting => BarStatus::Waiting,
        ScenarioStatus::Stopping => BarStatus::Stopping,
        ScenarioStatus::Done => BarStatus::Done,
        ScenarioStatus::Interrupted => BarStatus::Interrupted,
    }
}

/// The first signal ends the run, the second the process.
async fn watch_signals(abort: Abort) {
    let name = signal().await;
    abort.abort(AbortReason::Signal(name.to_owned()));
    signal().await;
    std::process::exit(ExitCode::Signal.code().into());
}

/// Waits for SIGINT or SIGTERM; returns its name.
#[cfg(unix)]
pub(super) async fn signal() -> &'static str {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => {
                signals.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => "interrupt",
        () = terminated => "terminated",
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn signal() -> &'static str {
    let _ = tokio::signal::ctrl_c().await;
    "interrupt"
}

/// Writes the summary; a file that cannot be written is an error, but loses none of the others.
fn finish(outcome: Outcome, ui: &Ui, logger: &Logger) -> ExitCode {
    let mut code = exit_code(outcome.end);
    match outcome.summary {
        SummaryOutput::None => {}
        SummaryOutput::Text(text) => ui.print(&text),
        SummaryOutput::Files(files) => {
            for (name, content) in files {
                let written = match name.as_str() {
                    "stdout" => stdout().write_all(&content).and_then(|()| stdout().flush()),
                    "stderr" => stderr().write_all(&content),
                    path => fs::write(path, &content),
                };
                if let Err(error) = written {
                    let message = format!("handleSummary: cannot write {name}: {error}");
                    logger.log(Level::Error, "", &message, &[]);
                    if code == ExitCode::Success {
                        code = ExitCode::Other;
                    }
                }
            }
        }
    }
    code
}
