//! The running component: each call is bounded in time and ends the instance when it does not
//! come back in order.
//!
//! Calls block the thread they are made on, which is the output's own, on a small runtime that
//! waits for the output's sockets, files and clocks. Where another runtime drives the thread (a
//! run that is being set up), a call gets a thread for itself.

use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use runner_engine::{Ticker, Trapped, remark};
use runner_extensions::ReachView;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::timeout;
use wasmtime::{Store, Trap};

use crate::bindings::exports::runner::output::{lifecycle, observer};
use crate::state::{Level, State};
use crate::stdout::Stdout;

/// The exports of an instance.
pub(crate) struct Instance {
    pub(crate) lifecycle: lifecycle::Guest,
    pub(crate) observer: Option<observer::Guest>,
}

/// An instance that works. After an error of the outer kind it must not be called again.
pub(crate) struct Running {
    store: Store<State>,
    instance: Option<Instance>,
    stdout: Stdout,
    limit: Duration,
    runtime: OwnRuntime,
    _ticker: Ticker,
}

impl Running {
    pub(crate) fn new(
        store: Store<State>,
        stdout: Stdout,
        limit: Duration,
        ticker: Ticker,
    ) -> Result<Self, String> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("it cannot be started: {error}"))?;
        Ok(Self {
            store,
            instance: None,
            stdout,
            limit,
            runtime: OwnRuntime(Some(runtime)),
            _ticker: ticker,
        })
    }

    pub(crate) fn state(&mut self) -> &mut State {
        self.store.data_mut()
    }

    /// Logs an error.
    pub(crate) fn say(&self, message: &str) {
        let state = self.store.data();
        (state.log)(Level::Error, &state.name, message, &[]);
    }

    /// Whether it wants to hear of thresholds and status.
    pub(crate) fn observes(&self) -> bool {
        let instance = self.instance.as_ref();
        instance.is_some_and(|instance| instance.observer.is_some())
    }

    /// Makes the instance.
    pub(crate) fn start(
        &mut self,
        make: impl AsyncFnOnce(&mut Store<State>) -> wasmtime::Result<Instance> + Send,
    ) -> Result<(), String> {
        self.instance = Some(self.bounded("its start", make)?);
        Ok(())
    }

    pub(crate) fn configure(&mut self, config: &lifecycle::Config) -> Result<String, String> {
        let result = self.call("configure", async |store, instance| {
            instance.lifecycle.call_configure(store, config).await
        })?;
        result.map_err(|reason| self.with_denial(reason))
    }

    pub(crate) fn open(&mut self) -> Result<(), String> {
        let result = self.call("start", async |store, instance| {
            instance.lifecycle.call_start(store).await
        })?;
        result.map_err(|reason| self.with_denial(reason))
    }

    /// The inner error is the output's own, after which it can be called on.
    pub(crate) fn add_samples(
        &mut self,
        batch: &lifecycle::Batch,
    ) -> Result<Result<(), lifecycle::Failure>, String> {
        let result = self.call("add-samples", async |store, instance| {
            instance.lifecycle.call_add_samples(store, batch).await
        })?;
        Ok(self.explained(result))
    }

    pub(crate) fn stop(
        &mut self,
        error: Option<&str>,
    ) -> Result<Result<(), lifecycle::Failure>, String> {
        let result = self.call("stop", async |store, instance| {
            instance.lifecycle.call_stop(store, error).await
        })?;
        Ok(self.explained(result))
    }

    pub(crate) fn on_thresholds(&mut self, all: &[observer::Threshold]) -> Result<(), String> {
        self.call("on-thresholds", async |store, instance| {
            match &instance.observer {
                Some(observer) => observer.call_on_thresholds(store, all).await,
                None => Ok(()),
            }
        })
    }

    pub(crate) fn on_status(&mut self, now: observer::Status) -> Result<(), String> {
        self.call("on-status", async |store, instance| {
            match &instance.observer {
                Some(observer) => observer.call_on_status(store, now).await,
                None => Ok(()),
            }
        })
    }

    /// Calls an instance that has not ended.
    fn call<T: Send>(
        &mut self,
        what: &str,
        call: impl AsyncFnOnce(&mut Store<State>, &Instance) -> wasmtime::Result<T> + Send,
    ) -> Result<T, String> {
        let Some(instance) = self.instance.take() else {
            return Err("it has ended".to_owned());
        };
        let result = self.bounded(what, async |store| call(store, &instance).await)?;
        self.instance = Some(instance);
        Ok(result)
    }

    /// Runs wasm for as long as it may; the error says how that ended the instance.
    fn bounded<T: Send>(
        &mut self,
        what: &str,
        run: impl AsyncFnOnce(&mut Store<State>) -> wasmtime::Result<T> + Send,
    ) -> Result<T, String> {
        let Some(runtime) = &self.runtime.0 else {
            return Err("it has ended".to_owned());
        };
        let (store, limit) = (&mut self.store, self.limit);
        // What was denied before belongs to another call.
        let _ = store.data().denials.take();
        let result = apart(move || runtime.block_on(async { timeout(limit, run(store)).await }));
        self.stdout.flush();
        let text = match result {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => self.ended(what, &error),
            Err(_) => format!("it did not return from {what} within {limit:?}"),
        };
        // It ended for a reason of its own.
        match self.store.data().denials.take_certain() {
            Some(denied) => Err(remark(&text, &format!(" ({denied})"))),
            None => Err(text),
        }
    }

    /// What the user reads of a call that did not return.
    fn ended(&self, what: &str, error: &wasmtime::Error) -> String {
        if let Some(mib) = self.store.data().memory.exceeded() {
            return format!(
                "it exceeded its memory limit of {mib} MiB in {what}; raise it with --vu-memory"
            );
        }
        if error.downcast_ref::<Trap>().is_none() {
            return format!("it failed in {what}: {}", error.root_cause());
        }
        let panic = self.store.data().words.take();
        if let Some(panic) = &panic {
            self.store.data().reach().failed_with(panic);
        }
        format!("it trapped in {what}: {}", Trapped::new(error, panic))
    }

    /// Adds to an output's own error what it wanted and was not granted. What it can do without is
    /// its own business.
    fn explained(&self, result: Result<(), lifecycle::Failure>) -> Result<(), lifecycle::Failure> {
        result.map_err(|failure| lifecycle::Failure {
            message: self.with_denial(failure.message),
            lost: failure.lost,
        })
    }

    fn with_denial(&self, text: String) -> String {
        match self.store.data().denials.take() {
            Some(denied) => format!("{text} ({denied})"),
            None => text,
        }
    }
}

/// On a thread of its own where this one belongs to a runtime, which does not allow to block.
fn apart<T: Send>(act: impl FnOnce() -> T + Send) -> T {
    if Handle::try_current().is_err() {
        return act();
    }
    thread::scope(|scope| match scope.spawn(act).join() {
        Ok(value) => value,
        Err(panic) => resume_unwind(panic),
    })
}

/// A runtime that can be dropped anywhere, and does not wait for what blocks in it.
struct OwnRuntime(Option<Runtime>);

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
