//! The extensions of one VU: an instance of each is made at the first use, called with the VU's
//! state on loan, dropped and made anew after a call that did not end well.
//!
//! With an instance go the objects that the script has of it. Those of the iteration are its own
//! affair; but what the script's init made, or an earlier iteration kept, every later iteration would
//! find broken. Then the VU is worn out ([`VuState::is_worn`]) and is started anew, init and all,
//! when the iteration has ended.

use std::borrow::Cow;
use std::sync::Arc;

use wasmtime::component::Val;

use super::instance::{Failed, Running};
use super::set::Loaded;
use crate::capability::View;
use crate::context::LoadContext;
use crate::{Level, Phase, VuState};

/// The instances of one VU. Nothing is allocated before the first use.
#[derive(Default)]
pub(crate) struct VuExtensions {
    slots: Vec<Slot>,
    /// The script keeps objects that are gone.
    worn: bool,
}

impl View for VuExtensions {
    type Image = ();

    fn new(_vu: u64, _load: Option<&LoadContext>) -> Self {
        Self::default()
    }

    /// An instance can hold what others wait for, such as locks.
    fn abandon(&mut self) {
        *self = Self::default();
    }
}

#[derive(Default)]
struct Slot {
    running: Option<Box<Running>>,
    started: u32,
    denied: Option<String>,
    /// The turn in which its last instance ended.
    ended: Option<u64>,
}

impl VuExtensions {
    /// That of an extension which is known, made if need be.
    fn slot(&mut self, id: u32) -> &mut Slot {
        let index = id as usize;
        if self.slots.len() <= index {
            self.slots.resize_with(index + 1, Slot::default);
        }
        // Just made sure of.
        #[expect(clippy::indexing_slicing, reason = "the line above made room")]
        &mut self.slots[index]
    }

    /// That of a number which the guest names: any number, so no room is made for it.
    fn used(&mut self, id: u32) -> Option<&mut Slot> {
        self.slots.get_mut(id as usize)
    }
}

impl VuState {
    /// Whether the script keeps objects of an extension's instance that has ended, so that its VU
    /// has to be started anew.
    #[inline]
    pub fn is_worn(&self) -> bool {
        self.views.extensions.worn
    }

    /// Which turn of the script it is, an iteration or init: objects that it got in an earlier one, it
    /// keeps.
    pub(super) fn turn(&self) -> u64 {
        match self.phase {
            Phase::Init => 0,
            _ => self.iteration + 1,
        }
    }

    /// What the last call of that extension wanted and was not granted.
    pub(crate) fn extension_denied(&mut self, id: u32) -> Option<String> {
        self.views.extensions.used(id)?.denied.take()
    }

    /// Starts the extension unless it runs. The error is for the user.
    pub(crate) async fn extension_start(&mut self, loaded: &Arc<Loaded>) -> Result<(), String> {
        let running = self.extension(loaded).await?;
        self.extension_back(running, None);
        Ok(())
    }

    /// Calls a function with encoded arguments.
    pub(crate) async fn extension_call(
        &mut self,
        id: u32,
        function: u32,
        arguments: &[u8],
    ) -> Result<Vec<u8>, String> {
        let mut running = self.extension_by_id(id).await?;
        running.begin(self);
        let result = running.call_encoded(function, arguments).await;
        self.extension_ended(running, result)
    }

    /// Calls a function with values, for compiled scripts. With `resources`, those among them are
    /// numbers, both ways.
    pub(crate) async fn extension_call_values(
        &mut self,
        loaded: &Arc<Loaded>,
        place: usize,
        values: Cow<'_, [Val]>,
        resources: bool,
    ) -> Result<Vec<Val>, String> {
        let mut running = self.extension(loaded).await?;
        running.begin(self);
        let result = running.call_values(place, values, resources).await;
        self.extension_ended(running, result)
    }

    /// Drops a resource. Of an instance that is gone, there is nothing left to drop.
    pub(crate) async fn extension_drop(&mut self, id: u32, handle: u32) {
        let slot = self.views.extensions.used(id);
        let Some(mut running) = slot.and_then(|slot| slot.running.take()) else {
            return;
        };
        running.begin(self);
        let result = running.drop_resource(handle).await;
        if let Err(text) = self.extension_ended(running, result) {
            self.script.repeats.notice(Level::Error, "", &text, &[]);
        }
    }

    /// Takes the state back; keeps the instance unless it failed.
    fn extension_ended<T>(
        &mut self,
        mut running: Box<Running>,
        result: Result<T, Failed>,
    ) -> Result<T, String> {
        running.store.data_mut().give_back(self);
        match result {
            Ok(value) => {
                let denied = running.store.data().reach.denials().take();
                self.extension_back(running, denied);
                Ok(value)
            }
            Err(Failed::Call(text)) => {
                let text = format!("extension {}: {text}", running.loaded.name);
                let now = self.turn();
                let all = &mut self.views.extensions;
                // Of this iteration it may be nobody's but its own.
                let ended = all.slot(running.loaded.id).ended;
                all.worn |= running.is_stale() && ended.is_some_and(|ended| ended != now);
                let denied = running.store.data().reach.denials().take();
                self.extension_back(running, denied);
                Err(text)
            }
            // Nobody knows what state it is in: the next call starts a new one.
            Err(failed) => {
                let now = self.turn();
                let all = &mut self.views.extensions;
                all.slot(running.loaded.id).ended = Some(now);
                all.worn |= running.has_older();
                Err(running.explained(failed))
            }
        }
    }

    async fn extension_by_id(&mut self, id: u32) -> Result<Box<Running>, String> {
        // The usual case, without a look at the run's list.
        let slot = self.views.extensions.used(id);
        if let Some(running) = slot.and_then(|slot| slot.running.take()) {
            return Ok(running);
        }
        let loaded = self
            .script
            .extensions
            .by_id(id)
            .ok_or_else(|| format!("no extension has the number {id}"))?;
        self.extension(&loaded).await
    }

    /// Out of its slot, started where necessary.
    async fn extension(&mut self, loaded: &Arc<Loaded>) -> Result<Box<Running>, String> {
        let slot = self.views.extensions.slot(loaded.id);
        if let Some(running) = slot.running.take() {
            return Ok(running);
        }
        slot.started += 1;
        let (started, script) = (slot.started, Arc::clone(&self.script));
        let mut running = Box::new(Running::new(loaded, started, script).await?);
        if !loaded.inits.is_empty() {
            running.begin(self);
            let result = running.init().await;
            running.store.data_mut().give_back(self);
            result.map_err(|failed| running.explained(failed))?;
        }
        Ok(running)
    }

    /// Into its slot again, with what the call just made was denied.
    fn extension_back(&mut self, running: Box<Running>, denied: Option<String>) {
        let id = running.loaded.id;
        let slot = self.views.extensions.slot(id);
        slot.running = Some(running);
        slot.denied = denied;
    }
}
