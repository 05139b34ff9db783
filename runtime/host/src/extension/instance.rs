//! A running instance of an extension: its functions, called with values or with the bytes that a
//! script sent, and what is said when that goes wrong.

use std::borrow::Cow;
use std::sync::Arc;

use runner_engine::{Trapped, remark};
use runner_extensions::{Function, Role, Shape, sandbox};
use wasmtime::component::{Func, Instance, Val};
use wasmtime::{Store, Trap};
use wasmtime_wasi::I32Exit;

use super::bytes;
use super::codec::{Decoder, Encoder};
use super::crossing::{to_handles, to_resources};
use super::handles::Handles;
use super::set::{Exported, Loaded};
use super::state::{Busy, ExtensionState, bound};
use crate::VuState;
use crate::context::ScriptContext;
use crate::limits::MemoryLimit;

/// A started instance.
pub(crate) struct Running {
    pub(super) store: Store<ExtensionState>,
    instance: Instance,
    pub(super) loaded: Arc<Loaded>,
    functions: Vec<Option<Func>>,
    handles: Handles,
    /// Arguments of a call; kept for its memory.
    values: Vec<Val>,
}

/// Why a call gave nothing.
pub(crate) enum Failed {
    /// The arguments cannot be used; the instance is as before.
    Call(String),
    /// It trapped, was stopped, or wanted too much memory. The text names it.
    Instance(String),
}

impl Running {
    pub(super) async fn new(
        loaded: &Arc<Loaded>,
        generation: u32,
        script: Arc<ScriptContext>,
    ) -> Result<Self, String> {
        let more = &script.extensions.catalog().places().variables;
        let sandbox = sandbox(
            &loaded.name,
            &loaded.grants,
            &script.env,
            more,
            &loaded.lines,
        )
        .map_err(|error| error.to_string())?;
        let limit = MemoryLimit::new(loaded.limits.memory);
        let placeholder = VuState::new(0, script, None, limit);
        let state = ExtensionState::new(placeholder, limit, sandbox);
        let mut store = Store::new(&loaded.engine, state);
        bound(&mut store, loaded.limits.busy);
        let started = loaded.pre.instantiate_async(&mut store).await;
        let instance = started.map_err(|error| failure(loaded, &mut store, "starting", &error))?;
        Ok(Self {
            store,
            instance,
            functions: vec![None; loaded.functions.len()],
            handles: Handles::new(generation),
            values: Vec::new(),
            loaded: Arc::clone(loaded),
        })
    }

    /// Takes the state of the VU that calls.
    pub(super) fn begin(&mut self, vu: &mut VuState) {
        self.handles.begin(vu.turn());
        self.store.data_mut().borrow(vu);
    }

    /// Whether the call used an object of an instance that has ended.
    pub(super) fn is_stale(&self) -> bool {
        self.handles.is_stale()
    }

    /// Whether the script keeps objects from before the call's iteration.
    pub(super) fn has_older(&self) -> bool {
        self.handles.has_older()
    }

    /// What the user reads of a call that failed, with what was denied where that may be why.
    pub(super) fn explained(&self, failed: Failed) -> String {
        let denials = self.store.data().reach.denials();
        let (text, denied) = match failed {
            Failed::Call(text) => {
                let text = format!("extension {}: {text}", self.loaded.name);
                (text, denials.take())
            }
            Failed::Instance(text) => (text, denials.take_certain()),
        };
        match denied {
            Some(denied) => remark(&text, &format!(" ({denied})")),
            None => text,
        }
    }

    /// Runs `lifecycle.init`, first of the extensions inside this one.
    pub(super) async fn init(&mut self) -> Result<(), Failed> {
        let loaded = Arc::clone(&self.loaded);
        for index in &loaded.inits {
            let found = self.instance.get_func(&mut self.store, index);
            let function = found.ok_or_else(|| Failed::Call("its init is missing".into()))?;
            let mut results = [Val::Bool(false)];
            self.run(function, "init", &[], &mut results).await?;
            if let [Val::Result(Err(Some(error)))] = results {
                return Err(Failed::Call(match *error {
                    Val::String(text) => text,
                    other => format!("{other:?}"),
                }));
            }
        }
        Ok(())
    }

    pub(super) async fn call_encoded(
        &mut self,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, Failed> {
        let loaded = Arc::clone(&self.loaded);
        let place = function as usize;
        let exported = loaded
            .functions
            .get(place)
            .ok_or_else(|| Failed::Call(format!("it has no function number {function}")))?;
        let function = &exported.function;
        if exported.on_bytes {
            let callee = self.callee(place, exported)?;
            self.store.data_mut().begin();
            let (store, handles) = (&mut self.store, &mut self.handles);
            let called = bytes::call(store, callee, function, arguments, handles).await;
            if let Some(result) = called.map_err(Failed::Call)? {
                if let (Ok(answer), Some(Shape::Result(..))) = (&result, &function.result)
                    && let Some(error) = bytes::error(answer)
                {
                    self.store.data().reach.failed_with(error);
                }
                let name = called_name(function);
                return result.map_err(|error| {
                    Failed::Instance(failure(&self.loaded, &mut self.store, name, &error))
                });
            }
        }
        let mut decoder = Decoder {
            bytes: arguments,
            handles: &mut self.handles,
        };
        let mut values = std::mem::take(&mut self.values);
        values.clear();
        for (_, shape) in &function.params {
            values.push(decoder.value(shape).map_err(Failed::Call)?);
        }
        let mut results = [Val::Bool(false)];
        let results = results
            .get_mut(..usize::from(function.result.is_some()))
            .unwrap_or_default();
        let callee = self.callee(place, exported)?;
        self.run(callee, called_name(function), &values, results)
            .await?;
        self.values = values;
        let mut encoder = Encoder {
            out: Vec::new(),
            handles: &mut self.handles,
        };
        for (shape, value) in function.result.iter().zip(&*results) {
            encoder.value(shape, value).map_err(Failed::Call)?;
        }
        Ok(encoder.out)
    }

    pub(super) async fn call_values(
        &mut self,
        place: usize,
        mut values: Cow<'_, [Val]>,
        resources: bool,
    ) -> Result<Vec<Val>, Failed> {
        if !resources {
            return self.call(place, &values).await;
        }
        let loaded = Arc::clone(&self.loaded);
        let Some(exported) = loaded.functions.get(place) else {
            return Err(Failed::Call("no such function".into()));
        };
        let unusable = |error: wasmtime::Error| Failed::Call(error.to_string());
        let function = &exported.function;
        for (value, (_, shape)) in values.to_mut().iter_mut().zip(&function.params) {
            to_resources(shape, value, &mut self.handles).map_err(unusable)?;
        }
        let mut results = self.call(place, &values).await?;
        for (value, shape) in results.iter_mut().zip(&function.result) {
            to_handles(shape, value, &mut self.handles).map_err(unusable)?;
        }
        Ok(results)
    }

    /// Calls with values of the right types.
    async fn call(&mut self, place: usize, values: &[Val]) -> Result<Vec<Val>, Failed> {
        let loaded = Arc::clone(&self.loaded);
        let Some(exported) = loaded.functions.get(place) else {
            return Err(Failed::Call("no such function".into()));
        };
        let callee = self.callee(place, exported)?;
        let mut results = match &exported.function.result {
            Some(_) => vec![Val::Bool(false)],
            None => Vec::new(),
        };
        let name = called_name(&exported.function);
        self.run(callee, name, values, &mut results).await?;
        Ok(results)
    }

    /// The function of this instance, looked up once.
    fn callee(&mut self, place: usize, exported: &Exported) -> Result<Func, Failed> {
        if let Some(function) = self.functions.get(place).copied().flatten() {
            return Ok(function);
        }
        let found = self.instance.get_func(&mut self.store, exported.index);
        let function = found.ok_or_else(|| Failed::Call("no such function".into()))?;
        if let Some(slot) = self.functions.get_mut(place) {
            *slot = Some(function);
        }
        Ok(function)
    }

    async fn run(
        &mut self,
        function: Func,
        name: &str,
        values: &[Val],
        results: &mut [Val],
    ) -> Result<(), Failed> {
        self.store.data_mut().begin();
        match function.call_async(&mut self.store, values, results).await {
            Ok(()) => {
                if let [Val::Result(Err(Some(error)))] = results {
                    self.store.data().reach.failed_with(text(error));
                }
                Ok(())
            }
            Err(error) => Err(Failed::Instance(failure(
                &self.loaded,
                &mut self.store,
                name,
                &error,
            ))),
        }
    }

    pub(super) async fn drop_resource(&mut self, handle: u32) -> Result<(), Failed> {
        let Some(resource) = self.handles.remove(handle) else {
            return Ok(());
        };
        self.store.data_mut().begin();
        match resource.resource_drop_async(&mut self.store).await {
            Ok(()) => Ok(()),
            Err(error) => Err(Failed::Instance(failure(
                &self.loaded,
                &mut self.store,
                "a destructor",
                &error,
            ))),
        }
    }
}

/// The text of a result's error: the error itself, or what its case carries.
fn text(error: &Val) -> &str {
    match error {
        Val::String(text) => text,
        Val::Variant(_, Some(payload)) => text(payload),
        _ => "",
    }
}

fn called_name(function: &Function) -> &str {
    match function.role {
        Role::Constructor(_) => "a constructor",
        _ => &function.name,
    }
}

/// What the user reads.
fn failure(
    loaded: &Loaded,
    store: &mut Store<ExtensionState>,
    what: &str,
    error: &wasmtime::Error,
) -> String {
    let name = &loaded.name;
    let limit = &mut store.data_mut().limit;
    if limit.take_refused() {
        let mib = limit.bytes() >> 20;
        return format!(
            "extension {name} exceeded its memory limit of {mib} MiB in {what}; raise it with \
             --vu-memory"
        );
    }
    if let Some(Busy(most)) = error.downcast_ref() {
        return format!("extension {name} did not return from {what} within {most:?} of computing");
    }
    if error.downcast_ref::<I32Exit>().is_some() {
        return format!("extension {name} ended itself in {what}");
    }
    if error.downcast_ref::<Trap>().is_some() {
        let panic = store.data_mut().last_words();
        if let Some(panic) = &panic {
            store.data().reach.failed_with(panic);
        }
        let trapped = Trapped::new(error, panic);
        return format!("extension {name} trapped in {what}: {trapped}");
    }
    let cause = error.root_cause().to_string();
    // wasmtime has no type for it.
    if cause.contains("fuel allocated for hostcalls") {
        let mib = store.hostcall_fuel() >> 20;
        return format!(
            "extension {name} returned more from {what} than a call can carry ({mib} MiB)"
        );
    }
    format!("extension {name} failed in {what}: {cause}")
}
