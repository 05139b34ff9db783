//! Decides whether the VUs of a run start from an image of the initialised script.
//!
//! An image costs one more init and a few milliseconds; it saves the init of every VU that is
//! started, and of setup, teardown and handleSummary. Nothing is kept beyond the run: made anew,
//! it needs no file that could be stale, foreign or damaged, and with bytecode in memory it is
//! ready as fast as it could be loaded.

use std::sync::Arc;
use std::time::{Duration, Instant};

use runner_engine::MemoryImage;
use runner_host::LoadContext;
use runner_plan::Plan;
use runner_vu::Program;
use wasmtime::Engine;

use crate::prepared::ScriptKind;
use crate::{Notice, Prepared, SessionError};

/// Whether VUs start from an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForkMode {
    /// Where it cannot be observed and is worth it.
    #[default]
    Auto,
    /// Wherever it cannot be observed; a warning says where it can.
    Always,
    /// Each VU runs the script's init.
    Never,
}

/// What taking an image costs besides the script's init.
const IMAGE_COST: Duration = Duration::from_millis(3);

impl Prepared {
    /// The program that the VUs of `plan` start from.
    pub(crate) async fn program_for(
        &self,
        engine: &Engine,
        plan: &Plan,
        load: &Arc<LoadContext>,
    ) -> Result<Program, SessionError> {
        let program = self.program(engine)?;
        if let Some(reason) = self.no_need(starts(self, plan)) {
            self.say(reason, false);
            return Ok(program);
        }
        let before = Instant::now();
        let image = match program.image(&self.context, Some(load), false).await {
            Ok(image) => image,
            Err(reason) => {
                self.say(reason.to_string(), self.settings.fork == ForkMode::Always);
                return Ok(program);
            }
        };
        let memory = MemoryImage::of_instance(&image.memory)?;
        let program = program.initialised(&memory.module(engine)?, image.host)?;
        self.tell(&Notice::Image {
            bytes: memory.stored(),
            took: before.elapsed(),
        });
        Ok(program)
    }

    /// An image that outlives the run; none where the script cannot have one.
    pub(crate) async fn portable_image(&self) -> Result<Option<MemoryImage>, SessionError> {
        if self.settings.fork == ForkMode::Never {
            return Ok(None);
        }
        let shared = self.environment.engine.get()?;
        let program = self.program(&shared.engine)?;
        match program.image(&self.context, None, true).await {
            Ok(image) if image.host.is_empty() => {
                Ok(Some(MemoryImage::of_instance(&image.memory)?))
            }
            Ok(_) => Ok(None),
            Err(reason) => {
                self.tell(&Notice::NoPortableImage(reason.to_string()));
                Ok(None)
            }
        }
    }

    /// Why no image is even tried.
    fn no_need(&self, starts: u64) -> Option<String> {
        match (self.settings.fork, &self.kind) {
            (ForkMode::Never, _) => Some("--fork never".into()),
            (_, ScriptKind::Component { .. }) => {
                Some("a component starts from its own memory".into())
            }
            (ForkMode::Always, _) => None,
            (ForkMode::Auto, _) => (!worth_it(starts, self.first_start))
                .then(|| format!("an image is not worth it for {starts} starts")),
        }
    }

    fn say(&self, reason: String, was_wanted: bool) {
        self.tell(&Notice::NoImage { reason, was_wanted });
    }
}

/// Instances that a run starts at least.
fn starts(prepared: &Prepared, plan: &Plan) -> u64 {
    let phases = u64::from(prepared.description.setup && !plan.no_setup)
        + u64::from(prepared.description.teardown && !plan.no_teardown)
        + 1;
    plan.max_vus().saturating_add(phases)
}

/// `first` is how long VU 0 took. It compiled the script's text, which the others do not: an
/// init from bytecode takes about half of that.
fn worth_it(starts: u64, first: Duration) -> bool {
    let init = first / 2;
    let others = u32::try_from(starts).unwrap_or(u32::MAX);
    init.saturating_mul(others) > IMAGE_COST + init
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_starts_of_a_small_script_need_no_image_and_many_do() {
        let small = Duration::from_micros(800);
        assert!(!worth_it(2, small));
        assert!(worth_it(50, small));
        let large = Duration::from_millis(200);
        assert!(!worth_it(1, large));
        assert!(worth_it(2, large));
        assert!(worth_it(u64::MAX, large));
    }
}
