//! The end of a run as text or as data for `handleSummary()`.

use std::time::Duration;

use runner_metrics::{Snapshot, SummaryMode, ThresholdResult};
use runner_outputs::summary::{
    DataOptions, TextOptions, TimeUnit, TrendStat, data_json, render_text,
};
use runner_plan::SummaryPlan;
use runner_vu::{ScriptErrorKind, VuError};
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
    /// What setup returned, as JSON.
    pub(crate) data: Option<String>,
}

impl Finished {
    pub(crate) fn text(&self, settings: &SummarySettings, plan: &SummaryPlan) -> String {
        let options = TextOptions {
            mode: settings.mode,
            color: settings.color,
            trend_stats: trend_stats(plan),
            time_unit: time_unit(plan),
        };
        render_text(&self.snapshot, &self.thresholds, self.duration, &options)
    }

    pub(crate) fn json(&self, settings: &SummarySettings, plan: &SummaryPlan) -> Value {
        let data = self
            .data
            .as_deref()
            .and_then(|data| serde_json::from_str(data).ok());
        let options = DataOptions {
            trend_stats: trend_stats(plan),
            time_unit: time_unit(plan),
            no_color: settings.no_color,
            stdout_is_tty: settings.stdout_tty,
            stderr_is_tty: settings.stderr_tty,
            setup_data: data,
        };
        data_json(&self.snapshot, &self.thresholds, self.duration, &options)
    }
}

/// Names of the metrics whose thresholds were crossed, none where all held.
pub(crate) fn crossed(results: &[ThresholdResult]) -> Option<String> {
    let mut names: Vec<&str> = results
        .iter()
        .filter(|result| !result.ok)
        .map(|result| result.key.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| names.join(", "))
}

/// What is shown when `handleSummary()` failed: the default text where it threw, nothing where
/// its result cannot be used, as in k6.
pub(crate) fn after_failure(error: &VuError, text: String) -> SummaryOutput {
    match error {
        VuError::Script(script) if script.kind == ScriptErrorKind::InvalidResult => {
            SummaryOutput::None
        }
        _ => SummaryOutput::Text(text),
    }
}

// The plan has parsed both already, by the same rules.
fn trend_stats(plan: &SummaryPlan) -> Vec<TrendStat> {
    plan.trend_stats
        .iter()
        .filter_map(|stat| TrendStat::parse(&stat.name).ok())
        .collect()
}

fn time_unit(plan: &SummaryPlan) -> Option<TimeUnit> {
    plan.time_unit
        .and_then(|unit| TimeUnit::parse(unit.name()).ok())
}
