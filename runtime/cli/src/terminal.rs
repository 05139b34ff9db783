//! A run on a terminal: hears what the session tells, and shows it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use runner_session::{Event, Events, RunProgress, ScenarioStatus, Stage};

use crate::logging::{Level, Logger};
use crate::ui::{Bar, BarStatus, Phase, Progress, Ui};

const LINGERING: &str = "\
The test is done, but --linger was enabled, so runner is waiting for Ctrl+C or a stop through the \
REST API to continue...
";

/// Log and progress of one run.
pub struct Terminal {
    logger: Logger,
    ui: Arc<Ui>,
    stage: Mutex<Stage>,
}

impl Terminal {
    /// Shows a run that has not begun.
    pub fn new(logger: Logger, ui: Arc<Ui>) -> Self {
        Self {
            logger,
            ui,
            stage: Mutex::new(Stage::Initialising(0, 0)),
        }
    }

    /// Progress as it is drawn.
    pub fn progress(&self, run: &RunProgress) -> Progress {
        let phase = match self.stage() {
            Stage::Initialising(done, total) => Phase::Initialising { done, total },
            Stage::Paused => Phase::Paused,
            Stage::Setup => Phase::Setup,
            Stage::Running | Stage::Teardown | Stage::Lingering | Stage::Finished => {
                Phase::Running {
                    elapsed: run.elapsed.clone(),
                    active_vus: run.active_vus,
                    total_vus: run.initialised_vus,
                    complete: run.completed,
                    interrupted: run.interrupted,
                }
            }
        };
        let bars = run.scenarios.iter().map(|scenario| Bar {
            name: scenario.name.clone(),
            status: bar_status(scenario.status),
            fraction: scenario.fraction,
            columns: scenario.columns.clone(),
        });
        Progress {
            phase,
            bars: bars.collect(),
        }
    }

    fn stage(&self) -> Stage {
        // Poisoned only by a panic that has ended the run anyway.
        self.stage.lock().map_or(Stage::Running, |stage| *stage)
    }

    fn enter(&self, next: Stage) {
        if let Some(doing) = doing(next) {
            self.logger.log(Level::Debug, "", doing, &[]);
        }
        if let Ok(mut stage) = self.stage.lock() {
            *stage = next;
        }
        if next == Stage::Lingering {
            self.ui.note(LINGERING);
        }
    }
}

impl Events for Terminal {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Stage(next) => self.enter(next),
            Event::Progress(progress) => self.ui.tick(&self.progress(progress)),
            other => self.logger.event(other),
        }
    }

    fn progress_every(&self) -> Option<Duration> {
        Some(self.ui.interval())
    }
}

fn bar_status(status: ScenarioStatus) -> BarStatus {
    match status {
        ScenarioStatus::Idle | ScenarioStatus::Running => BarStatus::Plain,
        ScenarioStatus::Waiting => BarStatus::Waiting,
        ScenarioStatus::Stopping => BarStatus::Stopping,
        ScenarioStatus::Done => BarStatus::Done,
        ScenarioStatus::Interrupted => BarStatus::Interrupted,
    }
}

/// For the log of `--verbose`.
fn doing(stage: Stage) -> Option<&'static str> {
    Some(match stage {
        Stage::Initialising(0, _) => "initialising VUs",
        Stage::Initialising(..) => return None,
        Stage::Paused => "paused before the start",
        Stage::Setup => "running setup()",
        Stage::Running => "running the scenarios",
        Stage::Teardown => "running teardown()",
        Stage::Lingering => "waiting, because of --linger",
        Stage::Finished => "the run is over, summing up",
    })
}
