//! Starts QuickJS with everything that does not depend on a script. The host runs this once,
//! while it takes the snapshot that VUs start from; an instance that was not snapshotted runs
//! it at its first call. Nothing here calls the host.

use core::cell::{Cell, RefCell};
use core::ffi::CStr;

use rquickjs_sys::{self as q, JSValue};

use crate::api;
use crate::atoms::{atoms, intern_atoms};
use crate::compact;
use crate::js::{Atom, JsResult, Val, caught, install_hooks};
use crate::lifecycle::{self, Pending, Rejections, Timers};
use crate::source::{self, Sources};
use crate::state::{Engine, Phase, Protos, Vu, ctx, engine, install, rt};

/// Linear-memory stack that JavaScript may use, of the 1 MiB that the module has (build.rs).
/// The rest is for native code that is called at the limit. Each of these bytes goes with
/// some of the machine's stack, which the host must provide.
pub const JS_STACK: usize = 320 * 1024;

/// How far the heap grows beyond the snapshot before cycles are collected for the first time.
/// A collection writes to every object and so makes the whole snapshot private to the VU:
/// most scripts make few cycles, and reference counts free the rest.
const GC_HEADROOM: usize = 4 * 1024 * 1024;

static mut BOOTED: bool = false;
static mut SNAPSHOT: bool = false;

/// A snapshot is being taken; the host cannot be called.
pub fn in_snapshot() -> bool {
    unsafe { SNAPSHOT }
}

/// Called by the host on the core module before it takes the snapshot.
#[unsafe(export_name = "wizer-initialize")]
pub extern "C" fn wizer_initialize() {
    unsafe { SNAPSHOT = true };
    ensure();
    unsafe { SNAPSHOT = false };
}

/// Boots unless the instance started from a snapshot.
#[inline(always)]
pub fn ensure() {
    if !unsafe { BOOTED } {
        boot();
    }
}

#[cold]
fn boot() {
    unsafe {
        BOOTED = true;
        let outer = SNAPSHOT;
        SNAPSHOT = true;
        install_hooks();
        let rt = q::JS_NewRuntime();
        q::JS_SetMaxStackSize(rt, JS_STACK as _);
        q::JS_SetGCThreshold(rt, usize::MAX as _);
        q::JS_SetModuleLoaderFunc(
            rt,
            Some(source::normalize),
            Some(source::load),
            core::ptr::null_mut(),
        );
        q::JS_SetHostPromiseRejectionTracker(
            rt,
            Some(lifecycle::track_rejection),
            core::ptr::null_mut(),
        );
        let ctx = q::JS_NewContext(rt);
        let global = q::JS_GetGlobalObject(ctx);
        intern_atoms(ctx);
        install(Engine {
            rt,
            ctx,
            global,
            protos: Protos {
                host_error: Cell::new(q::JS_NULL),
                type_error: Cell::new(q::JS_NULL),
                syntax_error: Cell::new(q::JS_NULL),
            },
            modules: Cell::new(q::JS_UNDEFINED),
            vu: Vu::new(),
            sources: Sources::new(),
            timers: RefCell::new(Timers::new()),
            pending: RefCell::new(Pending::new()),
            rejections: Rejections::new(),
        });
        SNAPSHOT = outer;
    }
    if let Err(thrown) = populate() {
        // A defect of this crate, seen when the engine is built: make it visible, then stop.
        let message = lifecycle::describe(&caught(thrown)).0;
        boot_failed(&message);
    }
    settle();
}

/// The message stays in memory, where whoever debugs the build can find it.
#[cold]
fn boot_failed(message: &str) -> ! {
    core::hint::black_box(message);
    core::arch::wasm32::unreachable()
}

fn populate() -> JsResult<()> {
    let engine = engine();
    let proto = |name: &str, cell: &Cell<JSValue>| -> JsResult<()> {
        let constructor = Val::own(engine.global_dup()).get_str(name)?;
        cell.set(constructor.get(atoms().prototype)?.into_raw());
        Ok(())
    };
    proto("TypeError", &engine.protos.type_error)?;
    proto("SyntaxError", &engine.protos.syntax_error)?;
    proto("Error", &engine.protos.host_error)?;
    engine.modules.set(Val::object()?.into_raw());
    api::install()
}

/// Leaves as little as possible for each VU to change.
fn settle() {
    unsafe {
        while q::JS_IsJobPending(rt()) {
            let mut context = core::ptr::null_mut();
            q::JS_ExecutePendingJob(rt(), &mut context);
        }
        preload();
    }
    tidy();
    engine().vu.phase.set(Phase::Init);
}

/// Before an image is taken: no garbage, no holes, and room for what is to come.
pub fn tidy() {
    unsafe {
        reserve_tables();
        q::JS_RunGC(rt());
        let mut usage = core::mem::zeroed();
        q::JS_ComputeMemoryUsage(rt(), &mut usage);
        q::JS_SetGCThreshold(rt(), (usage.malloc_size as usize + GC_HEADROOM) as _);
    }
    compact::fill_holes();
}

/// Names, and shapes of objects, that a script may add before QuickJS's tables of them must grow. To
/// grow one it writes to every name or shape that there is: 33 pages of each VU, when a VU did it.
const SPARE: usize = 512;

/// Makes room in both tables, which never shrink. Each object here has one more before it for its
/// prototype: that is a new shape, and the only kind at which QuickJS looks whether there is room.
fn reserve_tables() {
    let mut last = Val::NULL;
    let spare = |number| {
        let name = Atom::new(&format!("spare {number}"))?;
        last = Val::check(unsafe { q::JS_NewObjectProto(ctx(), last.raw()) })?;
        Ok((name, last.clone()))
    };
    let all: Vec<JsResult<(Atom, Val)>> = (0..SPARE).map(spare).collect();
    drop(all);
}

/// Instantiates k6's modules, so that no VU has to.
fn preload() {
    let Ok(names) = crate::js::Keys::of(engine().modules.get()) else {
        return;
    };
    for name in names.iter() {
        let loaded = crate::js::Text::of_atom(name).and_then(|name| source::preload(&name));
        if let Err(thrown) = loaded {
            boot_failed(&lifecycle::describe(&caught(thrown)).0);
        }
    }
    lifecycle::drain_jobs();
}

/// Evaluates one of the embedded scripts; the value of its last expression is the result.
pub fn evaluate(name: &CStr, source: &CStr) -> JsResult<Val> {
    Val::check(unsafe {
        q::JS_Eval(
            ctx(),
            source.as_ptr(),
            source.to_bytes().len() as _,
            name.as_ptr(),
            (q::JS_EVAL_TYPE_GLOBAL | q::JS_EVAL_FLAG_STRICT) as i32,
        )
    })
}

impl Engine {
    /// An owned reference to the global object.
    pub fn global_dup(&self) -> JSValue {
        unsafe { q::JS_DupValue(self.ctx, self.global) }
    }
}
