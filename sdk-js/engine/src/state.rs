//! What an instance knows: one runtime, one context, one VU. An instance runs on one thread
//! and the host calls one export at a time, so plain cells in a static are enough.

use core::cell::{Cell, RefCell};
use core::mem::MaybeUninit;

use rquickjs_sys::{self as q, JSClassID, JSContext, JSRuntime, JSValue};

use crate::api::extension::Extensions;
use crate::atoms::Atoms;
use crate::lifecycle::{Pending, Rejections, Timers};
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

/// Classes whose objects carry native data.
pub struct Classes {
    pub response: JSClassID,
    pub metric: JSClassID,
    pub expected_statuses: JSClassID,
    pub cookie_jar: JSClassID,
    pub env: JSClassID,
    pub extension_resource: JSClassID,
}

/// JavaScript that native code calls; set once while the snapshot is made.
pub struct Hooks {
    /// `(data) => {body, type}`: form encoding of an object body.
    pub encode_form: Cell<JSValue>,
    /// `(value) => string`: the host's JSON rules.
    pub to_json: Cell<JSValue>,
    /// `(name, message) => Error`: an error of the key-value store.
    pub kv_error: Cell<JSValue>,
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
    /// `__ENV`, made when it is first read.
    pub env: Cell<JSValue>,
    /// `__ENV` is read-only.
    pub freeze_env: Cell<bool>,
    /// The next `__ENV` of an instance that started from an image; undefined in others.
    pub env_ready: Cell<JSValue>,
    pub scenario_env: RefCell<Vec<(String, String)>>,
    /// Set by `test.abort`.
    pub aborted: RefCell<Option<String>>,
    /// The option `throw`, read when a request first fails.
    pub throw: Cell<Option<bool>>,
    /// The key-value store holds text, not JSON.
    pub kv_text: Cell<bool>,
}

/// Everything.
pub struct Engine {
    pub rt: *mut JSRuntime,
    pub ctx: *mut JSContext,
    pub atoms: Atoms,
    /// Borrowed: lives as long as the context.
    pub global: JSValue,
    pub protos: Protos,
    pub classes: Classes,
    pub hooks: Hooks,
    /// `k6`, `k6/http`, …: name to exports object.
    pub modules: Cell<JSValue>,
    pub vu: Vu,
    pub sources: Sources,
    pub timers: RefCell<Timers>,
    pub pending: RefCell<Pending>,
    pub rejections: Rejections,
    pub extensions: Extensions,
}

struct Slot(MaybeUninit<Engine>);

static mut ENGINE: Slot = Slot(MaybeUninit::uninit());

/// Puts the engine in place, before anything else of this crate is used.
///
/// # Safety
/// Call once.
pub unsafe fn install(engine: Engine) {
    unsafe {
        let slot = &raw mut ENGINE;
        (*slot).0.write(engine);
    }
}

/// The engine of this instance.
#[inline(always)]
pub fn engine() -> &'static Engine {
    // Installed by the first function that runs in any instance (boot.rs).
    unsafe {
        let slot = &raw const ENGINE;
        (*slot).0.assume_init_ref()
    }
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
            env: Cell::new(q::JS_UNDEFINED),
            freeze_env: Cell::new(false),
            env_ready: Cell::new(q::JS_UNDEFINED),
            scenario_env: RefCell::new(Vec::new()),
            aborted: RefCell::new(None),
            throw: Cell::new(None),
            kv_text: Cell::new(false),
        }
    }

    /// The script's init code is running (or the snapshot's).
    pub fn in_init(&self) -> bool {
        matches!(self.phase.get(), Phase::Init | Phase::Snapshot)
    }
}
