//! From the plan's words to those of the rooms that carry it out. The rooms do not know each
//! other's types; this file knows them all, and decides nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use runner_http::{
    DnsOptions, DnsPolicy, DnsSelect, DnsTtl, HttpDebug, HttpOptions, TlsAuth, TlsOptions,
    TlsVersion,
};
use runner_metrics::threshold::Definition;
use runner_plan::types;
use runner_plan::{HttpPlan, Plan, ScenarioPlan};
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

/// What the HTTP clients do.
pub(crate) fn http(plan: &HttpPlan) -> HttpOptions {
    let auth = |auth: &types::TlsAuth| TlsAuth {
        cert: auth.cert.clone(),
        key: auth.key.clone(),
    };
    let version = |version: types::TlsVersion| TlsVersion::parse(version.name());
    HttpOptions {
        user_agent: plan.user_agent.clone(),
        max_redirects: plan.max_redirects,
        max_redirects_explicit: plan.max_redirects_set,
        // There, 0 means that there is no limit.
        batch: plan.batch.unwrap_or_default(),
        batch_per_host: plan.batch_per_host.unwrap_or_default(),
        insecure_skip_tls_verify: plan.insecure_skip_tls_verify,
        no_connection_reuse: plan.no_connection_reuse,
        no_vu_connection_reuse: plan.no_vu_connection_reuse,
        no_cookies_reset: plan.no_cookies_reset,
        discard_response_bodies: plan.discard_response_bodies,
        tls: TlsOptions {
            min: plan.tls_version.min.and_then(version),
            max: plan.tls_version.max.and_then(version),
            cipher_suites: plan.tls_cipher_suites.clone(),
            auth: plan.tls_auth.iter().map(auth).collect(),
            extra_roots: Vec::new(),
        },
        hosts: plan
            .hosts
            .iter()
            .map(|(key, to)| (key.to_string(), to.to_string()))
            .collect(),
        block_hostnames: plan
            .block_hostnames
            .iter()
            .map(|p| p.as_str().to_owned())
            .collect(),
        blacklist_ips: plan.blacklist_ips.iter().map(ToString::to_string).collect(),
        dns: DnsOptions {
            ttl: plan.dns.ttl.map_or(DnsTtl::Forever, DnsTtl::For),
            select: match plan.dns.select {
                types::DnsSelect::First => DnsSelect::First,
                types::DnsSelect::RoundRobin => DnsSelect::RoundRobin,
                types::DnsSelect::Random => DnsSelect::Random,
            },
            policy: match plan.dns.policy {
                types::DnsPolicy::PreferIpv4 => DnsPolicy::PreferIpv4,
                types::DnsPolicy::PreferIpv6 => DnsPolicy::PreferIpv6,
                types::DnsPolicy::OnlyIpv4 => DnsPolicy::OnlyIpv4,
                types::DnsPolicy::OnlyIpv6 => DnsPolicy::OnlyIpv6,
                types::DnsPolicy::Any => DnsPolicy::Any,
            },
        },
        rps: plan.rps.and_then(|rps| u32::try_from(rps).ok()),
        local_ips: plan.local_ips.as_ref().map(|pool| pool.text().to_owned()),
        debug: match plan.debug {
            runner_plan::HttpDebug::Off => HttpDebug::Off,
            runner_plan::HttpDebug::Headers => HttpDebug::Headers,
            runner_plan::HttpDebug::Full => HttpDebug::Full,
        },
    }
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
