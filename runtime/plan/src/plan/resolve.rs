//! From consolidated options to a plan: derive, validate everything, fill in defaults.

use std::sync::Arc;

use runner_hints::guess;

use super::derive::derive;
use super::network;
use super::scenario::DEFAULT_EXEC;
use super::{Plan, PlanError, ScenarioPlan, SummaryPlan};
use crate::options::Options;
use crate::types::{Duration, Part, Segment, TrendStat};

const DEFAULT_SETUP_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_TEARDOWN_TIMEOUT: Duration = Duration::from_secs(60);
const DEFAULT_HANDLE_SUMMARY_TIMEOUT: Duration = Duration::from_secs(120);
const DEFAULT_SAMPLES_BUFFER: usize = 1000;

impl Plan {
    /// Decides the run. `functions` are the names that the script exports, any of which a
    /// scenario may run.
    ///
    /// # Errors
    /// Where options contradict each other or are out of range, or a scenario's function is
    /// not exported. All problems are reported together.
    pub fn resolve(options: &Options, functions: &[String]) -> Result<Self, PlanError> {
        let (mut options, warnings) = derive(options.clone())?;
        let scenarios = options.scenarios.clone().unwrap_or_default();
        let mut names: Vec<_> = scenarios.iter().collect();
        names.sort_by(|(name_a, a), (name_b, b)| {
            let key = (a.start_time.unwrap_or_default(), name_a);
            key.cmp(&(b.start_time.unwrap_or_default(), name_b))
        });

        let mut problems = Vec::new();
        for (name, scenario) in &names {
            let wrong = ScenarioPlan::problems(name, scenario);
            if !wrong.is_empty() {
                let list = wrong.join(", ");
                problems.push(format!("scenario {name} has configuration errors: {list}"));
            }
        }
        let segment = options.execution_segment.unwrap_or(Segment::FULL);
        let part = Part::new(segment, options.execution_segment_sequence.as_ref());
        let part = part.unwrap_or_else(|problem| {
            problems.push(problem);
            Part::default()
        });
        let setup_timeout = options.setup_timeout.unwrap_or(DEFAULT_SETUP_TIMEOUT);
        if setup_timeout <= Duration::ZERO {
            problems.push("setupTimeout must be positive".to_owned());
        }
        if options
            .metric_samples_buffer_size
            .is_some_and(|size| size < 0)
        {
            problems.push("metricSamplesBufferSize can't be negative".to_owned());
        }
        for (name, scenario) in &names {
            let exec = scenario.exec.as_deref().unwrap_or(DEFAULT_EXEC);
            if !exec.is_empty() && !functions.iter().any(|function| function == exec) {
                let instead = instead_of(exec, functions);
                problems.push(format!(
                    "executor {name}: function '{exec}' not found in exports{instead}"
                ));
            }
        }
        if !problems.is_empty() {
            return Err(PlanError::Invalid(problems));
        }

        let plans = names
            .iter()
            .map(|(name, scenario)| ScenarioPlan::new(name, scenario, &part));
        let scenarios = plans.map(Arc::new).collect();
        let trend_stats = options
            .summary_trend_stats
            .get_or_insert_with(TrendStat::defaults)
            .clone();
        let system_tags = *options.system_tags.get_or_insert_default();
        let teardown_timeout = options.teardown_timeout.unwrap_or(DEFAULT_TEARDOWN_TIMEOUT);
        let summary_timeout = options
            .handle_summary_timeout
            .unwrap_or(DEFAULT_HANDLE_SUMMARY_TIMEOUT);
        Ok(Self {
            scenarios,
            part,
            paused: options.paused.unwrap_or_default(),
            no_setup: options.no_setup.unwrap_or_default(),
            no_teardown: options.no_teardown.unwrap_or_default(),
            setup_timeout: setup_timeout.to_std(),
            teardown_timeout: teardown_timeout.to_std(),
            handle_summary_timeout: summary_timeout.to_std(),
            min_iteration_duration: options
                .min_iteration_duration
                .map(Duration::to_std)
                .filter(|duration| !duration.is_zero()),
            throw: options.throw.unwrap_or_default(),
            net: network::net(&options),
            http: network::http(&options),
            thresholds: options.thresholds.clone().unwrap_or_default(),
            tags: options.tags.clone().unwrap_or_default(),
            system_tags,
            summary: SummaryPlan {
                trend_stats,
                time_unit: options.summary_time_unit,
            },
            console_output: options
                .console_output
                .clone()
                .filter(|path| !path.is_empty()),
            metric_samples_buffer_size: options
                .metric_samples_buffer_size
                .and_then(|size| usize::try_from(size).ok())
                .unwrap_or(DEFAULT_SAMPLES_BUFFER),
            warnings,
            options,
        })
    }
}

/// What to do about a function that is not there, in brackets: take one that is. `default` is not a
/// name that anybody mistypes.
fn instead_of(exec: &str, functions: &[String]) -> String {
    if exec == DEFAULT_EXEC && !functions.is_empty() {
        let there = functions.join(", ");
        return format!(
            " (there is {there}: name it in a scenario's exec, or export a default function)"
        );
    }
    guess(exec, functions.iter().map(String::as_str))
}
