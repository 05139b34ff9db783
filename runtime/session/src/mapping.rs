//! The plan, dealt out to the rooms that carry it out. Values go through as they are; this file
//! knows who needs which, and decides nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use runner_metrics::threshold::Definition;
use runner_plan::types;
use runner_plan::{Plan, ScenarioPlan};
use runner_scheduler::{ScenarioConfig, SchedulerConfig};
use runner_values::executor::ExecutorKind;
use runner_vu::ScenarioSetup;

/// What the scheduler runs.
pub(crate) fn scheduler(plan: &Plan) -> SchedulerConfig {
    SchedulerConfig {
        scenarios: plan.scenarios.iter().map(|s| scenario(s)).collect(),
        min_iteration_duration: plan.min_iteration_duration.unwrap_or_default(),
        vu_limit: Some(vu_slots(plan).into()),
        part: plan.part.clone(),
    }
}

/// How many VUs the run has room for. A run that can be scaled gets more than it starts with:
/// room is address space, not memory.
pub(crate) fn vu_slots(plan: &Plan) -> u32 {
    const SCALABLE: u64 = 1_000;
    let can_scale = plan
        .scenarios
        .iter()
        .any(|scenario| scenario.executor.kind() == ExecutorKind::ExternallyControlled);
    let floor = if can_scale { SCALABLE } else { 1 };
    u32::try_from(plan.max_vus().max(floor)).unwrap_or(u32::MAX)
}

fn scenario(plan: &ScenarioPlan) -> ScenarioConfig {
    ScenarioConfig {
        name: plan.name.as_str().into(),
        start_time: plan.start_time,
        graceful_stop: plan.graceful_stop,
        part: plan.iterations.clone(),
        executor: plan.executor.clone(),
    }
}

/// What VUs need to know of each scenario.
pub(crate) fn setups(plan: &Plan) -> HashMap<String, Arc<ScenarioSetup>> {
    let own = |(name, value): (&String, &String)| (name.clone(), value.clone());
    let setup = |scenario: &Arc<ScenarioPlan>| ScenarioSetup {
        exec: scenario.exec.clone(),
        env: scenario.env.iter().map(own).collect(),
        tags: scenario.tags.iter().map(own).collect(),
    };
    plan.scenarios
        .iter()
        .map(|s| (s.name.clone(), Arc::new(setup(s))))
        .collect()
}

/// The thresholds, in the order in which they were written.
pub(crate) fn thresholds(plan: &Plan) -> Vec<Definition> {
    let of_metric = |(key, specs): (&String, &Vec<types::ThresholdSpec>)| {
        let definition = |spec: &types::ThresholdSpec| Definition {
            key: key.clone(),
            expression: spec.threshold.clone(),
            abort_on_fail: spec.abort_on_fail,
            delay_abort_eval: spec
                .delay_abort_eval
                .map_or(Duration::ZERO, |delay| delay.to_std()),
        };
        specs.iter().map(definition).collect::<Vec<_>>()
    };
    plan.thresholds.iter().flat_map(of_metric).collect()
}
