//! `runner:image`: what the host keeps while an image of an initialised script is made.
//!
//! The instance under watch runs the script's init for all VUs to come, so nothing that it does
//! may reach the run: log lines are kept, to be repeated for each VU, and what a VU's own state
//! became is copied. Functions whose answer differs between VUs or moments note that they were
//! called ([`VuState::touched`]); the guest names such things earlier and with their place, but is
//! not relied upon.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use wasmtime::component::Linker;

use crate::VuState;
use crate::bindings::runner::image::maker;
use crate::linker::{Find, Vu};
use crate::log::Level;
use crate::state::ViewImages;

/// Adds the room's interfaces.
pub(crate) fn add_to_linker<T: Send + 'static>(
    to: &mut Linker<T>,
    vu: Find<T>,
) -> wasmtime::Result<()> {
    maker::add_to_linker::<T, Vu>(to, vu)
}

/// What no image can hold, and where init code uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// Such as `__VU`.
    pub what: String,
    /// Frames, one per line; empty where unknown.
    pub stack: String,
}

impl Touch {
    fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            stack: String::new(),
        }
    }
}

#[derive(Debug)]
struct Line {
    level: Level,
    source: String,
    message: String,
    fields: Vec<(String, String)>,
}

/// Kept while an instance is watched.
#[derive(Debug, Default)]
pub(crate) struct Recording {
    touch: OnceLock<Touch>,
    /// Something was used that is there as long as the run.
    run_only: AtomicBool,
    lines: Vec<Line>,
    /// Extensions whose own init runs in each VU, by number.
    extensions: Vec<u32>,
    memory: Option<Vec<u8>>,
}

/// Everything of an initialised VU that is not inside its memory.
#[derive(Debug, Clone, Default)]
pub struct HostImage {
    run_only: bool,
    lines: Arc<[Line]>,
    extensions: Arc<[u32]>,
    views: ViewImages,
}

impl HostImage {
    /// Whether it holds anything: what a file cannot carry.
    pub fn is_empty(&self) -> bool {
        !self.run_only
            && self.lines.is_empty()
            && self.extensions.is_empty()
            && self.views == ViewImages::default()
    }
}

impl VuState {
    /// From now on this instance is watched.
    pub fn watch(&mut self) {
        self.recording = Some(Box::default());
    }

    /// A function was called whose answer differs between VUs or moments, or that leaves
    /// something open. Costs one comparison in an ordinary VU.
    pub fn touched(&self, what: &str) {
        if let Some(recording) = &self.recording {
            // The first one stands.
            recording.touch.get_or_init(|| Touch::new(what));
        }
    }

    /// A function was called whose effect or answer is the same for all VUs of a run, but not
    /// for another run: the image cannot go into a file.
    pub fn run_only(&self) {
        if let Some(recording) = &self.recording {
            recording.run_only.store(true, Ordering::Relaxed);
        }
    }

    /// True while this instance is watched: its effects are for the VUs to come.
    pub fn is_watched(&self) -> bool {
        self.recording.is_some()
    }

    /// What the watched instance touched.
    pub fn take_touch(&mut self) -> Option<Touch> {
        let handle = (!self.table.is_empty()).then_some("an open handle");
        if let Some(what) = handle.or_else(|| self.views.left_open()) {
            self.touched(what);
        }
        self.recording.as_mut()?.touch.take()
    }

    /// What the watched instance handed over: its memory from address 1 on, and the rest.
    pub fn take_image(&mut self) -> Option<(Vec<u8>, HostImage)> {
        let recording = *self.recording.take()?;
        let host = HostImage {
            run_only: recording.run_only.into_inner(),
            lines: recording.lines.into(),
            extensions: recording.extensions.into(),
            views: self.views.image(),
        };
        Some((recording.memory?, host))
    }

    /// Makes this the state of a VU that starts from an image, repeats what its init said, and
    /// starts the extensions that have an init of their own.
    ///
    /// # Errors
    /// For the user, where such an extension fails.
    pub async fn adopt(&mut self, image: &HostImage) -> Result<(), String> {
        self.views.adopt(&image.views);
        for line in &*image.lines {
            let fields: Vec<_> = crate::metrics::pairs(&line.fields).collect();
            let Line {
                level,
                source,
                message,
                ..
            } = line;
            self.say(*level, source, message, &fields);
        }
        for id in &*image.extensions {
            if let Some(loaded) = self.script.extensions.by_id(*id) {
                self.extension_start(&loaded).await?;
            }
        }
        Ok(())
    }

    /// Leaves the start of an extension to the VUs to come; false in an ordinary VU.
    pub(crate) fn keep_extension(&mut self, id: u32) -> bool {
        let Some(recording) = &mut self.recording else {
            return false;
        };
        recording.extensions.push(id);
        true
    }

    /// Keeps a log line for later; false in an ordinary VU.
    pub(crate) fn keep_line(
        &mut self,
        level: Level,
        source: &str,
        message: &str,
        fields: &[(String, String)],
    ) -> bool {
        let Some(recording) = &mut self.recording else {
            return false;
        };
        recording.lines.push(Line {
            level,
            source: source.to_owned(),
            message: message.to_owned(),
            fields: fields.to_vec(),
        });
        true
    }
}

impl maker::Host for VuState {
    fn refuse(&mut self, what: String, stack: String) -> wasmtime::Result<()> {
        if let Some(recording) = &self.recording {
            recording.touch.get_or_init(|| Touch { what, stack });
        }
        Err(wasmtime::Error::msg("no image can be made"))
    }

    fn keep(&mut self, memory: Vec<u8>) {
        if let Some(recording) = &mut self.recording {
            recording.memory = Some(memory);
        }
    }
}
