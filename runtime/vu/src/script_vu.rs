//! A VU in the hands of the scheduler.
//!
//! The hot path of the whole tool: [`ScriptVu::iterate`] calls into the instance and records
//! one iteration. Whatever is not an ordinary iteration is in functions of its own.

use std::sync::Arc;
use std::time::Instant;

use runner_host::{Ended, Exception, Failure, Key, Level, ScenarioContext};
use runner_scheduler::{IterationContext, IterationOutcome, ScenarioRun, Vu, VuError as Opaque};

use crate::factory::{Factory, ScenarioSetup};
use crate::{Instance, ScriptErrorKind, VuError};

/// One VU: an id that lasts, and an instance that can be replaced.
pub struct ScriptVu {
    id: u64,
    factory: Arc<Factory>,
    instance: Option<Instance>,
    scenario: Option<(Arc<ScenarioContext>, Arc<ScenarioSetup>)>,
    iterations: u64,
    /// A future of this VU is running, or was dropped in the middle.
    busy: bool,
}

impl std::fmt::Debug for ScriptVu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptVu")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl ScriptVu {
    /// Starts an instance and runs its init code.
    pub async fn new(id: u64, factory: Arc<Factory>) -> Result<Self, VuError> {
        let (instance, _) = factory
            .program
            .start(id, &factory.script, Some(&factory.load))
            .await?;
        Ok(Self {
            id,
            factory,
            instance: Some(instance),
            scenario: None,
            iterations: 0,
            busy: false,
        })
    }

    async fn enter_scenario(&mut self) -> Result<(), VuError> {
        let (Some(instance), Some((context, setup))) = (&mut self.instance, &self.scenario) else {
            return Ok(());
        };
        instance.store.data_mut().activate(Arc::clone(context));
        let data = self.factory.data.read().clone();
        let Instance { store, bindings } = instance;
        let lifecycle = bindings.runner_script_lifecycle();
        let result = lifecycle
            .call_activate(&mut *store, &setup.exec, &setup.env, data.as_deref())
            .await;
        instance.settle(result)
    }

    /// An iteration ended otherwise than in order, or the VU is worn out.
    #[cold]
    fn ended(&mut self, result: wasmtime::Result<Result<(), Failure>>) -> IterationOutcome {
        let Some(instance) = &mut self.instance else {
            return IterationOutcome::Broken;
        };
        let state = instance.store.data_mut();
        let (is_worn, refused) = (state.is_worn(), state.limit().is_refused());
        let mut key = None;
        if let Ok(Err(failure)) = &result
            && failure.kind != ScriptErrorKind::Aborted
            && !refused
        {
            let known = Exception::key(&failure.message, &failure.stack);
            if self.factory.script.repeats.failed_again(known) {
                return self.usable(is_worn, IterationOutcome::Completed);
            }
            key = Some(known);
        }
        match instance.settle(result) {
            Ok(()) => self.usable(is_worn, IterationOutcome::Completed),
            Err(VuError::Script(script)) if script.kind == ScriptErrorKind::Aborted => {
                self.usable(is_worn, IterationOutcome::Interrupted)
            }
            Err(error @ VuError::Script(_)) => {
                self.tell(&error, key, "stacktrace");
                self.usable(is_worn, IterationOutcome::Completed)
            }
            Err(error) => {
                self.tell(&error, None, "vu");
                self.instance = None;
                IterationOutcome::Broken
            }
        }
    }

    /// How an iteration ended that leaves the instance usable, unless it is worn out.
    fn usable(&mut self, is_worn: bool, outcome: IterationOutcome) -> IterationOutcome {
        if is_worn && outcome == IterationOutcome::Completed {
            self.instance = None;
            return IterationOutcome::Broken;
        }
        outcome
    }

    /// Logs why an iteration failed, unless others failed for the same reason.
    fn tell(&self, error: &VuError, key: Option<Key>, source: &'static str) {
        let (message, stack) = error.parts();
        let key = key.unwrap_or_else(|| Exception::key(&message, &stack));
        let script = &self.factory.script;
        let is_new = !script.repeats.failed_again(key)
            && script.repeats.failed(
                key,
                Exception::new(&message, &stack, &script.folder, source),
            );
        if !is_new {
            return;
        }
        let scenario = self.scenario.as_ref();
        let name = scenario.map_or("", |(context, _)| &context.name);
        let executor = scenario.map_or("", |(context, _)| &context.executor);
        let fields = [("executor", executor), ("scenario", name)];
        script
            .log
            .log(Level::Error, source, &error.to_string(), &fields);
    }
}

impl Vu for ScriptVu {
    fn id(&self) -> u64 {
        self.id
    }

    async fn activate(&mut self, scenario: &Arc<ScenarioRun>) -> Result<(), Opaque> {
        let Some(setup) = self.factory.scenarios.get(&**scenario.name()).cloned() else {
            return Err(Opaque::new(format!(
                "scenario {} was not planned",
                scenario.name()
            )));
        };
        let context = ScenarioContext {
            name: scenario.name().to_string(),
            executor: scenario.executor().to_owned(),
            tags: setup.tags.clone(),
        };
        self.scenario = Some((Arc::new(context), setup));
        self.busy = true;
        let entered = self.enter_scenario().await;
        self.busy = false;
        entered.map_err(|error| {
            if !matches!(error, VuError::Script(_)) {
                self.instance = None;
            }
            Opaque::new(error)
        })
    }

    async fn iterate(&mut self, ctx: IterationContext) -> IterationOutcome {
        let Some(instance) = &mut self.instance else {
            return IterationOutcome::Broken;
        };
        self.busy = true;
        let Instance { store, bindings } = instance;
        let number = store.data_mut().begin_iteration(
            ctx.iteration_in_scenario_instance,
            ctx.iteration_in_scenario_test,
        );
        let started = Instant::now();
        let result = bindings
            .runner_script_lifecycle()
            .call_iterate(&mut *store, number)
            .await;
        let milliseconds = started.elapsed().as_nanos() as f64 / 1e6;
        self.busy = false;
        self.iterations += 1;
        let ended = match &result {
            Ok(Ok(())) => Ended::Well,
            Ok(Err(failure)) if failure.kind == ScriptErrorKind::Aborted => Ended::Aborted,
            Ok(Err(_)) => Ended::Failed,
            Err(_) => Ended::Trapped,
        };
        let state = store.data_mut();
        state.end_iteration(milliseconds, ended);
        if ended == Ended::Well && !state.is_worn() {
            return IterationOutcome::Completed;
        }
        self.ended(result)
    }

    fn interrupted(&mut self) {
        if self.busy
            && let Some(instance) = &mut self.instance
        {
            instance.store.data_mut().abandon();
        }
    }

    async fn recover(&mut self) -> Result<(), Opaque> {
        if self.instance.is_some() && !self.busy {
            return Ok(());
        }
        // The old instance goes first, so that its slot in the pool is free.
        self.instance = None;
        let factory = Arc::clone(&self.factory);
        let started = factory
            .program
            .start(self.id, &factory.script, Some(&factory.load))
            .await;
        let (mut instance, _) = started.map_err(Opaque::new)?;
        instance.store.data_mut().inherit(self.iterations);
        self.instance = Some(instance);
        self.busy = false;
        self.enter_scenario().await.map_err(Opaque::new)
    }
}
