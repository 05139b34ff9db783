//! The data of one VU's store.

use std::sync::Arc;

use runner_extensions::{Reach, ReachView, Sandbox};
use runner_metrics::{Shard, Tags};
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtxView, WasiView};

use crate::capability::{Turn, views};
use crate::context::{LoadContext, ScriptContext};
use crate::extension::VuExtensions;
use crate::http::HttpView;
use crate::image::Recording;
use crate::limits::MemoryLimit;
use crate::metrics::VuTags;
use crate::tasks::Tasks;

views! {
    /// Operations that were started.
    tasks: Tasks,
    /// The client, and what the script told it.
    http: HttpView,
    /// Instances of the extensions that were used.
    extensions: VuExtensions,
}

/// What the host has called the script for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Init code: files and metric declarations, no load.
    Init,
    /// `setup()`.
    Setup,
    /// A scenario function.
    Iteration,
    /// `teardown()`.
    Teardown,
    /// `handleSummary()`.
    Summary,
}

/// How an iteration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// In order.
    Well,
    /// With an exception.
    Failed,
    /// With the instance.
    Trapped,
    /// By the script's own will: it ended the run.
    Aborted,
}

/// The scenario that a VU is activated for.
#[derive(Debug)]
pub struct ScenarioContext {
    /// Its key in `options.scenarios`.
    pub name: String,
    /// Such as `constant-vus`.
    pub executor: String,
    /// Tags on its samples.
    pub tags: Vec<(String, String)>,
}

/// Everything of one VU that is not inside its WebAssembly memory.
pub struct VuState {
    pub(crate) script: Arc<ScriptContext>,
    pub(crate) load: Option<Arc<LoadContext>>,
    pub(crate) scenario: Option<Arc<ScenarioContext>>,
    pub(crate) tags: VuTags,
    pub(crate) views: Views,
    /// There while an extension has this state on loan: what that may reach.
    pub(crate) reach: Option<Reach>,
    pub(crate) table: ResourceTable,
    pub(crate) phase: Phase,
    pub(crate) vu: u64,
    pub(crate) iteration: u64,
    pub(crate) iteration_in_scenario: u64,
    pub(crate) scenario_iteration: (u64, u64),
    wasi: Option<Box<Sandbox>>,
    /// What the guest said on panicking.
    panic: Option<Box<str>>,
    limit: MemoryLimit,
    /// There while an image is made of this instance.
    pub(crate) recording: Option<Box<Recording>>,
}

impl std::fmt::Debug for VuState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VuState")
            .field("vu", &self.vu)
            .field("phase", &self.phase)
            .finish()
    }
}

impl VuState {
    /// A VU before its init. Without `load` it can only be asked what the script is.
    pub fn new(
        vu: u64,
        script: Arc<ScriptContext>,
        load: Option<Arc<LoadContext>>,
        limit: MemoryLimit,
    ) -> Self {
        Self {
            views: Views::new(vu, load.as_deref()),
            script,
            load,
            scenario: None,
            tags: VuTags::default(),
            reach: None,
            table: ResourceTable::new(),
            phase: Phase::Init,
            vu,
            iteration: 0,
            iteration_in_scenario: 0,
            scenario_iteration: (0, 0),
            wasi: None,
            panic: None,
            limit,
            recording: None,
        }
    }

    /// What the script is being called for.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The memory limit, for the store.
    pub fn limit(&mut self) -> &mut MemoryLimit {
        &mut self.limit
    }

    /// The context that all VUs have.
    pub fn script(&self) -> &Arc<ScriptContext> {
        &self.script
    }

    /// Enters setup, teardown or the summary; `group` tags their samples.
    pub fn begin_phase(&mut self, phase: Phase) {
        self.phase = phase;
        self.scenario = None;
        let group = match phase {
            Phase::Setup => "::setup",
            Phase::Teardown => "::teardown",
            _ => "",
        };
        if let Some(load) = self.load.clone() {
            self.tags.activate(&load, None, group);
            self.tags.set_position(&load, self.vu, self.iteration);
        }
        self.views.begin();
    }

    /// Leaves setup or teardown: open groups end, bytes are counted.
    pub fn end_phase(&mut self) {
        self.end_groups();
        self.end_turn(Turn::Phase, |_, _| ());
    }

    /// The VU now belongs to `scenario`; its own tags start afresh.
    pub fn activate(&mut self, scenario: Arc<ScenarioContext>) {
        self.phase = Phase::Iteration;
        self.iteration_in_scenario = 0;
        if let Some(load) = self.load.clone() {
            self.tags.activate(&load, Some(&scenario), "");
        }
        self.scenario = Some(scenario);
    }

    /// The instance will not run again: handles too can be what others wait for, such as locks.
    pub fn abandon(&mut self) {
        self.views.abandon();
        self.table = ResourceTable::new();
    }

    /// Before an iteration: its number in the scenario, here and over all instances.
    /// Returns its number in this VU.
    pub fn begin_iteration(&mut self, in_instance: u64, in_test: u64) -> u64 {
        self.scenario_iteration = (in_instance, in_test);
        if let Some(load) = &self.load {
            self.tags.set_position(load, self.vu, self.iteration);
        }
        self.views.begin();
        self.iteration
    }

    /// After an iteration that ran to its end, however it went. `milliseconds` is its duration.
    pub fn end_iteration(&mut self, milliseconds: f64, ended: Ended) {
        self.end_groups();
        self.iteration += 1;
        self.iteration_in_scenario += 1;
        if ended != Ended::Trapped {
            self.tell_denials();
        }
        let failed = self.load.as_ref().and_then(|load| load.failed);
        self.end_turn(Turn::Iteration, |shard, tags| {
            shard.iteration(tags, milliseconds);
            if let (Some(metric), true) = (failed, ended != Ended::Aborted) {
                shard.add(metric, tags, f64::from(u8::from(ended != Ended::Well)));
            }
        });
    }

    /// Lets every capability end its turn, and records what `record` and they have to say of the whole.
    fn end_turn(&mut self, turn: Turn, record: impl FnOnce(&mut Shard, &Tags)) {
        self.views.end(turn);
        if let Some(load) = self.load.as_deref() {
            let carried = &self.tags.carried;
            let shard = load.metrics.shard(self.vu);
            let mut shard = shard.lock_with(carried.metadata.as_ref());
            record(&mut shard, &carried.tags);
            self.views.record(&mut shard, &carried.tags);
        }
    }

    /// Takes over what survives when an instance is replaced: ids and counters.
    pub fn inherit(&mut self, iterations: u64) {
        self.iteration = iterations;
    }

    /// Tells the user what the script wanted of WASI and was not granted.
    pub fn tell_denials(&self) {
        if let Some(sandbox) = &self.wasi
            && let Some(text) = sandbox.denials.take()
        {
            self.script.extensions.tell_once(&text);
        }
    }

    /// The same after a trap: what a panic looks at on its way is nothing that the script missed.
    pub fn tell_denials_of_trap(&self, panic: Option<&str>) {
        let Some(sandbox) = &self.wasi else { return };
        if let Some(panic) = panic {
            sandbox.reach.failed_with(panic);
        }
        if let Some(text) = sandbox.denials.take_certain() {
            self.script.extensions.tell_once(&text);
        }
    }

    /// Keeps what a guest says on panicking for the error that follows.
    pub(crate) fn keep_panic(&mut self, text: String) {
        self.panic = Some(text.into());
    }

    /// What the instance said when it panicked, by way of the log or on standard error.
    pub fn take_panic(&mut self) -> Option<String> {
        match self.panic.take() {
            Some(text) => Some(text.into()),
            None => self.wasi.as_ref()?.words.take(),
        }
    }

    /// How many iterations this VU has ended.
    pub fn iterations(&self) -> u64 {
        self.iteration
    }
}

/// WASI for compiled scripts, made when first asked for, because most VUs never do.
impl WasiView for VuState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let extensions = &self.script.extensions;
        let sandbox = self
            .wasi
            .get_or_insert_with(|| Box::new(extensions.script_sandbox_or_empty(&self.script.env)));
        WasiCtxView {
            ctx: &mut sandbox.wasi,
            table: &mut self.table,
        }
    }
}

impl ReachView for VuState {
    fn reach(&self) -> &Reach {
        match &self.wasi {
            Some(sandbox) => &sandbox.reach,
            None => self.script.extensions.nothing(),
        }
    }
}
