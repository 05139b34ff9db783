//! From a prepared script and a plan to a run that can begin: metrics, program, scheduler, control,
//! outputs. Everything that can fail before a VU exists fails here.

use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;

use runner_engine::{EngineOptions, Ticker, engine_for};
use runner_host::{HttpContext, LoadContext};
use runner_metrics::{
    Kind, MetricId, Metrics, MetricsConfig, Registry, SeriesWarning, TagInterner, ThresholdSet,
    Unit,
};
use runner_net::Dialer;
use runner_outputs::{LatestResults, OutputContext, Wake};
use runner_plan::Plan;
use runner_scheduler::{RunState, Scheduler};
use runner_vu::{Factory, Phases, SharedFactory};

use super::{Run, RunSettings};
use crate::control::{self, RunControl};
use crate::counters::LateCounters;
use crate::events::{self, Teller};
use crate::outputs;
use crate::prepared::no_thread;
use crate::{Event, Events, Notice, Prepared, SessionError, mapping};

/// What all that is measured goes through.
struct Measuring {
    metrics: Arc<Metrics>,
    thresholds: Arc<ThresholdSet>,
    load: Arc<LoadContext>,
    counters: Arc<LateCounters>,
    /// Wakes the outputs.
    wake: Wake,
}

impl Run {
    /// Gets everything ready that can fail before a VU exists.
    ///
    /// # Errors
    /// For options that cannot be carried out, more than the surroundings allow, and outputs that
    /// cannot be opened.
    pub async fn new(
        prepared: Prepared,
        plan: Plan,
        mut settings: RunSettings,
    ) -> Result<Self, SessionError> {
        within_limits(&prepared, &plan)?;
        let config = mapping::scheduler(&plan);
        let outputs = std::mem::take(&mut settings.outputs);
        let measuring = measuring(&prepared, &plan, &settings, !outputs.0.is_empty())?;
        let Measuring { metrics, load, .. } = &measuring;
        let run_tags = metrics
            .tags()
            .intern(plan.tags.iter().map(|(k, v)| (&**k, &**v)));
        let options = EngineOptions {
            max_vus: mapping::vu_slots(&plan),
        };
        let engine = engine_for(options, prepared.needs)?;
        let ticker = Ticker::start(&engine).map_err(no_thread)?;
        let program = prepared.program_for(&engine, &plan, load).await?;
        let script = Arc::clone(&prepared.context);
        let phases = Phases {
            program: program.clone(),
            script: Arc::clone(&script),
            load: Arc::clone(load),
        };
        let setups = mapping::setups(&plan);
        let factory = Arc::new(Factory::new(program, script, Arc::clone(load), setups));
        let sink = events::sink(
            Arc::clone(metrics),
            Arc::clone(&prepared.context.repeats),
            run_tags,
            load.system_tags,
        );
        let scheduler = Scheduler::new(config, SharedFactory(Arc::clone(&factory)), sink);
        let state = scheduler.state();
        measuring.counters.set(state);
        let control = RunControl::new(control::Parts {
            control: scheduler.control(),
            state: Arc::clone(state),
            abort: prepared.abort.clone(),
            marked_failed: Arc::clone(&prepared.marked_failed),
            metrics: Arc::clone(metrics),
            thresholds: Arc::clone(&measuring.thresholds),
            factory,
            repeats: Arc::clone(&prepared.context.repeats),
            phases: phases.clone(),
            setup: prepared.description.setup.then_some(plan.setup_timeout),
            teardown: (prepared.description.teardown).then_some(plan.teardown_timeout),
        });
        let teller = Teller {
            events: Arc::clone(&prepared.environment.events),
            control,
            latest: LatestResults::default(),
        };
        let failure = Arc::<OnceLock<String>>::default();
        let context = output_context(&prepared, &measuring, state, &teller, &failure);
        let feed = outputs::start(outputs, &context, &measuring.wake, &teller.events)?;
        let Measuring {
            metrics,
            thresholds,
            ..
        } = measuring;
        Ok(Self {
            prepared,
            plan,
            settings,
            thresholds,
            feed,
            metrics,
            scheduler,
            phases,
            teller,
            run_tags,
            end: OnceLock::new(),
            failure,
            _ticker: ticker,
        })
    }
}

/// Refuses plans that take more than the surroundings allow.
fn within_limits(prepared: &Prepared, plan: &Plan) -> Result<(), SessionError> {
    let (wanted, most) = (plan.max_vus(), prepared.environment.limits.vus);
    match most.filter(|most| wanted > *most) {
        None => Ok(()),
        Some(most) => Err(SessionError::Config(format!(
            "the test needs {wanted} VUs, and at most {most} are allowed here; lower vus, maxVUs or \
             the stages"
        ))),
    }
}

fn measuring(
    prepared: &Prepared,
    plan: &Plan,
    settings: &RunSettings,
    has_outputs: bool,
) -> Result<Measuring, SessionError> {
    let (thresholds, failed) = thresholds(plan, prepared, settings.thresholds)?;
    let wake = Wake::default();
    let system_tags = plan.system_tags;
    let warning = series_warning(Arc::clone(&prepared.environment.events));
    let metrics = Metrics::new(MetricsConfig {
        registry: Arc::clone(&prepared.context.registry),
        interner: Arc::new(TagInterner::with_warning(warning)),
        system_tags,
        submetrics: thresholds.keys().to_vec(),
        // Two shards per core: a VU rarely finds its own taken.
        shards: cores() * 2,
        mode: settings
            .summary
            .as_ref()
            .map(|s| s.mode)
            .unwrap_or_default(),
        tap: has_outputs.then(|| wake.pressure()),
    });
    let http = Dialer::new(&plan.net)
        .and_then(|dialer| runner_http::Shared::new(plan.http.clone(), dialer))
        .map_err(|error| SessionError::Config(error.to_string()))?;
    let counters = Arc::new(LateCounters::default());
    let load = Arc::new(LoadContext {
        metrics: Arc::clone(&metrics),
        http: HttpContext::new(
            http,
            Arc::clone(&prepared.context.log),
            Arc::clone(&prepared.context.repeats),
        ),
        run_tags: plan.tags.clone().into_iter().collect(),
        system_tags,
        options: plan.derived_options_json().to_string(),
        counters: Arc::clone(&counters) as _,
        failed,
    });
    Ok(Measuring {
        metrics,
        thresholds: Arc::new(thresholds),
        load,
        counters,
        wake,
    })
}

fn output_context(
    prepared: &Prepared,
    measuring: &Measuring,
    state: &Arc<RunState>,
    teller: &Teller,
    failure: &Arc<OnceLock<String>>,
) -> OutputContext {
    OutputContext {
        metrics: Arc::clone(&measuring.metrics),
        thresholds: Arc::clone(&measuring.thresholds),
        system_tags: measuring.load.system_tags,
        script: prepared.name.as_str().into(),
        options: measuring.load.options.as_str().into(),
        folder: prepared.environment.folder.as_path().into(),
        run: Arc::new(outputs::View {
            state: Arc::clone(state),
            latest: teller.latest.clone(),
            abort: prepared.abort.clone(),
            failure: Arc::clone(failure),
        }),
    }
}

fn cores() -> usize {
    available_parallelism().map_or(1, NonZero::get)
}

fn thresholds(
    plan: &Plan,
    prepared: &Prepared,
    wanted: bool,
) -> Result<(ThresholdSet, Option<MetricId>), SessionError> {
    let config = |text: String| SessionError::Config(text);
    let wanted = wanted.then(|| mapping::thresholds(plan));
    let set = ThresholdSet::new(wanted.into_iter().flatten())
        .map_err(|error| config(error.to_string()))?;
    let failed = iterations_failed(&set, &prepared.context.registry);
    set.validate(&prepared.context.registry).map_err(|errors| {
        let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
        config(lines.join("\n"))
    })?;
    Ok((set, failed))
}

/// The metric that is there only for thresholds: k6 has no such metric, so nobody who does not name
/// it is to see it. A metric of the script's with the same name is the script's.
fn iterations_failed(set: &ThresholdSet, registry: &Registry) -> Option<MetricId> {
    const NAME: &str = "iterations_failed";
    let named = set.keys().iter().any(|key| key.metric == NAME);
    if !named || registry.get(NAME).is_some() {
        return None;
    }
    registry.define(NAME, Kind::Rate, Unit::Plain).ok()
}

fn series_warning(events: Arc<dyn Events>) -> SeriesWarning {
    Box::new(move |count| {
        events.event(Event::Notice(&Notice::ManySeries(count as u64)));
    })
}
