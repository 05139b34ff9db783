//! One run, from planned VUs to the summary.
//!
//! Order, as in k6: planned VUs, setup, scenarios, teardown, thresholds, summary. Teardown runs
//! after an abort too, unless setup failed. Whatever goes wrong is logged when it happens; the
//! first thing that went wrong decides how the run ended.

use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;

use runner_control::LiveRun;
use runner_engine::{EngineOptions, Ticker, engine_for};
use runner_host::{HttpLog, Level, LoadContext};
use runner_metrics::{
    Kind, MetricId, Metrics, MetricsConfig, Registry, TagInterner, TagSetId, ThresholdSet, Unit,
};
use runner_outputs::summary::About;
use runner_outputs::{Feed, LatestResults, OutputContext, Wake};
use runner_plan::Plan;
use runner_scheduler::{Abort, AbortReason, InitialiseError, RunState, Scheduler};
use runner_vu::{Factory, Phases, SharedFactory, VuError};

use crate::control::{self, RunControl};
use crate::counters::LateCounters;
use crate::outputs::{self, Outputs};
use crate::prepared::no_thread;
use crate::summary::{self, Finished, SummaryOutput, SummarySettings};
use crate::watch::{self, Watch};
use crate::{End, Prepared, SessionError, events, mapping};

/// What a run needs besides its plan.
#[derive(Debug)]
pub struct RunSettings {
    /// How the summary looks; none for no summary at all.
    pub summary: Option<SummarySettings>,
    /// False leaves thresholds out altogether.
    pub thresholds: bool,
    /// After teardown, wait for [`RunControl::end_linger`] or a stop.
    pub linger: bool,
    /// The run fails where an iteration did.
    pub fail_on_exceptions: bool,
    /// Where raw samples go.
    pub outputs: Outputs,
}

/// Where a run is, for whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// VUs are made: how many there are, of how many.
    Initialising(u64, u64),
    /// All is ready, but the run is paused.
    Paused,
    /// setup runs.
    Setup,
    /// The scenarios run.
    Running,
    /// teardown runs.
    Teardown,
    /// All is over, but the user wants to look at it before the summary.
    Lingering,
    /// All is over but the summary.
    Finished,
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// Decides the exit code.
    pub end: End,
    /// What is to be shown or written.
    pub summary: SummaryOutput,
    /// The summary for `--summary-export`, where it was asked for.
    pub export: Option<String>,
    /// The report for `--junit`, where it was asked for.
    pub junit: Option<String>,
}

/// A script with a plan and VUs to come.
pub struct Run {
    prepared: Prepared,
    plan: Plan,
    settings: RunSettings,
    thresholds: Arc<ThresholdSet>,
    latest: LatestResults,
    feed: Option<Feed>,
    metrics: Arc<Metrics>,
    scheduler: Scheduler<SharedFactory>,
    phases: Phases,
    control: Arc<RunControl>,
    run_tags: TagSetId,
    end: OnceLock<End>,
    /// Why it failed, in words for the outputs.
    failure: Arc<OnceLock<String>>,
    _ticker: Ticker,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run")
            .field("script", &self.prepared.name)
            .finish_non_exhaustive()
    }
}

impl Run {
    /// Gets everything ready that can fail before a VU exists.
    pub async fn new(
        prepared: Prepared,
        plan: Plan,
        mut settings: RunSettings,
    ) -> Result<Self, SessionError> {
        let config = mapping::scheduler(&plan);
        let (thresholds, failed) = thresholds(&plan, &prepared, settings.thresholds)?;
        let thresholds = Arc::new(thresholds);
        let outputs = std::mem::take(&mut settings.outputs);
        let wake = Wake::default();
        let system_tags = mapping::system_tags(&plan.system_tags);
        let log = Arc::clone(&prepared.settings.log);
        let metrics = Metrics::new(MetricsConfig {
            registry: Arc::clone(&prepared.context.registry),
            interner: Arc::new(TagInterner::with_warning(series_warning(Arc::clone(&log)))),
            system_tags,
            submetrics: thresholds.keys().to_vec(),
            // Two shards per core: a VU rarely finds its own taken.
            shards: cores() * 2,
            mode: settings
                .summary
                .as_ref()
                .map(|s| s.mode)
                .unwrap_or_default(),
            tap: (!outputs.0.is_empty()).then(|| wake.pressure()),
        });
        let run_tags = metrics
            .tags()
            .intern(plan.tags.iter().map(|(k, v)| (&**k, &**v)));
        let http = runner_http::Shared::new(mapping::http(&plan.http))
            .map_err(|error| SessionError::Config(error.to_string()))?;
        let counters = Arc::new(LateCounters::default());
        let load = Arc::new(LoadContext {
            metrics: Arc::clone(&metrics),
            http,
            http_log: Arc::new(HttpLog {
                log: Arc::clone(&log),
                repeats: Arc::clone(&prepared.context.repeats),
            }),
            run_tags: plan.tags.clone().into_iter().collect(),
            system_tags,
            options: plan.derived_options_json().to_string(),
            counters: Arc::clone(&counters) as _,
            failed,
        });
        let options = EngineOptions {
            max_vus: mapping::vu_slots(&plan),
        };
        let engine = engine_for(options, prepared.needs)?;
        let ticker = Ticker::start(&engine).map_err(no_thread)?;
        let program = prepared.program_for(&engine, &plan, &load).await?;
        let script = Arc::clone(&prepared.context);
        let phases = Phases {
            program: program.clone(),
            script: Arc::clone(&script),
            load: Arc::clone(&load),
        };
        let factory = Arc::new(Factory::new(
            program,
            script,
            Arc::clone(&load),
            mapping::setups(&plan),
        ));
        let sink = events::sink(
            Arc::clone(&metrics),
            Arc::clone(&prepared.context.repeats),
            run_tags,
            system_tags,
        );
        let scheduler = Scheduler::new(config, SharedFactory(Arc::clone(&factory)), sink);
        counters.set(scheduler.state());
        let control = RunControl::new(control::Parts {
            control: scheduler.control(),
            state: Arc::clone(scheduler.state()),
            abort: prepared.abort.clone(),
            marked_failed: Arc::clone(&prepared.marked_failed),
            metrics: Arc::clone(&metrics),
            thresholds: Arc::clone(&thresholds),
            factory: Arc::clone(&factory),
            repeats: Arc::clone(&prepared.context.repeats),
            phases: phases.clone(),
            setup: prepared.description.setup.then_some(plan.setup_timeout),
            teardown: (prepared.description.teardown).then_some(plan.teardown_timeout),
        });
        let latest = LatestResults::default();
        let failure = Arc::<OnceLock<String>>::default();
        let context = OutputContext {
            metrics: Arc::clone(&metrics),
            thresholds: Arc::clone(&thresholds),
            system_tags,
            script: prepared.name.as_str().into(),
            options: load.options.as_str().into(),
            run: Arc::new(outputs::View {
                state: Arc::clone(scheduler.state()),
                latest: latest.clone(),
                abort: prepared.abort.clone(),
                failure: Arc::clone(&failure),
            }),
        };
        let feed = outputs::start(outputs, &context, &wake, &log)?;
        Ok(Self {
            prepared,
            plan,
            settings,
            thresholds,
            latest,
            feed,
            metrics,
            scheduler,
            phases,
            control,
            run_tags,
            end: OnceLock::new(),
            failure,
            _ticker: ticker,
        })
    }

    /// Live counters.
    pub fn state(&self) -> &Arc<RunState> {
        self.scheduler.state()
    }

    /// The handle that ends the run early.
    pub fn abort(&self) -> Abort {
        self.prepared.abort.clone()
    }

    /// The handle that pauses, scales and looks at the run while it goes on.
    pub fn control(&self) -> &Arc<RunControl> {
        &self.control
    }

    /// The plan that is carried out.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Runs to the end. `stage` hears where the run is.
    pub async fn execute(mut self, stage: impl Fn(Stage)) -> Outcome {
        let control = Arc::clone(&self.control);
        control.begin(self.plan.paused);
        let stage = |next| {
            control.note(next);
            stage(next);
        };
        let sampler = tokio::spawn(events::sample_vus(
            Arc::clone(&self.metrics),
            Arc::clone(self.state()),
            self.run_tags,
        ));
        let repeats = Arc::clone(&self.prepared.context.repeats);
        let teller = tokio::spawn(events::tell_repeats(Arc::clone(&repeats)));
        let watch = (!self.thresholds.is_empty()).then(|| tokio::spawn(self.watch().run()));
        self.carry_out(&stage).await;
        sampler.abort();
        teller.abort();
        repeats.tell_rest();
        if let Some(watch) = watch {
            watch.abort();
        }
        // First, because what ends the lingering does not change how the run ended.
        self.note_abort();
        if self.settings.linger {
            self.control.linger(&stage).await;
        }
        stage(Stage::Finished);
        if self.end.get().is_none() && self.state().completed() == 0 {
            let message =
                "No script iterations fully finished, consider making the test duration longer";
            self.prepared.log(Level::Warn, message);
        }
        if self.prepared.marked_failed.get().is_some() && self.end.set(End::MarkedAsFailed).is_ok()
        {
            self.prepared
                .log(Level::Error, "test run was marked as failed");
        }
        let duration = self.state().elapsed();
        let feed = outputs::finish(self.feed.take()).await;
        let snapshot = self.metrics.snapshot();
        let thresholds = self.thresholds.evaluate(&snapshot, duration);
        self.latest.set(thresholds.clone());
        let crossed = watch::crossed(&thresholds);
        let end = self.end.get().copied();
        let failures = match self.settings.fail_on_exceptions {
            true => repeats.failures(),
            false => 0,
        };
        let reason = self.abort();
        let why = outputs::failure(end, reason.reason(), crossed.as_deref(), failures);
        if let Some(why) = why {
            // There is one end of a run.
            let _ = self.failure.set(why);
        }
        let complete = outputs::stop(feed, &self.prepared.context.log).await;
        let finished = Finished {
            snapshot,
            thresholds,
            duration,
            exceptions: summary::exceptions(&repeats),
            data: self.control.setup_data(),
        };
        let export = self.export(&finished);
        let junit = self.junit(&finished, end, failures, complete);
        let summary = self.summarise(finished).await;
        repeats.tell_rest();
        // After the summary, which says more about each of them.
        if let Some(names) = crossed {
            // Where they ended the run that was said at once.
            if self.abort().reason() != Some(&AbortReason::Threshold) {
                let message = format!("thresholds on metrics '{names}' have been crossed");
                self.prepared.log(Level::Error, &message);
            }
            self.ends_with(End::ThresholdsFailed);
        }
        if failures > 0 {
            let text = format!(
                "{} (--fail-on-exceptions)",
                outputs::iterations_failed(failures)
            );
            self.prepared.log(Level::Error, &text);
            self.ends_with(End::ScriptException);
        }
        if !complete {
            self.ends_with(End::Other);
        }
        Outcome {
            end: self.end.get().copied().unwrap_or(End::Success),
            summary,
            export,
            junit,
        }
    }

    /// What ends the run when a threshold says so.
    fn watch(&self) -> Watch {
        Watch {
            metrics: Arc::clone(&self.metrics),
            thresholds: Arc::clone(&self.thresholds),
            state: Arc::clone(self.state()),
            latest: self.latest.clone(),
            abort: self.abort(),
            log: Arc::clone(&self.prepared.context.log),
        }
    }

    /// How thresholds stood when they were last evaluated.
    pub fn threshold_results(&self) -> &LatestResults {
        &self.latest
    }

    /// VUs, setup, scenarios, teardown.
    async fn carry_out(&self, stage: &impl Fn(Stage)) {
        let abort = self.abort();
        stage(Stage::Initialising(0, self.state().planned_vus()));
        let created = |done, total| stage(Stage::Initialising(done, total));
        if let Err(error) = self.scheduler.initialise(&abort, created).await {
            self.cannot_initialise(error);
            return;
        }
        if !self.control.may_start(stage).await {
            return;
        }
        // The run's clock covers setup and teardown, as k6's does.
        self.state().mark_started();
        self.phases_and_scenarios(&abort, stage).await;
        self.state().mark_ended();
    }

    async fn phases_and_scenarios(&self, abort: &Abort, stage: &impl Fn(Stage)) {
        let wanted = self.prepared.description.setup && !self.plan.no_setup;
        if wanted && !self.control.has_setup_data() {
            stage(Stage::Setup);
            let setup = self.phases.setup(self.plan.setup_timeout);
            let result = tokio::select! {
                biased;
                () = abort.aborted() => return,
                result = setup => result,
            };
            match result {
                Ok(value) => self.control.keep_setup_data(value),
                Err(error) => {
                    self.failed(&error, End::SetupTimeout, "setupTimeout");
                    return;
                }
            }
        }
        stage(Stage::Running);
        self.scheduler.run(abort).await;
        if self.prepared.description.teardown && !self.plan.no_teardown {
            stage(Stage::Teardown);
            let data = self.control.setup_data();
            let result = self
                .phases
                .teardown(data.as_deref(), self.plan.teardown_timeout)
                .await;
            if let Err(error) = result {
                self.note_abort();
                self.failed(&error, End::TeardownTimeout, "teardownTimeout");
            }
        }
    }

    /// handleSummary, or the text.
    async fn summarise(&self, finished: Finished) -> SummaryOutput {
        let Some(settings) = &self.settings.summary else {
            return SummaryOutput::None;
        };
        let text = finished.text(settings, &self.plan.summary);
        if !self.prepared.description.handle_summary {
            if let Err(error) = self.phases.init_for_summary().await {
                self.prepared.log(Level::Error, &error.to_string());
            }
            return SummaryOutput::Text(text);
        }
        let about = self.about(settings);
        let data = finished.json(settings, &self.plan.summary, &about);
        let data = data.to_string();
        let limit = self.plan.handle_summary_timeout;
        match self.phases.handle_summary(&data, limit).await {
            Ok(Some(files)) => SummaryOutput::Files(files),
            Ok(None) => SummaryOutput::Text(text),
            Err(error) => {
                self.prepared.log(Level::Error, &error.to_string());
                summary::after_failure(&error, text)
            }
        }
    }

    /// The text for `--summary-export`.
    fn export(&self, finished: &Finished) -> Option<String> {
        let settings = self.settings.summary.as_ref().filter(|s| s.export)?;
        Some(finished.export(settings, &self.plan.summary, &self.about(settings)))
    }

    /// The report for `--junit`.
    fn junit(
        &self,
        finished: &Finished,
        end: Option<End>,
        failures: u64,
        complete: bool,
    ) -> Option<String> {
        self.settings.summary.as_ref().filter(|s| s.junit)?;
        let failure = match self.abort().reason() {
            // Crossed thresholds are test cases of their own.
            Some(AbortReason::Threshold) => None,
            reason => outputs::failure(end, reason, None, failures),
        };
        let failure = failure.as_deref();
        Some(finished.junit(failure.or((!complete).then_some("an output lost samples"))))
    }

    /// What the machine-readable summary says of the run besides its results.
    fn about(&self, settings: &SummarySettings) -> About {
        if !settings.machine_readable {
            return About::default();
        }
        About {
            generated_at: self.prepared.context.unix_nanos(std::time::Instant::now()),
            script: self.prepared.source_text(),
        }
    }

    fn ends_with(&self, end: End) {
        // The first reason stands.
        let _ = self.end.set(end);
    }

    /// Says why the run was aborted, if it was and nothing worse has been said.
    fn note_abort(&self) {
        let abort = self.abort();
        let Some(reason) = abort.reason() else { return };
        let (end, message) = match reason {
            AbortReason::Signal(name) => {
                let text =
                    format!("test run was aborted because runner received a '{name}' signal");
                (End::Signal, Some(text))
            }
            AbortReason::Script(message) => {
                let colon = if message.is_empty() { "" } else { ": " };
                (
                    End::ScriptAborted,
                    Some(format!("test aborted{colon}{message}")),
                )
            }
            AbortReason::Threshold => (End::ThresholdsFailed, None),
            AbortReason::Rest => (
                End::StoppedByRest,
                Some("test run stopped from REST API".to_owned()),
            ),
            AbortReason::Fault(text) => (End::Other, Some(text.clone())),
        };
        if let (Ok(()), Some(message)) = (self.end.set(end), message) {
            self.prepared.log(Level::Error, &message);
        }
    }

    fn cannot_initialise(&self, error: InitialiseError) {
        match error {
            // Said with the abort itself.
            InitialiseError::Aborted(_) => {}
            InitialiseError::Create { vu, source } => {
                let known = source.get().downcast_ref::<VuError>();
                let end = match known {
                    Some(VuError::Timeout { .. }) => End::Timeout,
                    Some(VuError::Start(_)) | None => End::Other,
                    Some(error) if error.is_invalid_result() => End::Other,
                    Some(_) => End::ScriptException,
                };
                self.prepared.log(
                    Level::Error,
                    &format!("error while initialising VU {vu}: {source}"),
                );
                self.ends_with(end);
            }
            InitialiseError::Lost(error) => {
                self.prepared.log(Level::Error, &error.to_string());
                self.ends_with(End::Other);
            }
        }
    }

    /// setup or teardown failed.
    fn failed(&self, error: &VuError, timeout: End, option: &str) {
        let log = &self.prepared.context.log;
        if let VuError::Timeout { .. } = error {
            let hint = format!("You can increase the time limit via the {option} option");
            log.log(Level::Error, "", &error.to_string(), &[("hint", &hint)]);
            self.ends_with(timeout);
        } else if self.abort().is_aborted() {
            self.note_abort();
        } else if error.is_invalid_result() {
            log.log(Level::Error, "", &error.to_string(), &[]);
            self.ends_with(End::Other);
        } else {
            log.log(
                Level::Error,
                "",
                &error.to_string(),
                &[("hint", "script exception")],
            );
            self.ends_with(End::ScriptException);
        }
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

fn series_warning(log: Arc<dyn runner_host::LogSink>) -> runner_metrics::SeriesWarning {
    Box::new(move |count| {
        let message = format!(
            "The test has generated metrics with {count} unique time series, which is higher than \
             the suggested limit of 100000 and could cause high memory usage. Consider not using \
             high-cardinality values like unique IDs as metric tags or, if you need them in the \
             URL, use the name metric tag or URL grouping."
        );
        log.log(Level::Warn, "", &message, &[]);
    })
}
