//! Turns the shortcuts `vus`, `duration`, `iterations` and `stages` into one scenario.

use indexmap::IndexMap;

use super::PlanError;
use crate::executors::{
    ConstantVusOptions, ExecutorOptions, PerVuIterationsOptions, RampingVusOptions,
    SharedIterationsOptions,
};
use crate::options::{Options, ScenarioOptions, Warning};
use crate::types::Duration;

/// Name of the scenario that shortcuts stand for.
pub(super) const DEFAULT_SCENARIO: &str = "default";

/// The options with `scenarios` that say everything. The shortcuts stay as they were.
pub(super) fn derive(mut options: Options) -> Result<(Options, Vec<Warning>), PlanError> {
    let mut warnings = Vec::new();
    let stages = options.stages.as_ref().filter(|stages| !stages.is_empty());
    let scenarios = options
        .scenarios
        .as_ref()
        .filter(|scenarios| !scenarios.is_empty());
    let conflict = |first, second, there: bool| {
        if there {
            Err(PlanError::Conflict { first, second })
        } else {
            Ok(())
        }
    };

    let executor = if options.iterations.is_some() {
        conflict("iterations", "stages", stages.is_some())?;
        conflict("iterations", "scenarios", scenarios.is_some())?;
        ExecutorOptions::SharedIterations(SharedIterationsOptions {
            vus: options.vus,
            iterations: options.iterations,
            max_duration: options.duration,
        })
    } else if let Some(duration) = options.duration {
        conflict("duration", "stages", stages.is_some())?;
        conflict("duration", "scenarios", scenarios.is_some())?;
        if duration <= Duration::ZERO {
            return Err(PlanError::DurationNotPositive);
        }
        ExecutorOptions::ConstantVus(ConstantVusOptions {
            vus: options.vus,
            duration: Some(duration),
        })
    } else if let Some(stages) = stages {
        conflict("stages", "scenarios", scenarios.is_some())?;
        ExecutorOptions::RampingVus(RampingVusOptions {
            start_vus: options.vus,
            stages: Some(stages.clone()),
            graceful_ramp_down: None,
        })
    } else if let Some(vus) = options.vus {
        if scenarios.is_some() {
            warnings.push(Warning::VusOverrideScenarios { vus });
        }
        ExecutorOptions::SharedIterations(SharedIterationsOptions {
            vus: Some(vus),
            iterations: Some(vus),
            max_duration: None,
        })
    } else if scenarios.is_some() {
        return Ok((options, warnings));
    } else {
        if options.stages.is_some() {
            warnings.push(Warning::EmptyShortcut { key: "stages" });
        }
        if options.scenarios.is_some() {
            warnings.push(Warning::EmptyShortcut { key: "scenarios" });
        }
        ExecutorOptions::PerVuIterations(PerVuIterationsOptions::default())
    };
    let scenario = ScenarioOptions::new(executor);
    options.scenarios = Some(IndexMap::from([(DEFAULT_SCENARIO.to_owned(), scenario)]));
    Ok((options, warnings))
}
