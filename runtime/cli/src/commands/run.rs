//! `runner run FILE`: plans, runs, shows progress, writes the summary.

use std::fs;
use std::io::{IsTerminal, stderr, stdout};
use std::path::PathBuf;
use std::sync::Arc;

use runner_plan::{Layers, Plan};
use runner_session::{
    Abort, AbortReason, Outcome, Outputs, Run, RunControl, RunSettings, SummaryMode, SummaryOutput,
    SummarySettings, go_duration,
};

use super::layers::{config_file, environment_options, plan, script_options};
use super::{CommandError, exit_code, outputs, prepare, rest, threads};
use crate::args::{self, GlobalOptions, RunArgs};
use crate::exit_code::ExitCode;
use crate::logging::{Level, Logger};
use crate::signals::Signals;
use crate::surroundings::{self, variable};
use crate::terminal::Terminal;
use crate::ui::{Description, Progress, ScenarioLine, Ui, UiOptions, terminal_width, use_color};

/// Runs a test.
pub fn run(
    args: &RunArgs,
    global: &GlobalOptions,
    logger: &Logger,
) -> Result<ExitCode, CommandError> {
    let mut runtime = args.runtime(variable)?;
    let config = config_file(global, logger)?;
    let features = super::features::chosen(&args.features, &config, logger);
    runtime.freeze_env = features.has(args::Feature::FreezeEnv);
    let env = environment_options(logger)?;
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
    let terminal = Arc::new(Terminal::new(logger.clone(), Arc::clone(&ui)));
    let surroundings = surroundings::environment(Arc::clone(&terminal) as _)?;
    threads()?.block_on(async {
        let prepared = prepare(&args.file, &runtime, &surroundings).await?;
        // What was shown of the wait is gone before the terminal shows anything else.
        logger.flush();
        let mut layers = Layers {
            cli: args.options(),
            env,
            script: script_options(&prepared, logger)?,
            config: config.options,
        };
        features.merge_tags(&mut layers);
        let mut plan = plan(layers, &prepared, logger)?;
        plan.tags.extend(features.tags());
        let from = (config.out.as_deref(), &config.collectors);
        let outputs = outputs::create(&args.outputs, from, &prepared, &plan)?;
        let settings = RunSettings {
            summary: summary_settings(&runtime, global),
            thresholds: !runtime.no_thresholds,
            fail_on_exceptions: runtime.fail_on_exceptions,
            linger: runtime.linger.or(config.linger).unwrap_or_default(),
            outputs,
        };
        let description = describe(args, &plan, &settings.outputs);
        let run = Run::new(prepared, plan, settings).await?;
        let _rest = rest::serve(global, &run, logger)?;
        ui.start(&description);
        let (outcome, last) = execute(run, &terminal).await;
        let mut exported = true;
        for (flag, file, text) in [
            ("--summary-export", &runtime.summary_export, &outcome.export),
            ("--junit", &runtime.junit, &outcome.junit),
        ] {
            if let (Some(file), Some(text)) = (file, text) {
                exported &= outputs::export_summary(flag, file, text, logger);
            }
        }
        let mut code = finish(outcome, &ui, logger);
        if !exported && code == ExitCode::Success {
            code = ExitCode::Other;
        }
        ui.finish(&last);
        Ok(code)
    })
}

/// The file for `console.*`: known before the script is, because init code may use it.
pub(super) fn console_output(args: &RunArgs) -> Option<PathBuf> {
    let flag = args.options().console_output;
    let file = flag
        .or_else(|| variable("K6_CONSOLE_OUTPUT"))
        .filter(|file| !file.is_empty());
    file.map(PathBuf::from)
}

fn summary_settings(
    runtime: &args::RuntimeOptions,
    global: &GlobalOptions,
) -> Option<SummarySettings> {
    let mode = match runtime.summary_mode {
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
        machine_readable: runtime.machine_readable_summary,
        export: runtime.summary_export.is_some(),
        junit: runtime.junit.is_some(),
        width: terminal_width,
    })
}

fn describe(args: &RunArgs, plan: &Plan, outputs: &Outputs) -> Description {
    let line = |scenario: &Arc<runner_plan::ScenarioPlan>| ScenarioLine {
        name: scenario.name.clone(),
        text: scenario.description(),
    };
    Description {
        script: args.file.to_string_lossy().into_owned(),
        output: outputs.description(),
        percent: plan.part.share() * 100.0,
        max_vus: plan.max_vus(),
        max_duration: go_duration(plan.total_duration()),
        scenarios: plan.scenarios.iter().map(line).collect(),
    }
}

/// Runs with signals beside it; returns the last progress too.
async fn execute(run: Run, terminal: &Terminal) -> (Outcome, Progress) {
    let state = Arc::clone(run.state());
    let signals = tokio::spawn(watch_signals(run.abort(), Arc::clone(run.control())));
    let outcome = run.execute().await;
    signals.abort();
    tokio::spawn(end_at_once());
    (outcome, terminal.progress(&state.progress()))
}

/// The first signal ends the run, one that insists the process.
async fn watch_signals(abort: Abort, control: Arc<RunControl>) {
    // Without handlers a signal still ends the process.
    let Ok(mut signals) = Signals::listen() else {
        return;
    };
    let name = signals.any().await;
    abort.abort(AbortReason::Signal(name.to_owned()));
    control.end_linger();
    signals.insisting().await;
    std::process::exit(ExitCode::Signal.code().into());
}

/// When the run is over, for example while a pager does not take the summary.
async fn end_at_once() {
    if let Ok(mut signals) = Signals::listen() {
        signals.insisting().await;
        std::process::exit(ExitCode::Signal.code().into());
    }
}

/// Writes the summary; a file that cannot be written is an error, but loses none of the others.
/// Files come first: a terminal or pipe may be gone, or may take its time.
fn finish(outcome: Outcome, ui: &Ui, logger: &Logger) -> ExitCode {
    let mut code = exit_code(outcome.end);
    let (files, streams) = match outcome.summary {
        SummaryOutput::Files(files) => files
            .into_iter()
            .partition(|(name, _)| !matches!(name.as_str(), "stdout" | "stderr")),
        SummaryOutput::Text(text) => (vec![], vec![("stdout".to_owned(), text.into_bytes())]),
        SummaryOutput::None => (vec![], vec![]),
    };
    let mut failed = |name: &str, error: std::io::Error| {
        let message = format!("cannot write the summary to {name}: {error}");
        logger.log(Level::Error, "", &message, &[]);
        if code == ExitCode::Success {
            code = ExitCode::Other;
        }
    };
    for (name, content) in files {
        if let Err(error) = fs::write(&name, &content) {
            failed(&name, error);
        }
    }
    // The log before the rest: it is about what the summary sums up.
    logger.flush();
    for (name, content) in streams {
        let written = match name.as_str() {
            "stdout" => ui.write(&content, stdout()),
            _ => ui.write(&content, stderr()),
        };
        if let Err(error) = written {
            failed(&name, error);
        }
    }
    code
}
