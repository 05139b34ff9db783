//! The plan itself, and questions to it that need all scenarios.

use std::sync::Arc;
use std::time::Duration as StdDuration;

use indexmap::IndexMap;
use runner_values::Demand;

use super::ScenarioPlan;
use crate::options::{Options, Warning};
use crate::types::{
    Duration, HttpSettings, NetSettings, Part, SystemTags, ThresholdSpec, TimeUnit, TrendStat,
};

/// What the end-of-test summary shows.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryPlan {
    /// Figures of each Trend, in this order.
    pub trend_stats: Vec<TrendStat>,
    /// Of times; none chooses per value.
    pub time_unit: Option<TimeUnit>,
}

/// A run, decided. Made by [`Plan::resolve`] and never changed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Which part of the test this is.
    pub part: Part,
    /// Ordered by start time, then by name.
    pub scenarios: Vec<Arc<ScenarioPlan>>,
    /// Wait after initialisation until told to start.
    pub paused: bool,
    /// Leave out `setup()`.
    pub no_setup: bool,
    /// Leave out `teardown()`.
    pub no_teardown: bool,
    /// For `setup()`; always positive.
    pub setup_timeout: StdDuration,
    /// For `teardown()`.
    pub teardown_timeout: StdDuration,
    /// For `handleSummary()`.
    pub handle_summary_timeout: StdDuration,
    /// Shorter iterations are followed by a pause.
    pub min_iteration_duration: Option<StdDuration>,
    /// Failed requests raise exceptions.
    pub throw: bool,
    /// Rules and settings of all connections.
    pub net: NetSettings,
    /// The HTTP client.
    pub http: HttpSettings,
    /// By metric, as written.
    pub thresholds: IndexMap<String, Vec<ThresholdSpec>>,
    /// On every sample.
    pub tags: IndexMap<String, String>,
    /// Tags that the host sets itself.
    pub system_tags: SystemTags,
    /// The end-of-test summary.
    pub summary: SummaryPlan,
    /// File for the script's `console.*`.
    pub console_output: Option<String>,
    /// Samples that an output may have waiting.
    pub metric_samples_buffer_size: usize,
    /// What the user should be told before the run.
    pub warnings: Vec<Warning>,
    /// The options that this plan came from, with `scenarios` derived.
    pub(super) options: Options,
}

impl Plan {
    /// VUs to initialise before the run: the most that are held at one time, without those
    /// that arrival-rate scenarios add when they need them.
    pub fn planned_vus(&self) -> u64 {
        self.demand().planned_vus
    }

    /// The most VUs that can exist at one time.
    pub fn max_vus(&self) -> u64 {
        self.demand().max_vus
    }

    /// The longest that the scenarios can take, from the end of setup.
    pub fn total_duration(&self) -> StdDuration {
        self.demand().max_duration
    }

    /// The head of the list of scenarios, as k6 prints it:
    /// `(100.00%) 1 scenario, 10 max VUs, 40s max duration (incl. graceful stop)`.
    pub fn description(&self) -> String {
        let count = self.scenarios.len();
        let plural = if count == 1 { "" } else { "s" };
        let total = Duration::from_std(self.total_duration());
        format!(
            "({:.2}%) {count} scenario{plural}, {} max VUs, {total} max duration (incl. graceful stop)",
            self.part.share() * 100.0,
            self.max_vus()
        )
    }

    /// The options that the plan came from, with `scenarios` derived from shortcuts.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// What all scenarios need together.
    fn demand(&self) -> Demand {
        Demand::of(self.scenarios.iter().map(|scenario| scenario.scheduled()))
    }
}
