//! What an instance knows: one runtime, one context, one VU. What a module of the API keeps for
//! itself is not here but in a static of its own ([`crate::local`]).

use core::cell::{Cell, RefCell};

use rquickjs_sys::{self as q, JSContext, JSRuntime, JSValue};

use crate::lifecycle::{Pending, Rejections, Timers};
use crate::local::Late;
use crate::source::Sources;

/// Where the script stands; decides what it may call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The snapshot is being taken: no host call is allowed.
    Snapshot,
    Init,
    Setup,
    Iteration,
    Teardown,
    Summary,
}

/// Prototypes of the errors that native code throws.
pub struct Protos {
    pub host_error: Cell<JSValue>,
    pub type_error: Cell<JSValue>,
    pub syntax_error: Cell<JSValue>,
}

/// State of the VU. Values are owned references unless said otherwise.
pub struct Vu {
    pub phase: Cell<Phase>,
    pub id: Cell<u64>,
    /// The function that `activate` chose.
    pub function: Cell<JSValue>,
    /// What setup returned, parsed for this VU.
    pub data: Cell<JSValue>,
    /// The namespace of the main script, or `module.exports`.
    pub exports: Cell<JSValue>,
    /// What the scenario adds to `__ENV`.
    pub scenario_env: RefCell<Vec<(String, String)>>,
    /// `__ENV` is read-only.
    pub freeze_env: Cell<bool>,
    /// Set by `test.abort`.
    pub aborted: RefCell<Option<String>>,
}

/// Everything.
pub struct Engine {
    pub rt: *mut JSRuntime,
    pub ctx: *mut JSContext,
    /// Borrowed: lives as long as the context.
    pub global: JSValue,
    pub protos: Protos,
    /// `k6`, `k6/http`, …: name to exports object.
    pub modules: Cell<JSValue>,
    pub vu: Vu,
    pub sources: Sources,
    pub timers: RefCell<Timers>,
    pub pending: RefCell<Pending>,
    pub rejections: Rejections,
}

static ENGINE: Late<Engine> = Late::new();

/// Puts the engine in place, before anything else of this crate is used.
///
/// # Safety
/// Call once.
pub unsafe fn install(engine: Engine) {
    unsafe { ENGINE.set(engine) };
}

/// The engine of this instance.
#[inline(always)]
pub fn engine() -> &'static Engine {
    ENGINE.get()
}

/// The context of this instance.
#[inline(always)]
pub fn ctx() -> *mut JSContext {
    engine().ctx
}

/// The runtime of this instance.
#[inline(always)]
pub fn rt() -> *mut JSRuntime {
    engine().rt
}

/// Puts an owned value into a cell and frees what was there.
pub fn replace(cell: &Cell<JSValue>, value: JSValue) {
    let old = cell.replace(value);
    unsafe { q::JS_FreeValue(ctx(), old) }
}

impl Vu {
    pub fn new() -> Vu {
        Vu {
            phase: Cell::new(Phase::Snapshot),
            id: Cell::new(0),
            function: Cell::new(q::JS_UNDEFINED),
            data: Cell::new(q::JS_UNDEFINED),
            exports: Cell::new(q::JS_UNDEFINED),
            scenario_env: RefCell::new(Vec::new()),
            freeze_env: Cell::new(false),
            aborted: RefCell::new(None),
        }
    }

    /// The script's init code is running (or the snapshot's).
    pub fn in_init(&self) -> bool {
        matches!(self.phase.get(), Phase::Init | Phase::Snapshot)
    }
}
