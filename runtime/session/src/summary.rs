//! The end of a run as text or as data for `handleSummary()`.

use std::time::Duration;

use runner_host::Repeats;
use runner_metrics::{Snapshot, SummaryMode, ThresholdResult};
use runner_plan::SummaryPlan;
use runner_summary::{
    About, DataOptions, ExceptionCount, TextOptions, add_exceptions, data_json, export_json,
    indented, junit_xml, machine_readable_json, render_text, with_exceptions,
};
use runner_vu::VuError;
use serde_json::Value;

/// How the summary is to look.
#[derive(Debug, Clone, Copy)]
pub struct SummarySettings {
    /// How much it tells.
    pub mode: SummaryMode,
    /// Whether the text has colours.
    pub color: bool,
    /// The flag that forbids colours, as `handleSummary()` sees it.
    pub no_color: bool,
    /// Whether stdout is a terminal.
    pub stdout_tty: bool,
    /// Whether stderr is a terminal.
    pub stderr_tty: bool,
    /// Whether data has the new, versioned shape.
    pub machine_readable: bool,
    /// Whether the summary is wanted as a file.
    pub export: bool,
    /// Whether it is wanted as JUnit XML.
    pub junit: bool,
    /// Columns of the terminal that the text is for, asked when it is made: a window can be resized
    /// while the test runs.
    pub width: fn() -> Option<usize>,
}

/// What is to be shown or written.
#[derive(Debug)]
pub enum SummaryOutput {
    /// Nothing.
    None,
    /// The default text, for stdout.
    Text(String),
    /// What `handleSummary()` returned: file names, `stdout` and `stderr`.
    Files(Vec<(String, Vec<u8>)>),
}

/// A run that is over.
pub(crate) struct Finished {
    pub(crate) snapshot: Snapshot,
    pub(crate) thresholds: Vec<ThresholdResult>,
    /// Of the scenarios.
    pub(crate) duration: Duration,
    /// Why iterations failed.
    pub(crate) exceptions: Vec<ExceptionCount>,
    /// What setup returned, as JSON.
    pub(crate) data: Option<String>,
}

impl Finished {
    pub(crate) fn text(&self, settings: &SummarySettings, plan: &SummaryPlan) -> String {
        let options = TextOptions {
            mode: settings.mode,
            color: settings.color,
            trend_stats: plan.trend_stats.clone(),
            time_unit: plan.time_unit,
            width: (settings.width)(),
        };
        let text = render_text(&self.snapshot, &self.thresholds, self.duration, &options);
        add_exceptions(text, &self.exceptions, settings.color)
    }

    /// What `handleSummary()` is given.
    pub(crate) fn json(
        &self,
        settings: &SummarySettings,
        plan: &SummaryPlan,
        about: &About,
    ) -> Value {
        if settings.machine_readable {
            return self.machine_readable(plan, about);
        }
        let data = data_json(
            &self.snapshot,
            &self.thresholds,
            self.duration,
            &self.options(settings, plan),
        );
        with_exceptions(data, &[], &self.exceptions)
    }

    /// What `--summary-export` writes.
    pub(crate) fn export(
        &self,
        settings: &SummarySettings,
        plan: &SummaryPlan,
        about: &About,
    ) -> String {
        let data = if settings.machine_readable {
            self.machine_readable(plan, about)
        } else {
            let data = export_json(
                &self.snapshot,
                &self.thresholds,
                self.duration,
                &self.options(settings, plan),
            );
            with_exceptions(data, &[], &self.exceptions)
        };
        indented(&data)
    }

    /// What `--junit` writes; `failure` is why the run failed, where it was not by its thresholds.
    pub(crate) fn junit(&self, failure: Option<&str>) -> String {
        junit_xml(&self.snapshot, &self.thresholds, self.duration, failure)
    }

    fn machine_readable(&self, plan: &SummaryPlan, about: &About) -> Value {
        let data = machine_readable_json(&self.snapshot, self.duration, &plan.trend_stats, about);
        with_exceptions(data, &["results"], &self.exceptions)
    }

    fn options(&self, settings: &SummarySettings, plan: &SummaryPlan) -> DataOptions {
        let data = self
            .data
            .as_deref()
            .and_then(|data| serde_json::from_str(data).ok());
        DataOptions {
            trend_stats: plan.trend_stats.clone(),
            time_unit: plan.time_unit,
            no_color: settings.no_color,
            stdout_is_tty: settings.stdout_tty,
            stderr_is_tty: settings.stderr_tty,
            setup_data: data,
        }
    }
}

/// Why iterations failed, for a summary.
pub(crate) fn exceptions(repeats: &Repeats) -> Vec<ExceptionCount> {
    let all = repeats.exceptions().into_iter();
    all.map(|(exception, count)| match exception {
        Some(exception) => ExceptionCount {
            message: Some(exception.message),
            place: exception.place.map(|place| (place.file, place.line)),
            count,
        },
        None => ExceptionCount {
            message: None,
            place: None,
            count,
        },
    })
    .collect()
}

/// What is shown when `handleSummary()` failed: the default text where it threw, nothing where
/// its result cannot be used, as in k6.
pub(crate) fn after_failure(error: &VuError, text: String) -> SummaryOutput {
    if error.is_invalid_result() {
        SummaryOutput::None
    } else {
        SummaryOutput::Text(text)
    }
}
