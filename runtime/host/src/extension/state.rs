//! The data of an extension's store.

use std::mem::swap;
use std::time::Duration;

use runner_extensions::{LastWords, Reach, ReachView, Sandbox};
use wasmtime::component::ResourceTable;
use wasmtime::{Store, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::VuState;
use crate::limits::MemoryLimit;

/// What an extension's imports work on.
pub(crate) struct ExtensionState {
    /// The VU that is calling; a placeholder between calls.
    pub(crate) vu: VuState,
    pub(crate) limit: MemoryLimit,
    pub(crate) reach: Reach,
    wasi: WasiCtx,
    words: LastWords,
    table: ResourceTable,
    /// Epochs since the call began at which the extension was busy.
    busy: u32,
}

/// The extension computed for too long.
#[derive(Debug, thiserror::Error)]
#[error("it was busy for {0:?} without returning")]
pub(crate) struct Busy(pub(crate) Duration);

impl ExtensionState {
    pub(crate) fn new(vu: VuState, limit: MemoryLimit, sandbox: Sandbox) -> Self {
        Self {
            vu,
            limit,
            reach: sandbox.reach,
            wasi: sandbox.wasi,
            words: sandbox.words,
            table: ResourceTable::new(),
            busy: 0,
        }
    }

    /// Puts the VU's state where the imports find it, or gives it back. What operations the
    /// script has started, and what it holds handles of, stay the script's own: an extension
    /// could take their results away.
    fn exchange(&mut self, vu: &mut VuState) {
        swap(&mut self.vu, vu);
        swap(&mut self.vu.views.tasks, &mut vu.views.tasks);
        swap(&mut self.vu.table, &mut vu.table);
    }

    /// Takes the VU's state on loan.
    pub(crate) fn borrow(&mut self, vu: &mut VuState) {
        self.exchange(vu);
        self.vu.reach = Some(self.reach.clone());
    }

    /// Gives it back.
    pub(crate) fn give_back(&mut self, vu: &mut VuState) {
        self.vu.reach = None;
        self.exchange(vu);
    }

    /// What it said when it panicked: by way of the log, or on standard error.
    pub(crate) fn last_words(&mut self) -> Option<String> {
        self.vu.take_panic().or_else(|| self.words.take())
    }

    /// A call begins.
    pub(crate) fn begin(&mut self) {
        self.busy = 0;
        // What was denied before belongs to another call.
        let _ = self.reach.denials().take();
    }
}

impl ReachView for ExtensionState {
    fn reach(&self) -> &Reach {
        &self.reach
    }
}

impl WasiView for ExtensionState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Gives the thread back at each epoch, and ends the call after `most` of being busy. Time in
/// which the extension waits for the host does not count.
pub(crate) fn bound(store: &mut Store<ExtensionState>, most: Duration) {
    store.limiter(|state| &mut state.limit);
    store.set_epoch_deadline(1);
    let tick = runner_engine::TICK.as_millis().max(1);
    let ticks = u32::try_from(most.as_millis() / tick).unwrap_or(u32::MAX);
    store.epoch_deadline_callback(move |mut context| {
        let state = context.data_mut();
        state.busy += 1;
        if state.busy > ticks {
            return Err(Busy(most).into());
        }
        Ok(UpdateDeadline::Yield(1))
    });
}
